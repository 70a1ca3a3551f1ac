import { expect } from "@std/expect";
import {
  BALL_RADIUS,
  BALL_SPEED_MAX,
  courtSize,
  DEFAULT_RULES,
  PADDLE_HALF_MIN,
  TICK_MS,
  UNIT,
} from "../../game/court.ts";
import {
  ABSENT,
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  createState,
  hashState,
  HITS,
  INPUT,
  isWall,
  LAST_HIT,
  OVER,
  PADDLE,
  paddleHalf,
  PHASE,
  PLAYERS,
  RALLY,
  RANDOM,
  randomBelow,
  SCORE,
  seedRandom,
  SERVE_TO,
  SERVING,
  SPEED,
  STATE_LENGTH,
  TARGET,
  TICK,
  TIMER,
  WINNER,
} from "../../game/state.ts";
import {
  decodeState,
  decodeStates,
  encodeState,
  encodeStates,
} from "../../game/state_bytes.ts";
import { changed, RULES, SQUARE } from "./court_state.ts";

Deno.test("a tick lasts a sixtieth of a second, and matches go to 11 points or with 5 lives", () => {
  expect(TICK_MS).toBe(1000 / 60);
  expect(DEFAULT_RULES).toEqual({ players: 2, points: 11, lives: 5 });
});

Deno.test("a match begins with the ball at rest, 3 s before the serve, and lives where there are more than two", () => {
  const list = (rules: typeof RULES) => {
    const state = createState(rules, 1);
    state[RANDOM] = state[SERVE_TO] = 0;
    return [...state];
  };
  const [half, speed] = [500 * UNIT, 9 * UNIT];

  expect(list({ ...SQUARE, players: 3 })).toEqual([
    ...[0, 0, SERVING, 180, half, half, 0, 0, speed, 0, -1, 0, -1, 3, 2, 0],
    ...[half, half, half, half, 2, 2, 2, 0, 0, 0, 0, 0],
  ]);
  expect(list(RULES).slice(PLAYERS)).toEqual([
    ...[2, 3, 0, 450 * UNIT, 450 * UNIT, 800 * UNIT, 800 * UNIT],
    ...[0, 0, 0, 0, 0, 0, 0, 0],
  ]);
});

Deno.test("a side is a wall where nobody plays, is present, or has lives left", () => {
  const walls = (rules: typeof RULES, values: Record<number, number> = {}) =>
    [0, 1, 2, 3]
      .filter((side) => isWall(changed(createState(rules, 1), values), side));

  expect(walls(RULES)).toEqual([2, 3]);
  expect(walls({ ...SQUARE, players: 3 })).toEqual([3]);
  expect(walls({ ...SQUARE, players: 3 }, { [SCORE]: 0 })).toEqual([0, 3]);
  expect(walls(SQUARE)).toEqual([]);
  expect(walls(SQUARE, { [ABSENT]: 0b1010 })).toEqual([1, 3]);
  expect(walls(SQUARE, { [SCORE + 2]: 0 })).toEqual([2]);
});

Deno.test("paddles shrink by 4 units a hit after the twelfth, to 48", () => {
  const lengths = [0, 12, 13, 14, 39, 40, 41, 1000].map((hits) =>
    2 * paddleHalf(changed(createState(RULES, 1), { [HITS]: hits })) / UNIT
  );

  expect(lengths).toEqual([160, 160, 156, 152, 52, 48, 48, 48]);
  expect(2 * PADDLE_HALF_MIN).toBe(48 * UNIT);
});

Deno.test("a hash tells states apart by every bit, and is the same on every host", () => {
  const state = createState(RULES, 1);
  const hashes = new Set([hashState(state)]);
  for (let index = 0; index < STATE_LENGTH; index++) {
    for (const bit of [0, 15, 16, 31]) {
      const other = state.slice();
      other[index] ^= 1 << bit;
      hashes.add(hashState(other));
    }
  }

  expect(hashes.size).toBe(1 + 4 * STATE_LENGTH);
  expect(hashState(state)).toBe(816350739);
});

