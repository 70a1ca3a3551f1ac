/**
 * What is kept when two hosts hold different states of one confirmed tick: enough to replay the
 * match offline and to find the first tick at which they parted.
 *
 * @module
 */
import type { TickHash } from "./confirmed_log.ts";
import type { Desync } from "./play.ts";
import type { Situation } from "./report.ts";
import { WIRE_VERSION } from "./wire.ts";

export interface Evidence {
  readonly protocol: number;
  readonly match: string;
  readonly slot: number;
  readonly rules: Situation["rules"];
  readonly seed: number;
  readonly desync: Desync | undefined;
  /** Hashes of confirmed states: this host's, and those that each other host claimed, by slot. */
  readonly ours: readonly TickHash[];
  readonly theirs: readonly (readonly TickHash[])[];
  /** Confirmed inputs, four slots a tick. */
  readonly inputs: readonly number[];
}

export function gatherEvidence(
  { match, me, rules, session, log }: Situation,
  seed: number,
): Evidence {
  return {
    protocol: WIRE_VERSION,
    match,
    slot: me,
    rules,
    seed,
    desync: session?.play?.desync,
    ours: log.hashes(),
    theirs: session?.play?.claimedHashes() ?? [],
    inputs: Array.from(log.inputs()),
  };
}
