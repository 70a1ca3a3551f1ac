/**
 * The replay bar: times, where marks stand, and how often a dragged slider sends.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { ReplayMark, ReplayView } from "../../net/page/protocol.ts";
import { createThrottle } from "../../static/line/throttle.ts";
import { placeMarks, withinReplay } from "../../static/replay/marks.ts";
import { markText, speedText, timeText } from "../../static/replay/texts.ts";

const REPLAY: ReplayView = {
  firstTick: 100,
  tick: 100,
  lastTick: 1100,
  isRunning: false,
  speed: 1,
  marks: [],
  isIncomplete: false,
  isUnfinished: false,
};

Deno.test("timeText() tells minutes, seconds and tenths since the first tick", () => {
  const times = [
    [0, "0:00.0"],
    [5, "0:00.0"],
    [6, "0:00.1"],
    [59, "0:00.9"],
    [60, "0:01.0"],
    [5004, "1:23.4"],
    [36_000, "10:00.0"],
    [-6, "0:00.0"],
  ] as const;

  for (const [ticks, text] of times) {
    expect(timeText(100 + ticks, 100)).toBe(text);
  }
});

Deno.test("withinReplay() stays within what is recorded", () => {
  const ticks = [99, 100, 500, 1101].map((tick) => withinReplay(tick, REPLAY));

  expect(ticks).toEqual([100, 100, 500, 1100]);
});

Deno.test("marks stand on the time line in order, those outside of it at its ends", () => {
  const placed = placeMarks(replayWith([1100, 100, 600, 2000, 0]), 0);

  expect(placed.map(({ at }) => at)).toEqual([0, 0, 0.5, 1, 1]);
});

Deno.test("marks move up a lane where another one is in the way, and down again", () => {
  const placed = placeMarks(replayWith([200, 210, 220, 300, 310]), 0.05);

  expect(placed.map(({ lane }) => lane)).toEqual([0, 1, 2, 0, 1]);
});

Deno.test("marks overlap in the lane with most room where all are taken", () => {
  const placed = placeMarks(replayWith([200, 210, 220, 230, 240]), 0.5);

  expect(placed.map(({ lane }) => lane)).toEqual([0, 1, 2, 0, 1]);
});

Deno.test("marks of a recording of one tick stand at its beginning", () => {
  const replay = { ...replayWith([100]), lastTick: 100 };

  expect(placeMarks(replay, 0.1).map(({ at }) => at)).toEqual([0]);
});

Deno.test("marks say what happened to whom, and when", () => {
  const said = (["goal", "dropped", "returned"] as const)
    .map((kind) => markText(kind, { name: "Mia", time: "1:23.4" }));

  expect(said).toEqual([
    "1:23.4: goal against Mia",
    "1:23.4: Mia was dropped",
    "1:23.4: Mia came back",
  ]);
});

Deno.test("speeds are told as fractions and multiples", () => {
  expect([0.1, 0.25, 0.5, 1, 2, 4].map(speedText))
    .toEqual(["1/10", "1/4", "1/2", "1×", "2×", "4×"]);
});

Deno.test("a throttle sends the first value at once and the newest at each interval", () => {
  const { give, passTo, sent } = throttledBy(50);

  give("a");
  give("b");
  passTo(30);
  give("c");
  passTo(49);
  expect(sent).toEqual(["a at 0"]);

  passTo(50);
  expect(sent).toEqual(["a at 0", "c at 50"]);
});

Deno.test("a throttle waits after a late value too, and never loses the last one", () => {
  const { give, passTo, sent } = throttledBy(50);

  give("a");
  give("b");
  passTo(60);
  give("c");
  passTo(1000);
  give("d");

  expect(sent).toEqual(["a at 0", "b at 50", "c at 100", "d at 1000"]);
});

function replayWith(ticks: readonly number[]): ReplayView {
  const marks = ticks.map((tick): ReplayMark => ({
    tick,
    kind: "goal",
    slot: 0,
  }));
  return { ...REPLAY, marks };
}

/** A throttle in virtual time, that notes what it sends and when. */
function throttledBy(everyMs: number): {
  readonly give: (value: string) => void;
  readonly passTo: (ms: number) => void;
  readonly sent: readonly string[];
} {
  const sent: string[] = [];
  let nowMs = 0;
  let timer: { readonly atMs: number; readonly call: () => void } | undefined;
  const give = createThrottle<string>({
    everyMs,
    send: (value) => sent.push(`${value} at ${nowMs}`),
    nowMs: () => nowMs,
    later(call, delayMs) {
      expect(timer).toBeUndefined();
      timer = { atMs: nowMs + delayMs, call };
    },
  });
  const passTo = (ms: number) => {
    if (timer !== undefined && timer.atMs <= ms) {
      const { atMs, call } = timer;
      timer = undefined;
      nowMs = atMs;
      call();
    }
    nowMs = ms;
  };
  return { give, passTo, sent };
}
