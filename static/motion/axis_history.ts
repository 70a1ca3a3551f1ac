/**
 * What the player did with the own paddle lately, so that it is drawn at once where it was steered.
 *
 * An input needs a while to come back as a state, and longer with an input delay. Until then the
 * page moves the paddle of the newest state on by what it remembers here.
 *
 * @module
 */
import { PADDLE_SPEED, TICK_MS } from "../../game/court.ts";

/** Changes that are remembered; more than a hand makes in the time that counts. */
const CHANGES_MAX = 64;

export interface AxisHistory {
  /** The axis (−127…127) changes now. */
  add(axis: number, nowMs: number): void;
  /** Returns how far a paddle was pushed between two moments, in subunits. */
  pushed(span: { readonly fromMs: number; readonly toMs: number }): number;
}

export function createAxisHistory(): AxisHistory {
  let changes: readonly AxisChange[] = [];
  return {
    add(axis, nowMs) {
      changes = [...changes, { axis, atMs: nowMs }].slice(-CHANGES_MAX);
    },
    pushed({ fromMs, toMs }) {
      let sum = 0;
      let untilMs = toMs;
      for (const { axis, atMs } of changes.toReversed()) {
        const sinceMs = Math.min(Math.max(atMs, fromMs), untilMs);
        sum += axis * (untilMs - sinceMs);
        untilMs = sinceMs;
      }
      return sum / TICK_MS * PADDLE_SPEED;
    },
  };
}

interface AxisChange {
  readonly axis: number;
  readonly atMs: number;
}
