/**
 * What a player process tells the outside: the page's view, `GET /status`, and the result.
 *
 * Pure: a `Situation` in, plain data out. None of it holds a secret: no token, no broker address.
 *
 * @module
 */
import { DEFAULT_RULES, type Rules } from "../../game/court.ts";
import { SCORE } from "../../game/state.ts";
import type { ConfirmedLog } from "../match/confirmed_log.ts";
import type { TickHash } from "../match/hash_watch.ts";
import type { Play } from "../match/play.ts";
import type { Session } from "../match/session.ts";
import type { Outcome } from "../match/session_event.ts";
import type { LinkState } from "../match/transport.ts";
import type { FaultSettings } from "../page/message.ts";
import type { StageView } from "../page/process_page.ts";
import type {
  EndReason,
  NetworkView,
  PlayerState,
  RematchView,
  Statistics,
  View,
} from "../page/protocol.ts";
import {
  linkStateOf,
  patienceMsOf,
  phaseOf,
  waitingForOf,
} from "./session_view.ts";

/** A player as the lobby introduced it. */
export interface Member {
  readonly slot: number;
  readonly id: string;
  readonly name: string;
  readonly look: number;
  readonly isBot: boolean;
  /** While it waits in a room. */
  readonly isReady?: boolean;
  readonly rttMs?: number | null;
}

/** All that a player process knows of its match at one moment. */
export interface Situation {
  readonly nowMs: number;
  readonly room: string;
  /** The line that a friend types to join this room. */
  readonly invite: string;
  /** -1 before the lobby gave a slot. */
  readonly me: number;
  readonly rules: Rules;
  readonly members: readonly Member[];
  /** Empty until the match has been named. */
  readonly match: string;
  /** "relay" or "amqp"; empty until the match has been named. */
  readonly transport: string;
  readonly link: LinkState;
  /** What the transport has dropped because no member can have sent it. */
  readonly rejectedByTransport: number;
  readonly session: Session | undefined;
  readonly log: ConfirmedLog;
  /** When a room that is full begins without those who are not ready; `null` while it doesn't. */
  readonly startsAtMs: number | null;
  readonly watchers: number;
  readonly rematch: RematchView | null;
  /** Of all that was confirmed; `undefined` before the match. */
  readonly statistics:
    | Omit<Statistics, "rollbacks" | "resimulatedTicks">
    | undefined;
  /** By slot: since when a player is silent or away; `undefined` for whoever is not. */
  readonly awaySinceMs: readonly (number | undefined)[];
  readonly faults: FaultSettings | null;
  /** IDs of the bots that this process has brought along. */
  readonly guestIds: readonly string[];
  readonly isInspected: boolean;
  readonly isRecorded: boolean;
  readonly canLeave: boolean;
}

export interface Status {
  readonly phase: View["phase"];
  readonly room: string;
  readonly match: string;
  readonly slot: number;
  readonly era: number;
  readonly transport: string;
  readonly tick: number;
  readonly confirmedTick: number;
  readonly hashes: readonly TickHash[];
  readonly players: View["players"];
  readonly winner: number | null;
  readonly reason: EndReason | null;
  readonly watchers: number;
  /** `rejected` counts what session and transport have dropped together. */
  readonly stats: SessionStats & {
    readonly rejectedByTransport: number;
    readonly rollbacks: number;
    readonly resimulatedTicks: number;
    readonly leadTicks: number;
  };
}

/** The line that a process prints at the end of a match. */
export interface ResultLine {
  readonly match: string;
  readonly winner: number | null;
  readonly score: readonly number[];
  readonly confirmedTick: number;
  readonly hash: number;
  readonly reason: EndReason;
}

const RETURNING_NOTICE =
  "You were away, and the others went on. Taking you back.";

/** What a session counts. */
export interface SessionStats {
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Packets that were malformed, impossible, or not from a member's present incarnation. */
  readonly rejected: number;
  readonly stalledMs: number;
}

const NO_STATS: SessionStats = {
  packetsIn: 0,
  packetsOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  rejected: 0,
  stalledMs: 0,
};

/** A view of nothing at all, to be filled in by whoever knows something. */
export const EMPTY_VIEW: StageView = {
  role: "player",
  phase: "start",
  me: -1,
  room: "",
  invite: "",
  match: "",
  transport: "",
  rules: DEFAULT_RULES,
  players: [],
  waitingFor: [],
  secondsLeft: null,
  winner: null,
  reason: null,
  notice: "",
  inputDelayTicks: 0,
  watchers: 0,
  start: null,
  rematch: null,
  statistics: null,
  replay: null,
  network: null,
  isRecorded: false,
  canLeave: false,
};

