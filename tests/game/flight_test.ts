import { expect } from "@std/expect";
import fc from "fast-check";
import {
  BALL_RADIUS,
  BALL_SPEED_GROWTH,
  BALL_SPEED_SERVE,
  PADDLE_HALF,
  type Rules,
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
  type Ball,
  ballOf,
  changed,
  IDLE,
  rally,
  RULES,
  SQUARE,
  steps,
} from "./court_state.ts";

/** Where a ball is after a tick. Walls are met 12 units from the edge, paddles 56. */
const FLIGHTS: Readonly<
  Record<
    string,
    { readonly rules: Rules; readonly from: Ball; readonly to: Ball }
  >
> = {
  "off the top wall without losing way": {
    rules: RULES,
    from: { x: 800, y: 16, vx: 0, vy: -10 },
    to: { x: 800, y: 18, vx: 0, vy: 10 },
  },
  "off the bottom wall": {
    rules: RULES,
    from: { x: 800, y: 884, vx: 2, vy: 8 },
    to: { x: 802, y: 884, vx: 2, vy: -8 },
  },
  "off a wall that it already touches": {
    rules: RULES,
    from: { x: 800, y: 8, vx: 0, vy: -10 },
    to: { x: 800, y: 18, vx: 0, vy: 10 },
  },
  "away from a wall that it is in, without bouncing": {
    rules: RULES,
    from: { x: 800, y: 8, vx: 0, vy: 10 },
    to: { x: 800, y: 18, vx: 0, vy: 10 },
  },
  "up to a wall that it just doesn't reach": {
    rules: RULES,
    from: { x: 800, y: 22, vx: 0, vy: -10 },
    to: { x: 800, y: 12, vx: 0, vy: -10 },
  },
  "up to a paddle that it just doesn't reach": {
    rules: RULES,
    from: { x: 66, y: 450, vx: -10, vy: 0 },
    to: { x: 56, y: 450, vx: -10, vy: 0 },
  },
  "off the left paddle, straight": {
    rules: RULES,
    from: { x: 60, y: 450, vx: -8, vy: 0 },
    to: { x: 60.5, y: 450, vx: 9, vy: 0 },
  },
  "off the right paddle, straight": {
    rules: RULES,
    from: { x: 1540, y: 450, vx: 8, vy: 0 },
    to: { x: 1539.5, y: 450, vx: -9, vy: 0 },
  },
  "off the top paddle, straight": {
    rules: SQUARE,
    from: { x: 500, y: 60, vx: 0, vy: -8 },
    to: { x: 500, y: 60.5, vx: 0, vy: 9 },
  },
  "off the bottom paddle, straight": {
    rules: SQUARE,
    from: { x: 500, y: 940, vx: 0, vy: 8 },
    to: { x: 500, y: 939.5, vx: 0, vy: -9 },
  },
  "off the third player's missing opponent as off a wall": {
    rules: { ...SQUARE, players: 3 },
    from: { x: 500, y: 984, vx: 0, vy: 8 },
    to: { x: 500, y: 984, vx: 0, vy: -8 },
  },
  "past a paddle that is elsewhere": {
    rules: RULES,
    from: { x: 60, y: 800, vx: -8, vy: 1 },
    // One subunit less: what lies behind the plane is lost.
    to: { x: 52 - 1 / UNIT, y: 801, vx: -8, vy: 1 },
  },
  "off a wall and past a paddle in one tick": {
    rules: RULES,
    from: { x: 62, y: 16, vx: -8, vy: -8 },
    to: { x: 54 - 1 / UNIT, y: 16, vx: -8, vy: 8 },
  },
};

for (const [where, { rules, from, to }] of Object.entries(FLIGHTS)) {
  Deno.test(`step() moves the ball ${where}`, () => {
    expect(ballOf(steps(rally(rules, from), 1))).toEqual(to);
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
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 65535 }), (
    seed,
    part,
  ) => {
    const whole = createState({ players: 4, points: 1, lives: 5 }, seed);
    steps(whole, 300);
    const parts = whole.slice();
    moveBall(whole, WHOLE_TICK);
    moveBall(parts, part);
    moveBall(parts, WHOLE_TICK - part);
    // Each part rounds down by less than a subunit of its own.
    expect(Math.abs(whole[BALL_X] - parts[BALL_X])).toBeLessThan(UNIT);
    expect(whole[HITS]).toBe(parts[HITS]);
  }));
});
