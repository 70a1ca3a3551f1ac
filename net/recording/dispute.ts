/**
 * Who was right when two hosts held different states of one confirmed tick: the recording's inputs
 * tell what either should have computed.
 *
 * @module
 */
import { hashState } from "../../game/state.ts";
import type { Replay } from "./replay.ts";

/** One host of a disagreement. */
export interface Side {
  readonly slot: number;
  /** "equal", or "differ from tick … on": whether it computed what the inputs give. */
  readonly hashes: string;
}

/** Compares what each host said that it computed with the recording; seeks in the replay. */
export function sidesOf(replay: Replay): readonly Side[] {
  return replay.match.chains.map(({ slot, hashes }) => {
    const wrong = hashes.find(([tick, hash]) => {
      replay.seek(tick);
      // Of a gap nothing is known.
      return replay.tick === tick && hashState(replay.state) !== hash;
    });
    return {
      slot,
      hashes: wrong ? `differ from tick ${wrong[0]} on` : "equal",
    };
  });
}
