/**
 * How long a match waits for what, in ms of a host's own play time.
 *
 * Their order is what the protocol rests on: unstable < suspect < grace < lost. Simulations use
 * shorter ones in the same proportions.
 *
 * @module
 */

export interface Timers {
  /** Silence after which the page says so; who spoke more recently counts as there. */
  readonly unstableMs: number;
  /** Silence after which a member is suspected to be gone; an older packet is no sign of life. */
  readonly suspectMs: number;
  /** Silence after which exactly half of a match may go on without the others. */
  readonly graceMs: number;
  /** Nothing confirmed for so long ends the match without a winner. */
  readonly lostMs: number;
}

export const DEFAULT_GRACE_MS = 20_000;

/** Returns the timers of a match with this grace period. */
export function timersFor(graceMs: number): Timers {
  return {
    unstableMs: 500,
    suspectMs: 2000,
    graceMs,
    lostMs: Math.max(30_000, graceMs + 10_000),
  };
}
