/**
 * What one host confirmed, kept for the whole match: inputs to replay it, hashes to compare it.
 *
 * @module
 */
import { SLOTS_MAX } from "../../game/court.ts";
import type { TickHash } from "./hash_watch.ts";
import type { Play } from "./play.ts";

/** How many of the newest hashes are kept; and of older ones, one in so many ticks (a second). */
const RECENT_TICKS = 256;
const SAMPLE_TICKS = 60;

/** What a log reads of a match in play. */
type Source = Pick<
  Play,
  "confirmedTick" | "confirmedState" | "hashAt" | "inputAt"
>;

/** Grows by what was confirmed; `take` must be called at least every four seconds of play. */
export class ConfirmedLog {
  /** Tick of the newest confirmed state that was taken in; -1 before the first. */
  tick = -1;
  /** Where the inputs begin: tick 0, or the state with which this host came back. */
  from:
    | { readonly tick: number; readonly state: readonly number[] }
    | undefined;

  #inputs = new Int8Array(4096 * SLOTS_MAX);
  #recent: TickHash[] = [];
  #sampled: TickHash[] = [];

  /** Takes in what was confirmed since the last call; call it after each `advance`. */
  take(play: Source): void {
    while (this.tick < play.confirmedTick) {
      this.tick++;
      if (this.tick > this.#firstTick) this.#takeInputs(play, this.tick - 1);
      const hash = play.hashAt(this.tick);
      // Only a driver that didn't call for four seconds of play misses any.
      if (hash === undefined) continue;
      this.#recent.push([this.tick, hash]);
      if (this.#recent.length <= RECENT_TICKS) continue;
      const [oldest] = this.#recent.splice(0, 1);
      if (oldest[0] % SAMPLE_TICKS === 0) this.#sampled.push(oldest);
    }
  }

  /**
   * Begins again with the newest confirmed state of `play`, after this host has come back. What it
   * confirmed beyond `keptTick`, while the others had gone on without it, is forgotten.
   */
  restart(play: Source, keptTick: number): void {
    const tick = play.confirmedTick;
    const isKept = ([at]: TickHash) => at <= Math.min(keptTick, tick - 1);
    this.#recent = this.#recent.filter(isKept);
    this.#sampled = this.#sampled.filter(isKept);
    this.from = { tick, state: Array.from(play.confirmedState) };
    this.tick = tick - 1;
    this.take(play);
  }

  /** The last 256 confirmed and every 60th of the whole match, oldest first. */
  hashes(): readonly TickHash[] {
    return [...this.#sampled, ...this.#recent];
  }

  /** Confirmed inputs of all ticks since `from`, four slots a tick. Owned by this object. */
  inputs(): Int8Array {
    const ticks = Math.max(0, this.tick - this.#firstTick);
    return this.#inputs.subarray(0, ticks * SLOTS_MAX);
  }

  get #firstTick(): number {
    return this.from?.tick ?? 0;
  }

  #takeInputs(play: Source, tick: number): void {
    const at = (tick - this.#firstTick) * SLOTS_MAX;
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
