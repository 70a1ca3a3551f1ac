/**
 * The states of the last moments, and from them any moment between or after them.
 *
 * Between two ticks ball and paddles are moved by the game's own rules, with a fraction of a tick:
 * exact, bounces included, and without the delay that interpolation costs. After the newest state
 * they are moved on with the inputs in effect.
 *
 * @module
 */
import { SLOTS_MAX } from "../../game/court.ts";
import { ABSENT, INPUT, PADDLE, type State, TICK } from "../../game/state.ts";
import { moveBall, movePaddles, WHOLE_TICK } from "../../game/step.ts";

/** States that are kept: half a second, more than the longest prediction and what is drawn late. */
const STATES_MAX = 32;

/** States of successive ticks, oldest first. */
export type Timeline = readonly State[];

/** Returns the timeline with `states` in place of what it held of their ticks and later ones. */
export function extend(timeline: Timeline, states: Timeline): Timeline {
  const first = states[0][TICK];
  const before = timeline.filter((state) => state[TICK] < first);
  const isGapless = before.at(-1)?.[TICK] === first - 1;
  return [...isGapless ? before : [], ...states].slice(-STATES_MAX);
}

/** Returns the newest state that isn't after a tick with a fraction; before the oldest, the oldest. */
export function stateBefore(timeline: Timeline, tick: number): State {
  const index = Math.floor(tick) - timeline[0][TICK];
  return timeline[Math.min(Math.max(index, 0), timeline.length - 1)];
}

/**
 * Returns the state at a tick with a fraction, as a new array; `TICK` is the whole tick before it.
 * Before the oldest state it is that one.
 */
export function momentAt(timeline: Timeline, tick: number): State {
  const before = stateBefore(timeline, tick);
  const moment = before.slice();
  const next = timeline.at(before[TICK] - timeline[0][TICK] + 1);
  if (next !== undefined) takeInputs(moment, next);
  let left = Math.max(0, tick - before[TICK]);
  for (; left >= 1; left--) moveOn(moment, WHOLE_TICK);
  moveOn(moment, Math.floor(left * WHOLE_TICK));
  return moment;
}

/** A state holds the inputs of the tick before it. */
function takeInputs(state: State, next: State): void {
  state[ABSENT] = next[ABSENT];
  for (let slot = 0; slot < SLOTS_MAX; slot++) {
    state[INPUT + slot] = next[INPUT + slot];
  }
}

/** Moves everything by `fraction`/65536 of a tick. */
function moveOn(state: State, fraction: number): void {
  const before = state.slice();
  // The rules move paddles first: the ball of this tick meets them where they are at its end.
  movePaddles(state);
  moveBall(state, fraction);
  for (let paddle = PADDLE; paddle < PADDLE + SLOTS_MAX; paddle++) {
    const way = (state[paddle] - before[paddle]) * fraction / WHOLE_TICK;
    state[paddle] = before[paddle] + Math.round(way);
  }
}
