/**
 * When a full room begins its match: at once when all are ready; and when at least half are, some
 * time later without the others.
 *
 * @module
 */

/** How long those who aren't ready have: when more than half are, and when exactly half are. */
const MOST_READY_MS = 10_000;
const HALF_READY_MS = 30_000;

/** A wait for those who aren't ready. */
export interface Countdown {
  readonly lengthMs: number;
  readonly endsAtMs: number;
}

/** What decides when a room begins. */
export interface Gathering {
  /** How many seats the room has, free ones included. */
  readonly seats: number;
  readonly players: readonly { readonly isReady: boolean }[];
}

/** Whether the match may begin at once: no seat is free, and nobody needs more time. */
export function areAllReady({ seats, players }: Gathering): boolean {
  return players.length === seats && players.every(({ isReady }) => isReady);
}

/**
 * Returns the countdown that runs from now on, given the one that has run so far. It goes on as
 * long as its length still applies; when more become ready, it never ends later than before.
 */
export function countDown(
  gathering: Gathering,
  running: Countdown | undefined,
  nowMs: number,
): Countdown | undefined {
  const lengthMs = lengthFor(gathering);
  if (lengthMs === undefined || lengthMs === running?.lengthMs) {
    return lengthMs === undefined ? undefined : running;
  }
  const latestMs = running && lengthMs < running.lengthMs
    ? running.endsAtMs
    : Infinity;
  return { lengthMs, endsAtMs: Math.min(nowMs + lengthMs, latestMs) };
}

function lengthFor(
  { seats, players }: Gathering,
): number | undefined {
  const ready = players.filter(({ isReady }) => isReady).length;
  if (players.length < seats || ready === seats) return undefined;
  if (2 * ready === seats) return HALF_READY_MS;
  return 2 * ready > seats ? MOST_READY_MS : undefined;
}
