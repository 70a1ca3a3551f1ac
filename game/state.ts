/**
 * The whole truth about a match, as one flat `Int32Array`.
 *
 * Flat, so that copying, comparing, hashing and sending it are one loop each. It holds all that the
 * rules need, even the random generator's state and the inputs in effect: a match can go on from a
 * state alone.
 *
 * @module
 */
import {
  BALL_SPEED_SERVE,
  courtSize,
  FIRST_SERVE_TICKS,
  PADDLE_HALF,
  PADDLE_HALF_MIN,
  type Rules,
  SHRINK_AFTER_HITS,
  SHRINK_PER_HIT,
  SLOTS_MAX,
} from "./court.ts";

/** One moment of a match; indices below. */
export type State = Int32Array;

/** How many ticks were simulated. */
export const TICK = 0;
/** State of the random generator: in here, so that a rollback rewinds chance, too. */
export const RANDOM = 1;
/** `SERVING`, `RALLY` or `OVER`. */
export const PHASE = 2;
/** Serving: ticks left until the serve. Rally: ticks since the last hit. */
export const TIMER = 3;
/** Centre of the ball in subunits, and its velocity in subunits a tick. */
export const BALL_X = 4;
export const BALL_Y = 5;
export const BALL_VX = 6;
export const BALL_VY = 7;
/** The ball's speed at the next hit or serve, in subunits a tick. */
export const SPEED = 8;
/** Paddle hits in this rally. */
export const HITS = 9;
/** Slot that hit the ball last, -1 after a serve. */
export const LAST_HIT = 10;
/** Slot to which the next serve goes. */
export const SERVE_TO = 11;
/** Slot that has won, -1 before. */
export const WINNER = 12;
/** The rules: players, and the points to reach or the lives to begin with. */
export const PLAYERS = 13;
export const TARGET = 14;
/** Bit s: nobody plays for slot s in this tick, its side is a wall. */
export const ABSENT = 15;
/** Four each, by slot: centre of the paddle along its side; points or lives; input in effect. */
export const PADDLE = 16;
export const SCORE = 20;
export const INPUT = 24;
/** Number of integers in a state. */
export const STATE_LENGTH = 28;

/** Values of `PHASE`. */
export const SERVING = 0;
export const RALLY = 1;
export const OVER = 2;

/** The input of a slot that nobody plays for: outside −127…127; it makes the slot's side a wall. */
export const ABSENT_INPUT = -128;

/** Returns the state before tick 0. All that chance decides follows from `seed` (an int32). */
export function createState(rules: Rules, seed: number): State {
  const state = new Int32Array(STATE_LENGTH);
  const { width, height } = courtSize(rules.players);
  state[RANDOM] = seedRandom(seed);
  state[PHASE] = SERVING;
  state[TIMER] = FIRST_SERVE_TICKS;
  state[BALL_X] = width >> 1;
  state[BALL_Y] = height >> 1;
  state[SPEED] = BALL_SPEED_SERVE;
  state[LAST_HIT] = -1;
  state[SERVE_TO] = randomBelow(state, rules.players);
  state[WINNER] = -1;
  state[PLAYERS] = rules.players;
  state[TARGET] = rules.players === 2 ? rules.points : rules.lives;
  for (let slot = 0; slot < SLOTS_MAX; slot++) {
    state[PADDLE + slot] = (slot < 2 ? height : width) >> 1;
    if (rules.players > 2 && slot < rules.players) {
      state[SCORE + slot] = rules.lives;
    }
  }
  return state;
}

/** Whether the ball bounces off that side by itself: no player, none present, or no lives left. */
export function isWall(state: State, side: number): boolean {
  const players = state[PLAYERS];
  return side >= players || ((state[ABSENT] >> side) & 1) === 1 ||
    (players > 2 && state[SCORE + side] === 0);
}

/** Half the length of every paddle now, in subunits; long rallies shorten them. */
export function paddleHalf(state: State): number {
  const over = state[HITS] - SHRINK_AFTER_HITS;
  if (over <= 0) return PADDLE_HALF;
  return Math.max(PADDLE_HALF_MIN, PADDLE_HALF - over * SHRINK_PER_HIT);
}

/** FNV-1a over the integers: equal on every host for equal states, as an unsigned 32-bit number. */
export function hashState(state: State): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < STATE_LENGTH; i++) {
    const word = state[i];
    hash = Math.imul(hash ^ (word & 0xffff), 0x01000193);
    hash = Math.imul(hash ^ (word >>> 16), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * Returns the random generator's first state for any int32; never 0, which xorshift can't leave.
 *
 * It is xorshift32 (G. Marsaglia, "Xorshift RNGs", 2003), with the shifts 13, 17, 5.
 */
export function seedRandom(seed: number): number {
  const mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0;
  return mixed === 0 ? 1 : mixed;
}

/** Draws an integer from 0 to `bound` − 1 and moves the generator on. */
export function randomBelow(state: State, bound: number): number {
  let x = state[RANDOM];
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  state[RANDOM] = x;
  return ((x >>> 8) % bound) | 0;
}
