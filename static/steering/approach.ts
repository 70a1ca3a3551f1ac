/**
 * The input that brings a paddle to a place and leaves it there.
 *
 * It slows the paddle down early, for nothing here is exact to the tick: an input counts from the
 * next tick on, may hold a tick more or less than the clock says, and so is what is drawn meanwhile.
 *
 * @module
 */
import { PADDLE_SPEED, TICK_MS, UNIT } from "../../game/court.ts";

/** A paddle that moves stops this near; one that rests starts further off, or it would tremble. */
const STOP_WITHIN = UNIT;
const REST_WITHIN = 2 * UNIT;
/**
 * How many more ticks the way that is left would take when the next input comes. With fewer the
 * paddle goes past the place, with more it feels heavy.
 */
const SPARE_TICKS = 1.5;
/** Pictures that come more slowly have halted; waiting for the next one would help nobody. */
const HOLD_TICKS_MAX = 4;

/** Places along the own side are in subunits. */
export interface Approach {
  /** Where the paddle is drawn: what was steered counts already, whether or not it came back. */
  readonly from: number;
  readonly to: number;
  /** In effect until now. */
  readonly input: number;
  /** How long the next one will hold before it can be changed, in ms. */
  readonly holdMs: number;
}

/** Returns the next input (−127…127). */
export function inputTowards({ from, to, input, holdMs }: Approach): number {
  const away = to - from;
  if (Math.abs(away) < (input === 0 ? REST_WITHIN : STOP_WITHIN)) return 0;
  const holdTicks = Math.min(holdMs / TICK_MS, HOLD_TICKS_MAX);
  const next = Math.round(away / (PADDLE_SPEED * (holdTicks + SPARE_TICKS)));
  return Math.min(Math.max(next, -127), 127);
}
