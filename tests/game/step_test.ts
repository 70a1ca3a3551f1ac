import { expect } from "@std/expect";
import fc from "fast-check";
import {
  BALL_RADIUS,
  courtSize,
  PADDLE_PLANE,
  type Rules,
  UNIT,
} from "../../game/court.ts";
import {
  ABSENT_INPUT,
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  createState,
  HITS,
  LAST_HIT,
  OVER,
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
  WINNER,
} from "../../game/state.ts";
import { decodeState, encodeState } from "../../game/state_bytes.ts";
import { moveBall, step, WHOLE_TICK } from "../../game/step.ts";

const RULES: Rules = { players: 2, points: 3, lives: 2 };
const IDLE = new Int8Array(4);

/** A rally with the ball at x, y (court units) and its velocity in units a tick. */
function rally(
  rules: Rules,
  ball: { x: number; y: number; vx: number; vy: number },
): State {
  const state = createState(rules, 1);
  state[PHASE] = RALLY;
  state[BALL_X] = ball.x * UNIT;
  state[BALL_Y] = ball.y * UNIT;
  state[BALL_VX] = ball.vx * UNIT;
  state[BALL_VY] = ball.vy * UNIT;
  return state;
}

Deno.test("step() serves after the countdown, towards the slot to serve to", () => {
  const state = createState(RULES, 7);
  const ticks = state[TIMER];

  for (let tick = 0; tick < ticks; tick++) step(state, IDLE);

  expect(state[PHASE]).toBe(RALLY);
  expect(state[BALL_VX] < 0).toBe(state[SERVE_TO] === 0);
});

Deno.test("step() bounces the ball off the top wall without losing way", () => {
  const state = rally(RULES, { x: 800, y: 16, vx: 0, vy: -10 });

  step(state, IDLE);

  expect(state[BALL_VY]).toBe(10 * UNIT);
  // 4 units up to the radius of 12, then 6 back.
  expect(state[BALL_Y]).toBe(18 * UNIT);
});

Deno.test("step() returns a ball at the paddle's middle straight and faster", () => {
  const state = rally(RULES, { x: 60, y: 450, vx: -9, vy: 0 });

  step(state, IDLE);

  expect(state[LAST_HIT]).toBe(0);
  expect(state[HITS]).toBe(1);
  expect(state[BALL_VX]).toBe(9 * UNIT);
  expect(state[BALL_VY]).toBe(0);
  expect(state[SPEED]).toBeGreaterThan(9 * UNIT);
});

Deno.test("step() lets the place of the hit decide the angle", () => {
  const upper = rally(RULES, { x: 60, y: 400, vx: -9, vy: 0 });
  const lower = rally(RULES, { x: 60, y: 500, vx: -9, vy: 0 });

  step(upper, IDLE);
  step(lower, IDLE);

  expect(upper[BALL_VY]).toBeLessThan(0);
  expect(lower[BALL_VY]).toBe(-upper[BALL_VY]);
});

Deno.test("the ball never tunnels through a paddle, at any speed and place", () => {
  fc.assert(fc.property(
    fc.integer({ min: 57, max: 300 }),
    fc.integer({ min: -70, max: 70 }),
    fc.integer({ min: 1, max: 24 }),
    fc.integer({ min: -3, max: 3 }),
    (x, offset, speed, vy) => {
      const state = rally(RULES, { x, y: 450 + offset, vx: -speed, vy });
      // With at most 20 units of drift a ball that starts so near the middle can't pass the paddle.
      const ticks = Math.ceil((x - 56) / speed);
      if (Math.abs(offset + vy * ticks) > 85) return;
      for (let tick = 0; tick <= ticks; tick++) moveBall(state, WHOLE_TICK);
      expect(state[LAST_HIT]).toBe(0);
    },
  ));
});

Deno.test("a missed ball scores once, then is served to who missed it", () => {
  const state = rally(RULES, { x: 60, y: 800, vx: -9, vy: 0 });

  for (let tick = 0; tick < 20; tick++) step(state, IDLE);

  expect([...state.subarray(SCORE, SCORE + 2)]).toEqual([0, 1]);
  expect(state[PHASE]).toBe(SERVING);
  expect(state[SERVE_TO]).toBe(0);
});

Deno.test("a ball behind a paddle can't be hit from behind", () => {
  const state = rally(RULES, { x: 40, y: 450, vx: -9, vy: 0 });

  for (let tick = 0; tick < 10; tick++) step(state, IDLE);

  expect(state[SCORE + 1]).toBe(1);
});

