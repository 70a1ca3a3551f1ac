/**
 * A state as bytes and back, for a page, a snapshot or a file.
 *
 * @module
 */
import { BALL_RADIUS, BALL_SPEED_MAX, courtSize, SLOTS_MAX } from "./court.ts";
import {
  ABSENT,
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  HITS,
  INPUT,
  LAST_HIT,
  OVER,
  PADDLE,
  PHASE,
  PLAYERS,
  RANDOM,
  SCORE,
  SERVE_TO,
  SERVING,
  SPEED,
  type State,
  STATE_LENGTH,
  TARGET,
  TICK,
  TIMER,
  WINNER,
} from "./state.ts";

/** Bytes of an encoded state. */
const STATE_BYTES = STATE_LENGTH * 4;

/** Largest target that rules may ask for; a bound for what comes from outside. */
const TARGET_MAX = 99;

/** Writes the state as little-endian int32. Returns a new array. */
export function encodeState(state: State): Uint8Array {
  const bytes = new Uint8Array(STATE_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < STATE_LENGTH; i++) view.setInt32(4 * i, state[i], true);
  return bytes;
}

/** Returns the state, or `undefined` where a value is beyond what the rules could have reached. */
export function decodeState(bytes: Uint8Array): State | undefined {
  if (bytes.length !== STATE_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, STATE_BYTES);
  const state = new Int32Array(STATE_LENGTH);
  for (let i = 0; i < STATE_LENGTH; i++) state[i] = view.getInt32(4 * i, true);
  return isState(state) ? state : undefined;
}

/** Writes states one after the other. Returns a new array. */
export function encodeStates(states: readonly State[]): Uint8Array {
  const bytes = new Uint8Array(states.length * STATE_BYTES);
  states.forEach((state, i) => bytes.set(encodeState(state), i * STATE_BYTES));
  return bytes;
}

/** Reads what `encodeStates` wrote; `undefined` where there is no state, or a wrong one. */
export function decodeStates(bytes: Uint8Array): readonly State[] | undefined {
  const states: State[] = [];
  for (let at = 0; at < bytes.length; at += STATE_BYTES) {
    const state = decodeState(bytes.subarray(at, at + STATE_BYTES));
    if (state === undefined) return undefined;
    states.push(state);
  }
  return states.length > 0 ? states : undefined;
}

/** Whether every value is within what the rules could have reached. */
export function isState(state: State): boolean {
  if (state.length !== STATE_LENGTH) return false;
  const players = state[PLAYERS];
  if (players < 2 || players > SLOTS_MAX) return false;
  const { width, height } = courtSize(players);
  const within = (index: number, low: number, high: number) =>
    state[index] >= low && state[index] <= high;
  const phase = state[PHASE];
  const fits = within(TICK, 0, 0x7ffffffe) && state[RANDOM] !== 0 &&
    within(PHASE, SERVING, OVER) && within(TIMER, 0, 1000) &&
    within(BALL_X, -BALL_RADIUS, width + BALL_RADIUS) &&
    within(BALL_Y, -BALL_RADIUS, height + BALL_RADIUS) &&
    within(BALL_VX, -BALL_SPEED_MAX, BALL_SPEED_MAX) &&
    within(BALL_VY, -BALL_SPEED_MAX, BALL_SPEED_MAX) &&
    within(SPEED, 1, BALL_SPEED_MAX) && within(HITS, 0, 1_000_000) &&
    within(LAST_HIT, -1, players - 1) && within(SERVE_TO, 0, players - 1) &&
    within(WINNER, -1, players - 1) && within(TARGET, 1, TARGET_MAX) &&
    within(ABSENT, 0, 15) && (phase === OVER) === (state[WINNER] >= 0);
  if (!fits) return false;
  // The last point of a duel ends it.
  const scoreMax = state[TARGET] - (players === 2 && phase !== OVER ? 1 : 0);
  for (let slot = 0; slot < SLOTS_MAX; slot++) {
    const length = slot < 2 ? height : width;
    if (
      !within(PADDLE + slot, 0, length) || !within(INPUT + slot, -127, 127) ||
      !within(SCORE + slot, 0, scoreMax)
    ) return false;
  }
  return true;
}
