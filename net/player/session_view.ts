/**
 * How a session looks to a person: its phase, whom it waits for, how each player's link is.
 *
 * @module
 */
import type { Session } from "../match/session.ts";
import { has, sizeOf, slotsOf } from "../match/wire/slot_set.ts";
import type { Phase, PlayerState } from "../page/protocol.ts";

/** A stall shorter than this is not worth a word on the page. */
const PAUSE_AFTER_MS = 250;

export function phaseOf(session: Session): Exclude<Phase, "lobby"> {
  if (session.outcome) return "over";
  if (session.isReturning) return "paused";
  if (!session.play) return "syncing";
  return session.stalledMs >= PAUSE_AFTER_MS ? "paused" : "playing";
}

/** Slots for which the match waits; empty while it runs. */
export function waitingForOf(session: Session): readonly number[] {
  const phase = phaseOf(session);
  if (phase === "syncing") return slotsOf(session.opening.waitingFor);
  return phase === "paused" ? session.play?.missing() ?? [] : [];
}

/** Until the wait is given up, in ms; `null` while there is none. */
export function patienceMsOf(session: Session): number | null {
  if (phaseOf(session) !== "paused") return null;
  const { lostMs, graceMs, suspectMs } = session.timers;
  const { play } = session;
  // More than half of the match goes on by itself, and soon.
  const isMinority = play !== undefined &&
    2 * play.missing().length < sizeOf(play.members);
  const limitMs = !play || !session.isLinkUp
    ? lostMs
    : isMinority
    ? suspectMs
    : graceMs;
  return Math.max(0, limitMs - session.stalledMs);
}

/** How the link to another player looks: liveness in play, readiness before. */
export function linkStateOf(session: Session, slot: number): PlayerState {
  const { play, liveness, opening } = session;
  if (play?.hasLeft(slot)) return "left";
  if (play) return has(play.members, slot) ? liveness.stateOf(slot) : "away";
  if (session.isReturning) return liveness.stateOf(slot);
  return has(opening.waitingFor, slot) ? "waiting" : "ready";
}
