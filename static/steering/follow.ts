/**
 * The input that brings a paddle to a place and leaves it there.
 *
 * It slows down in time: an input counts from the next tick on, is sampled once more or less often
 * than the clock says, and what is drawn meanwhile is right to a tick only.
 *
 * @module
 */
import { PADDLE_SPEED, TICK_MS, UNIT } from "../../game/court.ts";

/** A paddle stops this near, and rests until it is further off: between, it would tremble. */
const STOP_WITHIN = UNIT;
const REST_WITHIN = 2 * UNIT;
/** Ticks of way left over when the next input comes. Fewer go past the place, more feel heavy. */
const SPARE_TICKS = 1.5;
/** Pictures that come more slowly have halted; waiting for the next one would help nobody. */
const HOLD_TICKS_MAX = 4;

/** Places along the own side are in subunits. */
export interface Way {
  /** Where the paddle is drawn: what was steered counts already, whether or not it came back. */
  readonly from: number;
  readonly to: number;
  /** In effect until now. */
  readonly input: number;
  /** How long the next one will hold before it can be changed, in ms. */
  readonly holdMs: number;
}

/** Returns the next input (−127…127). */
export function inputTowards({ from, to, input, holdMs }: Way): number {
  const away = to - from;
  if (Math.abs(away) < (input === 0 ? REST_WITHIN : STOP_WITHIN)) return 0;
  const holdTicks = Math.min(holdMs / TICK_MS, HOLD_TICKS_MAX);
  const next = Math.round(away / (PADDLE_SPEED * (holdTicks + SPARE_TICKS)));
  return Math.min(Math.max(next, -127), 127);
}
