/**
 * What a page shows of a match and of the room before it: a `Situation` in, a view out.
 *
 * None of it holds a secret: no token, no broker address.
 *
 * @module
 */
import type { Rules } from "../../game/court.ts";
import { SCORE } from "../../game/state.ts";
import type { SeatedPlayer } from "../lobby/protocol.ts";
import type { ConfirmedLog } from "../match/confirmed_log.ts";
import type { Play } from "../match/play.ts";
import type { Session, SessionStats } from "../match/session.ts";
import type { LinkState } from "../match/transport.ts";
import { has, sizeOf, slotsOf } from "../match/wire/slot_set.ts";
import type { FaultSettings } from "../page/message.ts";
import type {
  NetworkView,
  Phase,
  PlayerState,
  RematchView,
  Statistics,
  View,
} from "../page/protocol.ts";
import { EMPTY_VIEW, type StageView } from "../page/stage.ts";

/** All that a player process knows of its match at one moment. */
export interface Situation {
  readonly nowMs: number;
  readonly room: string;
  /** The line that a friend types to join this room. */
  readonly invite: string;
  /** -1 before the lobby gave a slot. */
  readonly me: number;
  readonly rules: Rules;
  /** Who waits in the room or, once a match has begun, its players; by slot. */
  readonly players: readonly SeatedPlayer[];
  /** Empty until the match has been named. */
  readonly match: string;
  /** "relay" or "amqp"; empty until the match has been named. */
  readonly transport: string;
  readonly link: LinkState;
  /** How many packets the transport has dropped because no member can have sent them. */
  readonly rejectedByTransport: number;
  readonly session: Session | undefined;
  readonly log: ConfirmedLog;
  /** When a room that is full begins without those who are not ready; `null` while it doesn't. */
  readonly startsAtMs: number | null;
  readonly watchers: number;
  readonly rematch: RematchView | null;
  /** Of all confirmed ticks; `undefined` where nothing is recorded. */
  readonly statistics:
    | Omit<Statistics, "rollbacks" | "resimulatedTicks">
    | undefined;
  /** By slot: since when a player is silent or away; `undefined` for whoever is not. */
  readonly awaySinceMs: readonly (number | undefined)[];
  readonly faults: FaultSettings | null;
  /** The player IDs of the local bots. */
  readonly localBotIds: readonly string[];
  readonly isInspected: boolean;
  readonly isRecorded: boolean;
  readonly canLeave: boolean;
}

const RETURNING_NOTICE =
  "You were away, and the others went on. Taking you back.";

/** What a session has counted before there is one. */
export const NO_STATS: SessionStats = {
  packetsIn: 0,
  packetsOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  rejected: 0,
  stalledMs: 0,
};

/** Returns what the page shows. */
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
  { nowMs, players, me, session, awaySinceMs: known }: Situation,
): Situation["awaySinceMs"] {
  return players.map(({ slot }) => {
    if (!session?.play || slot === me) return undefined;
    const state = linkStateOf(session, slot);
    return state === "suspect" || state === "away"
      ? known[slot] ?? nowMs - session.liveness.silentMs(slot)
      : undefined;
  });
}

/** The phase of the match, `lobby` before the first one. */
export function phaseIn({ session }: Situation): View["phase"] {
  return session ? phaseOf(session) : "lobby";
}

/** The players with their confirmed scores, and how their links look from here; by slot. */
export function playersOf(situation: Situation): View["players"] {
  const { session, rules, awaySinceMs, nowMs, localBotIds } = situation;
  const confirmed = session?.play?.confirmedState;
  const startScore = rules.players === 2 ? 0 : rules.lives;
  return situation.players.map((player) => {
    const { slot, id, name, look, isBot } = player;
    const sinceMs = awaySinceMs[slot];
    const distance = session?.distanceTo(slot);
    return {
      slot,
      id,
      name,
      look,
      isBot,
      isLocalBot: localBotIds.includes(id),
      score: confirmed ? confirmed[SCORE + slot] : startScore,
      state: stateIn(situation, player),
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

function stateIn(
  { session, me }: Situation,
  { slot, isReady }: SeatedPlayer,
): PlayerState {
  if (!session) return isReady ? "ready" : "waiting";
  if (slot !== me) return linkStateOf(session, slot);
  if (session.isReturning) return "away";
  return session.play ? "ok" : linkStateOf(session, slot);
}

function rounded(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.round(ms * 10) / 10;
}

/** A stall shorter than this is not worth a word on the page. */
const PAUSE_AFTER_MS = 250;

function phaseOf(session: Session): Exclude<Phase, "lobby"> {
  if (session.outcome) return "over";
  if (session.isReturning) return "paused";
  if (!session.play) return "syncing";
  return session.unconfirmedMs >= PAUSE_AFTER_MS ? "paused" : "playing";
}

/** Slots for which the match waits; empty while it runs. */
function waitingForOf(session: Session): readonly number[] {
  const phase = phaseOf(session);
  if (phase === "syncing") return slotsOf(session.opening.waitingFor);
  return phase === "paused" ? session.play?.missing() ?? [] : [];
}

/** Until the wait is given up, in ms; `null` while there is none. */
function patienceMsOf(session: Session): number | null {
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
function linkStateOf(session: Session, slot: number): PlayerState {
  const { play, liveness, opening } = session;
  if (play?.hasLeft(slot)) return "left";
  if (play) return has(play.members, slot) ? liveness.stateOf(slot) : "away";
  if (session.isReturning) return liveness.stateOf(slot);
  return has(opening.waitingFor, slot) ? "waiting" : "ready";
}
