/**
 * Where the own paddle is drawn: at once where the hand has moved it.
 *
 * An input needs a while to come back as a state, and longer with an input delay. Until then the
 * page remembers what the hand did, and moves the paddle of the newest state on by it.
 *
 * @module
 */
import { PADDLE_SPEED, TICK_MS } from "../../game/court.ts";

/** Changes of the axis that are remembered; more than a hand makes in the time that counts. */
const CHANGES_MAX = 64;

export interface Hand {
  /** The axis (−127…127) changes now. */
  steer(axis: number, nowMs: number): void;
  /** Returns how far a paddle was pushed between two moments, in subunits. */
  pushed(span: { readonly fromMs: number; readonly toMs: number }): number;
}

export function createHand(): Hand {
  let changes: readonly AxisChange[] = [];
  return {
    steer(axis, nowMs) {
      changes = [...changes, { axis, atMs: nowMs }].slice(-CHANGES_MAX);
    },
    pushed({ fromMs, toMs }) {
      let sum = 0;
      let untilMs = toMs;
      for (let i = changes.length - 1; i >= 0 && untilMs > fromMs; i--) {
        const { axis, atMs } = changes[i];
        if (atMs >= untilMs) continue;
        sum += axis * (untilMs - Math.max(atMs, fromMs));
        untilMs = atMs;
      }
      return sum / TICK_MS * PADDLE_SPEED;
    },
  };
}

interface AxisChange {
  readonly axis: number;
  readonly atMs: number;
}
