/**
 * Bounces as pictures tell of them: each once, whatever the network and the display do.
 *
 * @module
 */
import { expect } from "@std/expect";
import { botInput, createBot } from "../../game/bot.ts";
import { DEFAULT_RULES, UNIT } from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  createState,
  HITS,
  LAST_HIT,
  PHASE,
  RALLY,
  SPEED,
  type State,
  TICK,
  TIMER,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";
import { type Bounce, createBounces } from "../../static/court/bounces.ts";

/** A match of bots, state by state. */
function play(players: number, ticks: number): readonly State[] {
  const state = createState({ ...DEFAULT_RULES, players, lives: 9 }, 11);
  const bots = Array.from(
    { length: players },
    (_, slot) => createBot({ slot, seed: slot, skill: "hard" }),
  );
  return Array.from({ length: ticks }, () => {
    step(state, Int8Array.from(bots, (bot) => botInput(bot, state)));
    return state.slice();
  });
}

/** A duel whose ball flies as told, in whole units. */
function rally(ball: {
  readonly x: number;
  readonly y: number;
  readonly vx: number;
  readonly vy: number;
}): State {
  const state = createState(DEFAULT_RULES, 7);
  state[PHASE] = RALLY;
  state[TICK] = 500;
  state[TIMER] = 9;
  state[BALL_X] = ball.x * UNIT;
  state[BALL_Y] = ball.y * UNIT;
  state[BALL_VX] = ball.vx * UNIT;
  state[BALL_VY] = ball.vy * UNIT;
  state[SPEED] = 12 * UNIT;
  return state;
}

/** The state some ticks later, with paddles that rest. */
function later(state: State, ticks: number): State {
  const moved = state.slice();
  for (let i = 0; i < ticks; i++) step(moved, new Int8Array(4));
  return moved;
}

function tell(states: readonly State[]): readonly Bounce[] {
  const bounces = createBounces();
  return states.flatMap((state) => bounces.next(state));
}

function names(bounces: readonly Bounce[]): readonly string[] {
  return bounces.map(({ kind, side }) => `${kind} ${side}`);
}

/** What happened, found in the states of every tick. */
function truth(states: readonly State[]): readonly string[] {
  return states.slice(1).flatMap((state, i) => {
    const before = states[i];
    if (state[PHASE] !== RALLY || before[PHASE] !== RALLY) return [];
    if (state[HITS] > before[HITS]) return [`paddle ${state[LAST_HIT]}`];
    return before[BALL_VY] * state[BALL_VY] < 0
      ? [`wall ${state[BALL_VY] > 0 ? 2 : 3}`]
      : [];
  });
}

const DUEL = play(2, 6000);
const SQUARE = play(4, 6000);
const TO_THE_LEFT = rally({ x: 100, y: 450, vx: -12, vy: 3 });
const TO_THE_TOP = rally({ x: 800, y: 40, vx: 5, vy: -9 });

for (const [players, states] of [[2, DUEL], [4, SQUARE]] as const) {
  Deno.test(`bounces are told each once, in their order (${players} players)`, () => {
    expect(truth(states).length).toBeGreaterThan(50);
    expect(names(tell(states))).toEqual(truth(states));
  });
}

Deno.test("bounces are told once though rollbacks show them again", () => {
  const shaken = DUEL.flatMap((_, i) =>
    i % 5 === 0 ? DUEL.slice(Math.max(0, i - 12), i + 5) : []
  );

  expect(names(tell(shaken))).toEqual(truth(DUEL));
});

Deno.test("hits are told once on a display that shows each eighth tick", () => {
  const hits = (bounces: readonly string[]) =>
    bounces.filter((name) => name.startsWith("paddle"));
  const seldom = DUEL.filter((_, i) => i % 8 === 0);

  expect(hits(names(tell(seldom)))).toEqual(hits(truth(DUEL)));
});

Deno.test("a hit is told once though a rollback moves it", () => {
  const hit = later(TO_THE_LEFT, 4);
  const taken = later(TO_THE_LEFT, 2);
  const again = later(TO_THE_LEFT, 7);
  again[TIMER] = 0;

  const told = tell([TO_THE_LEFT, hit, taken, again]);

  expect([hit[HITS], taken[HITS], again[HITS]]).toEqual([1, 0, 1]);
  expect(names(told)).toEqual(["paddle 0"]);
});

Deno.test("a hit is told at the paddle's face, however far the ball has flown since", () => {
  const [soon] = tell([TO_THE_LEFT, later(TO_THE_LEFT, 4)]);
  const [late] = tell([TO_THE_LEFT, later(TO_THE_LEFT, 9)]);

  expect([soon.at.x, late.at.x]).toEqual([44, 44]);
  // 44 units before the plane at 3 units a tick across for 12 along.
  expect(Math.abs(soon.at.y - 461)).toBeLessThan(1);
  expect(Math.abs(late.at.y - 461)).toBeLessThan(1);
});

Deno.test("a bounce off a wall is told at the wall", () => {
  const [bounce] = tell([TO_THE_TOP, later(TO_THE_TOP, 6)]);

  expect(bounce.side).toBe(2);
  expect(bounce.at.y).toBe(0);
  expect(Math.abs(bounce.at.x - 816)).toBeLessThan(4);
});

Deno.test("a corrected angle is no bounce off a wall", () => {
  const up = rally({ x: 800, y: 450, vx: 9, vy: -6 });
  const down = rally({ x: 800, y: 450, vx: 9, vy: 6 });

  expect(tell([up, down])).toEqual([]);
});

Deno.test("a jump in time tells nothing, and what follows is told", () => {
  const hits = DUEL.filter((state) => state[HITS] > 0 && state[TIMER] === 0);
  const after = DUEL.slice(DUEL.indexOf(hits[9]), DUEL.indexOf(hits[10]) + 1);

  expect(tell([...hits].reverse())).toEqual([]);
  expect(names(tell([hits[20], hits[2], ...after])))
    .toEqual(truth(after));
});
