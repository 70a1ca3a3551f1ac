/**
 * Pong as the game that rollback plays.
 *
 * @module
 */
import type { Rules } from "./court.ts";
import type { Game } from "./rollback.ts";
import { createState, hashState } from "./state.ts";
import { isState } from "./state_bytes.ts";
import { step } from "./step.ts";

/** All chance in the match follows from `seed` (an int32). */
export function createPong(rules: Rules, seed: number): Game {
  return { initial: createState(rules, seed), step, hash: hashState, isState };
}
