/**
 * How far in the past the page draws the ball, and how fast that changes.
 *
 * @module
 */
import { expect } from "@std/expect";
import { botInput, createBot } from "../../game/bot.ts";
import { TICK_MS, UNIT } from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  createState,
  HITS,
  LAST_HIT,
  PHASE,
  RALLY,
  type State,
  TICK,
  TIMER,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";
import {
  createMotion,
  type Motion,
  type Picture,
} from "../../static/motion/motion.ts";
import { flight, pictureAt } from "./moving.ts";

const START_MS = 5000;
const BEHIND_TICKS = 6;

/** Shows a slow ball's way to the right paddle, all but the last ticks confirmed; one picture a tick. */
function watchFlight(motion: Motion, ticks: number): Picture[] {
  const states = flight({ x: 200, vx: 4 }, { ticks, fromTick: 100 });
  return states.map((_, tick) => {
    const from = Math.max(0, tick - BEHIND_TICKS);
    const atMs = START_MS + tick * TICK_MS;
    motion.receive(states.slice(from, tick + 1), atMs);
    return pictureAt(motion, atMs);
  });
}

/** How late the ball is drawn right before it reaches the right paddle. */
function delayAtPaddle(motion: Motion): number {
  const picture = watchFlight(motion, 330)[329];
  return (picture.state[BALL_X] - picture.ballX) / (4 * UNIT);
}

/** What bots play, one state a tick. */
function botMatch(players: number, ticks: number): State[] {
  const rules = { players, points: 99, lives: 99 };
  const bots = Array.from(
    { length: players },
    (_, slot) => createBot({ slot, skill: "hard", seed: slot }),
  );
  const states = [createState(rules, 5)];
  const inputs = new Int8Array(4);
  while (states.length < ticks) {
    const next = states[states.length - 1].slice();
    for (const bot of bots) inputs[bot.slot] = botInput(bot, next);
    step(next, inputs);
    states.push(next);
  }
  return states;
}

/** Whether nothing has turned the ball between two pictures. */
function isStraight(a: Picture, b: Picture): boolean {
  return [PHASE, BALL_VX, BALL_VY, HITS].every((index) =>
    a.ballState[index] === b.ballState[index]
  ) && a.ballState[PHASE] === RALLY;
}

/** How fast the ball was drawn, by the speed that it has. */
function speedRatio(a: Picture, b: Picture, ticks: number): number {
  const way = Math.hypot(b.ballX - a.ballX, b.ballY - a.ballY);
  const speed = Math.hypot(b.ballState[BALL_VX], b.ballState[BALL_VY]);
  return way / (speed * ticks);
}

Deno.test("motion draws the ball in the confirmed past at a remote paddle", () => {
  const motion = createMotion();
  motion.setOwn(0, 0);

  const delay = delayAtPaddle(motion);

  expect(delay).toBeGreaterThan(BEHIND_TICKS);
  expect(delay).toBeLessThan(BEHIND_TICKS + 1);
});

Deno.test("motion draws the ball in the present at the own paddle", () => {
  const motion = createMotion();
  motion.setOwn(1, 0);

  expect(delayAtPaddle(motion)).toBeLessThan(0.3);
});

Deno.test("motion draws the ball in the present without the filter", () => {
  const motion = createMotion();
  motion.setOwn(0, 0);
  motion.setFilter(false);

  expect(delayAtPaddle(motion)).toBeCloseTo(0, 2);
});

Deno.test("motion draws the ball in the present for who only watches", () => {
  const motion = createMotion();

  expect(delayAtPaddle(motion)).toBeCloseTo(0, 2);
});

Deno.test("motion tells of a remote hit when it is confirmed, not before", () => {
  const motion = createMotion();
  motion.setOwn(0, 0);

  const pictures = watchFlight(motion, 360);

  const known = pictures.find(({ state }) => state[HITS] === 1);
  expect(known?.ballState[HITS]).toBe(0);
  const shown = pictures.find(({ ballState }) => ballState[HITS] === 1);
  expect(shown?.confirmed.state[HITS]).toBe(1);
});

for (const players of [2, 4]) {
  Deno.test(`motion draws the ball in time at the own paddle, with ${players} players`, () => {
    const motion = createMotion();
    motion.setOwn(0, 0);
    const states = botMatch(players, 10_000);
    const lateTicks: number[] = [];
    for (let tick = BEHIND_TICKS; tick < states.length; tick++) {
      const atMs = START_MS + tick * TICK_MS;
      motion.receive(states.slice(tick - BEHIND_TICKS, tick + 1), atMs);
      const { state, ballState } = pictureAt(motion, atMs + TICK_MS / 2);
      const isHit = state[HITS] > 0 && state[TIMER] === 0;
      if (state[PHASE] !== RALLY || !isHit || state[LAST_HIT] !== 0) continue;
      lateTicks.push(state[TICK] - ballState[TICK]);
    }

    expect(lateTicks.length).toBeGreaterThan(20);
    const sum = lateTicks.reduce((a, b) => a + b);
    expect(sum / lateTicks.length).toBeLessThan(0.5);
  });

  Deno.test(`motion draws the ball at 75–125 % of its speed, with ${players} players and a lag that jumps`, () => {
    const motion = createMotion();
    motion.setOwn(0, 0);
    const states = botMatch(players, 4000);
    const speeds: number[] = [];
    let before: Picture | undefined;
    for (let tick = 15; tick < states.length; tick++) {
      const behind = tick % 400 < 200 ? 2 : 14;
      const atMs = START_MS + tick * TICK_MS;
      motion.receive(states.slice(tick - behind, tick + 1), atMs);
      for (const part of [0.2, 0.7]) {
        const picture = pictureAt(motion, atMs + part * TICK_MS);
        if (before && isStraight(before, picture)) {
          speeds.push(speedRatio(before, picture, 0.5));
        }
        before = picture;
      }
    }

    expect(speeds.length).toBeGreaterThan(2000);
    expect(Math.min(...speeds)).toBeGreaterThan(0.75);
    expect(Math.max(...speeds)).toBeLessThan(1.25);
  });
}
