/**
 * Where a match stands for the people who play it: its phase, whom it waits for and how long, and
 * how each player's link looks from here.
 *
 * @module
 */
import type { PeerLiveness } from "../match/membership/liveness.ts";
import type { Opening } from "../match/opening.ts";
import type { Play } from "../match/play.ts";
import type { Session } from "../match/session.ts";
import { has, sizeOf, slotsOf } from "../match/wire/slot_set.ts";
import type { Phase, PlayerState } from "../page/protocol.ts";

/** A stall shorter than this is not worth a word on the page. */
const PAUSE_AFTER_MS = 250;

/** What is looked at of a session. */
export type StandingSession =
  & Pick<
    Session,
    "outcome" | "isReturning" | "isLinkUp" | "unconfirmedMs" | "timers"
  >
  & {
    readonly opening: Pick<Opening, "waitingFor">;
    readonly liveness: Pick<PeerLiveness, "stateOf" | "silentMs">;
    readonly play: Pick<Play, "members" | "missing" | "hasLeft"> | undefined;
  };

/** The phase of a match that has begun. */
export function phaseOf(session: StandingSession): Exclude<Phase, "lobby"> {
  if (session.outcome) return "over";
  if (session.isReturning) return "paused";
  if (!session.play) return "syncing";
  return session.unconfirmedMs >= PAUSE_AFTER_MS ? "paused" : "playing";
}

/** Slots for which the match waits; empty while it runs. */
export function waitingForOf(session: StandingSession): readonly number[] {
  const phase = phaseOf(session);
  if (phase === "syncing") return slotsOf(session.opening.waitingFor);
  return phase === "paused" ? session.play?.missing() ?? [] : [];
}

/** Until the wait is given up, in ms; `null` while there is none. */
export function patienceMsOf(session: StandingSession): number | null {
  if (phaseOf(session) !== "paused") return null;
  const { lostMs, graceMs, suspectMs } = session.timers;
  const { play } = session;
  // If fewer than half are missing, the others go on without them after this time.
  const isMinority = play !== undefined &&
    2 * play.missing().length < sizeOf(play.members);
  const limitMs = !play || !session.isLinkUp
    ? lostMs
    : isMinority
    ? suspectMs
    : graceMs;
  return Math.max(0, limitMs - session.unconfirmedMs);
}

/** How the link to a player looks: whether it is heard in play, and ready before. */
export function linkStateOf(
  session: StandingSession,
  slot: number,
): PlayerState {
  const { play, liveness, opening } = session;
  if (play?.hasLeft(slot)) return "left";
  if (play) return has(play.members, slot) ? liveness.stateOf(slot) : "away";
  if (session.isReturning) return liveness.stateOf(slot);
  return has(opening.waitingFor, slot) ? "waiting" : "ready";
}

/** By slot: since when a player is silent or away; `undefined` for whoever is not. */
export type AwaySinceMs = readonly (number | undefined)[];

/** Goes on from what was `known` before, as a session forgets the silence of who is dropped. */
export function awaySinceMs(
  session: StandingSession,
  { me, nowMs, players, known }: {
    readonly me: number;
    readonly nowMs: number;
    /** How many have a slot. */
    readonly players: number;
    readonly known: AwaySinceMs;
  },
): AwaySinceMs {
  return Array.from({ length: players }, (_, slot) => {
    if (!session.play || slot === me) return undefined;
    const state = linkStateOf(session, slot);
    return state === "suspect" || state === "away"
      ? known[slot] ?? nowMs - session.liveness.silentMs(slot)
      : undefined;
  });
}
