/**
 * A recording that was played through: its inputs give exactly the states that it claims.
 *
 * That proves that nothing was changed by accident or by a clumsy hand. Whoever makes up inputs,
 * together with all that follows from them, can make up another match: against that only a
 * signature would help.
 *
 * @module
 */
import { SLOTS_MAX } from "../../game/court.ts";
import {
  ABSENT,
  createState,
  hashState,
  OVER,
  PHASE,
  PLAYERS,
  SCORE,
  type State,
  TICK,
  WINNER,
} from "../../game/state.ts";
import {
  type MatchStatistics,
  StatisticsCounter,
} from "../../game/statistics.ts";
import { step } from "../../game/step.ts";
import type { TickHash } from "../match/hash_watch.ts";
import type { ReplayMark } from "../page/protocol.ts";
import {
  absenceChanges,
  type Chunk,
  type HashChain,
  type MembershipChunk,
  mixHash,
  type RecordedResult,
} from "./chunk.ts";
import {
  decodeRecording,
  type Recording,
  type RecordingHeader,
  ReplayError,
} from "./recording.ts";

/** Ticks between states that are kept to seek from: a seek simulates at most so many. */
const KEYFRAME_TICKS = 300;

/** Ticks without a gap. */
interface VerifiedSegment {
  readonly firstTick: number;
  /** Of its last state. */
  readonly lastTick: number;
  /** Where the inputs of its first tick begin in `inputs`. */
  readonly offset: number;
}

/** What a recording is proven to hold. */
export interface VerifiedMatch {
  readonly header: RecordingHeader;
  /** In the order of their ticks; never empty. */
  readonly segments: readonly VerifiedSegment[];
  /** Of all segments, four slots a tick. */
  readonly inputs: Int8Array;
  /** The first state of each segment, and one every 5 s, in the order of their ticks. */
  readonly keyframes: readonly State[];
  /** By tick, of the last state of each chunk. */
  readonly hashes: ReadonlyMap<number, number>;
  readonly marks: readonly ReplayMark[];
  readonly statistics: MatchStatistics;
  /** By slot, of hosts that disagreed: what they said that they computed; not proven. */
  readonly chains: readonly HashChain[];
  /** `undefined` where the recording doesn't come to the end. */
  readonly result: RecordedResult | undefined;
  /** Whether the match has no decided end, or the recording doesn't reach it. */
  readonly isIncomplete: boolean;
}

/**
 * Reads a recording and plays it through.
 *
 * @throws ReplayError when it is none, is damaged, or claims what isn't so.
 */
export function verifyRecording(bytes: Uint8Array): VerifiedMatch {
  const recording = decodeRecording(bytes);
  const playthrough = new Playthrough(recording);
  for (const chunk of recording.chunks) playthrough.take(chunk);
  return playthrough.finish();
}

/** The match as it unfolds again, chunk by chunk. */
class Playthrough {
  readonly #header: RecordingHeader;
  readonly #inputs: Int8Array;
  /** How much of `#inputs` is filled. */
  #filled = 0;
  #segments: VerifiedSegment[] = [];
  #keyframes: State[] = [];
  #hashes = new Map<number, number>();
  #marks: ReplayMark[] = [];
  /** Those of the marks that are changes of membership and that no chunk has told of yet. */
  readonly #untold: ReplayMark[] = [];
  readonly #chains = new Map<number, TickHash[]>();
  readonly #statistics = new StatisticsCounter();
  #state: State;
  #result: RecordedResult | undefined;

