/**
 * What one host confirmed, kept for the whole match: inputs to replay it, hashes to compare it.
 *
 * @module
 */
import { SLOTS_MAX } from "../game/court.ts";
import type { Play } from "./play.ts";

/** A confirmed state's tick and hash. */
export type TickHash = readonly [tick: number, hash: number];

/** How many of the newest hashes are kept, and of which older ones: one a second. */
const RECENT_TICKS = 256;
const SAMPLE_TICKS = 60;

export class ConfirmedLog {
  /** Tick of the newest confirmed state that was taken in; -1 before the first. */
  tick = -1;

  #inputs = new Int8Array(4096 * SLOTS_MAX);
  readonly #recent: TickHash[] = [];
  readonly #sampled: TickHash[] = [];

  /** Takes in what was confirmed since the last call; call it after each `advance`. */
  take(play: Play): void {
    while (this.tick < play.confirmedTick) {
      this.tick++;
      if (this.tick > 0) this.#takeInputs(play, this.tick - 1);
      const hash = play.hashAt(this.tick);
      // Only a driver that didn't call for four seconds of play misses any.
      if (hash === undefined) continue;
      this.#recent.push([this.tick, hash]);
      if (this.#recent.length <= RECENT_TICKS) continue;
      const [oldest] = this.#recent.splice(0, 1);
      if (oldest[0] % SAMPLE_TICKS === 0) this.#sampled.push(oldest);
    }
  }

  /** The last 256 confirmed and every 60th of the whole match, oldest first. */
  hashes(): readonly TickHash[] {
    return [...this.#sampled, ...this.#recent];
  }

  /** Confirmed inputs of all ticks before `tick`, four slots each. A view, not a copy. */
  inputs(): Int8Array {
    return this.#inputs.subarray(0, Math.max(0, this.tick) * SLOTS_MAX);
  }

  #takeInputs(play: Play, tick: number): void {
    const at = tick * SLOTS_MAX;
    if (at + SLOTS_MAX > this.#inputs.length) {
      const larger = new Int8Array(this.#inputs.length * 2);
      larger.set(this.#inputs);
      this.#inputs = larger;
    }
    for (let slot = 0; slot < SLOTS_MAX; slot++) {
      this.#inputs[at + slot] = play.inputAt(slot, tick);
    }
  }
}
