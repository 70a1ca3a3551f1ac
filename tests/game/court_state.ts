/**
 * States for tests of the rules: a rally with the ball anywhere, and any state at all.
 *
 * @module
 */
import fc from "fast-check";
import {
  BALL_RADIUS,
  BALL_SPEED_MAX,
  courtSize,
  type Rules,
  UNIT,
} from "../../game/court.ts";
import {
  ABSENT,
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  createState,
  HITS,
  LAST_HIT,
  PADDLE,
  PHASE,
  RALLY,
  SCORE,
  SERVE_TO,
  SERVING,
  SPEED,
  type State,
  TICK,
  TIMER,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";

export const RULES: Rules = { players: 2, points: 3, lives: 2 };
export const SQUARE: Rules = { players: 4, points: 1, lives: 2 };
export const IDLE = new Int8Array(4);

export interface Ball {
  readonly x: number;
  readonly y: number;
  readonly vx: number;
  readonly vy: number;
}

/** A rally with the ball at x, y (court units) and its velocity in units a tick. */
export function rally(rules: Rules, { x, y, vx, vy }: Ball): State {
  return changed(createState(rules, 1), {
    ...{ [PHASE]: RALLY, [BALL_X]: x * UNIT, [BALL_Y]: y * UNIT },
    ...{ [BALL_VX]: vx * UNIT, [BALL_VY]: vy * UNIT },
  });
}

/** The ball as `rally` is given it. */
export function ballOf(state: State): Ball {
  const [x, y, vx, vy] = [BALL_X, BALL_Y, BALL_VX, BALL_VY]
    .map((index) => state[index] / UNIT);
  return { x, y, vx, vy };
}

/** A state with some of its integers set. */
export function changed(
  state: State,
  values: Readonly<Record<number, number>>,
): State {
  for (const [index, value] of Object.entries(values)) {
    state[Number(index)] = value;
  }
  return state;
}

export function steps(state: State, count: number, inputs = IDLE): State {
  for (let tick = 0; tick < count; tick++) step(state, inputs);
  return state;
}

/** Any state that may come from outside; what only counts up is far from its limit. */
export function anyState(): fc.Arbitrary<State> {
  const int = (min: number, max: number) => fc.integer({ min, max });
  const each = (value: fc.Arbitrary<number>) =>
    fc.array(value, { minLength: 4, maxLength: 4 });
  return int(2, 4).chain((players) => {
    const { width, height } = courtSize(players);
    const target = 5;
    return fc.record({
      [TICK]: int(0, 1e6),
      [PHASE]: int(SERVING, RALLY),
      [TIMER]: int(0, 1000),
      [BALL_X]: int(-BALL_RADIUS, width + BALL_RADIUS),
      [BALL_Y]: int(-BALL_RADIUS, height + BALL_RADIUS),
      [BALL_VX]: int(-BALL_SPEED_MAX, BALL_SPEED_MAX),
      [BALL_VY]: int(-BALL_SPEED_MAX, BALL_SPEED_MAX),
      [SPEED]: int(1, BALL_SPEED_MAX),
      [HITS]: int(0, 60),
      [LAST_HIT]: int(-1, players - 1),
      [SERVE_TO]: int(0, players - 1),
      [ABSENT]: int(0, 15),
    }).chain((values) =>
      fc.record({
        seed: fc.integer(),
        paddles: each(int(0, Math.min(width, height))),
        // Whoever has as many points as it takes has won; lives may all be left.
        scores: each(int(0, players === 2 ? target - 1 : target)),
      }).map(({ seed, paddles, scores }) => {
        const rules = { players, points: target, lives: target };
        const state = changed(createState(rules, seed), values);
        state.set(paddles, PADDLE);
        state.set(scores, SCORE);
        return state;
      })
    );
  });
}
