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
  ...{ firstTick: 100, tick: 100, lastTick: 1100, isRunning: false, speed: 1 },
  ...{ marks: [], isIncomplete: false, isUnfinished: false },
};

Deno.test("timeText() tells minutes, seconds and tenths since the first tick", () => {
  const times = [
    "0:00.0",
    "0:00.0",
    "0:00.1",
    "0:00.9",
    "0:01.0",
    "1:23.4",
    "10:00.0",
    "0:00.0",
  ];
  const ticks = [0, 5, 6, 59, 60, 5004, 36_000, -6];

  expect(ticks.map((tick) => timeText(100 + tick, 100))).toEqual(times);
});

Deno.test("withinReplay() stays within what is recorded", () => {
  const ticks = [99, 100, 500, 1101].map((tick) => withinReplay(tick, REPLAY));

  expect(ticks).toEqual([100, 100, 500, 1100]);
});

Deno.test("marks stand on the time line in order, those outside of it at its ends", () => {
  const placed = placeMarks(replayWith([1100, 100, 600, 2000, 0]), 0);

  expect(placed.map(({ at }) => at)).toEqual([0, 0, 0.5, 1, 1]);
});

for (
  const [what, ticks, width, lanes] of [
    [
      "move up a lane where another one is in the way, and down again",
      [200, 210, 220, 300, 310],
      0.05,
      [0, 1, 2, 0, 1],
    ],
    [
      "stay in the lowest lane where the one before just ends",
      [200, 300, 301],
      0.1,
      [0, 0, 1],
    ],
    [
      "overlap in the lane with most room where all are taken",
      [200, 210, 220, 230, 240],
      0.5,
      [0, 1, 2, 0, 1],
    ],
    [
      "lie in the lowest free lane, though a higher one has more room",
      [200, 205, 210, 308, 309],
      0.1,
      [0, 1, 2, 0, 1],
    ],
  ] as const
) {
  Deno.test(`marks ${what}`, () => {
    const placed = placeMarks(replayWith(ticks), width);

    expect(placed.map(({ lane }) => lane)).toEqual(lanes);
  });
}

Deno.test("marks of a recording of one tick stand at its beginning", () => {
  const replay = { ...replayWith([100]), lastTick: 100 };

  expect(placeMarks(replay, 0.1).map(({ at }) => at)).toEqual([0]);
  expect(placeMarks({ ...replayWith([101]), lastTick: 101 }, 0.1)[0].at).toBe(
    1,
  );
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
  expect([0.1, 0.15, 0.25, 0.5, 1, 2, 4].map(speedText))
    .toEqual(["1/10", "1/7", "1/4", "1/2", "1×", "2×", "4×"]);
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

  for (
    const [value, untilMs] of [
      ["a", 0],
      ["b", 60],
      ["c", 149],
      ["d", 150],
      ["e", 1000],
      ["f", 1050],
      ["g", 0],
    ] as const
  ) {
    give(value);
    if (untilMs > 0) passTo(untilMs);
  }

  expect(sent).toEqual([
    "a at 0",
    "b at 50",
    "c at 100",
    "d at 150",
    "e at 200",
    "f at 1000",
    "g at 1050",
  ]);
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
