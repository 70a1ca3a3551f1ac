/**
 * What a player process tells programs: the answer to `GET /status`, and the line with the result.
 *
 * @module
 */
import type { TickHash } from "../match/hash_watch.ts";
import type { EndReason, Outcome } from "../match/outcome.ts";
import type { SessionStats } from "../match/session.ts";
import type { View } from "../page/protocol.ts";
import { NO_STATS, phaseIn, playersOf, type Situation } from "./view.ts";

/** The answer to `GET /status`; tests and scripts rely on its names. */
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

/** The line that a process prints at the end of a match; `score` is by slot. */
export interface ResultLine {
  readonly match: string;
  readonly winner: number | null;
  readonly score: readonly number[];
  readonly confirmedTick: number;
  readonly hash: number;
  readonly reason: EndReason;
}

/** Says how a match, or the room before it, stands. */
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

/** Says how a match ended; `situation` has to be of that match. */
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
