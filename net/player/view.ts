/**
 * What a page shows of a room and of the newest match in it.
 *
 * None of it holds a secret: no token, no broker address.
 *
 * @module
 */
import type { Rules } from "../../game/court.ts";
import { SCORE } from "../../game/state.ts";
import type { SeatedPlayer } from "../lobby/protocol.ts";
import type { Play } from "../match/play.ts";
import type { Session } from "../match/session.ts";
import type { LinkState } from "../match/transport.ts";
import type { FaultSettings } from "../page/message.ts";
import type {
  NetworkView,
  PlayerState,
  RematchView,
  Statistics,
  View,
} from "../page/protocol.ts";
import { EMPTY_VIEW, type StageView } from "../page/stage.ts";
import {
  type AwaySinceMs,
  linkStateOf,
  patienceMsOf,
  phaseOf,
  type StandingSession,
  waitingForOf,
} from "./match_phase.ts";

/** The room, as far as it isn't a match. */
export interface RoomNow {
  readonly code: string;
  /** The line that a friend types to join it. */
  readonly invite: string;
  /** When a room that is full begins without those who are not ready; `null` while it doesn't. */
  readonly startsAtMs: number | null;
  readonly watchers: number;
  readonly otherRooms: View["otherRooms"];
  readonly rematch: RematchView | null;
  /** What keeps this player from its room or from the match that begins; empty if nothing does. */
  readonly trouble: string;
  /** The player IDs of the local bots. */
  readonly localBotIds: readonly string[];
  readonly canLeave: boolean;
}

/** Who waits in the room or, once a match has begun, plays it. */
export interface Seats {
  /** The own slot. */
  readonly me: number;
  readonly rules: Rules;
  /** By slot; in a room some may be empty. */
  readonly players: readonly SeatedPlayer[];
}

/** What is looked at of a match's session. */
export type ShownSession =
  & StandingSession
  & Pick<Session, "stats" | "distanceTo">
  & {
    readonly play:
      | Pick<
        Play,
        | "confirmedState"
        | "confirmedTick"
        | "inputDelayTicks"
        | "newestTick"
        | "rollbackWork"
      >
      | undefined;
  };

/** A match at one moment. */
export interface MatchNow {
  readonly id: string;
  /** "relay" or "amqp". */
  readonly transport: string;
  readonly session: ShownSession;
  readonly link: LinkState;
  /** How many packets the transport has dropped because no member can have sent them. */
  readonly rejectedByTransport: number;
  readonly awaySinceMs: AwaySinceMs;
  /** Of all confirmed ticks; `undefined` where nothing is recorded. */
  readonly statistics:
    | Omit<Statistics, "rollbacks" | "resimulatedTicks">
    | undefined;
  readonly faults: FaultSettings;
}

/** All that is shown, at one moment. */
export interface Shown {
  readonly nowMs: number;
  readonly room: RoomNow;
  readonly seats: Seats;
  /** The newest; `undefined` before the first. */
  readonly match: MatchNow | undefined;
}

const RETURNING_NOTICE =
  "You were away, and the others went on. Taking you back.";

/** Returns what the page shows; the network only to whoever inspects it. */
export function viewOf(shown: Shown, isInspected: boolean): StageView {
  const { room, seats, match } = shown;
  const session = match?.session;
  const outcome = session?.outcome;
  return {
    ...EMPTY_VIEW,
    phase: phaseIn(match),
    me: seats.me,
    room: room.code,
    invite: room.invite,
    match: match?.id ?? "",
    transport: match?.transport ?? "",
    rules: seats.rules,
    players: playersOf(shown),
    waitingFor: session ? waitingForOf(session) : [],
    secondsLeft: secondsLeftIn(shown),
    winner: outcome?.winner ?? null,
    reason: outcome?.reason ?? null,
    notice: noticeOf(shown),
    inputDelayTicks: session?.play?.inputDelayTicks ?? 0,
    watchers: room.watchers,
    otherRooms: match ? [] : room.otherRooms,
    rematch: outcome ? room.rematch : null,
    statistics: match ? statisticsOf(match) : null,
    network: match && isInspected ? networkOf(match, shown.nowMs) : null,
    isRecorded: match?.statistics !== undefined,
    canLeave: room.canLeave,
  };
}

/** The phase of the match, `lobby` before the first one. */
export function phaseIn(match: Shown["match"]): View["phase"] {
  return match ? phaseOf(match.session) : "lobby";
}

/** The players with their confirmed scores, and how their links look from here; by slot. */
export function playersOf(
  { nowMs, room, seats, match }: Shown,
): View["players"] {
  const { rules, players, me } = seats;
  const session = match?.session;
  const confirmed = session?.play?.confirmedState;
  const startScore = rules.players === 2 ? 0 : rules.lives;
  return players.map((player) => {
    const { slot, id, name, look, isBot, isReady } = player;
    const sinceMs = match?.awaySinceMs[slot];
    const distance = session?.distanceTo(slot);
    return {
      slot,
      id,
      name,
      look,
      isBot,
      isLocalBot: room.localBotIds.includes(id),
      score: session?.outcome?.score?.[slot] ??
        (confirmed ? confirmed[SCORE + slot] : startScore),
      state: session
        ? stateIn(session, slot, me)
        : isReady
        ? "ready"
        : "waiting",
      rttMs: rounded(distance ? distance.rttMs : player.rttMs),
      jitterMs: distance?.rttMs === undefined
        ? null
        : rounded(distance.jitterMs),
      awaySeconds: sinceMs === undefined
        ? null
        : Math.floor((nowMs - sinceMs) / 1000),
    };
  });
}

function secondsLeftIn(
  { nowMs, room: { startsAtMs }, match }: Shown,
): number | null {
  const leftMs = match
    ? patienceMsOf(match.session)
    : startsAtMs === null
    ? null
    : startsAtMs - nowMs;
  return leftMs === null ? null : Math.max(0, Math.ceil(leftMs / 1000));
}

/** During a match, the lobby counts only as far as its link does. */
function noticeOf({ room, match }: Shown): string {
  if (match === undefined) return room.trouble;
  const { session, link } = match;
  if (session.outcome) return room.trouble || session.outcome.message;
  return link.detail || (session.isReturning ? RETURNING_NOTICE : "");
}

function statisticsOf({ statistics, session }: MatchNow): Statistics | null {
  if (statistics === undefined) return null;
  const { rollbacks = 0, resimulatedTicks = 0 } = session.play?.rollbackWork ??
    {};
  return { ...statistics, rollbacks, resimulatedTicks };
}

function networkOf(
  { session, rejectedByTransport, faults }: MatchNow,
  nowMs: number,
): NetworkView | null {
  const { play, stats } = session;
  return play
    ? {
      ...stats,
      atMs: Math.round(nowMs),
      newestTick: play.newestTick,
      confirmedTick: play.confirmedTick,
      rollbackTicks: play.rollbackWork.deepestTicks,
      stalledMs: Math.round(stats.stalledMs),
      rejected: stats.rejected + rejectedByTransport,
      faults,
    }
    : null;
}

function stateIn(session: ShownSession, slot: number, me: number): PlayerState {
  if (slot !== me) return linkStateOf(session, slot);
  if (session.isReturning) return "away";
  return session.play ? "ok" : linkStateOf(session, slot);
}

function rounded(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.round(ms * 10) / 10;
}
