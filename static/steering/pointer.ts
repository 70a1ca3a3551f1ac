/**
 * Tells where the mouse and the fingers are on the page, as far as they may be meant for the paddle.
 *
 * @module
 */
import type { Helm } from "./helm.ts";
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
  helm: Helm,
): void {
  const positionOf = ({ clientX, clientY }: PointerEvent): PointerPosition => ({
    point: { x: clientX, y: clientY },
    court: court.getBoundingClientRect(),
  });
  window.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" || isControl(event.target)) return;
    helm.putFinger(event.pointerId, positionOf(event));
  });
  window.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse") {
      helm.moveFinger(event.pointerId, positionOf(event));
    } else if (!isControl(event.target)) {
      helm.moveMouse(positionOf(event));
    }
  });
  const lift = (event: PointerEvent) => helm.liftFinger(event.pointerId);
  window.addEventListener("pointerup", lift);
  window.addEventListener("pointercancel", lift);
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(CONTROLS) !== null;
}
