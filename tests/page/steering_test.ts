/**
 * Which device moves the own paddle, how sticks are read, and how the paddle follows a pointer.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  DEFAULT_RULES,
  PADDLE_SPEED,
  SLOTS_MAX,
  TICK_MS,
  UNIT,
} from "../../game/court.ts";
import { createState, PADDLE, type State } from "../../game/state.ts";
import { step } from "../../game/step.ts";
import { turnFor } from "../../static/court/turn.ts";
import { createMotion } from "../../static/motion/motion.ts";
import { inputTowards } from "../../static/steering/approach.ts";
import { createDeviceArbiter } from "../../static/steering/device_arbiter.ts";
import {
  createSticks,
  type Pad,
  readPads,
} from "../../static/steering/gamepad.ts";
import { isUpright, type OwnPaddle } from "../../static/steering/own_paddle.ts";
import { at, OWN } from "./devices.ts";

const REST = pad([0, 0]);

function sitDown(paddle: OwnPaddle = OWN) {
  const axes: number[] = [];
  let nowMs = 1000;
  const arbiter = createDeviceArbiter({
    own: () => table.own,
    onAxis: (axis) => axes.push(axis),
  });
  const table = {
    ...{ arbiter, axes },
    own: paddle as OwnPaddle | undefined, // It may go away.
    /** Shows the next picture, in time for a tick, and returns the axis then. */
    show(...pads: readonly (Pad | null)[]): number {
      arbiter.update(nowMs += TICK_MS, pads);
      return axes.at(-1) ?? 0;
    },
  };
  return table;
}

function pad(
  axes: readonly number[],
  pressed: readonly number[] = [],
  mapping = "standard",
): Pad {
  const buttons = Array.from(
    { length: 17 },
    (_, button) => ({ pressed: pressed.includes(button) }),
  );
  return { axes, buttons, mapping };
}

/** The mouse, that far down. */
const mouseAt = (y: number) => at(800, y);

Deno.test("a key counts at once, not only with the next picture", () => {
  const { arbiter, axes } = sitDown();

  expect(arbiter.press("KeyW")).toBe(true);
  arbiter.release("KeyW");

  expect(axes).toEqual([-127, 0]);
});

Deno.test("the axis is told only when it changes", () => {
  const { arbiter, axes, show } = sitDown();

  show();
  for (const code of ["KeyW", "KeyW", "ArrowUp"]) arbiter.press(code);
  show();
  for (const code of ["KeyW", "KeyQ"]) arbiter.release(code);
  show();

  expect(axes).toEqual([-127]);
});

Deno.test("keys are nobody's while there is no paddle to steer", () => {
  const table = sitDown();
  table.arbiter.press("KeyW");

  table.own = undefined;
  expect(table.arbiter.press("KeyS")).toBe(false);
  table.arbiter.moveMouse(mouseAt(800));
  expect(table.show()).toBe(0);

  table.own = OWN;
  expect(table.show()).toBe(-127);
});

Deno.test("a key and a stick move each side as they point on the screen, however it is turned", () => {
  // By slot, the input that goes down or right.
  const full = {
    "auto": [127, 127, 127, 127],
    left: [127, -127, -127, 127],
    bottom: [127, -127, -127, 127],
  };
  for (const ownSide of ["auto", "left", "bottom"] as const) {
    for (let slot = 0; slot < SLOTS_MAX; slot++) {
      const turn = turnFor({ me: slot, players: 4, ownSide, isTall: false });
      const own = { ...OWN, players: 4, slot, turn };
      const { arbiter, axes, show } = sitDown(own);

      arbiter.press(isUpright(own) ? "ArrowDown" : "ArrowRight");
      arbiter.letGo();
      show(pad(isUpright(own) ? [0, 1] : [1, 0]));

      const axis = full[ownSide][slot];
      expect({ ownSide, slot, axes })
        .toEqual({ ownSide, slot, axes: [axis, 0, axis] });
    }
  }
});

Deno.test("a held key wins over the mouse, and leaves the paddle where it is when let go", () => {
  const { arbiter, show } = sitDown();
  arbiter.moveMouse(mouseAt(800));
  expect(show()).toBe(127);

  arbiter.press("KeyW");
  arbiter.moveMouse(mouseAt(810));
  expect(show()).toBe(-127);

  arbiter.release("KeyW");
  expect(show()).toBe(0);
  arbiter.moveMouse(mouseAt(811));
  expect(show()).toBe(127);
});

Deno.test("a held key wins over a stick, and a stick over the mouse until the mouse moves again", () => {
  const { arbiter, show } = sitDown();
  const up = pad([0, -1]);
  arbiter.moveMouse(mouseAt(800));
  show(REST);

  expect(show(up)).toBe(-127);
  arbiter.press("KeyS");
  expect(show(up)).toBe(127);
  arbiter.release("KeyS");
  expect(show(up)).toBe(-127);
  expect(show(REST)).toBe(0);

  arbiter.moveMouse(mouseAt(801));
  expect(show(REST)).toBe(127);
});

