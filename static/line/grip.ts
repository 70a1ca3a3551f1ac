/**
 * Whether somebody has hold of some controls just now: then they show what is wanted, not what is.
 *
 * @module
 */

export interface Grip {
  isHeld(): boolean;
  /** Something else than a hand on the controls changed what they show. */
  renew(): void;
}

/** After a change, until a view that knows of it has surely come. */
const LET_GO_MS = 250;

/** Watches the controls within an element, for as long as the page lives. */
export function watchGrip(controls: HTMLElement): Grip {
  let isPressed = false;
  let changedMs = -Infinity;
  const letGo = () => {
    isPressed = false;
  };
  const renew = () => {
    changedMs = performance.now();
  };
  controls.addEventListener("pointerdown", () => {
    isPressed = true;
  });
  // On the window: the pointer may be anywhere by then.
  globalThis.addEventListener("pointerup", letGo);
  globalThis.addEventListener("pointercancel", letGo);
  controls.addEventListener("input", renew);
  controls.addEventListener("click", renew);
  return {
    isHeld: () => isPressed || performance.now() - changedMs < LET_GO_MS,
    renew,
  };
}
