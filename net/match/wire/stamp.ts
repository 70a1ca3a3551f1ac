/**
 * Points in time as they travel: quarter milliseconds of the sender's monotonic clock, modulo 2^24.
 *
 * Three bytes instead of eight in sixty packets a second; they wrap after 70 minutes, so only
 * differences of less than 35 minutes mean something, and nothing older than that is of use here.
 *
 * @module
 */

const STEPS_PER_MS = 4;
const STAMPS = 1 << 24;

/** A point in time of some clock; an integer from 0 to 2^24 − 1. */
export type Stamp = number;

/** Returns a moment of a monotonic clock as a stamp. */
export function stampOf(nowMs: number): Stamp {
  return Math.round(nowMs * STEPS_PER_MS) & (STAMPS - 1);
}

/** Returns how much later `a` is than `b`, in milliseconds, from −35 to +35 minutes. */
export function stampDifferenceMs(a: Stamp, b: Stamp): number {
  return (((a - b) << 8) >> 8) / STEPS_PER_MS;
}
