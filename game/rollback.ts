/**
 * Rollback: play on with guessed inputs, and replay what was guessed wrong.
 *
 * Every slot's inputs arrive in order but late. A tick whose inputs aren't all known is simulated
 * with each missing input predicted as the slot's last known one. When the true input arrives and
 * differs, the state before that tick is loaded and all ticks since are simulated again: once for
 * all inputs that have arrived. The shape is GGPO's (github.com/pond3r/ggpo, sync.cpp); all storage
 * is made once and reused, so a tick allocates nothing.
 *
 * State `t` is the state before tick `t`. It is *confirmed* once the inputs of all ticks before it
 * are known: it will never change, on any host.
 *
 * @module
 */
import { SLOTS_MAX } from "./court.ts";
import {
  epochAt,
  nextPresentTick,
  OPEN_END,
  type Presence,
  presentFromStart,
} from "./presence.ts";
import { ABSENT_INPUT } from "./state.ts";

/** The rules that are played, as rollback needs them. */
export interface Game {
  /** State 0; copied, never kept. */
  readonly initial: Int32Array;
  /** Advances a state in place; `inputs[offset + slot]` is that slot's input. */
  step(state: Int32Array, inputs: Int8Array, offset: number): void;
  /** Hashes a state to an unsigned 32-bit number. */
  hash(state: Int32Array): number;
  /** Whether a state that somebody sent is one that the rules could have led to. */
  isState(state: Int32Array): boolean;
}

/**
 * How far play may run ahead of the last confirmed state, in ticks (15 = 250 ms). More hides a
 * longer delay but replays more at once; at the limit the match waits instead of guessing further.
 */
export const PREDICTION_TICKS_MAX = 15;

/** How many ticks of inputs and hashes are kept: what a peer may still ask for, four times over. */
export const HISTORY_TICKS = 256;

/**
 * States kept, a power of two: the prediction window, and before it as many as another host that
 * waits for this one's inputs can be behind.
 */
const STATES = 64;

/** A confirmed state to begin with, instead of state 0. */
export interface Snapshot {
  readonly tick: number;
  readonly state: Int32Array;
}

/** What became of an input: `gap` can't be used yet, `conflict` contradicts the known one. */
export type InputVerdict = "added" | "known" | "gap" | "conflict";

/** One host's copy of a match: `addInput`, `settle` and `confirmNext`, then `advance` by a tick. */
export class Rollback {
  /** The next tick to be simulated; `state` is the state before it. */
  tick: number;
  /** Newest confirmed state. */
  confirmedTick: number;
  /** How often a prediction was wrong, and how many ticks were simulated again because of it. */
  rollbacks = 0;
  resimulatedTicks = 0;
  /** Ticks of the deepest rollback; whoever plots it sets it back to 0. */
  deepestTicks = 0;

  readonly #game: Game;
  readonly #players: number;
  readonly #states: readonly Int32Array[];
  readonly #hashes = new Uint32Array(HISTORY_TICKS);
  /** Inputs by tick, then slot: the true ones, and those that were simulated with. */
  readonly #known = new Int8Array(HISTORY_TICKS * SLOTS_MAX);
  readonly #used = new Int8Array(HISTORY_TICKS * SLOTS_MAX);
  /** Highest tick up to which each slot's inputs are all known, as far as it was present. */
  readonly #have = new Int32Array(SLOTS_MAX);
  readonly #presences: Presence[];
  /** First tick that was simulated with a wrong input; `tick` when there is none. */
  #wrongTick: number;
  /** Tick of the state that it began with; nothing is known of older ticks. */
  readonly firstTick: number;

