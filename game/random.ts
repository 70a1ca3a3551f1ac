/**
 * The random generator, whose state lives in the match's state, so that a rollback rewinds chance too.
 *
 * It is xorshift32 (G. Marsaglia, "Xorshift RNGs", 2003), with the shifts 13, 17, 5.
 *
 * @module
 */
import { RANDOM, type State } from "./state.ts";

/** Returns a generator state for any int32; xorshift must never be at 0. */
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
