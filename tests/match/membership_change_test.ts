import { expect } from "@std/expect";
import { OPEN_END, type Presence } from "../../game/presence.ts";
import {
  applyChange,
  shownBeyond,
} from "../../net/match/membership/membership_change.ts";

/** An incarnation's segment. */
function played(epoch: number, from: number, to = OPEN_END) {
  return { epoch, from, to };
}

const THERE: Presence = [played(0, 0)];
const NONE = { n: 1, drop: 0, join: undefined, cut: [-1, -1, -1], at: 0 };

Deno.test("a change ends the presence of whom it drops, and begins that of who joins", () => {
  const third = [played(0, 0, 3)];
  const presences = [THERE, [played(0, 0, 5), played(1, 9)], third];
  const before = { members: 0b011, presences: Object.freeze(presences) };
  const dropped = [THERE, [played(0, 0, 5), played(1, 9, 20)], third];
  const joined = [THERE, presences[1], [...third, played(4, 56)]];

  expect(applyChange({ ...NONE, drop: 0b010, cut: [-1, 20, -1] }, before))
    .toEqual({ members: 0b001, presences: dropped });
  expect(applyChange({ ...NONE, join: { slot: 2, epoch: 4 }, at: 56 }, before))
    .toEqual({ members: 0b111, presences: joined });
});

Deno.test("a change may take back the next incarnation of whom it drops", () => {
  const join = { slot: 1, epoch: 1 };
  const change = { ...NONE, drop: 0b10, join, cut: [-1, 20], at: 56 };
  const presences = [THERE, [played(0, 0, 20), played(1, 56)]];

  expect(applyChange(change, { members: 0b11, presences: [THERE, THERE] }))
    .toEqual({ members: 0b11, presences });
});

Deno.test("a presence keeps its three newest segments", () => {
  const long = [played(0, 0, 5), played(1, 10, 15), played(2, 20, 25)];
  const before = { members: 0b01, presences: [THERE, long] };
  const change = { ...NONE, join: { slot: 1, epoch: 3 }, at: 30 };

  expect(applyChange(change, before).presences[1])
    .toEqual([...long.slice(1), played(3, 30)]);
});

/** What this host and the others take for the presence of slot 1, and what it has confirmed. */
type Row = readonly [
  string,
  Presence,
  Presence,
  confirmedTick: number,
  first?: number,
];

// deno-fmt-ignore
const ROWS: readonly Row[] = [
  ["nothing while they are the same", THERE, THERE, 900],
  ["the first confirmed tick after the cut", THERE, [played(0, 0, 20)], 30, 21],
  ["nothing that it hasn't confirmed", THERE, [played(0, 0, 20)], 21],
  ["a tick that was confirmed last", THERE, [played(0, 0, 20)], 22, 21],
  ["another incarnation", THERE, [played(0, 0, 4), played(1, 5)], 9, 5],
  ["nothing older than what both remember",
    [played(1, 10, 15), played(2, 20)], [played(0, 0, 12), played(2, 20)], 30, 10],
  ["nothing that only the others remember",
    [played(2, 20)], [played(1, 10, 15), played(2, 20)], 30],
  ["nothing that only it remembers", [played(1, 10, 15), played(2, 20)], [played(2, 20)], 30],
  ["a tick confirmed 512 ticks ago", [played(0, 88, 88)], [played(1, 88, 88)], 600, 88],
  ["nothing confirmed still longer ago", [played(0, 88, 88)], [played(1, 88, 88)], 601],
];

for (const [what, ours, theirs, confirmedTick, first] of ROWS) {
  Deno.test(`R9: of what it has shown a host finds to be different ${what}`, () => {
    expect(shownBeyond([THERE, ours], [THERE, theirs], confirmedTick))
      .toBe(first);
  });
}
