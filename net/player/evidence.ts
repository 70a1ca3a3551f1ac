/**
 * What is kept when two hosts hold different states of one confirmed tick: the recording, and what
 * each of them has computed. `pong replay --check` tells who was right.
 *
 * @module
 */
import type { ConfirmedLog } from "../match/confirmed_log.ts";
import type { Play } from "../match/play.ts";
import type { Asset } from "../page/assets.ts";
import type { HashChain } from "../recording/chunk.ts";

/** A recording with hash chains, as a file. */
export type Evidence = Pick<Asset, "name" | "body">;

/** Returns what this host has computed, and what each other one lately claimed. */
export function hashChainsOf(
  { slot, log, play }: {
    readonly slot: number;
    readonly log: ConfirmedLog;
    readonly play: Pick<Play, "hashes">;
  },
): readonly HashChain[] {
  const claimed = play.hashes.claimed().map((hashes, slot) => ({
    slot,
    hashes,
  }));
  return [{ slot, hashes: log.hashes() }, ...claimed];
}
