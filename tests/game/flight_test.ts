import { expect } from "@std/expect";
import fc from "fast-check";
import {
  BALL_RADIUS,
  BALL_SPEED_GROWTH,
  BALL_SPEED_SERVE,
  PADDLE_HALF,
  SHRINK_AFTER_HITS,
  UNIT,
} from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  createState,
  HITS,
  LAST_HIT,
  PADDLE,
  paddleHalf,
  RANDOM,
  SCORE,
  SPEED,
  TIMER,
} from "../../game/state.ts";
import { moveBall, step, WHOLE_TICK } from "../../game/step.ts";
import {
  ballOf,
  changed,
  IDLE,
  rally,
  RULES,
  SQUARE,
  steps,
} from "./court_state.ts";

/**
 * Players, and the ball's place and velocity before and after a tick, in units. Walls are met 12
 * units from the edge, paddles 56; what passes a plane is one subunit behind it.
 */
const FLIGHTS = {
  "off the top wall without losing way": "2: 800 16 0 -10 → 800 18 0 10",
  "off the bottom wall": "2: 800 884 2 8 → 802 884 2 -8",
  "off a wall that it already touches": "2: 800 8 0 -10 → 800 18 0 10",
  "away from a wall that it is in": "2: 800 8 0 10 → 800 18 0 10",
  "up to a wall, just not off it": "2: 800 22 0 -10 → 800 12 0 -10",
  "up to a paddle, just not off it": "2: 66 450 -10 0 → 56 450 -10 0",
  "off the left paddle": "2: 60 450 -8 0 → 60.5 450 9 0",
  "off the right paddle": "2: 1540 450 8 0 → 1539.5 450 -9 0",
  "off the top paddle": "4: 500 60 0 -8 → 500 60.5 0 9",
  "off the bottom paddle": "4: 500 940 0 8 → 500 939.5 0 -9",
  "off the side of a fourth who isn't": "3: 500 984 0 8 → 500 984 0 -8",
  "past a paddle": "2: 60 800 -8 1 → 51.99609375 801 -8 1",
  "off a wall and past a paddle": "2: 62 16 -8 -8 → 53.99609375 16 -8 8",
};

for (const [where, flight] of Object.entries(FLIGHTS)) {
  Deno.test(`step() moves the ball ${where}`, () => {
    const numbers = flight.match(/-?[\d.]+/g)?.map(Number) ?? [];
    const [players, x, y, vx, vy, ...to] = numbers;
    const state = rally({ ...RULES, players }, { x, y, vx, vy });

    step(state, IDLE);

    expect(Object.values(ballOf(state))).toEqual(to);
  });
}

Deno.test("a hit counts, says whose it was, and lets the next one be faster, up to a limit", () => {
  const state = rally(RULES, { x: 60, y: 450, vx: -9, vy: 0 });
  state[TIMER] = 500;

  step(state, IDLE);

  expect([state[HITS], state[LAST_HIT], state[TIMER]]).toEqual([1, 0, 0]);
  expect(state[SPEED]).toBe(BALL_SPEED_SERVE + BALL_SPEED_GROWTH);
  const fast = rally(RULES, { x: 60, y: 450, vx: -9, vy: 0 });
  fast[SPEED] = 24 * UNIT - 1;
  expect(steps(fast, 1)[SPEED]).toBe(24 * UNIT);
});

/** As a digit of the tables; one value, in each of them twice, is one too low. */
function inTable(value: number): number {
  const digits = Math.round(16384 * value);
  return Math.abs(digits) === 12318 ? digits - Math.sign(digits) : digits;
}

Deno.test("the place of the hit sends the ball at −60° to 60°, in 33 equal steps", () => {
  const reach = PADDLE_HALF + BALL_RADIUS;
  for (let angle = -16; angle <= 16; angle++) {
    const state = rally(RULES, { x: 60, y: 450, vx: -9, vy: 0 });
    // The first place, from the middle outwards, that belongs to this angle.
    state[PADDLE] -= Math.sign(angle) * Math.ceil(Math.abs(angle) * reach / 16);
    // So fast that no digit of sine and cosine is lost.
    state[SPEED] = 1 << 14;

    step(state, IDLE);

    const radians = angle / 16 * Math.PI / 3;
    expect(state[BALL_VX]).toBe(inTable(Math.cos(radians)));
    expect(state[BALL_VY]).toBe(inTable(Math.sin(radians)));
  }
});

Deno.test("a paddle reaches the ball's radius beyond its end, and no farther", () => {
  const reach = PADDLE_HALF + BALL_RADIUS;
  const hitsAt = (offset: number) => {
    const state = rally(RULES, { x: 60, y: 450, vx: -9, vy: 0 });
    state[PADDLE] -= offset;
    return steps(state, 1)[HITS];
  };

  expect([-reach - 1, -reach, reach, reach + 1].map(hitsAt))
    .toEqual([0, 1, 1, 0]);
});

Deno.test("long rallies bend the angle by up to two steps, within 60°, and only they", () => {
  /** Angles for the same draws, at a place of the paddle from −1 to 1. */
  const angles = (hits: number, offset: number) =>
    Array.from({ length: 100 }, (_, draw) => {
      const state = rally(RULES, { x: 60, y: 450, vx: -9, vy: 0 });
      changed(state, { [RANDOM]: 7919 * (draw + 1), [HITS]: hits });
      state[PADDLE] -= offset * (paddleHalf(state) + BALL_RADIUS);
      step(state, IDLE);
      const radians = Math.atan2(state[BALL_VY], state[BALL_VX]);
      return Math.round(radians * 180 / Math.PI / 3.75) + 0;
    });
  const bends = angles(SHRINK_AFTER_HITS, 0);

  expect(new Set(bends)).toEqual(new Set([-2, -1, 0, 1, 2]));
  expect(angles(SHRINK_AFTER_HITS, 1))
    .toEqual(bends.map((bend) => Math.min(16, 16 + bend)));
  expect(angles(SHRINK_AFTER_HITS, -1))
    .toEqual(bends.map((bend) => Math.max(-16, -16 + bend)));
  expect(new Set(angles(SHRINK_AFTER_HITS - 1, 0))).toEqual(new Set([0]));
});

Deno.test("two paddles that meet in a corner can't pass the ball on for ever", () => {
  const state = rally(SQUARE, { x: 56, y: 56, vx: -9, vy: -9 });
  changed(state, { [PADDLE]: PADDLE_HALF, [PADDLE + 2]: PADDLE_HALF });

  step(state, IDLE);

  // The upright one comes first.
  expect([state[HITS], state[LAST_HIT]]).toEqual([8, 2]);
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

Deno.test("a ball behind a paddle can't be hit from behind", () => {
  const state = rally(RULES, { x: 40, y: 450, vx: -9, vy: 0 });

  steps(state, 10);

  expect(state[SCORE + 1]).toBe(1);
});

Deno.test("moveBall() in fractions meets what a whole tick meets", () => {
  const parts = fc.integer({ min: 1, max: 65535 });
  fc.assert(fc.property(fc.integer(), parts, (seed, part) => {
    const whole = createState({ players: 4, points: 1, lives: 5 }, seed);
    steps(whole, 300);
    const parted = whole.slice();
    moveBall(whole, WHOLE_TICK);
    moveBall(parted, part);
    moveBall(parted, WHOLE_TICK - part);
    // Each part rounds down by less than a subunit of its own.
    expect(Math.abs(whole[BALL_X] - parted[BALL_X])).toBeLessThan(UNIT);
    expect(whole[HITS]).toBe(parted[HITS]);
  }));
});
