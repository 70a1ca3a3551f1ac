/** Which device moves the own paddle, how sticks are read, and how the paddle follows a pointer. */
import { expect } from "@std/expect";
import {
  DEFAULT_RULES,
  PADDLE_SPEED,
  SLOTS_MAX,
  TICK_MS,
  UNIT,
} from "../../game/court.ts";
import { createState, PADDLE } from "../../game/state.ts";
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

function sitDown(own: () => OwnPaddle | undefined = () => OWN) {
  const axes: number[] = [];
  let nowMs = 1000;
  const onAxis = (axis: number) => axes.push(axis);
  const arbiter = createDeviceArbiter({ own, onAxis });
  return {
    ...{ arbiter, axes },
    /** Shows the next picture, in time for a tick, and returns the axis then. */
    show(...pads: readonly (Pad | null)[]): number {
      arbiter.update(nowMs += TICK_MS, pads);
      return axes.at(-1) ?? 0;
    },
  };
}

function pad(
  axes: readonly number[],
  pressed: readonly number[] = [],
  mapping = "standard",
): Pad {
  const buttons = Array.from({ length: 17 }, () => ({ pressed: false }));
  for (const button of pressed) buttons[button].pressed = true;
  return { axes, buttons, mapping };
}

const REST = pad([0, 0]);

/** The mouse, that far down. */
const mouseAt = (y: number) => at(800, y);

Deno.test("a key counts at once, not only with the next picture, and the axis is told when it changes", () => {
  const { arbiter, axes, show } = sitDown();

  show();
  expect(arbiter.press("KeyW")).toBe(true);
  for (const code of ["KeyW", "ArrowUp"]) arbiter.press(code);
  show();
  for (const code of ["KeyW", "KeyQ"]) arbiter.release(code);
  show();
  expect(axes).toEqual([-127]);

  arbiter.release("ArrowUp");
  expect(axes).toEqual([-127, 0]);
});

Deno.test("keys and pointers are nobody's while there is no paddle to steer", () => {
  let own: OwnPaddle | undefined = OWN;
  const { arbiter, show } = sitDown(() => own);
  arbiter.moveMouse(mouseAt(800));

  own = undefined;
  expect(arbiter.press("KeyS")).toBe(false);
  arbiter.moveMouse(mouseAt(801));
  expect(show()).toBe(0);
  own = OWN;
  expect(show()).toBe(0);

  arbiter.press("KeyW");
  own = undefined;
  expect(show()).toBe(0);
  own = OWN;
  expect(show()).toBe(-127);
});

Deno.test("a key and a stick move each side as they point on the screen, however it is turned", () => {
  // By slot, the input that goes down or right.
  const full = {
    auto: [127, 127, 127, 127],
    left: [127, -127, -127, 127],
    bottom: [127, -127, -127, 127],
  };
  for (const ownSide of ["auto", "left", "bottom"] as const) {
    for (let slot = 0; slot < SLOTS_MAX; slot++) {
      const turn = turnFor({ me: slot, players: 4, ownSide, isTall: false });
      const own = { ...OWN, players: 4, slot, turn };
      const { arbiter, axes, show } = sitDown(() => own);
      show(REST);

      arbiter.press(isUpright(own) ? "ArrowDown" : "ArrowRight");
      arbiter.letGo();
      show(pad(isUpright(own) ? [0, 1] : [1, 0]));

      const axis = full[ownSide][slot];
      expect({ ownSide, slot, axes })
        .toEqual({ ownSide, slot, axes: [axis, 0, axis] });
    }
  }
});

Deno.test("a held key wins over a stick, and both over the mouse until it moves again", () => {
  const { arbiter, show } = sitDown();
  const up = pad([0, -1]);
  arbiter.moveMouse(mouseAt(800));
  expect(show(REST)).toBe(127);

  expect(show(up)).toBe(-127);
  arbiter.press("KeyS");
  expect(show(up)).toBe(127);
  arbiter.release("KeyS");
  expect(show(up)).toBe(-127);
  expect(show(REST)).toBe(0);
  arbiter.moveMouse(mouseAt(801));
  expect(show(REST)).toBe(127);

  arbiter.press("KeyW");
  arbiter.moveMouse(mouseAt(810));
  expect(show()).toBe(-127);
  arbiter.release("KeyW");
  expect(show()).toBe(0);
});

Deno.test("a lifted finger stops the paddle with the next picture, a window that loses its focus lets go of all", () => {
  const { arbiter, axes, show } = sitDown();
  arbiter.putFinger(1, mouseAt(300));
  arbiter.moveFinger(1, mouseAt(400));
  expect(show()).toBe(127);
  arbiter.liftFinger(1);
  expect(show()).toBe(0);

  arbiter.putFinger(1, mouseAt(300));
  show(pad([0, 0.5]));
  arbiter.press("KeyW");
  arbiter.letGo();
  expect(axes.at(-1)).toBe(0);
  arbiter.moveFinger(1, mouseAt(400));
  expect(show()).toBe(0);
});

Deno.test("pictures count from 6 ms on: a fast display gets no more changes through", () => {
  const { arbiter, axes } = sitDown();
  arbiter.update(-6, [REST]);

  for (const [nowMs, axis] of [[0, 1], [5.9, 0], [6, -1], [11.9, 0], [12, 1]]) {
    arbiter.update(nowMs, [pad([0, axis])]);
  }

  expect(axes).toEqual([127, -127, 127]);
});

