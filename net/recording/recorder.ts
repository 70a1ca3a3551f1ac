/**
 * Records a match as its host confirms it: every input that counted, from which all else follows.
 *
 * It plays along with a state of its own, so what is recorded is known to give the states that the
 * host has confirmed. It can't follow where the host came back into the match with another member's
 * state, or where `take` wasn't called for too long. Behind such a gap the recording goes on with a
 * whole state.
 *
 * @module
 */
import { SLOTS_MAX } from "../../game/court.ts";
import {
  ABSENT,
  createState,
  hashState,
  type State,
  TICK,
} from "../../game/state.ts";
import {
  type MatchStatistics,
  StatisticsCounter,
} from "../../game/statistics.ts";
import { step } from "../../game/step.ts";
import type { Play } from "../match/play.ts";
import {
  absenceChanges,
  type Chunk,
  CHUNK_TICKS_MAX,
  type MembershipChunk,
  mixHash,
  type RecordedResult,
} from "./chunk.ts";
import {
  encodeRecording,
  RECORDED_TICKS_MAX,
  type RecordingHeader,
} from "./recording.ts";

/** More than any match has, as a player can come back 256 times; they limit the file's size. */
const SEGMENTS_MAX = 300;
const CHANGES_MAX = 3000;

/** What a recorder looks at of a match in play. */
export type RecordedPlay = Pick<
  Play,
  "confirmedTick" | "confirmedState" | "era" | "hashAt" | "inputAt"
>;

/** Ticks without a gap, and the state before them. */
interface RecordedSegment {
  readonly state: State;
  /** Where its inputs begin and end, in ticks; `end` of the newest one grows. */
  readonly begin: number;
  end: number;
}

/** The recording of one match, as it grows; `take` after each `advance`, `finish` at the end. */
export class Recorder {
  readonly #header: RecordingHeader;
  #segments: RecordedSegment[] = [];
  /** Inputs of all segments, four slots a tick. */
  #inputs = new Int8Array(4096 * SLOTS_MAX);
  #changes: MembershipChunk[] = [];
  #statistics = new StatisticsCounter();
  /** The newest recorded state. */
  #state: State | undefined;
  #isFull = false;
  #result: RecordedResult | undefined;

  /** Begins at tick 0 where the seed is known, otherwise with the first state that is taken. */
  constructor(header: RecordingHeader) {
    this.#header = header;
    const { rules, seed } = header;
    if (seed !== null) this.#begin(createState(rules, seed), 0);
  }

  /** Tick of the newest recorded state; -1 before the first. */
  get tick(): number {
    return this.#state?.[TICK] ?? -1;
  }

