/**
 * From held keys to an axis.
 *
 * @module
 */
import { expect } from "@std/expect";
import { createHeldKeys } from "../static/held_keys.ts";

const LEFT = 0;
const BOTTOM = 3;

Deno.test("held keys move a left paddle up and down with W and S or the arrows", () => {
  for (
    const [code, axis] of [
      ["KeyW", -127],
      ["ArrowUp", -127],
      ["KeyS", 127],
      ["ArrowDown", 127],
    ] as const
  ) {
    const keys = createHeldKeys();

    expect(keys.press(code, LEFT)).toBe(true);

    expect(keys.axis(LEFT)).toBe(axis);
  }
});

Deno.test("held keys move a bottom paddle with A and D or the arrows, not with W", () => {
  for (
    const [code, axis] of [
      ["KeyA", -127],
      ["ArrowLeft", -127],
      ["KeyD", 127],
      ["ArrowRight", 127],
      ["KeyW", 0],
      ["ArrowDown", 0],
    ] as const
  ) {
    const keys = createHeldKeys();

    expect(keys.press(code, BOTTOM)).toBe(axis !== 0);

    expect(keys.axis(BOTTOM)).toBe(axis);
  }
});

Deno.test("held keys let the key pressed last win, and fall back to the other", () => {
  const keys = createHeldKeys();

  keys.press("KeyW", LEFT);
  keys.press("KeyS", LEFT);
  expect(keys.axis(LEFT)).toBe(127);

  keys.release("KeyS");
  expect(keys.axis(LEFT)).toBe(-127);

  keys.release("KeyW");
  expect(keys.axis(LEFT)).toBe(0);
});

Deno.test("held keys do not change their order when a key repeats", () => {
  const keys = createHeldKeys();
  keys.press("KeyW", LEFT);
  keys.press("KeyS", LEFT);

  keys.press("KeyW", LEFT);

  expect(keys.axis(LEFT)).toBe(127);
});

Deno.test("held keys are all let go at once when the window loses its focus", () => {
  const keys = createHeldKeys();
  keys.press("KeyW", LEFT);
  keys.press("ArrowUp", LEFT);

  keys.releaseAll();

  expect(keys.axis(LEFT)).toBe(0);
});

Deno.test("held keys steer nothing before the lobby gave a slot", () => {
  const keys = createHeldKeys();

  expect(keys.press("KeyW", -1)).toBe(false);

  expect(keys.axis(-1)).toBe(0);
});
