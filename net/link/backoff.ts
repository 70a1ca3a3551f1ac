/**
 * How long to wait before trying again: soon after a hiccup, and longer each time it fails again, so
 * that whoever comes back after an outage isn't flooded.
 *
 * Chance has no part in it: a lobby has some hundred players at most, and can take all of them at
 * once.
 *
 * @module
 */

/** The first wait and the longest. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Returns the wait after so many attempts in a row that failed, in ms; it doubles with each. */
export function backoffMs(failures: number, backoff: Backoff): number {
  return Math.min(backoff.firstMs * 2 ** failures, backoff.maxMs);
}
