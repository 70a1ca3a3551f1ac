/**
 * Reports what the window's keys tell the own paddle to do.
 *
 * @module
 */
import { createHeldKeys, type KeyAxis } from "./held_keys.ts";

export interface KeyboardOptions {
  /** The slot whose paddle the keys steer now, -1 for none. */
  readonly slot: () => number;
  /** Called with each new axis, never twice in a row with the same. */
  readonly onAxis: (axis: KeyAxis) => void;
}

/** Listens to the window's keys for as long as the page lives. */
export function listenToKeys(window: Window, options: KeyboardOptions): void {
  const keys = createHeldKeys();
  let last: KeyAxis = 0;
  const report = () => {
    const axis = keys.axis(options.slot());
    if (axis === last) return;
    last = axis;
    options.onAxis(axis);
  };
  const letGo = () => {
    keys.releaseAll();
    report();
  };
  window.addEventListener("keydown", (event) => {
    // With these, W or S means "close the tab" or "save the page".
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!keys.press(event.code, options.slot())) return;
    event.preventDefault();
    report();
  });
  window.addEventListener("keyup", (event) => {
    keys.release(event.code);
    report();
  });
  // A window without focus gets no keyup: the key would stay down for ever.
  window.addEventListener("blur", letGo);
  window.document.addEventListener("visibilitychange", letGo);
}
