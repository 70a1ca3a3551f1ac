/**
 * States to draw, and what `static/motion/motion.ts` makes of them.
 *
 * @module
 */
import { DEFAULT_RULES, UNIT } from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  createState,
  PHASE,
  RALLY,
  type State,
  TICK,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";
import type { Motion, Picture } from "../../static/motion/motion.ts";

interface BallPlace {
  readonly x?: number;
  readonly y?: number;
  readonly vx?: number;
  readonly vy?: number;
}

/** A duel in a rally with the ball as told, in whole units, resting in the middle otherwise. */
export function rally({ x = 800, y = 450, vx = 0, vy = 0 }: BallPlace): State {
  const state = createState(DEFAULT_RULES, 7);
  state[PHASE] = RALLY;
  state[TICK] = 100;
  state[BALL_X] = x * UNIT;
  state[BALL_Y] = y * UNIT;
  state[BALL_VX] = vx * UNIT;
  state[BALL_VY] = vy * UNIT;
  return state;
}

/** A ball's flight by the rules, nobody moves: one state a tick. */
export function flight(
  place: BallPlace,
  { ticks, fromTick }: { readonly ticks: number; readonly fromTick: number },
): State[] {
  const states = [rally(place)];
  states[0][TICK] = fromTick;
  const inputs = new Int8Array(4);
  while (states.length < ticks) {
    const next = states[states.length - 1].slice();
    step(next, inputs);
    states.push(next);
  }
  return states;
}

/** Throws where nothing is drawn. */
export function pictureAt(motion: Motion, nowMs: number): Picture {
  const picture = motion.picture(nowMs);
  if (picture === undefined) throw new Error("Nothing is drawn.");
  return picture;
}
