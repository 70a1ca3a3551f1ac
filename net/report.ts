/**
 * What a player process tells the outside: the page's view, `GET /status`, and the result.
 *
 * Pure: a `Situation` in, plain data out. None of it holds a secret: no token, no broker address.
 *
 * @module
 */
import type { Rules } from "../game/court.ts";
import { SCORE } from "../game/state.ts";
import type { ConfirmedLog } from "./confirmed_log.ts";
import type { TickHash } from "./hash_watch.ts";
import type { EndReason, PlayerState, View } from "./page_protocol.ts";
import type { Session } from "./session.ts";
import {
  linkStateOf,
  patienceMsOf,
  phaseOf,
  waitingForOf,
} from "./session_view.ts";
import type { Outcome } from "./session_event.ts";
import type { LinkState } from "./transport.ts";

/** A player as the lobby introduced it. */
export interface Member {
  readonly slot: number;
  readonly id: string;
  readonly name: string;
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
  /** Why there will be no match; empty while there may be. */
  readonly failure: string;
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

export function viewOf(situation: Situation): View {
  const { session, rules, link, failure } = situation;
  const outcome = session?.outcome;
  const patienceMs = session ? patienceMsOf(session) : null;
  return {
    phase: phaseIn(situation),
    me: situation.me,
    room: situation.room,
    invite: situation.invite,
    match: situation.match,
    transport: situation.transport,
    rules,
    players: playersOf(situation),
    waitingFor: session ? waitingForOf(session) : [],
    secondsLeft: patienceMs === null ? null : Math.ceil(patienceMs / 1000),
    winner: outcome?.winner ?? null,
    reason: outcome?.reason ?? (failure ? "refused" : null),
    notice: failure || outcome?.message || link.detail ||
      (session?.isReturning ? RETURNING_NOTICE : ""),
    inputDelayTicks: session?.play?.inputDelayTicks ?? 0,
  };
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
    stats: {
      ...stats,
      rejected: stats.rejected + rejectedByTransport,
      rejectedByTransport,
      rollbacks: play?.rollbacks ?? 0,
      resimulatedTicks: play?.resimulatedTicks ?? 0,
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

function phaseIn({ session, failure }: Situation): View["phase"] {
  if (failure) return "over";
  return session ? phaseOf(session) : "lobby";
}

function playersOf(situation: Situation): View["players"] {
  const { session, me, rules } = situation;
  const confirmed = session?.play?.confirmedState;
  const startScore = rules.players === 2 ? 0 : rules.lives;
  return situation.members.map(({ slot, id, name }) => ({
    slot,
    id,
    name,
    score: confirmed ? confirmed[SCORE + slot] : startScore,
    state: stateIn(session, slot, me),
    rttMs: rttOf(session, slot),
  }));
}

function stateIn(
  session: Session | undefined,
  slot: number,
  me: number,
): PlayerState {
  if (!session) return "waiting";
  if (slot !== me) return linkStateOf(session, slot);
  if (session.isReturning) return "away";
  return session.play ? "ok" : linkStateOf(session, slot);
}

function rttOf(session: Session | undefined, slot: number): number | null {
  const rttMs = session?.rttMs(slot);
  return rttMs === undefined ? null : Math.round(rttMs * 10) / 10;
}
