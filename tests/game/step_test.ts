import { expect } from "@std/expect";
import fc from "fast-check";
import {
  BALL_RADIUS,
  BALL_SPEED_GROWTH,
  BALL_SPEED_MAX,
  BALL_SPEED_SERVE,
  courtSize,
  DEAD_RALLY_TICKS,
  FIRST_SERVE_TICKS,
  SERVE_TICKS,
  UNIT,
} from "../../game/court.ts";
import {
  ABSENT,
  ABSENT_INPUT,
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  createState,
  hashState,
  HITS,
  INPUT,
  LAST_HIT,
  OVER,
  PADDLE,
  PHASE,
  RALLY,
  SCORE,
  SERVE_TO,
  SERVING,
  SPEED,
  TICK,
  TIMER,
  WINNER,
} from "../../game/state.ts";
import { decodeState, encodeState } from "../../game/state_bytes.ts";
import { step } from "../../game/step.ts";
import {
  anyState,
  ballOf,
  changed,
  IDLE,
  rally,
  RULES,
  SQUARE,
  steps,
} from "./court_state.ts";

Deno.test("step() serves after the countdown, towards the slot to serve to", () => {
  const state = createState(RULES, 7);

  steps(state, FIRST_SERVE_TICKS - 1);
  expect(state[PHASE]).toBe(SERVING);
  step(state, IDLE);

  expect([state[PHASE], state[TIMER], state[LAST_HIT]]).toEqual([RALLY, 0, -1]);
  expect(state[BALL_VX] < 0).toBe(state[SERVE_TO] === 0);
  // It moves from the next tick on.
  expect(state[BALL_X]).toBe(courtSize(2).width / 2);
});

/** Who gets the serve, in a square with lives as told, where `absent` are missing. */
const SERVED = [
  { to: 0, lives: [1, 1, 1, 1], absent: [], gets: 0 },
  { to: 3, lives: [1, 1, 1, 1], absent: [], gets: 3 },
  { to: 1, lives: [1, 0, 1, 1], absent: [], gets: 2 },
  { to: 1, lives: [1, 0, 0, 1], absent: [], gets: 3 },
  { to: 2, lives: [1, 1, 1, 1], absent: [2, 3], gets: 0 },
  { to: 3, lives: [0, 1, 1, 0], absent: [1], gets: 2 },
  { to: 0, lives: [0, 1, 1, 1], absent: [1, 2], gets: 3 },
];

Deno.test("a serve never goes to a wall but to the next who plays", () => {
  for (const { to, lives, absent, gets } of SERVED) {
    const serving = { [SERVE_TO]: to, [TIMER]: 1 };
    const state = changed(createState(SQUARE, 5), serving);
    state.set(lives, SCORE);
    const inputs = new Int8Array(4);
    for (const slot of absent) inputs[slot] = ABSENT_INPUT;

    step(state, inputs);

    const { vx, vy } = ballOf(state);
    const towards = [-vx, vx, -vy, vy];
    expect(towards.indexOf(Math.max(...towards))).toBe(gets);
  }
});

Deno.test("a serve leaves at 9 units a tick, within 45° of straight on, at any of 25 angles", () => {
  const angles = new Set<number>();
  for (let seed = 0; seed < 1000; seed++) {
    const serving = { [TIMER]: 1, [SERVE_TO]: 1 };
    const state = changed(createState(RULES, seed), serving);
    step(state, IDLE);
    const { vx, vy } = ballOf(state);
    expect(Math.abs(Math.hypot(vx, vy) - 9)).toBeLessThan(0.01);
    expect(state[SPEED]).toBe(BALL_SPEED_SERVE + BALL_SPEED_GROWTH);
    angles.add(Math.round(Math.atan2(vy, vx) * 180 / Math.PI / 3.75));
  }

  expect([...angles].toSorted((a, b) => a - b))
    .toEqual(Array.from({ length: 25 }, (_, i) => i - 12));
});

Deno.test("a missed ball scores once, then is served to who missed it", () => {
  const state = rally(RULES, { x: 60, y: 800, vx: -9, vy: 0 });
  changed(state, { [HITS]: 3, [SPEED]: BALL_SPEED_MAX, [LAST_HIT]: 1 });

  // 56 units to the paddle's plane and 12 beyond the line: after 72 units it is lost.
  steps(state, 7);
  expect([...state.subarray(SCORE, SCORE + 2)]).toEqual([0, 0]);
  step(state, IDLE);

  expect([...state.subarray(SCORE, SCORE + 2)]).toEqual([0, 1]);
  expect([state[PHASE], state[TIMER], state[SERVE_TO]])
    .toEqual([SERVING, SERVE_TICKS, 0]);
  expect(ballOf(state)).toEqual({ x: 800, y: 450, vx: 0, vy: 0 });
  expect([state[HITS], state[SPEED], state[LAST_HIT]])
    .toEqual([0, BALL_SPEED_SERVE, -1]);
});

Deno.test("the first to reach the points wins, and the game stands still", () => {
  const lost = { x: 1500, y: 800, vx: 9, vy: 0 };
  const state = rally({ ...RULES, points: 2 }, lost);
  state[SCORE + 1] = 1;
  const again = state.slice();
  again[SCORE] = 1;
  steps(state, 20);
  expect([state[SCORE], state[PHASE], state[WINNER]]).toEqual([1, SERVING, -1]);

  const over = steps(again, 20).slice();
  step(again, Int8Array.of(127, -127, 0, ABSENT_INPUT));

  expect([over[PHASE], over[WINNER], over[SCORE]]).toEqual([OVER, 0, 2]);
  // Only time, and who is here, go on.
  const after = { [TICK]: over[TICK] + 1, [INPUT]: 127, [INPUT + 1]: -127 };
  expect(again).toEqual(changed(over, { ...after, [ABSENT]: 8 }));
});

