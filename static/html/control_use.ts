/**
 * Whether somebody is using some controls just now: meanwhile they show what is wanted, for what the
 * process says of them is from before.
 *
 * @module
 */

export interface ControlUse {
  isOngoing(): boolean;
  /** What the controls show was changed otherwise than by hand, as by a key: that is use too. */
  prolong(): void;
}

/** From the last change until a view that knows of it has surely come. */
const ANSWER_MS_MAX = 250;

/** Watches the controls within an element, for as long as the page lives. */
export function watchUse(controls: HTMLElement): ControlUse {
  let isPressed = false;
  let changedMs = -Infinity;
  const letGo = () => {
    isPressed = false;
  };
  const prolong = () => {
    changedMs = performance.now();
  };
  controls.addEventListener("pointerdown", () => {
    isPressed = true;
  });
  // On the window: the pointer may be anywhere by then.
  globalThis.addEventListener("pointerup", letGo);
  globalThis.addEventListener("pointercancel", letGo);
  controls.addEventListener("input", prolong);
  controls.addEventListener("click", prolong);
  return {
    isOngoing: () => isPressed || performance.now() - changedMs < ANSWER_MS_MAX,
    prolong,
  };
}
