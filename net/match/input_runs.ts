/**
 * Which inputs the next packet carries.
 *
 * Of its own inputs, a member sends all from the oldest on that some other member's newest record
 * doesn't acknowledge. Inputs of a third member it passes on when somebody has lacked them for
 * longer than direct packets should take, so a dead link between two of four does no harm.
 *
 * @module
 */
import { TICK_MS } from "../../game/court.ts";
import {
  epochAt,
  lastSegment,
  nextPresentTick,
  type Presence,
} from "../../game/presence.ts";
import { HISTORY_TICKS, type Rollback } from "../../game/rollback.ts";
import type { PeerClock } from "./clock/peer_clock.ts";
import type { SlotRecord } from "./wire/record.ts";
import { type InputRun, RUN_INPUTS_MAX } from "./wire/wire.ts";

/** How much longer than a round trip a third member's input may be lacked before it's passed on. */
const GOSSIP_SLACK_TICKS = 4;
/** How many sends back it is remembered which inputs were known. */
const SENDS = 32;

export interface InputRunsOptions {
  readonly slot: number;
  readonly players: number;
  readonly rollback: Rollback;
  readonly clocks: readonly PeerClock[];
  /** True only as a negative control in simulation. */
  readonly isSentThrice: boolean;
}

/** Chooses inputs for one member's packets; remembers what it knew at the last sends. */
export class InputRuns {
  readonly #options: InputRunsOptions;
  /** `have` of all slots at each of the last sends, a ring. */
  readonly #haveThen: Int32Array;
  #sends = 0;

  constructor(options: InputRunsOptions) {
    this.#options = options;
    this.#haveThen = new Int32Array(SENDS * options.players).fill(-1);
  }

  /** Returns the runs for a packet that is sent now to `peers`, by their newest records. */
  next(
    peers: readonly SlotRecord[],
    presences: readonly Presence[],
  ): InputRun[] {
    const { players, rollback } = this.#options;
    this.#sends++;
    const row = (this.#sends % SENDS) * players;
    const runs: InputRun[] = [];
    for (let slot = 0; slot < players; slot++) {
      this.#haveThen[row + slot] = rollback.have(slot);
      const run = this.#run(slot, peers, presences[slot]);
      if (run) runs.push(run);
    }
    return runs;
  }

  #run(
    slot: number,
    peers: readonly SlotRecord[],
    presence: Presence,
  ): InputRun | undefined {
    const { slot: me, rollback, isSentThrice } = this.#options;
    const have = rollback.have(slot);
    let acked = have;
    for (const peer of peers) {
      const theirs = peer.have[slot];
      // A member has its own inputs; it may lack those of its earlier incarnations.
      const { from } = lastSegment(presence);
      if (peer.slot === slot && theirs >= from - 1) continue;
      const isLacked = slot === me ||
        theirs < this.#haveLongAgo(slot, peer.slot);
      if (isLacked) acked = Math.min(acked, theirs);
    }
    if (isSentThrice) acked = slot === me ? have - 3 : have;
    // Whoever lags far behind gets every other packet; the newest inputs are for all others.
    const lagMax = this.#sends % 2 === 0 ? HISTORY_TICKS / 2 : RUN_INPUTS_MAX;
    const before = Math.max(acked, have - lagMax, rollback.firstTick - 1);
    const start = nextPresentTick(presence, before);
    let end = start;
    while (
      end <= have && end - start < RUN_INPUTS_MAX && epochAt(presence, end) >= 0
    ) end++;
    if (end === start) return undefined;
    const inputs = new Array<number>(end - start);
    for (let tick = start; tick < end; tick++) {
      inputs[tick - start] = rollback.inputAt(slot, tick);
    }
    return { slot, start, inputs };
  }

  /** What was known of `slot` so long ago that `peer` should have acknowledged it by now. */
  #haveLongAgo(slot: number, peer: number): number {
    const { clocks, players } = this.#options;
    const rttTicks = Math.ceil((clocks[peer].rttMs ?? 0) / TICK_MS);
    const ago = Math.min(SENDS - 1, rttTicks + GOSSIP_SLACK_TICKS);
    const send = this.#sends - ago;
    return send < 0 ? -1 : this.#haveThen[(send % SENDS) * players + slot];
  }
}
