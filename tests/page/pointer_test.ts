/**
 * From mouse and fingers to the place that the own paddle should go to.
 *
 * @module
 */
import { expect } from "@std/expect";
import { PADDLE_HALF, UNIT } from "../../game/court.ts";
import { DEFAULT_PREFERENCES } from "../../net/page/message.ts";
import type { Turn } from "../../static/court/turn.ts";
import type { OwnPaddle } from "../../static/steering/own_paddle.ts";
import {
  createPointerTarget,
  type PointerPosition,
  type PointerTarget,
} from "../../static/steering/pointer_target.ts";

const OWN: OwnPaddle = {
  slot: 0,
  turn: 0,
  players: 2,
  at: 450 * UNIT,
  half: PADDLE_HALF,
  keys: DEFAULT_PREFERENCES.keys,
};
const TURNS: readonly Turn[] = [0, 1, 2, 3];
/** Two CSS pixels are three court units in a duel, and one is one in a square court. */
const LARGE = { left: 100, top: 50, width: 1067, height: 600 };
const SQUARE = { left: 100, top: 50, width: 1000, height: 1000 };
/** A phone: one CSS pixel is 4.5 court units. */
const SMALL = { left: 10, top: 100, width: 356, height: 200 };

function at(
  x: number,
  y: number,
  court: PointerPosition["court"] = LARGE,
): PointerPosition {
  return { point: { x: court.left + x, y: court.top + y }, court };
}

function placeUnits({ place }: PointerTarget): number | undefined {
  return place === undefined ? undefined : Math.round(place / UNIT);
}

Deno.test("the mouse sends the paddle to its own height", () => {
  const pointer = createPointerTarget();

  pointer.moveMouse(at(700, 200), OWN);

  expect(placeUnits(pointer)).toBe(300);
});

Deno.test("the mouse points where it points, on every side and in every turn", () => {
  // At each turn, how far along the court's height and its width the place on the screen is.
  const alongHeight = [200, 700, 800, 300];
  const alongWidth = [300, 200, 700, 800];
  for (const turn of TURNS) {
    for (const slot of [0, 1, 2, 3]) {
      const pointer = createPointerTarget();

      pointer.moveMouse(at(300, 200, SQUARE), {
        ...OWN,
        players: 4,
        slot,
        turn,
      });

      const expected = (slot < 2 ? alongHeight : alongWidth)[turn];
      expect({ slot, turn, place: placeUnits(pointer) })
        .toEqual({ slot, turn, place: expected });
    }
  }
});

Deno.test("the mouse sends a paddle no further than it can go", () => {
  const pointer = createPointerTarget();

  pointer.moveMouse(at(700, 10), OWN);
  expect(pointer.place).toBe(PADDLE_HALF);

  pointer.moveMouse(at(700, 599), OWN);
  expect(pointer.place).toBe(900 * UNIT - PADDLE_HALF);
});

Deno.test("the mouse counts from where it enters the court, and goes on beside it", () => {
  const pointer = createPointerTarget();

  pointer.moveMouse(at(-20, 200), OWN);
  expect(pointer.place).toBeUndefined();

  pointer.moveMouse(at(20, 200), OWN);
  pointer.moveMouse(at(-20, 300), OWN);
  expect(placeUnits(pointer)).toBe(450);
});

Deno.test("a forgotten mouse counts again when it moves, and not before", () => {
  const pointer = createPointerTarget();
  pointer.moveMouse(at(700, 200), OWN);

  pointer.forget();
  pointer.moveMouse(at(700, 200), OWN);
  expect(pointer.place).toBeUndefined();

  pointer.moveMouse(at(701, 200), OWN);
  expect(placeUnits(pointer)).toBe(300);
});

Deno.test("a finger takes the paddle along, wherever it lies", () => {
  const pointer = createPointerTarget();

  pointer.putFinger(5, at(-50, 900).point);
  expect(pointer.place).toBeUndefined();
  pointer.moveFinger(5, at(-50, 860), OWN);

  expect(placeUnits(pointer)).toBe(450 - 60);
});

Deno.test("a finger stops the paddle on its way to the mouse", () => {
  const pointer = createPointerTarget();
  pointer.moveMouse(at(700, 200), OWN);

  pointer.putFinger(5, at(700, 500).point);

  expect(pointer.place).toBeUndefined();
});

Deno.test("a finger takes the paddle further on a small court", () => {
  const pointer = createPointerTarget();

  pointer.putFinger(5, at(0, 100, SMALL).point);
  pointer.moveFinger(5, at(0, 120, SMALL), OWN);

  expect(placeUnits(pointer)).toBe(450 + 20 * 4.5 * 1.5);
});

Deno.test("a finger takes the paddle where it goes on the screen, in every turn", () => {
  for (const turn of TURNS) {
    const own = { ...OWN, players: 4, turn, at: 500 * UNIT };
    const pointer = createPointerTarget();

    pointer.putFinger(5, at(500, 500, SQUARE).point);
    pointer.moveFinger(5, at(530, 510, SQUARE), own);

    // Shown left, top, right and bottom; its positive end down, left, up and right.
    const moved = [10, -30, -10, 30][turn];
    expect({ turn, place: placeUnits(pointer) })
      .toEqual({ turn, place: 500 + moved });
  }
});

Deno.test("a finger that turns round at the end of the court is followed at once", () => {
  const pointer = createPointerTarget();
  pointer.putFinger(5, at(0, 300).point);
  pointer.moveFinger(5, at(0, 900), OWN);

  pointer.moveFinger(5, at(0, 880), OWN);

  expect(pointer.place).toBeCloseTo(900 * UNIT - PADDLE_HALF - 30 * UNIT);
});

Deno.test("a finger that is lifted leaves the paddle where it is", () => {
  const pointer = createPointerTarget();
  pointer.putFinger(5, at(0, 300).point);
  pointer.moveFinger(5, at(0, 320), OWN);

  pointer.liftFinger(5);
  expect(pointer.place).toBeUndefined();

  pointer.moveFinger(5, at(0, 340), OWN);
  expect(pointer.place).toBeUndefined();
});

Deno.test("the first of two fingers counts, and the other once it is lifted", () => {
  const pointer = createPointerTarget();
  pointer.putFinger(5, at(0, 300).point);
  pointer.putFinger(6, at(900, 300).point);

  pointer.moveFinger(6, at(900, 500), OWN);
  expect(pointer.place).toBeUndefined();
  pointer.moveFinger(5, at(0, 320), OWN);
  expect(placeUnits(pointer)).toBe(480);

  pointer.liftFinger(5);
  pointer.moveFinger(6, at(900, 480), OWN);
  expect(placeUnits(pointer)).toBe(420);
});

Deno.test("a finger that lies there before the match takes the paddle along once it moves", () => {
  const pointer = createPointerTarget();
  pointer.putFinger(5, at(0, 100).point);
  pointer.moveFinger(5, at(0, 300), undefined);
  expect(pointer.place).toBeUndefined();

  pointer.moveFinger(5, at(0, 320), OWN);

  expect(placeUnits(pointer)).toBe(480);
});

Deno.test("pointers have no place on a court that isn't shown", () => {
  const pointer = createPointerTarget();
  const hidden = { left: 0, top: 0, width: 0, height: 0 };
  pointer.putFinger(5, { x: 0, y: 0 });

  pointer.moveMouse(at(0, 0, hidden), OWN);
  pointer.moveFinger(5, at(0, 9, hidden), OWN);

  expect(pointer.place).toBeUndefined();
});
