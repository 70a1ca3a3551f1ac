/** From held keys to a push, and what keys are called. */
import { expect } from "@std/expect";
import { createHeldKeys } from "../../static/steering/held_keys.ts";
import { codeOf } from "../../static/steering/key_code.ts";
import { keyName, readKeyLayout } from "../../static/steering/key_names.ts";
import type { OwnPaddle } from "../../static/steering/own_paddle.ts";
import { OWN as LEFT } from "./devices.ts";

const BOTTOM: OwnPaddle = { ...LEFT, players: 4, slot: 3 };

const UP_DOWN = {
  ...{ KeyW: -1, ArrowUp: -1, KeyS: 1, ArrowDown: 1 },
  ...{ KeyA: 0, ArrowRight: 0, KeyX: 0 },
};
const LEFT_RIGHT = {
  ...{ KeyA: -1, ArrowLeft: -1, KeyD: 1, ArrowRight: 1 },
  ...{ KeyW: 0, ArrowDown: 0, KeyX: 0 },
};
const CHOSEN = { up: "KeyI", down: "KeyK", left: "KeyJ", right: "KeyL" };
const REVERSE = { ...LEFT.keys, up: "ArrowDown", down: "ArrowUp" };

/** An own paddle, and where each key alone pushes it. */
const PUSHES:
  readonly (readonly [string, OwnPaddle, Record<string, number>])[] = [
    ["move a left paddle up and down with W and S or arrows", LEFT, UP_DOWN],
    ["move a bottom paddle with A and D or arrows", BOTTOM, LEFT_RIGHT],
    ["go by where a left side is shown", { ...LEFT, turn: 3 }, LEFT_RIGHT],
    ["go by where a bottom side is shown", { ...BOTTOM, turn: 1 }, UP_DOWN],
    [
      "steer up and down with the keys that were chosen, and with the arrows",
      { ...LEFT, keys: CHOSEN },
      { KeyI: -1, KeyK: 1, ArrowDown: 1, KeyJ: 0, KeyW: 0 },
    ],
    [
      "steer aside with the keys that were chosen, and with the arrows still",
      { ...BOTTOM, keys: CHOSEN },
      { KeyJ: -1, KeyL: 1, ArrowLeft: -1, KeyA: 0 },
    ],
    [
      "let an arrow point where it points, though it was chosen for the reverse",
      { ...LEFT, keys: REVERSE },
      { ArrowUp: -1, ArrowDown: 1 },
    ],
  ];

for (const [what, own, pushes] of PUSHES) {
  Deno.test(`held keys ${what}`, () => {
    for (const [code, push] of Object.entries(pushes)) {
      const keys = createHeldKeys();
      expect(keys.press(code, own)).toBe(push !== 0);
      expect(keys.push(own)).toBe(push);
    }
  });
}

Deno.test("held keys let the key pressed last win, repeats aside, and fall back to the other", () => {
  const keys = createHeldKeys();

  for (const code of ["KeyW", "KeyS", "KeyW"]) keys.press(code, LEFT);
  expect(keys.push(LEFT)).toBe(1);

  keys.release("KeyS");
  expect(keys.push(LEFT)).toBe(-1);

  keys.release("KeyW");
  expect(keys.push(LEFT)).toBe(0);
});

Deno.test("held keys are all let go at once", () => {
  const keys = createHeldKeys();
  for (const code of ["KeyW", "ArrowUp"]) keys.press(code, LEFT);

  keys.releaseAll();

  expect(keys.push(LEFT)).toBe(0);
  expect(keys.release("KeyW")).toBe(false);
});

Deno.test("held keys that mean nothing any more give way to older ones", () => {
  const keys = createHeldKeys();
  keys.press("ArrowDown", LEFT);
  keys.press("KeyW", LEFT);
  const changed = { ...LEFT.keys, up: "KeyI" };

  expect(keys.push({ ...LEFT, keys: changed })).toBe(1);
});

Deno.test("a key is called by what is printed on it, and by its place where nobody knows that", () => {
  const places = {
    ...{ KeyW: "W", Digit1: "1", ArrowUp: "Arrow up", Space: "Space" },
    ...{ ShiftLeft: "Shift left", BracketLeft: "Bracket left" },
    ...{ Numpad8: "Numpad 8", F1: "F1" },
  };
  const printed = { KeyY: "z", Minus: "ß", KeyQ: "й", Equal: "", Quote: " " };
  const layout = new Map(Object.entries(printed));
  const called = {
    ...{ KeyY: "Z", Minus: "ß", KeyQ: "Й", Equal: "Equal", Quote: "Quote" },
    ArrowUp: "Arrow up",
  };
  for (const [code, name] of Object.entries(places)) {
    expect(keyName(code)).toBe(name);
  }
  for (const [code, name] of Object.entries(called)) {
    expect(keyName(code, layout)).toBe(name);
  }
});

Deno.test("a key without a place has the one that what it types has on a Latin keyboard", () => {
  for (
    const [code, key, is] of [
      ["KeyQ", "a", "KeyQ"],
      ["", "w", "KeyW"],
      ["Unidentified", "W", "KeyW"],
      ["", "7", "Digit7"],
      ["", " ", "Space"],
      ["", "ArrowUp", "ArrowUp"],
      ["", "Й", "й"],
      ["", "Unidentified", ""],
    ]
  ) {
    expect({ code, key, is: codeOf({ code, key }) }).toEqual({ code, key, is });
  }
});

Deno.test("a browser without names of keys, or one that refuses them, is no error", async () => {
  const refuses = {
    keyboard: { getLayoutMap: () => Promise.reject(new Error("Not here.")) },
  };

  // What a browser gives, as far as it is looked at.
  expect(await readKeyLayout({} as Navigator)).toBeUndefined();
  expect(await readKeyLayout(refuses as unknown as Navigator)).toBeUndefined();
});
