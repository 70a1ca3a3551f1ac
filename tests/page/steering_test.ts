/**
 * Which device moves the own paddle, how sticks are read, and how the paddle follows a pointer.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  DEFAULT_RULES,
  PADDLE_HALF,
  PADDLE_SPEED,
  SLOTS_MAX,
  TICK_MS,
  UNIT,
} from "../../game/court.ts";
import { createState, PADDLE, type State } from "../../game/state.ts";
import { step } from "../../game/step.ts";
import { DEFAULT_PREFERENCES } from "../../net/page/message.ts";
import { turnFor } from "../../static/court/turn.ts";
import { createMotion } from "../../static/motion/motion.ts";
import {
  createDeviceArbiter,
  type DeviceArbiter,
} from "../../static/steering/device_arbiter.ts";
import {
  createSticks,
  type Pad,
  readPads,
} from "../../static/steering/gamepad.ts";
import { isUpright, type OwnPaddle } from "../../static/steering/own_paddle.ts";
import type { PointerPosition } from "../../static/steering/pointer_target.ts";

const FRAME_MS = 1000 / 60;
const OWN: OwnPaddle = {
  slot: 0,
  turn: 0,
  players: 2,
  at: 450 * UNIT,
  half: PADDLE_HALF,
  keys: DEFAULT_PREFERENCES.keys,
};
const REST = pad({ axes: [0, 0] });

interface Table {
  readonly arbiter: DeviceArbiter;
  readonly axes: readonly number[];
  /** May be changed. */
  own: OwnPaddle | undefined;
  /** Shows the next picture and returns the axis then. */
  show(...pads: readonly (Pad | null)[]): number;
}

function sitDown(own: OwnPaddle | undefined = OWN): Table {
  const axes: number[] = [];
  let nowMs = 1000;
  const arbiter = createDeviceArbiter({
    own: () => table.own,
    onAxis: (axis) => axes.push(axis),
  });
  const table: Table = {
    arbiter,
    axes,
    own,
    show(...pads) {
      arbiter.update(nowMs += FRAME_MS, pads);
      return axes.at(-1) ?? 0;
    },
  };
  return table;
}

function pad({ axes, pressed = [], mapping = "standard" }: {
  readonly axes: readonly number[];
  readonly pressed?: readonly number[];
  readonly mapping?: string;
}): Pad {
  const buttons = Array.from(
    { length: 17 },
    (_, button) => ({ pressed: pressed.includes(button) }),
  );
  return { axes, buttons, mapping };
}

/** The mouse over a court of one CSS pixel to the unit, that far down. */
function mouseAt(y: number): PointerPosition {
  const court = { left: 0, top: 0, width: 1600, height: 900 };
  return { point: { x: 800, y }, court };
}

Deno.test("a key counts at once, not only with the next picture", () => {
  const { arbiter, axes } = sitDown();

  expect(arbiter.press("KeyW")).toBe(true);
  arbiter.release("KeyW");

  expect(axes).toEqual([-127, 0]);
});

Deno.test("the axis is told only when it changes", () => {
  const { arbiter, axes, show } = sitDown();

  show();
  arbiter.press("KeyW");
  arbiter.press("KeyW");
  arbiter.press("ArrowUp");
  show();
  arbiter.release("KeyW");
  arbiter.release("KeyQ");
  show();

  expect(axes).toEqual([-127]);
});

Deno.test("keys are nobody's while there is no paddle to steer", () => {
  const table = sitDown();
  table.arbiter.press("KeyW");

  table.own = undefined;
  expect(table.arbiter.press("KeyS")).toBe(false);
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
      const own = {
        ...OWN,
        players: 4,
        slot,
        turn: turnFor({ me: slot, players: 4, ownSide, isTall: false }),
      };
      const { arbiter, axes, show } = sitDown(own);

      arbiter.press(isUpright(own) ? "ArrowDown" : "ArrowRight");
      arbiter.letGo();
      show(pad({ axes: isUpright(own) ? [0, 1] : [1, 0] }));

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
  arbiter.moveMouse(mouseAt(800));
  show(REST);

  expect(show(pad({ axes: [0, -1] }))).toBe(-127);
  arbiter.press("KeyS");
  expect(show(pad({ axes: [0, -1] }))).toBe(127);
  arbiter.release("KeyS");
  expect(show(pad({ axes: [0, -1] }))).toBe(-127);
  expect(show(REST)).toBe(0);

  arbiter.moveMouse(mouseAt(801));
  expect(show(REST)).toBe(127);
});

