/**
 * What one host confirmed, tick by tick, told to all who keep something of it: each confirmed state
 * once, in its order, and what is taken back when this host returns to a match that went on
 * without it.
 *
 * The log plays the inputs again with a state of its own. So what its readers are told follows from
 * the inputs even where the host has computed otherwise; what that gave, only the hashes tell.
 *
 * @module
 */
import { SLOTS_MAX } from "../../game/court.ts";
import { HISTORY_TICKS } from "../../game/rollback.ts";
import { hashState, type State, TICK } from "../../game/state.ts";
import { step } from "../../game/step.ts";
import type { TickHash } from "./hash_watch.ts";
import type { Play } from "./play.ts";

/** How many of the newest hashes are kept; and of older ones, one in so many ticks (a second). */
const RECENT_TICKS = 256;
const SAMPLE_TICKS = 60;

/** As inputs are known at most half the history ahead, those of so many older ticks are kept. */
const KEPT_TICKS = HISTORY_TICKS / 2;

/** What a log looks at of a match in play. */
export type ConfirmedPlay = Pick<
  Play,
  "confirmedTick" | "confirmedState" | "era" | "hashAt" | "inputAt"
>;

/** Keeps something of what was confirmed. What it is given is the log's: it copies what it keeps. */
export interface ConfirmedReader {
  /**
   * The log goes on with this state, its first or one behind a gap; of what was told before,
   * nothing after `keptTick` counts.
   */
  begin(state: State, era: number, keptTick: number): void;
  /** The log goes on with the next state, to which these inputs of four slots have led. */
  follow(state: State, era: number, inputs: Int8Array): void;
}

/** The log of one match; `take` must be called at least every two seconds of play. */
export class ConfirmedLog {
  readonly #reader: ConfirmedReader | undefined;
  readonly #inputs = new Int8Array(SLOTS_MAX);
  /** The newest state. */
  #state: State | undefined;
  #recent: TickHash[] = [];
  #sampled: TickHash[] = [];
  #takenBack: readonly TickHash[] = [];

  /** Begins with state 0 or, where that isn't known, with the first confirmed one that it sees. */
  constructor(
    { initial, reader }: {
      readonly initial?: State;
      readonly reader?: ConfirmedReader;
    } = {},
  ) {
    this.#reader = reader;
    if (initial) this.#begin(initial.slice(), 0, -1);
  }

  /** Tick of the newest confirmed state that was taken in; -1 before the first. */
  get tick(): number {
    return this.#state?.[TICK] ?? -1;
  }

  /** Takes in what was confirmed since the last call; call it after each `advance`. */
  take(play: ConfirmedPlay): void {
    while (this.tick < play.confirmedTick) {
      const isKept = this.tick >= play.confirmedTick - KEPT_TICKS;
      const hash = isKept ? play.hashAt(this.tick + 1) : undefined;
      if (!this.#state || hash === undefined) this.restart(play, this.tick);
      else this.#follow(this.#state, hash, play);
    }
  }

  /**
   * Begins again with the newest confirmed state of `play`, after this host has come back. What it
   * confirmed beyond `keptTick`, while the others had gone on without it, is taken back.
   */
  restart(play: ConfirmedPlay, keptTick: number): void {
    const { confirmedTick, confirmedState, era } = play;
    const lastTick = Math.min(keptTick, confirmedTick - 1);
    const isKept = ([tick]: TickHash) => tick <= lastTick;
    const gone = this.hashes().filter((hash) => !isKept(hash));
    this.#takenBack = [...this.#takenBack, ...gone].slice(-RECENT_TICKS);
    this.#recent = this.#recent.filter(isKept);
    this.#sampled = this.#sampled.filter(isKept);
    this.#begin(confirmedState.slice(), era, lastTick);
  }

  /** The last 256 confirmed and every 60th of the whole match, as the host computed them. */
  hashes(): readonly TickHash[] {
    return [...this.#sampled, ...this.#recent];
  }

  /** What `hashes` gave and doesn't count any more, the last 256, in the order in which it ceased to. */
  get takenBack(): readonly TickHash[] {
    return this.#takenBack;
  }

  #begin(state: State, era: number, keptTick: number): void {
    this.#state = state;
    this.#note(hashState(state));
    this.#reader?.begin(state, era, keptTick);
  }

  #follow(state: State, hash: number, play: ConfirmedPlay): void {
    for (let slot = 0; slot < SLOTS_MAX; slot++) {
      this.#inputs[slot] = play.inputAt(slot, state[TICK]);
    }
    step(state, this.#inputs, 0);
    this.#note(hash);
    this.#reader?.follow(state, play.era, this.#inputs);
  }

  #note(hash: number): void {
    this.#recent.push([this.tick, hash]);
    if (this.#recent.length <= RECENT_TICKS) return;
    const [oldest] = this.#recent.splice(0, 1);
    if (oldest[0] % SAMPLE_TICKS === 0) this.#sampled.push(oldest);
  }
}
