import { expect } from "@std/expect";
import { BALL_SPEED_MAX, BALL_SPEED_SERVE, UNIT } from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  createState,
  HITS,
  type State,
  TICK,
} from "../../game/state.ts";
import { StatisticsCounter } from "../../game/statistics.ts";
import { step } from "../../game/step.ts";
import { changed } from "./court_state.ts";

const RULES = { players: 2, points: 1, lives: 1 };

/** A state of a rally in which only the named values matter. */
function stateWith(values: Readonly<Record<number, number>>): State {
  return changed(createState(RULES, 1), values);
}

Deno.test("statistics keep the longest rally and the fastest ball, in units a second", () => {
  const counter = new StatisticsCounter();
  expect(Object.values(counter)).toEqual([0, 0, 0]);
  for (
    const values of [
      { [TICK]: 7, [HITS]: 4 },
      { [TICK]: 8, [BALL_VX]: -3 * UNIT, [BALL_VY]: 4 * UNIT },
      { [TICK]: 9, [HITS]: 2, [BALL_VX]: UNIT },
    ]
  ) counter.take(stateWith(values));

  expect({ ...counter })
    .toEqual({ longestRallyHits: 4, fastestBall: 300, playedTicks: 9 });
});

for (
  const [keptTick, longestRallyHits, fastestBall] of [
    [11, 5, 360],
    [9, 4, 300],
    [8, 4, 300],
    [7, 4, 0],
    [6, 0, 0],
  ]
) {
  Deno.test(`statistics that are taken back to tick ${keptTick} keep what came until then`, () => {
    const counter = new StatisticsCounter();
    for (
      const values of [
        { [TICK]: 6 },
        { [TICK]: 7, [HITS]: 4 },
        { [TICK]: 8, [HITS]: 3, [BALL_VX]: -3 * UNIT, [BALL_VY]: 4 * UNIT },
        { [TICK]: 10, [HITS]: 5, [BALL_VY]: 6 * UNIT },
      ]
    ) counter.take(stateWith(values));

    counter.takeBack(keptTick);

    const playedTicks = Math.min(keptTick, 10);
    expect({ ...counter })
      .toEqual({ longestRallyHits, fastestBall, playedTicks });
  });
}

Deno.test("statistics of a match lie within the rules of the court", () => {
  const counter = new StatisticsCounter();
  const state = createState(RULES, 3);
  const inputs = new Int8Array(4);
  for (let tick = 0; tick < 2000; tick++) {
    counter.take(state);
    step(state, inputs);
  }
  counter.take(state);

  const perSecond = (speed: number) => speed * 60 / UNIT;
  expect(counter.playedTicks).toBe(2000);
  // A hair below, for directions are rounded to whole subunits.
  expect(counter.fastestBall).toBeGreaterThan(perSecond(BALL_SPEED_SERVE) - 1);
  expect(counter.fastestBall).toBeLessThan(perSecond(BALL_SPEED_MAX) + 1);
});
