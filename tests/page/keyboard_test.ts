/**
 * From held keys to a push, and what keys are called.
 *
 * @module
 */
import { expect } from "@std/expect";
import { createHeldKeys } from "../../static/steering/held_keys.ts";
import { keyName, readKeyLayout } from "../../static/steering/key_names.ts";
import type { OwnPaddle } from "../../static/steering/own_paddle.ts";
import { OWN as LEFT } from "./devices.ts";

const BOTTOM: OwnPaddle = { ...LEFT, players: 4, slot: 3 };

const NOTHING = { KeyX: 0 };
const UP_DOWN = {
  ...{ KeyW: -1, ArrowUp: -1, KeyS: 1, ArrowDown: 1, KeyA: 0, ArrowRight: 0 },
  ...NOTHING,
};
const LEFT_RIGHT = {
  ...{ KeyA: -1, ArrowLeft: -1, KeyD: 1, ArrowRight: 1, KeyW: 0, ArrowDown: 0 },
  ...NOTHING,
};

/** Presses each key alone. */
function expectPushes(own: OwnPaddle, pushes: Record<string, number>): void {
  for (const [code, push] of Object.entries(pushes)) {
    const keys = createHeldKeys();
    expect(keys.press(code, own)).toBe(push !== 0);
    expect(keys.push(own)).toBe(push);
  }
}

Deno.test("held keys move a left paddle up and down with W and S or the arrows, not with A", () => {
  expectPushes(LEFT, UP_DOWN);
});

Deno.test("held keys move a bottom paddle with A and D or the arrows, not with W", () => {
  expectPushes(BOTTOM, LEFT_RIGHT);
});

Deno.test("held keys go by where the side is shown, not by the slot", () => {
  expectPushes({ ...LEFT, turn: 3 }, LEFT_RIGHT);
  expectPushes({ ...BOTTOM, turn: 1 }, UP_DOWN);
});

Deno.test("held keys steer with the keys that were chosen, and with the arrows still", () => {
  const keys = { up: "KeyI", down: "KeyK", left: "KeyJ", right: "KeyL" };
  const [upright, lying] = [
    { KeyI: -1, KeyK: 1, ArrowDown: 1, KeyJ: 0, KeyW: 0 },
    { KeyJ: -1, KeyL: 1, ArrowLeft: -1, KeyA: 0 },
  ];

  expectPushes({ ...LEFT, keys }, upright);
  expectPushes({ ...BOTTOM, keys }, lying);
});

Deno.test("held keys let an arrow point where it points, though it was chosen for the reverse", () => {
  const keys = { ...LEFT.keys, up: "ArrowDown", down: "ArrowUp" };

  expectPushes({ ...LEFT, keys }, { ArrowUp: -1, ArrowDown: 1 });
});

Deno.test("held keys let the key pressed last win, and fall back to the other", () => {
  const keys = createHeldKeys();

  keys.press("KeyW", LEFT);
  keys.press("KeyS", LEFT);
  expect(keys.push(LEFT)).toBe(1);

  keys.release("KeyS");
  expect(keys.push(LEFT)).toBe(-1);

  keys.release("KeyW");
  expect(keys.push(LEFT)).toBe(0);
});

Deno.test("held keys do not change their order when a key repeats", () => {
  const keys = createHeldKeys();
  keys.press("KeyW", LEFT);
  keys.press("KeyS", LEFT);

  keys.press("KeyW", LEFT);

  expect(keys.push(LEFT)).toBe(1);
});

Deno.test("held keys are all let go at once", () => {
  const keys = createHeldKeys();
  keys.press("KeyW", LEFT);
  keys.press("ArrowUp", LEFT);

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

Deno.test("a key is called by its place where the browser doesn't say what is printed on it", () => {
  const names = {
    ...{ KeyW: "W", Digit1: "1", ArrowUp: "Arrow up", Space: "Space" },
    ...{ ShiftLeft: "Shift left", BracketLeft: "Bracket left" },
    ...{ Numpad8: "Numpad 8", F1: "F1" },
  };
  for (const [code, name] of Object.entries(names)) {
    expect(keyName(code)).toBe(name);
  }
});

Deno.test("a key is called by what is printed on it", () => {
  const printed = { KeyY: "z", Minus: "ß", KeyQ: "й", Equal: "", Quote: " " };
  const layout = new Map(Object.entries(printed));
  const codes = ["KeyY", "Minus", "KeyQ", "Equal", "Quote", "ArrowUp"];

  expect(codes.map((code) => keyName(code, layout)))
    .toEqual(["Z", "ß", "Й", "Equal", "Quote", "Arrow up"]);
});

Deno.test("a browser without names of keys, or one that refuses them, is no error", async () => {
  const refuses = {
    keyboard: { getLayoutMap: () => Promise.reject(new Error("Not here.")) },
  };

  // What a browser gives, as far as it is looked at.
  expect(await readKeyLayout({} as Navigator)).toBeUndefined();
  expect(await readKeyLayout(refuses as unknown as Navigator)).toBeUndefined();
});
