/** How far in the past the page draws the ball, and how fast that changes. */
import { expect } from "@std/expect";
import { PADDLE_PLANE, TICK_MS, UNIT } from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  HITS,
  LAST_HIT,
  PHASE,
  RALLY,
  SCORE,
  SERVING,
  SPEED,
  type State,
  TICK,
  TIMER,
} from "../../game/state.ts";
import {
  createMotion,
  type Motion,
  type Picture,
} from "../../static/motion/motion.ts";
import { nextDelay, smoothLag } from "../../static/motion/perception.ts";
import { botMatch, flight, pictureAt, rally, START_MS } from "./moving.ts";

const BEHIND_TICKS = 6;

/** Shows a slow ball's way to the right paddle, all but the last ticks confirmed; one picture a tick. */
function watchFlight(motion: Motion, ticks: number): Picture[] {
  const states = flight(rally({ x: 1000, vx: 4 }), ticks);
  return states.slice(BEHIND_TICKS).map((_, from) => {
    const atMs = START_MS + from * TICK_MS;
    motion.receive(states.slice(from, from + BEHIND_TICKS + 1), atMs);
    return pictureAt(motion, atMs);
  });
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

for (
  const [when, own, isFilterOn, delayTicks] of [
    ["in the confirmed past at a remote paddle", 0, true, BEHIND_TICKS],
    ["in the present at the own paddle", 1, true, 0],
    ["in the present without the filter", 0, false, 0],
    ["in the present for who only watches", -1, true, 0],
  ] as const
) {
  Deno.test(`motion draws the ball ${when}`, () => {
    const motion = createMotion();
    motion.setOwn(own, 0);
    motion.setFilter(isFilterOn);

    // Right before it reaches the right paddle.
    const { state, ballX } = watchFlight(motion, 130)[123];

    const delay = (state[BALL_X] - ballX) / (4 * UNIT);
    expect(delay).toBeGreaterThan(delayTicks - 0.01);
    expect(delay).toBeLessThan(delayTicks + 1);
  });
}

/** Six ticks of lag; by itself a tick has passed, long enough ago for any delay. */
function delayOf(
  drawn: State,
  { own = 0, lagTicks = 6, delayTicks = 0, elapsedTicks = 1000 },
) {
  return nextDelay({ drawn, own, lagTicks, delayTicks, elapsedTicks });
}

/** How far a place is from the plane of a paddle, and a duel's planes from each other. */
const PLANE = PADDLE_PLANE / UNIT;
const WAY = 1600 - 2 * PLANE;

Deno.test("the ball's delay grows with the way from the own paddle to the nearest remote one", () => {
  // In a square court the top is the nearest; where who was there is out, left is.
  const square = rally({ x: 500, y: 300, players: 4 });
  const toTop = 300 - PLANE;
  const out = rally({ x: 500, y: 100, players: 4 });
  out[SCORE + 2] = 0;
  const cases: readonly (readonly [State, own: number, delay: number])[] = [
    [rally({ x: PLANE + WAY / 2 }), 0, 3],
    [rally({ x: PLANE + WAY / 4 }), 0, 1.5],
    [rally({ x: PLANE + WAY / 4 }), 1, 4.5],
    [rally({ x: PLANE }), 0, 0],
    [rally({ x: 5 }), 0, 0],
    [rally({ x: 1599 }), 0, 6],
    [rally({ x: 5 }), 1, 6],
    [rally({ x: 800 }), -1, 0],
    [square, 0, 6 * (500 - PLANE) / (500 - PLANE + toTop)],
    [square, 3, 6 * (700 - PLANE) / (700 - PLANE + toTop)],
    [square, 2, 6 * toTop / (toTop + 500 - PLANE)],
    [out, 1, 3],
  ];
  for (const [drawn, own, delay] of cases) {
    expect(delayOf(drawn, { own })).toBeCloseTo(delay, 9);
  }
});

Deno.test("the ball's delay is no longer than a flight home makes up at 120 % of its speed", () => {
  const flights = [
    { x: 300, y: 500, vx: -12 },
    { x: 1300, y: 500, vx: 12 },
    { x: 500, y: 300, vy: -12 },
    { x: 500, y: 700, vy: 12 },
  ];
  for (const [own, { x, y, vx = 0, vy = 0 }] of flights.entries()) {
    const at = { x, y, players: own < 2 ? 2 : 4 };

    const home = delayOf(rally({ ...at, vx, vy }), { own, lagTicks: 60 });
    const away = delayOf(rally({ ...at, vx: -vx, vy: -vy }), { own });

    expect(home).toBeCloseTo((300 - PLANE) / 12 / 6, 9);
    expect(away).toBeGreaterThan(0.5);
  }
  for (const speed of [12, 24]) {
    const atRemote = rally({ x: 1599 });
    atRemote[SPEED] = speed * UNIT;
    expect(delayOf(atRemote, { lagTicks: 60 }))
      .toBeCloseTo(WAY / speed / 6, 9);
  }
});

Deno.test("the ball's delay changes by a fifth of the time that passed, and at once where nothing flies", () => {
  const [atOwn, atRemote] = [5, 1599].map((x) => rally({ x }));
  const serving = rally();
  serving[PHASE] = SERVING;
  const cases = [
    [atRemote, 1, 2, 1.4],
    [atOwn, 1, 2, 0.6],
    [atRemote, 1, -2, 1],
    [serving, 5, 0, 0],
  ] as const;
  for (const [drawn, delayTicks, elapsedTicks, delay] of cases) {
    expect(delayOf(drawn, { delayTicks, elapsedTicks })).toBeCloseTo(delay, 9);
  }
});

Deno.test("the lag follows a longer one in a second, a shorter one in ten", () => {
  expect(smoothLag(6, 8)).toBeCloseTo(6.02, 9);
  expect(smoothLag(6, 4)).toBeCloseTo(5.998, 9);
});

Deno.test("motion tells of a remote hit when it is confirmed, not before", () => {
  const motion = createMotion();
  motion.setOwn(0, 0);

  const pictures = watchFlight(motion, 160);

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