  constructor({ header, chunks }: Recording) {
    this.#header = header;
    this.#inputs = new Int8Array(
      chunks.reduce(
        (sum, chunk) =>
          chunk.kind === "inputs" ? sum + chunk.inputs.length : sum,
        0,
      ),
    );
    // Without a seed, a recording begins with a whole state.
    this.#state = createState(header.rules, header.seed ?? 0);
    if (chunks[0]?.kind !== "state") this.#begin(this.#state);
  }

  take(chunk: Chunk): void {
    if (chunk.kind === "membership") {
      this.#tell(chunk);
      return;
    }
    if (this.#untold.length > 0) throw wrongMembership(this.#untold[0].tick);
    switch (chunk.kind) {
      case "state":
        if (chunk.keptTick !== undefined) this.#takeBack(chunk.keptTick);
        this.#begin(chunk.state);
        return;
      case "inputs":
        this.#play(chunk.inputs, chunk.hash);
        return;
      case "hashes": {
        const chain = this.#chains.get(chunk.slot) ?? [];
        chain.push(...chunk.hashes);
        this.#chains.set(chunk.slot, chain);
        return;
      }
      case "end":
        this.#end(chunk.result);
        return;
    }
  }

  finish(): VerifiedMatch {
    const result = this.#result;
    const isDecided = result?.reason === "finished" ||
      result?.reason === "walkover";
    return {
      header: this.#header,
      segments: this.#segments,
      inputs: this.#inputs,
      keyframes: this.#keyframes,
      hashes: this.#hashes,
      marks: this.#marks,
      statistics: { ...this.#statistics },
      chains: Array.from(this.#chains, ([slot, hashes]) => ({ slot, hashes })),
      result,
      isIncomplete: !isDecided || result.confirmedTick !== this.#state[TICK],
    };
  }

  #begin(state: State): void {
    const tick = state[TICK];
    const before = this.#segments.length > 0 ? this.#state : state;
    this.#segments.push({
      firstTick: tick,
      lastTick: tick,
      offset: this.#filled,
    });
    this.#state = state.slice();
    this.#keyframes.push(state);
    this.#noteChanges(before[ABSENT]);
    this.#statistics.take(state);
  }

  /** Forgets all states after a tick, and what was gathered from them. */
  #takeBack(keptTick: number): void {
    this.#segments = this.#segments
      .filter(({ firstTick }) => firstTick <= keptTick)
      .map((segment) => ({
        ...segment,
        lastTick: Math.min(segment.lastTick, keptTick),
      }));
    this.#keyframes = this.#keyframes.filter((state) =>
      state[TICK] <= keptTick
    );
    this.#marks = this.#marks.filter(({ tick }) => tick <= keptTick);
    for (const tick of this.#hashes.keys()) {
      if (tick > keptTick) this.#hashes.delete(tick);
    }
    this.#statistics.takeBack(keptTick);
    const segment = this.#segments.at(-1);
    const keyframe = this.#keyframes.at(-1);
    if (!segment || !keyframe) return;
    const { firstTick, lastTick, offset } = segment;
    const at = (tick: number) => offset + (tick - firstTick) * SLOTS_MAX;
    this.#filled = at(lastTick);
    this.#state = keyframe.slice();
    while (this.#state[TICK] < lastTick) {
      step(this.#state, this.#inputs, at(this.#state[TICK]));
    }
  }

  #play(inputs: Int8Array, claimed: number): void {
    const state = this.#state;
    const firstTick = state[TICK];
    let hash = 0;
    for (let at = 0; at < inputs.length; at += SLOTS_MAX) {
      const absent = state[ABSENT];
      const scores = state.slice(SCORE, SCORE + SLOTS_MAX);
      step(state, inputs, at);
      hash = mixHash(hash, hashState(state));
      this.#noteGoals(scores);
      this.#noteChanges(absent);
      this.#statistics.take(state);
      if (state[TICK] % KEYFRAME_TICKS === 0) {
        this.#keyframes.push(state.slice());
      }
    }
    if (hash !== claimed) {
      throw new ReplayError(
        `its inputs from tick ${firstTick} on give other states than it claims`,
        firstTick,
      );
    }
    this.#inputs.set(inputs, this.#filled);
    this.#filled += inputs.length;
    const tick = state[TICK];
    const last = this.#segments.length - 1;
    this.#segments[last] = { ...this.#segments[last], lastTick: tick };
    this.#hashes.set(tick, hashState(state));
  }

  #noteGoals(before: Int32Array): void {
    const state = this.#state;
    const tick = state[TICK];
    for (let slot = 0; slot < state[PLAYERS]; slot++) {
      const gain = state[SCORE + slot] - before[slot];
      if (gain === 0) continue;
      // Of two players the other one has gained a point, of more this one has lost a life.
      const conceding = gain > 0 ? 1 - slot : slot;
      this.#marks.push({ tick, kind: "goal", slot: conceding });
    }
  }

  #noteChanges(before: number): void {
    const state = this.#state;
    for (const { what, slot } of absenceChanges(before, state[ABSENT])) {
      const mark: ReplayMark = { tick: state[TICK], kind: what, slot };
      this.#marks.push(mark);
      this.#untold.push(mark);
    }
  }

  /** Compares what a chunk tells of somebody's absence with what its inputs have shown. */
  #tell({ tick, what, slot }: MembershipChunk): void {
    const mark = this.#untold.shift();
    const isSame = mark?.tick === tick && mark.kind === what &&
      mark.slot === slot;
    if (!isSame) throw wrongMembership(tick);
  }

  #end(result: RecordedResult): void {
    const state = this.#state;
    const tick = state[TICK];
    this.#result = result;
    if (result.confirmedTick !== tick) return;
    const isFinished = state[PHASE] === OVER && state[WINNER] === result.winner;
    // A host that was wrong ends with another state than its inputs give.
    const isState = result.hash === hashState(state) ||
      result.reason === "desync";
    if (isState && (result.reason !== "finished" || isFinished)) return;
    throw new ReplayError(
      `at its last tick, ${tick}, the match stands otherwise than it claims`,
      tick,
    );
  }
}

function wrongMembership(tick: number): ReplayError {
  return new ReplayError(
    `at tick ${tick} others are in the match than it claims`,
    tick,
  );
}