for (const side of [0, 1, 2, 3]) {
  Deno.test(`with four players side ${side} loses a life, then its side is a wall`, () => {
    const rules = { players: 4, points: 1, lives: 1 };
    const state = rally(rules, { x: 200, y: 200, vx: 0, vy: 0 });
    const [normal, velocity] = side < 2 ? [BALL_X, BALL_VX] : [BALL_Y, BALL_VY];
    const inward = side % 2 === 0 ? 1 : -1;
    const near = (at: number) => side % 2 === 0 ? at : 1000 * UNIT - at;
    const outward = (distance: number) => ({
      [PHASE]: RALLY,
      [normal]: near(distance * UNIT),
      [velocity]: -inward * 9 * UNIT,
    });
    steps(changed(state, outward(70)), 20);
    expect([state[SCORE + side], state[PHASE]]).toEqual([0, SERVING]);

    step(changed(state, outward(20)), IDLE);

    expect(state[velocity]).toBe(inward * 9 * UNIT);
    expect(near(state[normal])).toBeGreaterThanOrEqual(BALL_RADIUS);
  });
}

Deno.test("the last one alive wins, whoever it is, absent ones aside", () => {
  // Slot 0 is about to lose a life.
  const winnerOf = (lives: readonly number[], absent = -1) => {
    const state = rally(SQUARE, { x: -11, y: 200, vx: -9, vy: 0 });
    state.set(lives, SCORE);
    const here = (slot: number) => slot === absent ? ABSENT_INPUT : 0;
    step(state, Int8Array.of(0, here(1), here(2), here(3)));
    return state[WINNER];
  };

  expect([winnerOf([1, 1, 0, 0]), winnerOf([1, 0, 1, 0])]).toEqual([1, 2]);
  expect([winnerOf([1, 0, 0, 1]), winnerOf([1, 1, 0, 1])]).toEqual([3, -1]);
  expect([winnerOf([1, 1, 0, 1], 1), winnerOf([2, 1, 0, 0])]).toEqual([3, -1]);
});

Deno.test("an absent slot's side is a wall while it is absent", () => {
  const state = rally(RULES, { x: 20, y: 800, vx: -9, vy: 0 });

  step(state, Int8Array.of(ABSENT_INPUT, 0, 0, 0));

  expect(state[BALL_VX]).toBe(9 * UNIT);
  expect(state[SCORE + 1]).toBe(0);
  expect([state[ABSENT], state[INPUT]]).toEqual([1, 0]);
});

Deno.test("a paddle goes by its input, up to the court's edge", () => {
  const state = createState(SQUARE, 1);
  const inputs = Int8Array.of(9, 127, -127, 1, -5);

  // The first one belongs to another tick.
  step(state, inputs, 1);
  const moved = [127, -127, 1, -5].map((input) => 500 * UNIT + 24 * input);
  expect([...state.subarray(PADDLE, PADDLE + 4)]).toEqual(moved);

  steps(state, 100, Int8Array.of(127, -127, 127, -127));
  const [high, low] = [920 * UNIT, 80 * UNIT];
  expect([...state.subarray(PADDLE, PADDLE + 4)])
    .toEqual([high, low, high, low]);
  const duel = steps(createState(RULES, 1), 100, Int8Array.of(127, -127, 0, 0));
  expect([duel[PADDLE], duel[PADDLE + 1]]).toEqual([820 * UNIT, 80 * UNIT]);
});

Deno.test("a rally without a hit is served again after 15 s, to the same slot", () => {
  const state = rally(RULES, { x: 800, y: 450, vx: 0, vy: 0 });
  state[SERVE_TO] = 1;

  steps(state, DEAD_RALLY_TICKS);
  expect(state[PHASE]).toBe(RALLY);
  step(state, IDLE);

  expect([state[PHASE], state[TIMER], state[SERVE_TO]])
    .toEqual([SERVING, SERVE_TICKS, 1]);
});

Deno.test("a match of paddles that never move ends, with 2, 3 and 4 players", () => {
  for (const players of [2, 3, 4]) {
    const state = createState({ players, points: 11, lives: 5 }, players);
    while (state[PHASE] !== OVER && state[TICK] < 100_000) step(state, IDLE);
    expect(state[PHASE]).toBe(OVER);
  }
});

Deno.test("step() gives a valid state for any valid state and any inputs", () => {
  const inputs = fc.int8Array({ minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(anyState(), inputs, (state, inputs) => {
      for (let tick = 0; tick < 200; tick++) {
        expect(decodeState(encodeState(state))).toBeDefined();
        step(state, inputs, 4 * (tick % 10));
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("the rules compute what they did when matches were recorded with them", () => {
  const hashes = [2, 3, 4].map((players) => {
    const state = createState({ players, points: 5, lives: 3 }, players);
    const inputs = new Int8Array(4);
    while (state[PHASE] !== OVER) {
      // They follow the ball, so rallies get long, but not as fast as it gets.
      for (let slot = 0; slot < players; slot++) {
        const along = state[slot < 2 ? BALL_Y : BALL_X];
        const away = (along - state[PADDLE + slot]) >> 8;
        inputs[slot] = Math.max(-70, Math.min(70, away));
      }
      step(state, inputs);
    }
    return [state[TICK], hashState(state)];
  });

  expect(hashes).toEqual([
    [10498, 3867926493],
    [5159, 3511522687],
    [8185, 1340429666],
  ]);
});