Deno.test("a gamepad's stick or cross pushes along its own side, the strongest of several", () => {
  const odd: Pad = { mapping: "", axes: [], buttons: [] };
  const weak = pad([0.4, 0]);
  const strong = pad([-0.9, 0]);
  const cases: readonly (readonly [(Pad | null)[], x: number, y: number])[] = [
    [[pad([-0.149, 0.1])], 0, 0],
    [[pad([0.15, NaN])], 0, 0],
    [[pad([0.575, -0.575])], 0.5, -0.5],
    [[pad([1, -1])], 1, -1],
    [[pad([1.2, 0])], 1, 0],
    [[pad([0, 0], [12])], 0, -1],
    [[pad([0, 0], [13])], 0, 1],
    [[pad([0, 0], [14])], -1, 0],
    [[pad([0, 0], [15])], 1, 0],
    [[pad([0, 0], [14, 15])], 0, 0],
    [[pad([0, 0], [12, 15], "")], 0, 0], // Nobody knows what these are.
    [[null, odd, weak, strong], -0.882, 0],
    [[strong, weak, odd], -0.882, 0],
  ];
  for (const [pads, x, y] of cases) {
    const sticks = createSticks();
    sticks.push(
      pads.map((pad) => pad && { ...REST, mapping: pad.mapping }),
      "x",
    );
    expect({ pads, x: sticks.push(pads, "x") })
      .toEqual({ pads, x: expect.closeTo(x, 3) });
    expect({ pads, y: sticks.push(pads, "y") })
      .toEqual({ pads, y: expect.closeTo(y, 3) });
  }
});

Deno.test("a stick that rests off its middle counts only while it is elsewhere, and leaves the paddle to the mouse", () => {
  // Where it is first seen, how it moves, and how that pushes.
  for (
    const [moves, pushes] of [
      [[0.3, 0.32, 0.25, 1, 0.3, -1, 0.3], [0, 0, 0, 1, 0, -1, 0]],
      [[-0.5, -0.4, 1, -0.5, 0, -1], [0, 0, 1, 0, 0, -1]],
      // Somebody holds it at first.
      [[1, 1, 0, 1, 0, -1, 1], [0, 0, 0, 1, 0, -1, 1]],
      [[-0.8, -0.8, 0, -0.8], [0, 0, 0, -0.765]],
    ] as const
  ) {
    const sticks = createSticks();
    const told = moves.map((x) => sticks.push([pad([x, 0.4])], "x"));
    expect({ moves, told }).toEqual({
      moves,
      told: pushes.map((push) => expect.closeTo(push, 3)),
    });
  }
  const { arbiter, show } = sitDown();
  const worn = pad([0, -0.4]);
  show(worn);
  arbiter.moveMouse(mouseAt(800));
  expect(show(worn)).toBe(127);
  expect(show(pad([0, -1]))).toBe(-127);
  expect(show(worn)).toBe(0);
  arbiter.moveMouse(mouseAt(810));
  expect(show(worn)).toBe(127);
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
    const way = { from: 1000, to: 1000 + away, holdMs: holdTicks * TICK_MS };
    expect({ away, axis: inputTowards({ ...way, input }) })
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

/**
 * Plays two seconds, with the mouse so many units below the resting paddle and as much latency
 * from the page to its process as back. Returns how far the paddle went past the mouse, drawn or in
 * truth, how far off it ended, and how often the axis changed more than 40 ticks after the paddle
 * could be there.
 */
function followMouse(
  { delayTicks, picturesPerSecond, latencyMs, units }: Readonly<
    Record<"delayTicks" | "picturesPerSecond" | "latencyMs" | "units", number>
  >,
) {
  const state = createState(DEFAULT_RULES, 7);
  const goal = state[PADDLE] + units * UNIT;
  const lateMs = (units * UNIT / (127 * PADDLE_SPEED) + 40) * TICK_MS;
  const motion = createMotion();
  motion.setOwn(OWN.slot, delayTicks);
  motion.receive([state.slice()], 0);
  let onWay: { readonly atMs: number; readonly arrive: () => void }[] = [];
  const send = (arrive: () => void) =>
    onWay.push({ atMs: nowMs + latencyMs, arrive });
  const inputs = Array.from({ length: delayTicks }, () => 0);
  let own = OWN;
  let [nowMs, axis, past, lateChanges, ticks, pictures] = [0, 0, 0, 0, 0, 0];
  const arbiter = createDeviceArbiter({
    own: () => own,
    onAxis(next) {
      motion.steer(next, nowMs);
      send(() => axis = next);
      if (nowMs > lateMs) lateChanges++;
    },
  });
  arbiter.moveMouse(mouseAt(goal / UNIT));
  for (; nowMs < 2000; nowMs += 0.5) {
    const due = onWay.filter(({ atMs }) => atMs <= nowMs);
    onWay = onWay.slice(due.length);
    for (const { arrive } of due) arrive();
    if (nowMs >= (ticks + 1) * TICK_MS) {
      ticks++;
      inputs.push(axis);
      step(state, Int8Array.of(inputs.shift() ?? 0, 0, 0, 0));
      const shown = state.slice();
      send(() => motion.receive([shown], nowMs));
      past = Math.max(past, state[PADDLE] - goal);
    }
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
