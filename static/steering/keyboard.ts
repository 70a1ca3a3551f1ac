/**
 * Tells what happens on the window's keyboard, as far as it may be meant for the paddle.
 *
 * @module
 */
import type { DeviceArbiter } from "./device_arbiter.ts";
import { codeOf } from "./key_code.ts";

/** With the focus on one of these, keys mean it and not the paddle. */
const NEEDS_KEYS = [
  "input:not([type=button], [type=checkbox], [type=reset], [type=submit])",
  "select",
  "textarea",
  "[contenteditable]:not([contenteditable=false])",
  "[role=slider]",
].join();

/** Listens for as long as the page lives. */
export function listenToKeys(window: Window, arbiter: DeviceArbiter): void {
  window.addEventListener("keydown", (event) => {
    // With these, W or S means "close the tab" or "save the page".
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Somebody took it before, as the settings do when they ask for a key.
    if (event.defaultPrevented || needsKeys(event.target)) return;
    if (arbiter.press(codeOf(event))) event.preventDefault();
  });
  window.addEventListener("keyup", (event) => {
    // A Mac reports no keyup of what was let go while Cmd was down.
    if (event.key === "Meta") arbiter.letGo();
    else arbiter.release(codeOf(event));
  });
  // What has the keyboard now, a menu or what is being dragged, keeps the keyup to itself. Fingers
  // stay where they are: to rest one for long is to ask for a menu.
  for (const taken of ["contextmenu", "dragstart"]) {
    window.addEventListener(taken, () => arbiter.releaseKeys());
  }
  // A window without focus gets no keyup: the key would stay down for ever.
  window.addEventListener("blur", () => arbiter.letGo());
  window.document.addEventListener("visibilitychange", () => arbiter.letGo());
}

function needsKeys(target: EventTarget | null): boolean {
  return target instanceof Element && target.matches(NEEDS_KEYS);
}
