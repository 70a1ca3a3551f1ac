/**
 * From held keys to an axis.
 *
 * Keys are told by their place on the keyboard (`KeyboardEvent.code`), so that W and S lie above
 * each other on every layout. Of two opposite keys the one pressed last counts: who changes
 * direction quickly always holds both for a moment.
 *
 * @module
 */

/** Full speed up or left, none, or full speed down or right. */
export type KeyAxis = -127 | 0 | 127;

type KeyMap = Readonly<Record<string, KeyAxis | undefined>>;

const UP_DOWN: KeyMap = {
  KeyW: -127,
  ArrowUp: -127,
  KeyS: 127,
  ArrowDown: 127,
};
const LEFT_RIGHT: KeyMap = {
  KeyA: -127,
  ArrowLeft: -127,
  KeyD: 127,
  ArrowRight: 127,
};

/** The keys that are down. */
export interface HeldKeys {
  /** Returns whether the key steers that slot's paddle. */
  press(code: string, slot: number): boolean;
  release(code: string): void;
  releaseAll(): void;
  /** Where the held keys move the paddle of that slot; 0 for -1. */
  axis(slot: number): KeyAxis;
}

export function createHeldKeys(): HeldKeys {
  // Oldest first. Only keys that steer get in, so there are never more than eight.
  let held: string[] = [];
  return {
    press(code, slot) {
      if (keysOf(slot)[code] === undefined) return false;
      if (!held.includes(code)) held.push(code);
      return true;
    },
    release(code) {
      held = held.filter((other) => other !== code);
    },
    releaseAll() {
      held = [];
    },
    axis(slot) {
      const keys = keysOf(slot);
      for (let i = held.length - 1; i >= 0; i--) {
        const axis = keys[held[i]];
        if (axis !== undefined) return axis;
      }
      return 0;
    },
  };
}

function keysOf(slot: number): KeyMap {
  if (slot < 0) return {};
  return slot < 2 ? UP_DOWN : LEFT_RIGHT;
}
