/** The court, turned: places there and back, sides, and the way that a key goes. */
import { expect } from "@std/expect";
import {
  axisSign,
  sideOnScreen,
  sizeOnScreen,
  toCourt,
  toScreen,
  type Turn,
  turnFor,
} from "../../static/court/turn.ts";

const COURT = { width: 1600, height: 900 };
const TURNS: readonly Turn[] = [0, 1, 2, 3];
const SLOTS = [0, 1, 2, 3];
/** The middle of each side, by slot. */
const SIDES = [
  { x: 0, y: 450 },
  { x: 1600, y: 450 },
  { x: 800, y: 0 },
  { x: 800, y: 900 },
];

for (const turn of TURNS) {
  Deno.test(`toCourt() undoes toScreen(), and sides and axes go along (${turn} quarter turns)`, () => {
    const { width, height } = sizeOnScreen(COURT, turn);
    const middles = [
      { x: 0, y: height / 2 },
      { x: width, y: height / 2 },
      { x: width / 2, y: 0 },
      { x: width / 2, y: height },
    ];
    const from = toScreen({ x: 400, y: 400 }, COURT, turn);
    for (const place of [{ x: 0, y: 0 }, { x: 130, y: 700 }, ...SIDES]) {
      const there = toScreen(place, COURT, turn);
      expect(toCourt(there, COURT, turn)).toEqual(place);
    }
    for (const slot of SLOTS) {
      expect(toScreen(SIDES[slot], COURT, turn))
        .toEqual(middles[sideOnScreen(slot, turn)]);
      const along = slot < 2 ? { x: 400, y: 410 } : { x: 410, y: 400 };
      const to = toScreen(along, COURT, turn);
      expect(axisSign(slot, turn) * 10).toBe(to.x - from.x + to.y - from.y);
    }
  });
}

Deno.test("turnFor() puts everybody's own side where it is wanted, if they have one", () => {
  for (const me of SLOTS) {
    const turned = (ownSide: "left" | "bottom" | "auto") =>
      turnFor({ me, players: 4, isTall: true, ownSide });
    expect(sideOnScreen(me, turned("left"))).toBe(0);
    expect(sideOnScreen(me, turned("bottom"))).toBe(3);
    expect(turned("auto")).toBe(0);
  }
  const watcher = { me: -1, players: 2, isTall: false } as const;
  expect(turnFor({ ...watcher, ownSide: "bottom" })).toBe(0);
});

Deno.test("turnFor() by itself turns only a wide court in a tall window", () => {
  for (const me of [-1, 0, 1]) {
    const whose = { me, players: 2, ownSide: "auto" } as const;
    const turn = turnFor({ ...whose, isTall: true });

    expect(sideOnScreen(Math.max(me, 0), turn)).toBe(3);
    expect(turnFor({ ...whose, isTall: false })).toBe(0);
  }
});
