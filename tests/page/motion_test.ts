/** Where the page draws ball and paddles between states. */
import { expect } from "@std/expect";
import { BALL_RADIUS, PADDLE_SPEED, TICK_MS, UNIT } from "../../game/court.ts";
import {
  BALL_X,
  INPUT,
  PADDLE,
  PHASE,
  SERVING,
  TICK,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";
import { createAxisHistory } from "../../static/motion/axis_history.ts";
import { createDisplayClock } from "../../static/motion/display_clock.ts";
import { createMotion, type Motion } from "../../static/motion/motion.ts";
import { extend, momentAt } from "../../static/motion/timeline.ts";
import { flight, motionOf, pictureAt, rally, START_MS } from "./moving.ts";

function ballAt(motion: Motion, nowMs: number): { x: number; y: number } {
  const picture = pictureAt(motion, nowMs);
  return { x: picture.ballX / UNIT, y: picture.ballY / UNIT };
}

function ownPaddleAt(motion: Motion, nowMs: number): number {
  return pictureAt(motion, nowMs).paddles[0] / UNIT;
}

function serving(x: number) {
  const state = rally({ x });
  state[PHASE] = SERVING;
  return state;
}

Deno.test("motion draws nothing before the first state", () => {
  expect(createMotion().picture(START_MS)).toBeUndefined();
});

const TOP = BALL_RADIUS / UNIT + 6;
const BALLS = [
  ["draws the ball a fraction of a tick further on", 1, { vx: 10, vy: -4 }, [
    [0.5, 805, 448],
  ]],
  // 12 units: 6 to the wall, 6 back.
  ["bounces the ball off a wall between two states", 1, { y: TOP, vy: -16 }, [
    [0.75, 800, TOP],
  ]],
  ["stands still when states stop coming", 1, { vx: 10 }, [
    [12, 830, 450],
    [300, 830, 450],
  ]],
  ["stands still while a replay rests", 0, { vx: 10 }, [[300, 800, 450]]],
  ["follows a replay at half speed", 0.5, { vx: 10 }, [[1, 805, 450]]],
] as const;

for (const [what, speed, ball, places] of BALLS) {
  Deno.test(`motion ${what}`, () => {
    const motion = motionOf(rally(ball));
    motion.setSpeed(speed);

    for (const [ticks, x, y] of places) {
      expect(ballAt(motion, START_MS + ticks * TICK_MS))
        .toEqual({ x: expect.closeTo(x, 1), y: expect.closeTo(y, 1) });
    }
  });
}

Deno.test("motion lets a correction fade by half in 50 ms", () => {
  const motion = motionOf(rally(), rally({ x: 780, y: 410 }));

  for (const [sinceMs, left] of [[0, 1], [50, 0.5], [1000, 0]]) {
    const ball = ballAt(motion, START_MS + sinceMs);
    expect(ball.x).toBeCloseTo(780 + 20 * left, 1);
    expect(ball.y).toBeCloseTo(410 + 40 * left, 1);
  }
});

Deno.test("motion shows a large correction at once", () => {
  for (const [x, y, paddle] of [[900, 562, 601], [890, 560, 599]]) {
    const corrected = rally({ x, y });
    corrected[PADDLE + 1] = paddle * UNIT;

    const drawn = pictureAt(motionOf(rally(), corrected), START_MS);

    const shown = paddle === 601 ? [x, y, paddle] : [800, 450, 450];
    expect([drawn.ballX, drawn.ballY, drawn.paddles[1]])
      .toEqual(shown.map((units) => units * UNIT));
  }
});

Deno.test("motion shows a serve at once, however close the ball was, without the error of before", () => {
  const before = [rally(), rally({ y: 410 })];
  const cases = [[rally(), serving(780)], [serving(780), rally()]];
  for (const states of [...cases, [...before, serving(800)]]) {
    const last = states[states.length - 1];
    expect(ballAt(motionOf(...states), START_MS))
      .toEqual({ x: expect.closeTo(last[BALL_X] / UNIT, 1), y: 450 });
  }
});

Deno.test("motion draws the confirmed past for ghosts", () => {
  const motion = createMotion();
  const [past, newest] = flight(rally({ x: 400, y: 300, vx: 20 }), 2);
  motion.receive([past, newest], START_MS);

  const confirmed = motion.picture(START_MS + 5)?.confirmed;

  expect(confirmed?.state).toBe(past);
  expect(confirmed).toMatchObject({ ballX: 400 * UNIT, ballY: 300 * UNIT });
});

Deno.test("motion shows a seek at once, but no more ticks than a slow process skips", () => {
  const seeks = [[40, 1], [99, 1], [131, 1], [4000, 1], [221, 4]];
  const skips = [[100, 1], [130, 1], [130, 0.5], [220, 4]];
  for (const [tick, speed] of [...seeks, ...skips]) {
    const motion = motionOf(rally());
    motion.setSpeed(speed);
    motion.picture(START_MS);
    const there = rally({ x: 820, vx: 10 });
    there[TICK] = tick;

    motion.receive([there], START_MS);

    const isSeek = tick < 100 || tick > 100 + 30 * Math.max(speed, 1);
    const { x } = ballAt(motion, START_MS);
    expect({ tick, speed, x })
      .toEqual({ tick, speed, x: expect.closeTo(isSeek ? 820 : 800, 5) });
    if (!isSeek) continue;
    expect(ballAt(motion, START_MS + TICK_MS / speed).x).toBeCloseTo(830, 1);
  }
});

Deno.test("motion draws the own paddle at once, and a remote one on by its input", () => {
  for (const own of [0, 1]) {
    const state = rally();
    state.fill(127, INPUT, INPUT + 2);
    const motion = motionOf(state);
    motion.setOwn(own, 3);

    motion.steer(-127, START_MS);

    const { paddles } = pictureAt(motion, START_MS + TICK_MS / 2);
    const moved = paddles.slice(0, 2).map((at) => Math.round(at - 450 * UNIT));
    const half = 127 * PADDLE_SPEED / 2;
    expect(moved).toEqual(own === 0 ? [-half, half] : [half, -half]);
  }
});

for (const delayTicks of [0, 2]) {
  Deno.test(`motion draws the own paddle smoothly under an input delay of ${delayTicks}`, () => {
    const state = rally();
    const inputs = new Int8Array(4);
    const motion = motionOf(state.slice());
    motion.setOwn(0, delayTicks);
    const drawn: number[] = [];
    for (let tick = 1; tick <= 20; tick++) {
      const atMs = START_MS + tick * TICK_MS;
      if (tick === 3) motion.steer(127, atMs);
      inputs[0] = tick - delayTicks > 3 ? 127 : 0;
      step(state, inputs);
      motion.receive([state.slice()], atMs);
      drawn.push(ownPaddleAt(motion, atMs));
    }

    drawn.slice(3).forEach((at, i) =>
      expect(at - drawn[i + 2]).toBeCloseTo(127 * PADDLE_SPEED / UNIT, 0)
    );
  });
}

Deno.test("motion keeps the own paddle within the court", () => {
  for (const [at, axis, end] of [[82, -127, 80], [818, 127, 820]]) {
    const state = rally();
    state[PADDLE] = at * UNIT;
    const motion = motionOf(state);
    motion.setOwn(0, 3);
    motion.steer(axis, START_MS);

    expect(ownPaddleAt(motion, START_MS + 3 * TICK_MS)).toBeCloseTo(end, 5);
  }
});

Deno.test("the axis's history tells how far the paddle was pushed, by its last 64 changes", () => {
  const history = createAxisHistory();
  for (const [axis, atMs] of [[100, 0], [-50, 10], [0, 20]]) {
    history.add(axis, atMs);
  }
  const pushed = (fromMs: number, toMs: number) =>
    Math.round(history.pushed({ fromMs, toMs }) * TICK_MS / PADDLE_SPEED);

  const spans = [[-5, -1], [-5, 5], [2, 8], [2, 10], [0, 15], [12, 40], [8, 2]];
  expect(spans.map(([fromMs, toMs]) => pushed(fromMs, toMs) + 0))
    .toEqual([0, 500, 600, 800, 750, -400, 0]);
  for (let atMs = 21; atMs < 82; atMs++) history.add(0, atMs);
  expect(pushed(0, 10)).toBe(1000);
  history.add(0, 82);
  expect(pushed(0, 10)).toBe(0);
});

Deno.test("the display's clock is pulled by news, set by what is no jitter, and tells when a tick was", () => {
  // After tick 100 at 0 ms: what is heard when, at what speed; then what is shown.
  const cases = [
    [101, 2, 1, 101.95],
    [103, 1, 1, 101.1],
    [106, 0, 1, 100.3],
    [107, 0, 1, 107],
    [106, 0, 0.5, 100.3],
    [124, 0, 4, 101.2],
    [125, 0, 4, 125],
    [98, 0, 1, 98],
    [100, 2, 1, 102],
    // It has waited at 103, and for news rather than for what it had missed.
    [101, 50, 1, 102.9],
    [100, 50, 4, 112],
    [100, 50, 0.5, 103],
  ];
  for (const [heard, after, speed, shown] of cases) {
    const clock = createDisplayClock();
    clock.hear(100, 0);
    clock.setSpeed(speed);

    const nowMs = after * TICK_MS;
    clock.hear(heard, nowMs);

    expect({ heard, after, speed, shown: clock.tickAt(nowMs) })
      .toEqual({ heard, after, speed, shown: expect.closeTo(shown, 6) });
    if (after > 2) continue; // It waits.
    expect(clock.msAt(shown + 1)).toBeCloseTo(nowMs + TICK_MS / speed, 6);
  }
});

Deno.test("the timeline moves a paddle on by the inputs of the tick that it is in", () => {
  const states = [0, 127, -127].map((input, i) => {
    const state = rally();
    state[TICK] += i;
    state[INPUT] = input;
    return state;
  });
  const perTick = 127 * PADDLE_SPEED;
  const at = (tick: number) =>
    momentAt(states, tick)[PADDLE] - states[0][PADDLE];

  expect([99, 100, 100.5, 101.5, 102.5, 104].map(at))
    .toEqual([0, 0, 0.5, -0.5, -0.5, -2].map((ticks) => ticks * perTick));
});

Deno.test("the timeline replaces what is corrected, begins anew at a gap, and keeps 32 states", () => {
  const states = flight(rally(), 60);
  const ticks = (...parts: readonly (readonly [from: number, to: number])[]) =>
    parts.map(([from, to]) => states.slice(from, to))
      .reduce(extend, [])
      .map((state) => state[TICK] - 100);

  expect(ticks([0, 4], [2, 5])).toEqual([0, 1, 2, 3, 4]);
  expect(ticks([0, 4], [1, 2])).toEqual([0, 1]);
  expect(ticks([0, 4], [5, 6])).toEqual([5]);
  expect(ticks([0, 40], [40, 41])).toEqual(
    states.slice(9, 41)
      .map((state) => state[TICK] - 100),
  );
});
