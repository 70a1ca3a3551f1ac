/**
 * Where the page draws ball and paddles between states.
 *
 * @module
 */
import { expect } from "@std/expect";
import { BALL_RADIUS, PADDLE_SPEED, TICK_MS, UNIT } from "../../game/court.ts";
import {
  BALL_X,
  BALL_Y,
  INPUT,
  PADDLE,
  PHASE,
  SERVING,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";
import { createMotion, type Motion } from "../../static/motion/motion.ts";
import { flight, pictureAt, rally } from "./moving.ts";

const START_MS = 5000;

function ballAt(motion: Motion, nowMs: number): { x: number; y: number } {
  const picture = pictureAt(motion, nowMs);
  return { x: picture.ballX / UNIT, y: picture.ballY / UNIT };
}

function paddleAt(motion: Motion, slot: number, nowMs: number): number {
  return pictureAt(motion, nowMs).paddles[slot] / UNIT;
}

Deno.test("motion draws nothing before the first state", () => {
  expect(createMotion().picture(START_MS)).toBeUndefined();
});

Deno.test("motion draws the ball a fraction of a tick further on", () => {
  const motion = createMotion();
  motion.receive([rally({ vx: 10, vy: -4 })], START_MS);

  const ball = ballAt(motion, START_MS + TICK_MS / 2);

  expect(ball.x).toBeCloseTo(805, 1);
  expect(ball.y).toBeCloseTo(448, 1);
});

Deno.test("motion draws exactly what the next state says, tick for tick", () => {
  const motion = createMotion();
  const state = rally({ x: 700, vx: 11, vy: 17 });
  const inputs = new Int8Array(4);
  for (let tick = 1; tick <= 60; tick++) {
    motion.receive([state.slice()], START_MS + tick * TICK_MS);

    const drawn = ballAt(motion, START_MS + (tick + 1) * TICK_MS - 0.001);
    step(state, inputs);

    expect(drawn.x).toBeCloseTo(state[BALL_X] / UNIT, 0);
    expect(drawn.y).toBeCloseTo(state[BALL_Y] / UNIT, 0);
  }
});

Deno.test("motion bounces the ball off a wall between two states", () => {
  const motion = createMotion();
  const gap = 6;
  motion.receive([rally({ y: BALL_RADIUS / UNIT + gap, vy: -16 })], START_MS);

  const ball = ballAt(motion, START_MS + 0.75 * TICK_MS);

  // 12 units: 6 to the wall, 6 back.
  expect(ball.y).toBeCloseTo(BALL_RADIUS / UNIT + gap, 0);
});

Deno.test("motion stands still when states stop coming", () => {
  const motion = createMotion();
  motion.receive([rally({ vx: 10 })], START_MS);

  const soon = ballAt(motion, START_MS + 200);
  const late = ballAt(motion, START_MS + 5000);

  expect(soon.x).toBeCloseTo(830, 0);
  expect(late.x).toBeCloseTo(soon.x, 5);
});

Deno.test("motion stands still while a waiting match repeats its state", () => {
  const motion = createMotion();
  const state = rally({ vx: 10 });
  const drawn = [];
  for (let i = 0; i < 60; i++) {
    const nowMs = START_MS + i * TICK_MS;
    motion.receive([state], nowMs);
    if (i > 40) drawn.push(ballAt(motion, nowMs).x);
  }

  expect(Math.max(...drawn) - Math.min(...drawn)).toBeLessThan(0.5);
});

Deno.test("motion lets a correction fade by half in 50 ms", () => {
  const motion = createMotion();
  motion.receive([rally({ y: 450 })], START_MS);
  motion.receive([rally({ y: 410 })], START_MS);

  expect(ballAt(motion, START_MS).y).toBeCloseTo(450, 1);
  expect(ballAt(motion, START_MS + 50).y).toBeCloseTo(430, 1);
  expect(ballAt(motion, START_MS + 1000).y).toBeCloseTo(410, 1);
});

Deno.test("motion shows a large correction at once", () => {
  const motion = createMotion();
  motion.receive([rally({ x: 300 })], START_MS);

  motion.receive([rally({ x: 900 })], START_MS);

  expect(ballAt(motion, START_MS).x).toBeCloseTo(900, 1);
});

Deno.test("motion shows a serve at once, however close the ball was", () => {
  const motion = createMotion();
  motion.receive([rally({ x: 780 })], START_MS);
  const serving = rally({ x: 800 });
  serving[PHASE] = SERVING;

  motion.receive([serving], START_MS);

  expect(ballAt(motion, START_MS).x).toBeCloseTo(800, 1);
});

Deno.test("motion shows a goal and the next serve without the error of before", () => {
  const motion = createMotion();
  motion.receive([rally({ y: 450 })], START_MS);
  motion.receive([rally({ y: 410 })], START_MS);
  const serving = rally({});
  serving[PHASE] = SERVING;

  motion.receive([serving], START_MS + 1);

  expect(ballAt(motion, START_MS + 1).y).toBeCloseTo(450, 1);
});

Deno.test("motion draws the confirmed past for ghosts", () => {
  const motion = createMotion();
  const past = rally({ x: 400 });
  const [newest] = flight({ x: 420, vx: 20 }, { ticks: 1, fromTick: 101 });
  motion.receive([past, newest], START_MS);

  const confirmed = motion.picture(START_MS + 5)?.confirmed;

  expect(confirmed?.ballX).toBe(400 * UNIT);
  expect(confirmed?.state).toBe(past);
});

Deno.test("motion follows a replay at half speed", () => {
  const motion = createMotion();
  motion.setSpeed(0.5);
  motion.receive([rally({ vx: 10 })], START_MS);

  expect(ballAt(motion, START_MS + TICK_MS).x).toBeCloseTo(805, 1);
});

Deno.test("motion stands still while a replay rests, and goes on from there", () => {
  const motion = createMotion();
  motion.setSpeed(0);
  motion.receive([rally({ vx: 10 })], START_MS);
  const resting = ballAt(motion, START_MS + 5000).x;

  motion.setSpeed(1);

  expect(resting).toBeCloseTo(800, 5);
  expect(ballAt(motion, START_MS + 5000 + TICK_MS).x).toBeCloseTo(810, 1);
});

for (const tick of [40, 99, 4000]) {
  Deno.test(`motion shows a seek from tick 100 to ${tick} at once`, () => {
    const motion = createMotion();
    motion.receive([rally({ x: 800 })], START_MS);
    motion.picture(START_MS);
    const [there] = flight({ x: 900, vx: 10 }, { ticks: 1, fromTick: tick });

    motion.receive([there], START_MS + 5);

    expect(ballAt(motion, START_MS + 5).x).toBeCloseTo(900, 5);
    expect(ballAt(motion, START_MS + 5 + TICK_MS).x).toBeCloseTo(910, 1);
  });
}

Deno.test("motion draws a remote paddle on by its input", () => {
  const motion = createMotion();
  const state = rally({});
  state[INPUT + 1] = 127;
  motion.receive([state], START_MS);

  const moved = paddleAt(motion, 1, START_MS + TICK_MS / 2) - 450;

  expect(moved).toBeCloseTo(127 * PADDLE_SPEED / UNIT / 2, 1);
});

Deno.test("motion draws the own paddle at once, and the other not", () => {
  const motion = createMotion();
  motion.setOwn(0, 3);
  motion.receive([rally({})], START_MS);

  motion.steer(-127, START_MS);

  const moved = paddleAt(motion, 0, START_MS + TICK_MS) - 450;
  expect(moved).toBeCloseTo(-127 * PADDLE_SPEED / UNIT, 1);
  expect(paddleAt(motion, 1, START_MS + TICK_MS)).toBeCloseTo(450, 5);
});

for (const delayTicks of [0, 2]) {
  Deno.test(`motion draws the own paddle smoothly under an input delay of ${delayTicks}`, () => {
    const motion = createMotion();
    const state = rally({});
    const inputs = new Int8Array(4);
    motion.setOwn(0, delayTicks);
    motion.receive([state.slice()], START_MS);
    const drawn: number[] = [];
    for (let tick = 1; tick <= 20; tick++) {
      const atMs = START_MS + tick * TICK_MS;
      if (tick === 3) motion.steer(127, atMs);
      inputs[0] = tick - delayTicks > 3 ? 127 : 0;
      step(state, inputs);
      motion.receive([state.slice()], atMs);
      drawn.push(paddleAt(motion, 0, atMs));
    }

    const steps = drawn.slice(3).map((at, i) => at - drawn[i + 2]);
    const perTick = 127 * PADDLE_SPEED / UNIT;
    for (const moved of steps) expect(moved).toBeCloseTo(perTick, 0);
  });
}

Deno.test("motion keeps the own paddle within the court", () => {
  const motion = createMotion();
  motion.setOwn(0, 3);
  const state = rally({});
  state[PADDLE] = 82 * UNIT;
  motion.receive([state], START_MS);
  motion.steer(-127, START_MS);

  expect(paddleAt(motion, 0, START_MS + 3 * TICK_MS)).toBeCloseTo(80, 5);
});
