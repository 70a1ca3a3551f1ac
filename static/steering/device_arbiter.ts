/**
 * Decides which device moves the own paddle, and how fast.
 *
 * What is held, a key before a stick, wins over the mouse and fingers, and from then on they don't
 * count until they move again: whoever lets go of a key wants the paddle to stay.
 *
 * @module
 */
import { inputTowards } from "./approach.ts";
import { createSticks, type Pad } from "./gamepad.ts";
import { createHeldKeys } from "./held_keys.ts";
import { inputFor, isUpright, type OwnPaddle } from "./own_paddle.ts";
import { createPointerTarget, type PointerPosition } from "./pointer_target.ts";

export interface DeviceArbiterOptions {
  /** The paddle to steer now; `undefined` while there is none. */
  readonly own: () => OwnPaddle | undefined;
  /** Called with each new input (−127…127) of the own slot, never twice in a row with the same. */
  readonly onAxis: (axis: number) => void;
}

/** Keys count at once, all else with the next update. */
export interface DeviceArbiter {
  /** Returns whether it takes the key, which then does nothing else. Repeats while a key is held. */
  press(code: string): boolean;
  release(code: string): void;
  /** No key is held any more. */
  releaseKeys(): void;
  /** Whatever is held is held no more: nobody will hear of its end. */
  letGo(): void;
  moveMouse(position: PointerPosition): void;
  putFinger(id: number, position: PointerPosition): void;
  moveFinger(id: number, position: PointerPosition): void;
  liftFinger(id: number): void;
  /** To be called with every picture. `nowMs` is on any monotonic clock. */
  update(nowMs: number, pads: readonly (Pad | null)[]): void;
}

/**
 * Updates that come faster are passed over: a display may show 360 pictures a second, but a tick
 * needs one input, and the process takes 300 messages a second.
 */
const UPDATE_MS_MIN = 6;

/** Begins with an axis of 0, which is not told. */
export function createDeviceArbiter(
  { own, onAxis }: DeviceArbiterOptions,
): DeviceArbiter {
  const keys = createHeldKeys();
  const sticks = createSticks();
  const pointer = createPointerTarget();
  let stickPush = 0;
  let updatedMs = -Infinity;
  let sinceUpdateMs = 0;
  let reported = 0;

  function chosenAxis(): number {
    const paddle = own();
    if (paddle === undefined) {
      pointer.forget();
      return 0;
    }
    const push = keys.push(paddle) || stickPush;
    if (push !== 0) {
      pointer.forget();
      return inputFor(paddle, push);
    }
    if (pointer.place === undefined) return 0;
    return inputTowards({
      from: paddle.at,
      to: pointer.place,
      input: reported,
      holdMs: sinceUpdateMs,
    });
  }

  function report(): void {
    const axis = chosenAxis();
    if (axis === reported) return;
    reported = axis;
    onAxis(axis);
  }

  return {
    press(code) {
      const paddle = own();
      if (paddle === undefined || !keys.press(code, paddle)) return false;
      report();
      return true;
    },
    release(code) {
      if (keys.release(code)) report();
    },
    releaseKeys() {
      keys.releaseAll();
      report();
    },
    letGo() {
      keys.releaseAll();
      pointer.liftFingers();
      pointer.forget();
      stickPush = 0;
      report();
    },
    moveMouse(position) {
      const paddle = own();
      if (paddle !== undefined) pointer.moveMouse(position, paddle);
    },
    putFinger(id, { point }) {
      pointer.putFinger(id, point);
    },
    moveFinger(id, position) {
      pointer.moveFinger(id, position, own());
    },
    liftFinger(id) {
      pointer.liftFinger(id);
    },
    update(nowMs, pads) {
      if (nowMs - updatedMs < UPDATE_MS_MIN) return;
      sinceUpdateMs = nowMs - updatedMs;
      updatedMs = nowMs;
      const paddle = own();
      stickPush = paddle === undefined
        ? 0
        : sticks.push(pads, isUpright(paddle) ? "y" : "x");
      report();
    },
  };
}
