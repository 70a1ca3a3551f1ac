/** From mouse and fingers to the place that the own paddle should go to. */
import { expect } from "@std/expect";
import { PADDLE_HALF, UNIT } from "../../game/court.ts";
import type { Turn } from "../../static/court/turn.ts";
import {
  createPointerTarget,
  type PointerTarget,
} from "../../static/steering/pointer_target.ts";
import { at as atOf, OWN } from "./devices.ts";

const TURNS: readonly Turn[] = [0, 1, 2, 3];
/** Two CSS pixels are three court units in a duel, and one is one in a square court. */
const LARGE = { left: 100, top: 50, width: 1067, height: 600 };
const SQUARE = { left: 100, top: 50, width: 1000, height: 1000 };

const at = (x: number, y: number, court = LARGE) => atOf(x, y, court);

function placeUnits({ place }: PointerTarget): number | undefined {
  return place === undefined ? undefined : Math.round(place / UNIT);
}

/** A finger that lies there. */
function touch(x: number, y: number, court = LARGE): PointerTarget {
  const pointer = createPointerTarget();
  pointer.putFinger(5, at(x, y, court).point);
  return pointer;
}

Deno.test("the mouse points where it points, on every side and in every turn", () => {
  // At each turn, how far along the court's height and its width the place on the screen is.
  const alongHeight = [200, 700, 800, 300];
  const alongWidth = [300, 200, 700, 800];
  for (const turn of TURNS) {
    for (const slot of [0, 1, 2, 3]) {
      const pointer = createPointerTarget();

      const own = { ...OWN, players: 4, slot, turn };
      pointer.moveMouse(at(300, 200, SQUARE), own);

      const expected = (slot < 2 ? alongHeight : alongWidth)[turn];
      expect({ slot, turn, place: placeUnits(pointer) })
        .toEqual({ slot, turn, place: expected });
    }
  }
});

Deno.test("the mouse sends the paddle to its own height, but no further than it can go", () => {
  const ends = [[10, PADDLE_HALF], [599, 900 * UNIT - PADDLE_HALF]];
  for (const [y, place] of [[200, 300 * UNIT], ...ends]) {
    const pointer = createPointerTarget();
    pointer.moveMouse(at(700, y), OWN);
    expect(pointer.place).toBeCloseTo(place, 3);
  }
});

Deno.test("the mouse counts from where it enters the court, and goes on beside it", () => {
  const beside = [[-1, 200], [1068, 200], [20, -1], [20, 601]];
  const within = [[0, 200], [1067, 200], [20, 0], [20, 600]];
  for (const [edge, [x, y]] of beside.entries()) {
    const pointer = createPointerTarget();
    pointer.moveMouse(at(x, y), OWN);
    expect(pointer.place).toBeUndefined();
    pointer.moveMouse(at(within[edge][0], within[edge][1]), OWN);
    expect(pointer.place).toBeDefined();

    pointer.moveMouse(at(x, 300), OWN);

    expect(placeUnits(pointer)).toBe(450);
  }
});

Deno.test("a forgotten mouse counts again when it moves, and not before", () => {
  const pointer = createPointerTarget();
  pointer.moveMouse(at(700, 200), OWN);

  pointer.forget();
  pointer.moveMouse(at(700, 200), OWN);
  expect(pointer.place).toBeUndefined();

  pointer.moveMouse(at(701, 200), OWN);
  expect(placeUnits(pointer)).toBe(300);
  pointer.moveMouse(at(701, 202), OWN);
  expect(placeUnits(pointer)).toBe(303);
});

Deno.test("a finger stops the paddle on its way to the mouse, and takes it along wherever it lies", () => {
  const pointer = createPointerTarget();
  pointer.moveMouse(at(700, 200), OWN);
  pointer.putFinger(5, at(-50, 900).point);
  expect(pointer.place).toBeUndefined();
  // Before the match.
  pointer.moveFinger(5, at(-50, 880), undefined);
  expect(pointer.place).toBeUndefined();

  pointer.moveFinger(5, at(-50, 840), OWN);
  expect(placeUnits(pointer)).toBe(450 - 60);
  pointer.moveFinger(5, at(-50, 830), OWN);
  expect(placeUnits(pointer)).toBe(450 - 75);
});