Deno.test("everything is let go at once when the window loses its focus", () => {
  const { arbiter, axes, show } = sitDown();
  arbiter.putFinger(1, mouseAt(300));
  show(pad([0, 0.5]));
  arbiter.press("KeyW");

  arbiter.letGo();

  expect(axes.at(-1)).toBe(0);
  arbiter.moveFinger(1, mouseAt(400));
  expect(show()).toBe(0);
});

Deno.test("a lifted finger stops the paddle with the next picture", () => {
  const { arbiter, show } = sitDown();
  arbiter.putFinger(1, mouseAt(300));
  arbiter.moveFinger(1, mouseAt(400));
  expect(show()).toBe(127);

  arbiter.liftFinger(1);

  expect(show()).toBe(0);
});

Deno.test("a pointer counts no more after the paddle was away", () => {
  const table = sitDown();
  table.arbiter.moveMouse(mouseAt(800));
  table.own = undefined;
  table.show();

  table.own = OWN;

  expect(table.show()).toBe(0);
});

Deno.test("a display of 360 pictures a second gets no more than 180 changes through", () => {
  const { arbiter, axes } = sitDown();

  for (let picture = 0; picture < 360; picture++) {
    const axis = 0.2 + picture % 7 / 10;
    arbiter.update(picture * 1000 / 360, [pad([0, axis])]);
  }

  expect(axes.length).toBeLessThanOrEqual(180);
  expect(axes.length).toBeGreaterThan(60);
});

Deno.test("pictures count from 6 ms on", () => {
  const { arbiter, axes } = sitDown();

  for (const [nowMs, axis] of [[0, 1], [5.9, 0], [6, -1]]) {
    arbiter.update(nowMs, [pad([0, axis])]);
  }

  expect(axes).toEqual([127, -127]);
});

Deno.test("a stick does nothing near its middle and grows from there to full speed", () => {
  const push = (axis: number) => createSticks().push([pad([axis, 0])], "x");

  expect([0, 0.1, -0.149, 0.15, NaN].map(push).every((value) => value === 0))
    .toBe(true);
  expect(push(0.575)).toBeCloseTo(0.5);
  expect(push(-0.575)).toBeCloseTo(-0.5);
  expect([1, -1, 1.2].map(push)).toEqual([1, -1, 1]);
});

Deno.test("a stick moves the paddle only along its own side", () => {
  const sticks = createSticks();

  expect(sticks.push([pad([1, 0])], "y")).toBe(0);
  expect(sticks.push([pad([0, -1])], "y")).toBe(-1);
});

Deno.test("a gamepad's cross moves at full speed, and not when both ends are down", () => {
  const push = (along: "x" | "y", ...pressed: readonly number[]) =>
    createSticks().push([pad([0, 0], pressed)], along);

  expect([push("y", 12), push("y", 13), push("y", 14)]).toEqual([-1, 1, 0]);
  expect([push("x", 14), push("x", 15), push("x", 12)]).toEqual([-1, 1, 0]);
  expect(push("x", 14, 15)).toBe(0);
});

Deno.test("an unknown device's buttons are no cross", () => {
  expect(createSticks().push([pad([0, 0], [12], "")], "y")).toBe(0);
});

Deno.test("the strongest of several gamepads counts, whatever the others are", () => {
  const odd: Pad = { mapping: "", axes: [], buttons: [] };
  const [weak, strong] = [pad([0.4, 0]), pad([-0.9, 0])];

  for (const pads of [[null, odd, weak, strong], [strong, weak, odd]]) {
    expect(createSticks().push(pads, "x")).toBeCloseTo(-0.88, 2);
  }
});

Deno.test("an unknown device counts only once it has rested", () => {
  const sticks = createSticks();
  const push = (x: number, y = 0) => sticks.push([pad([x, y], [], "")], "x");

  expect(push(-1)).toBe(0);
  push(0, 1);
  expect(push(-1)).toBe(0);
  push(0);
  expect(push(-1)).toBe(-1);

  sticks.push([null], "x");
  expect(push(-1)).toBe(0);
});

Deno.test("a browser without gamepads, or one that refuses them, is no error", () => {
  const refuses = {
    getGamepads(): never {
      throw new Error("Not on this page.");
    },
  };

  expect(readPads({})).toEqual([]);
  expect(readPads(refuses)).toEqual([]);
  expect(readPads({ getGamepads: () => [null, REST] })).toEqual([null, REST]);
});