  /** Whether a limit is reached (an hour): then nothing more is recorded, and it is incomplete. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Those of the match as far as it was recorded; a copy. */
  get statistics(): MatchStatistics {
    return { ...this.#statistics };
  }

  /** Takes in what was confirmed since the last call; call it after each `advance`. */
  take(play: RecordedPlay): void {
    while (this.tick < play.confirmedTick && !this.#isDone) {
      const isFollowing = this.#follow(play);
      if (!isFollowing) this.#begin(play.confirmedState.slice(), play.era);
    }
  }

  /**
   * Goes on with the newest confirmed state of `play`, after this host has come back. What it
   * confirmed beyond `keptTick`, while the others had gone on without it, is forgotten.
   */
  restart(play: RecordedPlay, keptTick: number): void {
    if (this.#isDone) return;
    this.#cut(Math.min(keptTick, play.confirmedTick - 1));
    this.#begin(play.confirmedState.slice(), play.era);
  }

  /** Ends the recording, after the last `take`, and returns its file. */
  finish({ reason, winner, confirmedTick, hash }: RecordedResult): Uint8Array {
    this.#result ??= { reason, winner, confirmedTick, hash };
    return this.bytes();
  }

  /** Returns the file as it is by now; it says that it is incomplete until `finish`. */
  bytes(): Uint8Array {
    const chunks = [...this.#chunks()];
    return encodeRecording({ header: this.#header, chunks });
  }

  get #isDone(): boolean {
    return this.#isFull || this.#result !== undefined;
  }

  /** Records the next tick; false where its inputs aren't known any more. */
  #follow(play: RecordedPlay): boolean {
    const segment = this.#segments.at(-1);
    const next = this.#state?.slice();
    const hash = play.hashAt(this.tick + 1);
    if (!segment || !next || hash === undefined) return false;
    const at = segment.end * SLOTS_MAX;
    this.#reserve(at + SLOTS_MAX);
    for (let slot = 0; slot < SLOTS_MAX; slot++) {
      this.#inputs[at + slot] = play.inputAt(slot, this.tick);
    }
    step(next, this.#inputs, at);
    // Of a tick long past the inputs are no longer kept: what was read are newer ticks' inputs.
    if (hashState(next) !== hash) return false;
    segment.end++;
    this.#enter(next, play.era);
    return true;
  }

  /** Begins a segment with a state, which the recorder owns from now on. */
  #begin(state: State, era: number): void {
    const begin = this.#segments.at(-1)?.end ?? 0;
    this.#segments.push({ state, begin, end: begin });
    this.#enter(state, era);
  }

  /** Goes on to the next recorded state. */
  #enter(state: State, era: number): void {
    const tick = state[TICK];
    const before = this.#state ?? state;
    for (const change of absenceChanges(before[ABSENT], state[ABSENT])) {
      this.#changes.push({ kind: "membership", tick, ...change, era });
    }
    this.#state = state;
    this.#statistics.take(state);
    this.#isFull = this.#segments.length >= SEGMENTS_MAX ||
      this.#changes.length >= CHANGES_MAX ||
      (this.#segments.at(-1)?.end ?? 0) >= RECORDED_TICKS_MAX;
  }

  /** Forgets all states after a tick, and what was gathered from them. */
  #cut(lastTick: number): void {
    if (this.tick <= lastTick) return;
    this.#segments = this.#segments
      .filter(({ state }) => state[TICK] <= lastTick)
      .map(({ state, begin, end }) => {
        const endMax = begin + lastTick - state[TICK];
        return { state, begin, end: Math.min(end, endMax) };
      });
    this.#changes = this.#changes.filter(({ tick }) => tick <= lastTick);
    this.#state = undefined;
    this.#statistics = new StatisticsCounter();
    for (const { state: first, begin, end } of this.#segments) {
      const state = first.slice();
      this.#statistics.take(state);
      for (let at = begin; at < end; at++) {
        step(state, this.#inputs, at * SLOTS_MAX);
        this.#statistics.take(state);
      }
      this.#state = state;
    }
  }

  *#chunks(): Generator<Chunk> {
    for (const { state: first, begin, end } of this.#segments) {
      const state = first.slice();
      const firstTick = state[TICK];
      // State 0 follows from the header.
      const isWritten = firstTick > 0 || this.#header.seed === null;
      if (isWritten) yield { kind: "state", tick: firstTick, state: first };
      yield* this.#changesIn(firstTick, firstTick);
      for (let at = begin; at < end;) {
        const tick = state[TICK];
        // Ending with whole seconds, so that chunks of two hosts can be compared.
        const untilSecond = CHUNK_TICKS_MAX - tick % CHUNK_TICKS_MAX;
        const until = Math.min(end, at + untilSecond);
        const inputs = this.#inputs.slice(at * SLOTS_MAX, until * SLOTS_MAX);
        let hash = 0;
        for (; at < until; at++) {
          step(state, this.#inputs, at * SLOTS_MAX);
          hash = mixHash(hash, hashState(state));
        }
        yield { kind: "inputs", tick, inputs, hash };
        yield* this.#changesIn(tick + 1, state[TICK]);
      }
    }
    if (this.#result) {
      yield { kind: "end", tick: this.tick, result: this.#result };
    }
  }

  #changesIn(firstTick: number, lastTick: number): readonly MembershipChunk[] {
    return this.#changes.filter(({ tick }) =>
      tick >= firstTick && tick <= lastTick
    );
  }

  #reserve(length: number): void {
    if (length <= this.#inputs.length) return;
    const larger = new Int8Array(2 * this.#inputs.length);
    larger.set(this.#inputs);
    this.#inputs = larger;
  }
}