  /** Begins at tick 0 or, for a host that comes later, at a confirmed snapshot, which it copies. */
  constructor(game: Game, players: number, snapshot?: Snapshot) {
    this.#game = game;
    this.#players = players;
    this.#presences = Array.from(
      { length: players },
      () => presentFromStart(0),
    );
    this.#states = Array.from(
      { length: STATES },
      () => new Int32Array(game.initial.length),
    );
    const { tick, state } = snapshot ?? { tick: 0, state: game.initial };
    this.tick = this.confirmedTick = this.#wrongTick = tick;
    this.#have.fill(tick - 1);
    this.state.set(state);
    this.#hashes[tick % HISTORY_TICKS] = game.hash(state);
    this.firstTick = tick;
  }

  /** The newest state, predicted. Owned by this object: read it before the next call or copy it. */
  get state(): Int32Array {
    return this.#states[this.tick % STATES];
  }

  /** The newest confirmed state; owned as `state` is. */
  get confirmedState(): Int32Array {
    return this.#states[this.confirmedTick % STATES];
  }

  /** Tick of the oldest state that is kept. */
  get oldestTick(): number {
    return Math.max(this.firstTick, this.tick - STATES + 1);
  }

  /** The state before a tick from `oldestTick` to `tick`, or a RangeError; owned as `state`. */
  stateAt(tick: number): Int32Array {
    if (tick < this.oldestTick || tick > this.tick) {
      throw new RangeError(`the state before tick ${tick} is not kept`);
    }
    return this.#states[tick % STATES];
  }

  /** Whether another tick would leave the prediction window. */
  get isFull(): boolean {
    return this.tick - this.confirmedTick >= PREDICTION_TICKS_MAX;
  }

  /** Highest tick up to which all inputs of `slot` are known, as far as it was present. */
  have(slot: number): number {
    return this.#have[slot];
  }

  /** The next tick for which an input of `slot` is needed; `OPEN_END` when it plays no more. */
  nextInputTick(slot: number): number {
    return nextPresentTick(this.#presences[slot], this.#have[slot]);
  }

  /**
   * Sets in which ticks the slot's inputs count. Nothing may change for confirmed ticks; the next
   * `settle` replays ticks that were simulated with an input that no longer counts.
   */
  setPresence(slot: number, presence: Presence): void {
    const before = this.#presences[slot];
    this.#presences[slot] = presence;
    for (let tick = this.confirmedTick; tick < this.tick; tick++) {
      const isSame = epochAt(before, tick) === epochAt(presence, tick);
      if (!isSame) this.#wrongTick = Math.min(this.#wrongTick, tick);
    }
    const { to } = presence[presence.length - 1];
    this.#setHave(slot, Math.min(this.#have[slot], to));
  }

  /** All inputs are known up to a tick: ticks in which nobody plays need none, so they are, too. */
  #setHave(slot: number, known: number): void {
    const next = nextPresentTick(this.#presences[slot], known);
    this.#have[slot] = next === OPEN_END ? known : next - 1;
  }

  /** Returns the input of `slot` at one of the last `HISTORY_TICKS` ticks up to `have`. */
  inputAt(slot: number, tick: number): number {
    return this.#known[cell(tick) + slot];
  }

  /** What counts at a confirmed tick: `slot`'s input, or `ABSENT_INPUT`; 0 where no player is. */
  countedInput(slot: number, tick: number): number {
    const isPlayer = slot < this.#players;
    return isPlayer ? this.#inputOrGuess(slot, tick) : 0;
  }

  /** Returns a confirmed state's hash; `undefined` if not yet confirmed, or no longer kept. */
  hashAt(tick: number): number | undefined {
    const isKept = tick <= this.confirmedTick && tick >= this.firstTick &&
      tick > this.confirmedTick - HISTORY_TICKS;
    return isKept ? this.#hashes[tick % HISTORY_TICKS] : undefined;
  }

  /** Takes in one true input. Inputs of a slot are added in the order of their ticks, each once. */
  addInput(slot: number, tick: number, input: number): InputVerdict {
    const have = this.#have[slot];
    const at = cell(tick) + slot;
    if (tick <= have) {
      const isOld = tick <= have - HISTORY_TICKS || tick < this.firstTick ||
        epochAt(this.#presences[slot], tick) < 0;
      return isOld || this.#known[at] === input ? "known" : "conflict";
    }
    // At most half the ring ahead: the other half may still have to be sent to somebody.
    const isNext = tick === this.nextInputTick(slot);
    if (!isNext || tick >= this.confirmedTick + HISTORY_TICKS / 2) return "gap";
    this.#known[at] = input;
    this.#setHave(slot, tick);
    if (tick < this.#wrongTick && this.#used[at] !== input) {
      this.#wrongTick = tick;
    }
    return "added";
  }

  /** Replays from the first wrong prediction, if there is one. Call it after adding inputs. */
  settle(): void {
    const from = this.#wrongTick;
    if (from === this.tick) return;
    this.rollbacks++;
    this.resimulatedTicks += this.tick - from;
    this.deepestTicks = Math.max(this.deepestTicks, this.tick - from);
    for (let tick = from; tick < this.tick; tick++) this.#simulate(tick);
    this.#wrongTick = this.tick;
  }

  /** Confirms the next state; false where inputs are missing. Call `settle` before. */
  confirmNext(): boolean {
    const next = this.confirmedTick + 1;
    if (next > this.tick) return false;
    for (let slot = 0; slot < this.#players; slot++) {
      const isKnown = this.#have[slot] >= next - 1;
      if (!isKnown && epochAt(this.#presences[slot], next - 1) >= 0) {
        return false;
      }
    }
    this.confirmedTick = next;
    this.#hashes[next % HISTORY_TICKS] = this.#game.hash(
      this.#states[next % STATES],
    );
    return true;
  }

  /** Simulates one more tick, with known and predicted inputs. Check `isFull` before. */
  advance(): void {
    this.#simulate(this.tick);
    this.tick++;
    this.#wrongTick = this.tick;
  }

  #simulate(tick: number): void {
    const base = cell(tick);
    for (let slot = 0; slot < this.#players; slot++) {
      this.#used[base + slot] = this.#inputOrGuess(slot, tick);
    }
    const next = this.#states[(tick + 1) % STATES];
    next.set(this.#states[tick % STATES]);
    this.#game.step(next, this.#used, base);
  }

  /** The input at a tick as well as it is known: absent, true, or the last one repeated. */
  #inputOrGuess(slot: number, tick: number): number {
    const presence = this.#presences[slot];
    const epoch = epochAt(presence, tick);
    if (epoch < 0) return ABSENT_INPUT;
    const last = Math.min(tick, this.#have[slot]);
    // Nothing was written for ticks before the first one: there it says 0, too.
    const isSamePlayer = epochAt(presence, last) === epoch;
    return isSamePlayer ? this.#known[cell(last) + slot] : 0;
  }
}

function cell(tick: number): number {
  return (tick % HISTORY_TICKS) * SLOTS_MAX;
}