Deno.test("a finger takes the paddle further on a small court", () => {
  // By the height where the own side is shown upright, else by the width.
  const cases = [
    { height: 200, turn: 0, moved: 20 * 4.5 * 1.5 },
    { height: 399, turn: 0, moved: 20 * 900 / 399 * 1.5 },
    { height: 400, turn: 0, moved: 20 * 900 / 400 },
    { height: 399, width: 800, turn: 1, moved: -20 * 900 / 800 },
    { height: 400, width: 399, turn: 1, moved: -20 * 900 / 399 * 1.5 },
  ] as const;
  for (const { height, turn, moved, ...rest } of cases) {
    const small = { left: 10, top: 100, width: 356, height, ...rest };
    const pointer = touch(100, 100, small);

    const [x, y] = turn === 0 ? [100, 120] : [120, 100];
    pointer.moveFinger(5, at(x, y, small), { ...OWN, turn });

    expect(pointer.place).toBeCloseTo((450 + moved) * UNIT, 3);
  }
});

Deno.test("a finger takes the paddle where it goes on the screen, in every turn", () => {
  for (const turn of TURNS) {
    const own = { ...OWN, players: 4, turn, at: 500 * UNIT };
    const pointer = touch(500, 500, SQUARE);

    pointer.moveFinger(5, at(530, 510, SQUARE), own);

    // Shown left, top, right and bottom; its positive end down, left, up and right.
    const moved = [10, -30, -10, 30][turn];
    expect({ turn, place: placeUnits(pointer) })
      .toEqual({ turn, place: 500 + moved });
  }
});

Deno.test("a finger that turns round at the end of the court is followed at once", () => {
  const pointer = touch(0, 300);
  pointer.moveFinger(5, at(0, 900), OWN);

  pointer.moveFinger(5, at(0, 880), OWN);

  expect(pointer.place).toBeCloseTo(900 * UNIT - PADDLE_HALF - 30 * UNIT);
});

for (const lifting of ["liftFinger", "liftFingers"] as const) {
  Deno.test(`a finger that is lifted leaves the paddle where it is (${lifting})`, () => {
    const pointer = touch(0, 300);
    pointer.moveFinger(5, at(0, 320), OWN);

    pointer[lifting](5);
    expect(pointer.place).toBeUndefined();

    pointer.moveFinger(5, at(0, 340), OWN);
    expect(pointer.place).toBeUndefined();
    // Where no finger lies, the mouse is not stopped.
    pointer.moveMouse(at(700, 200), OWN);
    pointer[lifting](5);
    expect(placeUnits(pointer)).toBe(300);
  });
}

Deno.test("the first of two fingers counts, and the other once it is lifted", () => {
  const pointer = touch(0, 300);
  pointer.putFinger(6, at(900, 300).point);

  pointer.moveFinger(6, at(900, 500), OWN);
  expect(pointer.place).toBeUndefined();
  pointer.moveFinger(5, at(0, 320), OWN);
  expect(placeUnits(pointer)).toBe(480);

  pointer.liftFinger(5);
  pointer.moveFinger(6, at(900, 480), OWN);
  expect(placeUnits(pointer)).toBe(420);
});

Deno.test("pointers have no place on a court that isn't shown", () => {
  for (const [width, height] of [[0, 0], [0, 9], [9, 0]]) {
    const hidden = { left: 0, top: 0, width, height };
    const pointer = touch(0, 0, hidden);

    pointer.moveMouse(at(0, 0, hidden), OWN);
    pointer.moveFinger(5, at(0, 9, hidden), OWN);

    expect(pointer.place).toBeUndefined();
  }
});
