/**
 * What is kept when two hosts hold different states of one confirmed tick: enough to replay the
 * match offline and to find the first tick at which they differed.
 *
 * @module
 */
import type { ConfirmedLog } from "../match/confirmed_log.ts";
import type { Desync, TickHash } from "../match/hash_watch.ts";
import { WIRE_VERSION } from "../match/wire/terms.ts";
import type { PlayedMatch } from "./played_match.ts";

/** One host's side of a disagreement, as plain data. */
export interface Evidence {
  readonly protocol: number;
  readonly match: string;
  readonly slot: number;
  readonly rules: PlayedMatch["seats"]["rules"];
  readonly seed: number;
  readonly desync: Desync | undefined;
  /** Hashes of confirmed states: this host's, and those that each other host claimed, by slot. */
  readonly ours: readonly TickHash[];
  readonly theirs: readonly (readonly TickHash[])[];
  /** The state before the first of the inputs, if that isn't the state before tick 0. */
  readonly from: ConfirmedLog["from"];
  /** Confirmed inputs, four slots a tick. */
  readonly inputs: readonly number[];
}

/** Gathers what this host knows. */
export function gatherEvidence(
  { id, seats, session, log, seed }: Pick<
    PlayedMatch,
    "id" | "seats" | "session" | "log" | "seed"
  >,
): Evidence {
  return {
    protocol: WIRE_VERSION,
    match: id,
    slot: seats.me,
    rules: seats.rules,
    seed,
    desync: session.play?.desync,
    ours: log.hashes(),
    theirs: session.play?.claimedHashes() ?? [],
    from: log.from,
    inputs: Array.from(log.inputs()),
  };
}
