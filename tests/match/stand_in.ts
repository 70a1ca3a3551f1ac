/**
 * A game for simulations, instead of Pong: its state depends on every input of every tick, so that
 * two hosts can't agree by chance, and it ends when it is told to.
 *
 * @module
 */
import type { Game } from "../../game/rollback.ts";
import {
  OVER,
  PHASE,
  PLAYERS,
  RALLY,
  STATE_LENGTH,
  TICK,
  WINNER,
} from "../../game/state.ts";

/** Makes a game whose state is a hash of all inputs so far, and which ends at `lastTick`. */
export function createStandIn(
  players: number,
  seed: number,
  lastTick: number,
): Game {
  const initial = new Int32Array(STATE_LENGTH);
  initial[PHASE] = RALLY;
  initial[PLAYERS] = players;
  initial[WINNER] = -1;
  initial[1] = seed;
  return {
    initial,
    step(state, inputs, offset) {
      state[TICK]++;
      for (let slot = 0; slot < players; slot++) {
        state[1] = Math.imul(
          state[1] ^ (inputs[offset + slot] + slot * 257),
          0x01000193,
        );
      }
      if (state[TICK] !== lastTick) return;
      state[PHASE] = OVER;
      state[WINNER] = (state[1] >>> 8) % players;
    },
    isState: () => true,
    // Of all that a forged state could differ in.
    hash: (state) =>
      (state[1] ^ Math.imul(state[TICK], 0x85ebca6b) ^
        Math.imul(state[WINNER] * 4 + state[PHASE], 0xc2b2ae35)) >>> 0,
  };
}
