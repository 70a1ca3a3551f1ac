/**
 * Pong in which nobody ever wins, for matches that have to last.
 *
 * @module
 */
import type { Rules } from "../../game/court.ts";
import { createPong } from "../../game/pong.ts";
import type { Game } from "../../game/rollback.ts";
import { SCORE, TARGET } from "../../game/state.ts";

/** More points than are made in years. */
const ENDLESS = 1_000_000_000;

/** Makes the game; all else in it is as it is in Pong. */
export function createEndlessPong(rules: Rules, seed: number): Game {
  const game = createPong(rules, seed);
  const { initial } = game;
  initial[TARGET] = ENDLESS;
  if (rules.players > 2) {
    initial.fill(ENDLESS, SCORE, SCORE + rules.players);
  }
  // More points than the rules have are no state of Pong.
  return { ...game, isState: () => true };
}
