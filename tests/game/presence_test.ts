import { expect } from "@std/expect";
import {
  epochAt,
  lastSegment,
  nextPresentTick,
  OPEN_END,
  type Presence,
  presentFromStart,
} from "../../game/presence.ts";

/** Plays ticks 0–9, is back from tick 20 on, and after its restart from tick 30 on. */
const PRESENCE: Presence = [
  { epoch: 1, from: 0, to: 9 },
  { epoch: 2, from: 20, to: 24 },
  { epoch: 4, from: 30, to: OPEN_END },
];

Deno.test("each tick is played by one incarnation or by none", () => {
  const ticks = [0, 9, 10, 19, 20, 24, 25, 29, 30, 1e6];

  expect(ticks.map((tick) => epochAt(PRESENCE, tick)))
    .toEqual([1, 1, -1, -1, 2, 2, -1, -1, 4, 4]);
  expect(epochAt(PRESENCE.slice(1), 19)).toBe(-1);
  expect(lastSegment(PRESENCE).epoch).toBe(4);
  expect(presentFromStart(3)).toEqual([{ epoch: 3, from: 0, to: OPEN_END }]);
});

Deno.test("the next tick that is played comes after gaps, until there is none", () => {
  const ticks = [-1, 0, 8, 9, 18, 19, 23, 24, 29, 30];

  expect(ticks.map((tick) => nextPresentTick(PRESENCE, tick)))
    .toEqual([0, 1, 9, 20, 20, 20, 24, 30, 30, 31]);
  expect(nextPresentTick(PRESENCE.slice(0, 2), 24)).toBe(OPEN_END);
});
