/** Bounces as pictures tell of them: each once, whatever the network and the display do. */
import { expect } from "@std/expect";
import { SLOTS_MAX, UNIT } from "../../game/court.ts";
import {
  BALL_VY,
  HITS,
  LAST_HIT,
  PADDLE,
  PHASE,
  RALLY,
  SCORE,
  SERVING,
  type State,
  TICK,
  TIMER,
} from "../../game/state.ts";
import { type Bounce, createBounces } from "../../static/court/bounces.ts";
import { botMatch, flight, rally } from "./moving.ts";

/** The state some ticks later, with paddles that rest. */
function later(state: State, ticks: number): State {
  return flight(state, ticks + 1)[ticks];
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

/** So far from a side of a square court and past its middle, in units. */
function placeAt(side: number, off: number, past: number) {
  const far = side % 2 === 0 ? off : 1000 - off;
  return side < 2 ? { x: far, y: 500 + past } : { x: 500 + past, y: far };
}

/** In a square court: the ball flies off a side, so far from it and past its middle, in units. */
function flyingOff(side: number, { gap = 60, past = 0, speed = 12 } = {}) {
  const away = side % 2 === 0 ? speed : -speed;
  const [vx, vy] = side < 2 ? [away, 3] : [3, away];
  return rally({ ...placeAt(side, gap, past), vx, vy, players: 4 });
}

/** It was hit by that side's paddle just now. */
function hit(state: State, side: number, hits = 1) {
  return changed(state, { [LAST_HIT]: side, [TIMER]: 0, [HITS]: hits });
}

function changed(state: State, fields: Readonly<Record<number, number>>) {
  return Object.assign(state.slice(), fields);
}

const DUEL = botMatch(2, 4000);
const TO_THE_LEFT = rally({ x: 100, y: 450, vx: -12, vy: 3 });

for (const players of [2, 4]) {
  Deno.test(`bounces are told each once, in their order (${players} players)`, () => {
    const states = players === 2 ? DUEL : botMatch(players, 4000);

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

Deno.test("a hit is told again 30 ticks later, or after more hits, but never of the same tick", () => {
  const first = hit(flyingOff(0), 0);
  for (
    const [ticks, hits, times] of [
      [29, 1, 1],
      [30, 1, 2],
      [1, 3, 2],
      [0, 3, 1],
      [-1, 3, 1],
    ]
  ) {
    const again = hit(flyingOff(0), 0, hits);
    again[TICK] += ticks;
    const told = names(tell([flyingOff(0), first, again]));
    expect({ ticks, hits, told })
      .toEqual({ ticks, hits, told: new Array(times).fill("paddle 0") });
  }
});

Deno.test("a hit is told at the paddle's face, however far the ball has flown since", () => {
  const toTheRight = rally({ x: 1500, y: 450, vx: 12, vy: 3 });
  for (const [ball, face] of [[TO_THE_LEFT, 44], [toTheRight, 1556]] as const) {
    for (const ticks of [4, 9]) {
      const [{ at }] = tell([ball, later(ball, ticks)]);
      // 44 units before the plane at 3 units a tick across for 12 along.
      expect(at).toEqual({ x: face, y: expect.closeTo(461, 0) });
    }
  }
});

Deno.test("a bounce is told at its side, off a paddle never beside it", () => {
  for (let side = 0; side < SLOTS_MAX; side++) {
    // Off the face, two ticks ago, at 20 past the middle; the paddle ends 80 from its own.
    const options = { gap: 56 + 24, past: 26 };
    const coming = flyingOff(side, { ...options, speed: -12 });
    for (const [paddle, past] of [[500, 20], [700, 120], [300, -120]]) {
      const off = hit(flyingOff(side, options), side);
      off[PADDLE + side] = paddle * UNIT;
      expect(tell([coming, off]))
        .toEqual([{ kind: "paddle", side, at: placeAt(side, 44, past) }]);
    }
    const out = { [SCORE + side]: 0 };
    const off = flyingOff(side, { gap: 12 + 24, past: 26 });
    expect(tell([changed(coming, out), changed(off, out)]))
      .toEqual([{ kind: "wall", side, at: placeAt(side, 0, 20) }]);
    expect(tell([coming, off])).toEqual([]);
  }
});

Deno.test("a corrected angle is no bounce off a wall", () => {
  const turned = (y: number, ticks: number, hits = 0) => {
    const [up, down] = [-6, 6].map((vy) => rally({ x: 800, y, vx: 9, vy }));
    return tell([up, changed(down, { [TICK]: 100 + ticks, [HITS]: hits })]);
  };

  expect(turned(450, 0)).toEqual([]);
  // At six units a tick from the wall, of which four ticks may be ahead of the state's.
  for (const [ticks, y] of [[0, 36], [-9, 36], [3, 54]]) {
    expect(names(turned(y, ticks))).toEqual(["wall 2"]);
    expect(turned(y + 1, ticks)).toEqual([]);
    expect(turned(y, ticks, 1)).toEqual([]);
  }
});

Deno.test("a jump in time tells nothing, and what follows is told", () => {
  const hits = DUEL.filter((state) => state[HITS] > 0 && state[TIMER] === 0);
  const after = DUEL.slice(DUEL.indexOf(hits[9]), DUEL.indexOf(hits[10]) + 1);

  expect(tell([...hits].reverse())).toEqual([]);
  expect(names(tell([hits[20], hits[2], ...after])))
    .toEqual(truth(after));
});

Deno.test("more than 60 ticks at once are a jump in time, and outside a rally nothing bounces", () => {
  const off = hit(flyingOff(0), 0);
  for (const ticks of [-61, -60, 60, 61]) {
    const before = changed(flyingOff(0), { [TICK]: off[TICK] - ticks });
    const bounces = createBounces();
    bounces.next(before);
    expect(bounces.next(off).length).toBe(Math.abs(ticks) > 60 ? 0 : 1);
    expect(bounces.next(off)).toEqual([]);
  }
  expect(tell([flyingOff(0), changed(off, { [PHASE]: SERVING })])).toEqual([]);
});
