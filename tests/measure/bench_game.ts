/**
 * Measures the rules and rollback alone: nanoseconds a step, microseconds a rollback.
 *
 * Both are timed in rallies, for a court that waits for a serve costs next to nothing. The cases
 * take turns, so that whatever else the machine does meets all of them.
 *
 * @module
 */
import { type Bot, botInput, createBot } from "../../game/bot.ts";
import { DEFAULT_RULES, SLOTS_MAX } from "../../game/court.ts";
import { PREDICTION_TICKS_MAX, Rollback } from "../../game/rollback.ts";
import { PHASE, RALLY, type State } from "../../game/state.ts";
import { step } from "../../game/step.ts";
import { digits, type Figure, percentile } from "./bench_figure.ts";
import { createEndlessPong } from "../support/endless_pong.ts";

const STEP_NS_WANTED = 100;
const ROLLBACK_US_WANTED = 4;

/** Ticks of rally that are stepped through from one state; a rally is a few times longer. */
const SEGMENT_TICKS = 32;
/** Segments that take turns: more than the processor can learn by heart. */
const SEGMENTS = 256;
/** How often all segments are stepped through in a round, 15 ms or so. */
const PASSES = 20;

/** Matches that roll back in turn, so that one reading of the clock measures many. */
const MATCHES = 32;
/** How often each of them does in a round, about 5 ms. */
const TURNS = 50;

/** Measures each case once a round and returns the medians. */
export function benchGame(rounds: number): Figure[] {
  const steps = { unit: "ns", wanted: STEP_NS_WANTED };
  const rollbacks = { unit: "us", wanted: ROLLBACK_US_WANTED };
  const cases = [
    { name: "step, 2 players", ...steps, measure: prepareSteps(2) },
    { name: "step, 4 players", ...steps, measure: prepareSteps(4) },
    {
      name: "15-tick rollback, 4 players, 1 tick confirmed",
      ...{ ...rollbacks, measure: prepareRollbacks(1) },
    },
    {
      name: "15-tick rollback, 4 players, all 15 confirmed, as after a stall",
      ...{ ...rollbacks, measure: prepareRollbacks(PREDICTION_TICKS_MAX) },
    },
  ].map((it) => ({ ...it, times: [] as number[] }));
  // The first rounds are the compiler's.
  for (let round = -Math.ceil(rounds / 4); round < rounds; round++) {
    for (const { measure, times } of cases) {
      const time = measure();
      if (round >= 0) times.push(time);
    }
  }
  return cases.map(({ name, unit, wanted, times }) => {
    const [p10, value, p90] = [10, 50, 90].map((it) => percentile(times, it));
    const note = `median of ${rounds} rounds, p10 ${digits(p10)}, p90 ${
      digits(p90)
    }`;
    return { name, value, unit, wanted, note };
  });
}

/** A stretch of play within one rally. */
interface Segment {
  readonly from: State;
  /** `SLOTS_MAX` a tick. */
  readonly inputs: Int8Array;
}

/** Returns what measures a round: nanoseconds a step. */
function prepareSteps(players: number): () => number {
  const segments = playSegments(players);
  const state = segments[0].from.slice();
  return () => {
    const beganMs = performance.now();
    for (let pass = 0; pass < PASSES; pass++) {
      for (const { from, inputs } of segments) {
        state.set(from);
        for (let tick = 0; tick < SEGMENT_TICKS; tick++) {
          step(state, inputs, tick * SLOTS_MAX);
        }
      }
    }
    const passedMs = performance.now() - beganMs;
    return passedMs * 1e6 / (PASSES * segments.length * SEGMENT_TICKS);
  };
}

