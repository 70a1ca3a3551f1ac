/**
 * From held keys to a push.
 *
 * Keys are told by their place on the keyboard (`KeyboardEvent.code`), so that W and S lie above
 * each other on every layout. Of two opposite keys the one pressed last counts: who changes
 * direction quickly always holds both for a moment.
 *
 * @module
 */
import { isUpright, type OwnPaddle } from "./own_paddle.ts";

/** The keys that are down. */
export interface HeldKeys {
  /** Returns whether the key steers. */
  press(code: string, own: OwnPaddle): boolean;
  /** Returns whether the key was held. */
  release(code: string): boolean;
  releaseAll(): void;
  /** Returns −1 for up or left on the screen, 1 for down or right, 0 for neither. */
  push(own: OwnPaddle): -1 | 0 | 1;
}

/** Begins with no key down. */
export function createHeldKeys(): HeldKeys {
  // Oldest first. Only keys that steer get in, so there are never many.
  let held: string[] = [];
  return {
    press(code, own) {
      if (pushOf(code, own) === 0) return false;
      if (!held.includes(code)) held.push(code);
      return true;
    },
    release(code) {
      const wasHeld = held.includes(code);
      held = held.filter((other) => other !== code);
      return wasHeld;
    },
    releaseAll() {
      held = [];
    },
    push(own) {
      // What was pressed for another side or with other preferences may steer no more.
      const last = held.findLast((code) => pushOf(code, own) !== 0);
      return last === undefined ? 0 : pushOf(last, own);
    },
  };
}

/** The arrow keys come first: they steer as they point, whatever else was chosen. */
function pushOf(code: string, own: OwnPaddle): -1 | 0 | 1 {
  const { up, down, left, right } = own.keys;
  const [back, forth] = isUpright(own)
    ? [["ArrowUp", up], ["ArrowDown", down]]
    : [["ArrowLeft", left], ["ArrowRight", right]];
  if (code === back[0]) return -1;
  if (code === forth[0]) return 1;
  if (code === back[1]) return -1;
  return code === forth[1] ? 1 : 0;
}