Deno.test("everything is let go at once when the window loses its focus", () => {
  const { arbiter, axes, show } = sitDown();
  arbiter.putFinger(1, mouseAt(300));
  show(pad({ axes: [0, 0.5] }));
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
  const axes: number[] = [];
  const arbiter = createDeviceArbiter({
    own: () => OWN,
    onAxis: (axis) => axes.push(axis),
  });

  for (let picture = 0; picture < 360; picture++) {
    const axis = 0.2 + picture % 7 / 10;
    arbiter.update(picture * 1000 / 360, [pad({ axes: [0, axis] })]);
  }

  expect(axes.length).toBeLessThanOrEqual(180);
  expect(axes.length).toBeGreaterThan(60);
});

Deno.test("a stick does nothing near its middle and grows from there to full speed", () => {
  const push = (axis: number) =>
    createSticks().push([pad({ axes: [axis, 0] })], "x");

  expect([0, 0.1, -0.149, NaN].map(push).every((value) => value === 0))
    .toBe(true);
  expect(push(0.575)).toBeCloseTo(0.5);
  expect(push(-0.575)).toBeCloseTo(-0.5);
  expect([1, -1, 1.2].map(push)).toEqual([1, -1, 1]);
});

Deno.test("a stick moves the paddle only along its own side", () => {
  const sticks = createSticks();

  expect(sticks.push([pad({ axes: [1, 0] })], "y")).toBe(0);
  expect(sticks.push([pad({ axes: [0, -1] })], "y")).toBe(-1);
});

Deno.test("a gamepad's cross moves at full speed, and not when both ends are down", () => {
  const push = (along: "x" | "y", ...pressed: readonly number[]) =>
    createSticks().push([pad({ axes: [0, 0], pressed })], along);

  expect([push("y", 12), push("y", 13), push("y", 14)]).toEqual([-1, 1, 0]);
  expect([push("x", 14), push("x", 15), push("x", 12)]).toEqual([-1, 1, 0]);
  expect(push("x", 14, 15)).toBe(0);
});

Deno.test("an unknown device's buttons are no cross", () => {
  const unknown = pad({ axes: [0, 0], pressed: [12], mapping: "" });

  expect(createSticks().push([unknown], "y")).toBe(0);
});

Deno.test("the strongest of several gamepads counts, whatever the others are", () => {
  const odd: Pad = { mapping: "", axes: [], buttons: [] };
  const pads = [null, odd, pad({ axes: [0.4, 0] }), pad({ axes: [-0.9, 0] })];

  expect(createSticks().push(pads, "x")).toBeCloseTo(-0.88, 2);
});

Deno.test("an unknown device counts only once it has rested", () => {
  const sticks = createSticks();
  const pedal = (x: number) => pad({ axes: [x, 0], mapping: "" });

  expect(sticks.push([pedal(-1)], "x")).toBe(0);
  sticks.push([pedal(0)], "x");
  expect(sticks.push([pedal(-1)], "x")).toBe(-1);

  sticks.push([null], "x");
  expect(sticks.push([pedal(-1)], "x")).toBe(0);
});

Deno.test("a browser without gamepads, or one that refuses them, is no error", () => {
  const refuses = {
    getGamepads(): never {
      throw new Error("Not on this page.");
    },
  };

  expect(readPads({})).toEqual([]);
  expect(readPads(refuses)).toEqual([]);
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
  let axis = 0;
  let past = 0;
  let lateChanges = 0;
  const arbiter = createDeviceArbiter({
    own: () => own,
    onAxis(next) {
      motion.steer(next, nowMs);
      toProcess.send(next, nowMs);
      if (nowMs > lateMs) lateChanges++;
    },
  });
  arbiter.moveMouse(mouseAt(goal / UNIT));
  let ticks = 0;
  let pictures = 0;
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
