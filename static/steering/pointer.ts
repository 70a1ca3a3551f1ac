/**
 * Tells where the mouse and the fingers are on the page, as far as they may be meant for the paddle.
 *
 * @module
 */
import type { DeviceArbiter } from "./device_arbiter.ts";
import type { PointerPosition } from "./pointer_target.ts";

/** On these a pointer means them and not the paddle. */
const CONTROLS = [
  "a[href]",
  "button",
  "dialog",
  "input",
  "label",
  "select",
  "summary",
  "textarea",
  "[role$=slider]",
  ".no-steer",
].join();

/** Listens for as long as the page lives; `court` is where the court is drawn. */
export function listenToPointers(
  window: Window,
  court: HTMLElement,
  arbiter: DeviceArbiter,
): void {
  const positionOf = ({ clientX, clientY }: PointerEvent): PointerPosition => ({
    point: { x: clientX, y: clientY },
    court: court.getBoundingClientRect(),
  });
  window.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" || isControl(event.target)) return;
    arbiter.putFinger(event.pointerId, positionOf(event));
  });
  window.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse") {
      arbiter.moveFinger(event.pointerId, positionOf(event));
    } else if (!isControl(event.target)) {
      arbiter.moveMouse(positionOf(event));
    }
  });
  const lift = (event: PointerEvent) => arbiter.liftFinger(event.pointerId);
  window.addEventListener("pointerup", lift);
  window.addEventListener("pointercancel", lift);
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(CONTROLS) !== null;
}
