/**
 * How long a match waits for what, in ms of a host's own play time.
 *
 * @module
 */

/**
 * The protocol rests on their order: unstable < suspect < grace < lost. Simulations use shorter
 * ones in the same proportions.
 */
export interface Timers {
  /** Silence that the page tells of; a member that spoke more recently is surely there. */
  readonly unstableMs: number;
  /** Silence that makes a member a suspect; a packet older than this is no sign of life. */
  readonly suspectMs: number;
  /** Silence after which exactly half of a match may go on without the others. */
  readonly graceMs: number;
  /** A match in which nothing was confirmed for so long ends without a winner. */
  readonly lostMs: number;
}

/** Returns the timers of a match with this grace period. */
export function timersFor(graceMs: number): Timers {
  return {
    unstableMs: 500,
    suspectMs: 2000,
    graceMs,
    lostMs: Math.max(30_000, graceMs + 10_000),
  };
}