Deno.test("the first to reach the points wins, and the game stands still", () => {
  const state = rally({ ...RULES, points: 1 }, {
    x: 1500,
    y: 800,
    vx: 9,
    vy: 0,
  });
  for (let tick = 0; tick < 20; tick++) step(state, IDLE);
  const over = state.slice();

  step(state, Int8Array.of(127, -127, 0, 0));

  expect(over[PHASE]).toBe(OVER);
  expect(over[WINNER]).toBe(0);
  expect(state[PADDLE]).toBe(over[PADDLE]);
  expect(state[TICK]).toBe(over[TICK] + 1);
});

for (const side of [0, 1, 2, 3]) {
  Deno.test(`with four players side ${side} loses a life, then its side is a wall`, () => {
    const rules = { players: 4, points: 1, lives: 1 };
    const towards = { x: 200, y: 200, vx: 0, vy: 0 };
    const length = 1000 * UNIT;
    const state = rally(rules, towards);
    const normal = side < 2 ? BALL_X : BALL_Y;
    const velocity = side < 2 ? BALL_VX : BALL_VY;
    const inward = side % 2 === 0 ? 1 : -1;
    const near = (at: number) => side % 2 === 0 ? at : length - at;
    state[normal] = near(70 * UNIT);
    state[velocity] = -inward * 9 * UNIT;
    for (let tick = 0; tick < 20; tick++) step(state, IDLE);
    expect(state[SCORE + side]).toBe(0);
    expect(state[PHASE]).toBe(SERVING);

    state[PHASE] = RALLY;
    state[normal] = near(20 * UNIT);
    state[velocity] = -inward * 9 * UNIT;
    step(state, IDLE);

    expect(state[velocity]).toBe(inward * 9 * UNIT);
    expect(near(state[normal])).toBeGreaterThanOrEqual(BALL_RADIUS);
  });
}

Deno.test("an absent slot's side is a wall while it is absent", () => {
  const state = rally(RULES, { x: 20, y: 800, vx: -9, vy: 0 });

  step(state, Int8Array.of(ABSENT_INPUT, 0, 0, 0));

  expect(state[BALL_VX]).toBe(9 * UNIT);
  expect(state[SCORE + 1]).toBe(0);
});

Deno.test("a match of paddles that never move ends, with 2, 3 and 4 players", () => {
  for (const players of [2, 3, 4]) {
    const state = createState({ players, points: 11, lives: 5 }, players);
    while (state[PHASE] !== OVER && state[TICK] < 100_000) step(state, IDLE);
    expect(state[PHASE]).toBe(OVER);
  }
});

Deno.test("moveBall() in fractions meets what a whole tick meets", () => {
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 65535 }), (
    seed,
    part,
  ) => {
    const whole = createState({ players: 4, points: 1, lives: 5 }, seed);
    for (let tick = 0; tick < 300; tick++) step(whole, IDLE);
    const parts = whole.slice();
    moveBall(whole, WHOLE_TICK);
    moveBall(parts, part);
    moveBall(parts, WHOLE_TICK - part);
    // Each part rounds down by less than a subunit of its own.
    expect(Math.abs(whole[BALL_X] - parts[BALL_X])).toBeLessThan(UNIT);
    expect(whole[HITS]).toBe(parts[HITS]);
  }));
});

Deno.test("step() gives a valid state for any valid state and any inputs", () => {
  const arbitrary = fc.record({
    players: fc.integer({ min: 2, max: 4 }),
    seed: fc.integer(),
    ticks: fc.integer({ min: 0, max: 400 }),
    noise: fc.array(fc.tuple(fc.nat(27), fc.integer()), { maxLength: 6 }),
    inputs: fc.array(fc.integer({ min: -128, max: 127 }), {
      minLength: 4,
      maxLength: 4,
    }),
  });
  let accepted = 0;
  fc.assert(
    fc.property(arbitrary, ({ players, seed, ticks, noise, inputs }) => {
      const state = createState({ players, points: 5, lives: 3 }, seed);
      const input = Int8Array.from(inputs);
      for (let tick = 0; tick < ticks; tick++) step(state, input);
      for (const [index, value] of noise) state[index] = value % 400_000;
      const decoded = decodeState(encodeState(state));
      if (!decoded) return;
      accepted++;
      for (let tick = 0; tick < 200; tick++) step(decoded, input);
      expect(decodeState(encodeState(decoded))).toEqual(decoded);
    }),
    { numRuns: 1000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

Deno.test("decodeState() refuses what the rules can't reach", () => {
  const valid = createState(RULES, 1);
  const refuse = (index: number, value: number) => {
    const state = valid.slice();
    state[index] = value;
    expect(decodeState(encodeState(state))).toBeUndefined();
  };

  expect(decodeState(encodeState(valid))).toEqual(valid);
  expect(decodeState(encodeState(valid).subarray(1))).toBeUndefined();
  refuse(PHASE, 3);
  refuse(BALL_X, courtSize(2).width + 2 * PADDLE_PLANE);
  refuse(WINNER, 1);
  refuse(SCORE, 4);
  refuse(PADDLE + 1, -1);
});
