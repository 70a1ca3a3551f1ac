/**
 * Runs a session in real time: the only place where the match protocol meets a clock.
 *
 * It sleeps until the next tick is due, never for a tick's length, so the time that a tick takes to
 * compute isn't added. What to do about a gap, after the machine slept, the session decides.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { messageOf } from "../link/network_error.ts";
import type { Session } from "../match/session.ts";
import type { Received, Transport } from "../match/transport.ts";

const log = getLogger(["pong", "player"]);

/** How many packets are taken in at once: a burst after a stall must not hold up play. */
const PACKETS_AT_ONCE_MAX = 1000;
/**
 * How often arrivals are looked for between ticks. All hosts tick at the same moments, so a packet
 * comes right after a tick: taken in only with the next tick, it would be shown 15 ms late.
 */
const LOOK_EVERY_MS = 4;
/** Timers fire up to a millisecond late, never early, so they are set a little early. */
const TIMER_SLACK_MS = 0.5;
/** How long a leaving player goes on saying goodbye. */
const GOODBYE_MS = 150;

/** What to run, and on which clock. */
export interface MatchLoopOptions {
  readonly session: Pick<
    Session,
    | "advance"
    | "isDone"
    | "isLinkUp"
    | "leave"
    | "loseConnection"
    | "nextTickMs"
    | "receive"
  >;
  readonly transport: Pick<Transport, "link" | "receive" | "send">;
  /** Monotonic clock, the one that stamps arrivals. */
  readonly nowMs: () => number;
  /** Returns the player's input (−127…127) for the next tick. */
  readonly input: () => number;
  /** Called after each advance, before sleeping. */
  readonly onAdvance: () => void;
  /** Leaves the match: the others are told first. */
  readonly signal: AbortSignal;
}

/** Plays until the session is done, or `signal` aborts and the others have been told. */
export async function runMatchLoop(options: MatchLoopOptions): Promise<void> {
  const { session, transport, nowMs, input, onAdvance, signal } = options;
  let goodbyeUntilMs = Infinity;
  let backlog: readonly Received[] = [];
  while (!session.isDone(nowMs()) && nowMs() < goodbyeUntilMs) {
    const lookMs = nowMs() + (backlog.length > 0 ? 0 : LOOK_EVERY_MS);
    await sleepUntil(Math.min(session.nextTickMs, lookMs), nowMs);
    if (signal.aborted && goodbyeUntilMs === Infinity) {
      session.leave(nowMs());
      goodbyeUntilMs = nowMs() + GOODBYE_MS;
    }
    const arrived = backlog.concat(transport.receive());
    backlog = arrived.slice(PACKETS_AT_ONCE_MAX);
    arrived.length = Math.min(arrived.length, PACKETS_AT_ONCE_MAX);
    if (arrived.length === 0 && nowMs() < session.nextTickMs) continue;
    try {
      for (const received of arrived) session.receive(received);
      session.isLinkUp = transport.link.up;
      for (const packet of session.advance(nowMs(), input())) {
        transport.send(packet);
      }
    } catch (error) {
      // Nothing that others send should come so far; if it does, it ends this match and no more.
      const message = `This program made a mistake: ${messageOf(error)}`;
      log.error("{message}", { message });
      session.loseConnection(nowMs(), message);
      return onAdvance();
    }
    onAdvance();
  }
}

async function sleepUntil(
  dueMs: number,
  nowMs: () => number,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // A timer even when the tick is overdue: sockets get their turn, however slow the machine.
  setTimeout(resolve, Math.max(0, dueMs - nowMs() - TIMER_SLACK_MS));
  await promise;
}
