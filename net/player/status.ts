/**
 * What a player process tells programs: the answer to `GET /status`, and the line with the result.
 *
 * @module
 */
import type { ConfirmedLog } from "../match/confirmed_log.ts";
import type { TickHash } from "../match/hash_watch.ts";
import type { EndReason, Outcome } from "../match/outcome.ts";
import type { Play } from "../match/play.ts";
import type { SessionStats } from "../match/session.ts";
import type { View } from "../page/protocol.ts";
import { type MatchNow, phaseIn, playersOf, type Shown } from "./view.ts";

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
  /** Hashes that were told before, but the others went on without this host, and otherwise. */
  readonly takenBack: readonly TickHash[];
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

/** What a status tells, other than what is shown. */
interface ToldMatch extends MatchNow {
  readonly log: Pick<ConfirmedLog, "hashes" | "takenBack">;
  readonly session: MatchNow["session"] & {
    readonly play:
      | {
        readonly era: Play["era"];
        readonly sync: Pick<Play["sync"], "leadTicks">;
      }
      | undefined;
  };
}

const NO_STATS: SessionStats = {
  packetsIn: 0,
  packetsOut: 0,
  bytesIn: 0,
  bytesOut: 0,
  rejected: 0,
  stalledMs: 0,
};

/** Says how a match, or the room before it, stands. */
export function statusOf(
  shown: Shown & { readonly match: ToldMatch | undefined },
): Status {
  const { room, seats, match } = shown;
  const { play, outcome, stats = NO_STATS } = match?.session ?? {};
  const { rejectedByTransport = 0 } = match ?? {};
  return {
    phase: phaseIn(match),
    room: room.code,
    match: match?.id ?? "",
    slot: seats.me,
    era: play?.era ?? 0,
    transport: match?.transport ?? "",
    tick: play?.newestTick ?? 0,
    confirmedTick: play?.confirmedTick ?? 0,
    hashes: match?.log.hashes() ?? [],
    takenBack: match?.log.takenBack ?? [],
    players: playersOf(shown),
    winner: outcome?.winner ?? null,
    reason: outcome?.reason ?? null,
    watchers: room.watchers,
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

/** Says how a match ended: for everybody, as far as it is confirmed. */
export function resultOf(
  shown: Shown & { readonly match: MatchNow },
  outcome: Outcome,
): ResultLine {
  const { winner, confirmedTick, hash, reason } = outcome;
  return {
    match: shown.match.id,
    winner,
    score: playersOf(shown).map(({ score }) => score),
    ...{ confirmedTick, hash, reason },
  };
}