Deno.test("the input towards a place takes the way that is left, and ends near it", () => {
  // Of subunits: per tick and unit of input 24, full speed 3048.
  const cases = [
    { away: 255, input: 1, axis: 0 },
    { away: 256, input: 1, axis: 4 },
    { away: -511, input: 0, axis: 0 },
    { away: -512, input: 0, axis: -9 },
    { away: 2400, holdTicks: 1, axis: 40 },
    { away: 2428, holdTicks: 1, axis: 40 },
    { away: 2440, holdTicks: 1, axis: 41 },
    { away: 2400, holdTicks: 4, axis: 18 },
    { away: -2400, holdTicks: 60, axis: -18 },
    { away: 99_999, holdTicks: 1, axis: 127 },
    { away: -99_999, holdTicks: 1, axis: -127 },
  ];
  for (const { away, input = 1, holdTicks = 1, axis } of cases) {
    const holdMs = holdTicks * TICK_MS;
    expect({
      away,
      axis: inputTowards({ from: 1000, to: 1000 + away, input, holdMs }),
    })
      .toEqual({ away, axis });
  }
});

for (const delayTicks of [0, 1, 2, 3]) {
  Deno.test(`a paddle follows the mouse and rests there with ${delayTicks} ticks of delay`, () => {
    for (const picturesPerSecond of [30, 60, 144, 240]) {
      for (const latencyMs of [0.5, 4]) {
        for (const units of [3, 20, 100, 300]) {
          const run = { delayTicks, picturesPerSecond, latencyMs, units };

          const { pastUnits, missedUnits, lateChanges } = followMouse(run);

          const isPast = pastUnits > 3;
          const isOff = missedUnits > 2;
          expect({ run, isPast, isOff, lateChanges })
            .toEqual({ run, isPast: false, isOff: false, lateChanges: 0 });
        }
      }
    }
  });
}

interface Run {
  readonly delayTicks: number;
  readonly picturesPerSecond: number;
  /** From the page to its process, and back. */
  readonly latencyMs: number;
  /** How far below the resting paddle the mouse is. */
  readonly units: number;
}

/**
 * Plays two seconds. Returns how far the paddle went past the mouse, drawn or in truth, how far
 * off it ended, and how often the axis changed more than 40 ticks after the paddle could be there.
 */
function followMouse({ delayTicks, picturesPerSecond, latencyMs, units }: Run) {
  const state = createState(DEFAULT_RULES, 7);
  const goal = state[PADDLE] + units * UNIT;
  const fullUnitsPerTick = 127 * PADDLE_SPEED / UNIT;
  const lateMs = (units / fullUnitsPerTick + 40) * TICK_MS;
  const motion = createMotion();
  motion.setOwn(OWN.slot, delayTicks);
  motion.receive([state.slice()], 0);
  const toProcess = createLine<number>(latencyMs);
  const toPage = createLine<State>(latencyMs);
  const inputs = Array.from({ length: delayTicks }, () => 0);
  let own = OWN;
  let nowMs = 0;
  let [axis, past, lateChanges] = [0, 0, 0];
  const arbiter = createDeviceArbiter({
    own: () => own,
    onAxis(next) {
      motion.steer(next, nowMs);
      toProcess.send(next, nowMs);
      if (nowMs > lateMs) lateChanges++;
    },
  });
  arbiter.moveMouse(mouseAt(goal / UNIT));
  let [ticks, pictures] = [0, 0];
  for (; nowMs < 2000; nowMs += 0.5) {
    axis = toProcess.receive(nowMs).at(-1) ?? axis;
    if (nowMs >= (ticks + 1) * TICK_MS) {
      ticks++;
      inputs.push(axis);
      step(state, Int8Array.of(inputs.shift() ?? 0, 0, 0, 0));
      toPage.send(state.slice(), nowMs);
      past = Math.max(past, state[PADDLE] - goal);
    }
    for (const next of toPage.receive(nowMs)) motion.receive([next], nowMs);
    if (nowMs >= pictures * 1000 / picturesPerSecond) {
      pictures++;
      const paddle = motion.picture(nowMs)?.paddles[OWN.slot] ?? own.at;
      past = Math.max(past, paddle - goal);
      own = { ...own, at: paddle };
      arbiter.update(nowMs, []);
    }
  }
  const missedUnits = Math.abs(state[PADDLE] - goal) / UNIT;
  return { pastUnits: past / UNIT, missedUnits, lateChanges };
}

/** Brings everything to the other end after the same time. */
function createLine<T>(latencyMs: number) {
  let sent: { readonly atMs: number; readonly what: T }[] = [];
  return {
    send(what: T, nowMs: number): void {
      sent.push({ atMs: nowMs + latencyMs, what });
    },
    receive(nowMs: number): readonly T[] {
      const there = sent.filter(({ atMs }) => atMs <= nowMs);
      sent = sent.slice(there.length);
      return there.map(({ what }) => what);
    },
  };
}