/** Lets bots play until they have made enough stretches without a serve. */
function playSegments(players: number): Segment[] {
  const state = createEndlessPong({ ...DEFAULT_RULES, players }, 1).initial;
  const bots = createBots(players);
  const segments: Segment[] = [];
  while (segments.length < SEGMENTS) {
    const from = state.slice();
    const inputs = new Int8Array(SEGMENT_TICKS * SLOTS_MAX);
    let isRally = true;
    for (let tick = 0; tick < SEGMENT_TICKS; tick++) {
      const base = tick * SLOTS_MAX;
      for (const bot of bots) inputs[base + bot.slot] = botInput(bot, state);
      step(state, inputs, base);
      isRally &&= state[PHASE] === RALLY;
    }
    if (isRally && from[PHASE] === RALLY) segments.push({ from, inputs });
  }
  return segments;
}

/**
 * Returns what measures a round: microseconds for one rollback over the whole window. In that time
 * the late inputs are added, 15 ticks are simulated again, each from a saved state and into
 * another, and `confirmedTicks` are confirmed and hashed.
 */
function prepareRollbacks(confirmedTicks: number): () => number {
  const matches = Array.from(
    { length: MATCHES },
    (_, seed) => new LateMatch(seed + 1),
  );
  return () => {
    let passedMs = 0;
    let count = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      for (const match of matches) match.fill(confirmedTicks);
      const rallying = matches.filter((match) => match.isRally);
      const serving = matches.filter((match) => !match.isRally);
      const beganMs = performance.now();
      for (const match of rallying) match.catchUp(confirmedTicks);
      passedMs += performance.now() - beganMs;
      count += rallying.length;
      for (const match of serving) match.catchUp(confirmedTicks);
    }
    return passedMs * 1000 / count;
  };
}

/** A match of four in which the three others' inputs come as late as the window allows. */
class LateMatch {
  readonly #rollback: Rollback;
  readonly #bots = createBots(SLOTS_MAX);
  /** What the bots do next; `SLOTS_MAX` a tick. */
  readonly #inputs = new Int8Array(PREDICTION_TICKS_MAX * SLOTS_MAX);

  constructor(seed: number) {
    const rules = { ...DEFAULT_RULES, players: SLOTS_MAX };
    this.#rollback = new Rollback(createEndlessPong(rules, seed), SLOTS_MAX);
  }

  /** Whether the ball is in play from the oldest to the newest of the predicted ticks. */
  get isRally(): boolean {
    const { confirmedState, state } = this.#rollback;
    return confirmedState[PHASE] === RALLY && state[PHASE] === RALLY;
  }

  /**
   * Plays on to the end of the window with predictions alone, and decides what the others did in so
   * many of the oldest predicted ticks.
   */
  fill(ticks: number): void {
    const rollback = this.#rollback;
    while (!rollback.isFull) {
      const { tick, state } = rollback;
      rollback.addInput(0, tick, botInput(this.#bots[0], state));
      rollback.advance();
    }
    const { confirmedTick, confirmedState } = rollback;
    for (const bot of this.#bots) {
      const input = botInput(bot, confirmedState);
      for (let i = 0; i < ticks; i++) {
        // One more or less in turn: no input equals the one before, so no prediction is right.
        const odd = (confirmedTick + i + 1) & 1;
        this.#inputs[i * SLOTS_MAX + bot.slot] = input > 0
          ? input - odd
          : input + odd;
      }
    }
  }

  /** Takes in the late inputs, replays, and confirms. */
  catchUp(ticks: number): void {
    const rollback = this.#rollback;
    const { confirmedTick: from, resimulatedTicks: before } = rollback;
    for (let i = 0; i < ticks; i++) {
      for (let slot = 1; slot < SLOTS_MAX; slot++) {
        const input = this.#inputs[i * SLOTS_MAX + slot];
        rollback.addInput(slot, from + i, input);
      }
    }
    rollback.settle();
    while (rollback.confirmNext());
    const replayed = rollback.resimulatedTicks - before;
    const confirmed = rollback.confirmedTick - from;
    if (replayed === PREDICTION_TICKS_MAX && confirmed === ticks) return;
    throw new Error(`Cannot time a rollback of ${replayed} ticks`);
  }
}

function createBots(players: number): Bot[] {
  return Array.from(
    { length: players },
    (_, slot) => createBot({ slot, skill: "hard", seed: slot + 1 }),
  );
}