export function viewOf(situation: Situation): StageView {
  const { session, link } = situation;
  const outcome = session?.outcome;
  return {
    ...EMPTY_VIEW,
    phase: phaseIn(situation),
    me: situation.me,
    room: situation.room,
    invite: situation.invite,
    match: situation.match,
    transport: situation.transport,
    rules: situation.rules,
    players: playersOf(situation),
    waitingFor: session ? waitingForOf(session) : [],
    secondsLeft: secondsLeftIn(situation),
    winner: outcome?.winner ?? null,
    reason: outcome?.reason ?? null,
    notice: outcome?.message || link.detail ||
      (session?.isReturning ? RETURNING_NOTICE : ""),
    inputDelayTicks: session?.play?.inputDelayTicks ?? 0,
    watchers: situation.watchers,
    rematch: outcome ? situation.rematch : null,
    statistics: statisticsOf(situation),
    network: situation.isInspected && session?.play
      ? networkOf(situation, session.play)
      : null,
    isRecorded: situation.isRecorded,
    canLeave: situation.canLeave,
  };
}

function secondsLeftIn(
  { session, startsAtMs, nowMs }: Situation,
): number | null {
  const leftMs = session
    ? patienceMsOf(session)
    : startsAtMs === null
    ? null
    : startsAtMs - nowMs;
  return leftMs === null ? null : Math.max(0, Math.ceil(leftMs / 1000));
}

function statisticsOf({ statistics, session }: Situation): Statistics | null {
  if (statistics === undefined) return null;
  const work = session?.play?.rollbackWork;
  return {
    ...statistics,
    rollbacks: work?.rollbacks ?? 0,
    resimulatedTicks: work?.resimulatedTicks ?? 0,
  };
}

function networkOf(
  { nowMs, session, rejectedByTransport, faults }: Situation,
  play: Play,
): NetworkView {
  const stats = session?.stats ?? NO_STATS;
  return {
    ...stats,
    atMs: Math.round(nowMs),
    newestTick: play.newestTick,
    confirmedTick: play.confirmedTick,
    rollbackTicks: play.rollbackWork.deepestTicks,
    stalledMs: Math.round(stats.stalledMs),
    rejected: stats.rejected + rejectedByTransport,
    faults,
  };
}

/** By slot: since when a player is silent or away, going on from what was known before. */
export function awaySinceMs(
  { nowMs, members, me, session, awaySinceMs: known }: Situation,
): Situation["awaySinceMs"] {
  return members.map(({ slot }) => {
    if (!session?.play || slot === me) return undefined;
    const state = linkStateOf(session, slot);
    return state === "suspect" || state === "away"
      ? known[slot] ?? nowMs - session.liveness.silentMs(slot)
      : undefined;
  });
}

export function statusOf(situation: Situation): Status {
  const { session, log, rejectedByTransport } = situation;
  const play = session?.play;
  const stats = session?.stats ?? NO_STATS;
  return {
    phase: phaseIn(situation),
    room: situation.room,
    match: situation.match,
    slot: situation.me,
    era: play?.era ?? 0,
    transport: situation.transport,
    tick: play?.newestTick ?? 0,
    confirmedTick: play?.confirmedTick ?? 0,
    hashes: log.hashes(),
    players: playersOf(situation),
    winner: session?.outcome?.winner ?? null,
    reason: session?.outcome?.reason ?? null,
    watchers: situation.watchers,
    stats: {
      ...stats,
      rejected: stats.rejected + rejectedByTransport,
      rejectedByTransport,
      rollbacks: play?.rollbackWork.rollbacks ?? 0,
      resimulatedTicks: play?.rollbackWork.resimulatedTicks ?? 0,
      leadTicks: play?.sync.leadTicks ?? 0,
    },
  };
}

export function resultOf(situation: Situation, outcome: Outcome): ResultLine {
  return {
    match: situation.match,
    winner: outcome.winner,
    score: playersOf(situation).map(({ score }) => score),
    confirmedTick: outcome.confirmedTick,
    hash: outcome.hash,
    reason: outcome.reason,
  };
}

function phaseIn({ session }: Situation): View["phase"] {
  return session ? phaseOf(session) : "lobby";
}

function playersOf(situation: Situation): View["players"] {
  const { session, rules, awaySinceMs, nowMs, guestIds } = situation;
  const confirmed = session?.play?.confirmedState;
  const startScore = rules.players === 2 ? 0 : rules.lives;
  return situation.members.map((member) => {
    const { slot, id, name, look, isBot } = member;
    const sinceMs = awaySinceMs[slot];
    const distance = session?.distanceTo(slot);
    return {
      slot,
      id,
      name,
      look,
      isBot,
      isGuest: guestIds.includes(id),
      score: confirmed ? confirmed[SCORE + slot] : startScore,
      state: stateIn(situation, member),
      rttMs: rounded(distance ? distance.rttMs : member.rttMs),
      jitterMs: distance?.rttMs === undefined
        ? null
        : rounded(distance.jitterMs),
      awaySeconds: sinceMs === undefined
        ? null
        : Math.floor((nowMs - sinceMs) / 1000),
    };
  });
}

function stateIn(
  { session, me }: Situation,
  { slot, isReady }: Member,
): PlayerState {
  if (!session) return isReady ? "ready" : "waiting";
  if (slot !== me) return linkStateOf(session, slot);
  if (session.isReturning) return "away";
  return session.play ? "ok" : linkStateOf(session, slot);
}

function rounded(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.round(ms * 10) / 10;
}
