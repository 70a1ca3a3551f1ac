/**
 * Plays a recorded match back, at any speed and from any tick; whoever drives it tells it the time.
 *
 * The match is simulated again, so its states are those that its players had confirmed. Where the
 * recorder was out of the match and came back there is a gap; playing goes on behind it.
 *
 * @module
 */
import { SLOTS_MAX, TICK_MS } from "../../game/court.ts";
import { hashState, SCORE, type State, TICK } from "../../game/state.ts";
import { step } from "../../game/step.ts";
import type { ReplayView } from "../page/protocol.ts";
import { ReplayError } from "./recording.ts";
import { type VerifiedMatch, verifyRecording } from "./verified_match.ts";

/** Slowest and fastest, as multiples of real time. */
const SPEED_MIN = 0.1;
const SPEED_MAX = 4;

/** After a longer time without `advance` the replay goes on from where it was. */
const GAP_MS = 500;
/** Sums of fractions of a tick come out a hair below a whole one; it counts as one. */
const HAIR_TICKS = 1e-6;

/**
 * Reads a recording and plays it through to prove it; returns it at its first tick, at rest.
 *
 * @throws ReplayError when it is none, is damaged, or claims what isn't so.
 */
export function openReplay(bytes: Uint8Array): Replay {
  return new Replay(verifyRecording(bytes));
}

/** One playback: a state that `advance` moves on, and `seek` to any tick. */
export class Replay {
  /** The match: who played, marks, statistics, result. */
  readonly match: VerifiedMatch;

  readonly #state: State;
  #segment = 0;
  #isRunning = false;
  #speed = 1;
  #advancedMs = -Infinity;
  /** Part of the next tick that has passed. */
  #passed = 0;

  constructor(match: VerifiedMatch) {
    this.match = match;
    this.#state = match.keyframes[0].slice();
  }

  get tick(): number {
    return this.#state[TICK];
  }

  /** The shown state. Valid until the next call; copy it to keep it, and never change it. */
  get state(): State {
    return this.#state;
  }

  /** Points or lives at the shown tick, by slot. */
  get scores(): readonly number[] {
    const { players } = this.match.header.rules;
    return Array.from(this.#state.subarray(SCORE, SCORE + players));
  }

  get view(): ReplayView {
    return {
      firstTick: this.#firstTick,
      tick: this.tick,
      lastTick: this.#lastTick,
      isRunning: this.#isRunning,
      speed: this.#speed,
      marks: this.match.marks,
      isIncomplete: this.match.isIncomplete,
      isUnfinished: this.match.result === undefined,
    };
  }

  /**
   * Plays what is due at `nowMs`; call it about every tick.
   *
   * @throws ReplayError when a state isn't the one that was proven: somebody has changed `state`.
   */
  advance(nowMs: number): void {
    const elapsedMs = nowMs - this.#advancedMs;
    this.#advancedMs = nowMs;
    if (!this.#isRunning || elapsedMs > GAP_MS) return;
    this.#passed += elapsedMs * this.#speed / TICK_MS;
    while (this.#isRunning && this.#passed >= 1 - HAIR_TICKS) {
      this.#passed -= 1;
      this.#next();
      if (this.tick === this.#lastTick) this.#isRunning = false;
    }
  }

  /** Plays, or rests. To play at the end is to begin again. */
  run(isRunning: boolean): void {
    if (isRunning && this.tick === this.#lastTick) this.seek(this.#firstTick);
    this.#passed = 0;
    this.#isRunning = isRunning;
  }

  /** Sets how fast to play: 1 is real time, bounded to 0.1…4. RangeError for what isn't finite. */
  setSpeed(speed: number): void {
    if (!Number.isFinite(speed)) throw new RangeError(`no speed: ${speed}`);
    this.#speed = Math.max(SPEED_MIN, Math.min(SPEED_MAX, speed));
  }

  /** Goes one tick on, or back, and rests there. */
  step(by: 1 | -1): void {
    this.#isRunning = false;
    this.seek(this.tick + by);
  }

  /**
   * Goes to a tick, or to the nearest in that direction where the recording doesn't have it.
   * Throws RangeError for what is no integer.
   */
  seek(tick: number): void {
    if (!Number.isInteger(tick)) throw new RangeError(`no tick: ${tick}`);
    const { segments } = this.match;
    const wanted = Math.max(this.#firstTick, Math.min(this.#lastTick, tick));
    const at = segments.findIndex(({ lastTick }) => wanted <= lastTick);
    const isInGap = wanted < segments[at].firstTick;
    if (!isInGap) this.#show(at, wanted);
    else if (wanted > this.tick) this.#show(at, segments[at].firstTick);
    else this.#show(at - 1, segments[at - 1].lastTick);
  }

  get #firstTick(): number {
    return this.match.segments[0].firstTick;
  }

  get #lastTick(): number {
    return this.match.segments[this.match.segments.length - 1].lastTick;
  }

  /** Goes on by a tick, or over a gap; never called at the last tick. */
  #next(): void {
    const { segments, hashes } = this.match;
    if (this.tick === segments[this.#segment].lastTick) {
      this.#show(this.#segment + 1, segments[this.#segment + 1].firstTick);
      return;
    }
    this.#simulate();
    const hash = hashes.get(this.tick);
    if (hash === undefined || hash === hashState(this.#state)) return;
    throw new ReplayError(`it went wrong before tick ${this.tick}`, this.tick);
  }

  #show(segment: number, tick: number): void {
    const isBefore = (state: State) => state[TICK] <= tick;
    const keyframe = this.match.keyframes.findLast(isBefore);
    if (!keyframe) throw new RangeError(`no state before tick ${tick}`);
    this.#state.set(keyframe);
    this.#segment = segment;
    while (this.tick < tick) this.#simulate();
  }

  #simulate(): void {
    const { segments, inputs } = this.match;
    const { firstTick, offset } = segments[this.#segment];
    step(this.#state, inputs, offset + (this.tick - firstTick) * SLOTS_MAX);
  }
}