Deno.test("chance is xorshift32, and no seed stops it", () => {
  const state = createState(RULES, 1);
  state[RANDOM] = 1;
  const draws = [1, 2, 3].map(() => [randomBelow(state, 1000), state[RANDOM]]);

  // The first numbers of the generator's paper, as an int32.
  expect(draws.map(([, next]) => next))
    .toEqual([270369, 67634689, -1647531835]);
  expect(draws.map(([drawn]) => drawn))
    .toEqual(draws.map(([, next]) => (next >>> 8) % 1000));
  expect(seedRandom(0x9e3779b9)).toBe(1);
  expect(new Set([-1, 0, 1, 2].map(seedRandom)).size).toBe(4);
});

/** Lowest and highest value that a duel before its end may have. */
const LIMITS: readonly (readonly [index: number, low: number, high: number])[] =
  [
    [TICK, 0, 0x7ffffffe],
    [PHASE, SERVING, RALLY],
    [TIMER, 0, 1000],
    [BALL_X, -BALL_RADIUS, courtSize(2).width + BALL_RADIUS],
    [BALL_Y, -BALL_RADIUS, courtSize(2).height + BALL_RADIUS],
    [BALL_VX, -BALL_SPEED_MAX, BALL_SPEED_MAX],
    [BALL_VY, -BALL_SPEED_MAX, BALL_SPEED_MAX],
    [SPEED, 1, BALL_SPEED_MAX],
    [HITS, 0, 1_000_000],
    [LAST_HIT, -1, 1],
    [SERVE_TO, 0, 1],
    [WINNER, -1, -1],
    [PLAYERS, 2, 4],
    [TARGET, 1, 99],
    [ABSENT, 0, 15],
    [PADDLE, 0, courtSize(2).height],
    [PADDLE + 1, 0, courtSize(2).height],
    [PADDLE + 2, 0, courtSize(2).width],
    [PADDLE + 3, 0, courtSize(2).width],
    [SCORE, 0, 2],
    [SCORE + 3, 0, 2],
    [INPUT, -127, 127],
    [INPUT + 3, -127, 127],
  ];

Deno.test("decodeState() refuses what the rules can't reach", () => {
  const valid = createState(RULES, 1);
  const decode = (values: Record<number, number>, base = valid) => {
    const state = changed(base.slice(), values);
    const decoded = decodeState(encodeState(state));
    if (decoded) expect(decoded).toEqual(state);
    return decoded !== undefined;
  };
  const over = changed(valid.slice(), { [PHASE]: OVER, [WINNER]: 1 });
  const square = createState(SQUARE, 1);

  for (const [index, low, high] of LIMITS) {
    const around = [low - 1, low, high, high + 1];
    expect([index, ...around.map((value) => decode({ [index]: value | 0 }))])
      .toEqual([index, false, true, true, false]);
  }
  expect(decodeState(encodeState(valid).subarray(1))).toBeUndefined();
  expect(decode({ [RANDOM]: 0 })).toBe(false);
  const winners = [-1, 0, 1, 2].map((it) => decode({ [WINNER]: it }, over));
  expect(winners).toEqual([false, true, true, false]);
  expect(decode({ [PHASE]: OVER + 1 }, over)).toBe(false);
  expect([3, 4].map((it) => decode({ [SCORE]: it }, over)))
    .toEqual([true, false]);
  expect([2, 3].map((it) => decode({ [SCORE]: it }, square)))
    .toEqual([true, false]);
});

Deno.test("states are read one after the other as they were written, all or none", () => {
  const states = [1, 2, 3].map((seed) => createState(RULES, seed));
  const bytes = encodeStates(states);
  const within = new Uint8Array([9, ...bytes]).subarray(1);

  expect(decodeStates(within)).toEqual(states);
  expect(bytes.length).toBe(3 * 4 * STATE_LENGTH);
  // Little-endian, on every machine.
  expect([...bytes.subarray(4 * TIMER, 4 * TIMER + 4)]).toEqual([180, 0, 0, 0]);
  expect(decodeStates(bytes.subarray(0, -1))).toBeUndefined();
  expect(decodeStates(new Uint8Array())).toBeUndefined();
});
