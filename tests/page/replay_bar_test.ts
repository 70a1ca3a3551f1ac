/** The replay bar: times, where marks stand, and how often a dragged slider sends. */
import { expect } from "@std/expect";
import type { ReplayView } from "../../net/page/protocol.ts";
import { createThrottle } from "../../static/line/throttle.ts";
import { placeMarks, withinReplay } from "../../static/replay/marks.ts";
import { markText, speedText, timeText } from "../../static/replay/texts.ts";
import { VirtualTime } from "../support/virtual_time.ts";

const REPLAY: ReplayView = {
  ...{ firstTick: 100, tick: 100, lastTick: 1100, isRunning: false, speed: 1 },
  ...{ marks: [], isIncomplete: false, isUnfinished: false },
};

Deno.test("timeText() tells minutes, seconds and tenths since the first tick", () => {
  const times = {
    ...{ 0: "0:00.0", 5: "0:00.0", 6: "0:00.1", 59: "0:00.9", 60: "0:01.0" },
    ...{ 5004: "1:23.4", 36_000: "10:00.0", "-6": "0:00.0" },
  };
  for (const [tick, time] of Object.entries(times)) {
    expect(timeText(100 + Number(tick), 100)).toBe(time);
  }
});

Deno.test("withinReplay() stays within what is recorded", () => {
  const ticks = [99, 100, 500, 1101].map((tick) => withinReplay(tick, REPLAY));

  expect(ticks).toEqual([100, 100, 500, 1100]);
});

for (
  const [what, ticks, width, lanes] of [
    [
      "move up a lane where another one is in the way, and down again",
      ...[[200, 210, 220, 300, 310], 0.05, [0, 1, 2, 0, 1]] as const,
    ],
    [
      "stay in the lowest lane where the one before just ends",
      ...[[200, 300, 301], 0.1, [0, 0, 1]] as const,
    ],
    [
      "overlap in the lane with most room where all are taken",
      ...[[200, 210, 220, 230, 240], 0.5, [0, 1, 2, 0, 1]] as const,
    ],
    [
      "lie in the lowest free lane, though a higher one has more room",
      ...[[200, 205, 210, 308, 309], 0.1, [0, 1, 2, 0, 1]] as const,
    ],
  ] as const
) {
  Deno.test(`marks ${what}`, () => {
    const placed = placeMarks(replayWith(ticks), width);

    expect(placed.map(({ lane }) => lane)).toEqual(lanes);
  });
}

Deno.test("marks stand on the time line in order, those outside of it at its ends", () => {
  const placesOf = (ticks: readonly number[], lastTick = 1100) =>
    placeMarks({ ...replayWith(ticks), lastTick }, 0).map(({ at }) => at);

  expect(placesOf([1100, 100, 600, 2000, 0])).toEqual([0, 0, 0.5, 1, 1]);
  // A recording of one tick.
  expect(placesOf([100], 100)).toEqual([0]);
  expect(placesOf([101], 101)).toEqual([1]);
});

Deno.test("marks say what happened to whom, and when, and speeds are fractions and multiples", () => {
  const said = (["goal", "dropped", "returned"] as const)
    .map((kind) => markText(kind, { name: "Mia", time: "1:23.4" }));

  const what = ["goal against Mia", "Mia was dropped", "Mia came back"];
  expect(said).toEqual(what.map((text) => `1:23.4: ${text}`));
  expect([0.1, 0.15, 0.25, 0.5, 1, 2, 4].map(speedText))
    .toEqual(["1/10", "1/7", "1/4", "1/2", "1×", "2×", "4×"]);
});

Deno.test("a throttle sends the first value at once and the newest at each interval, also the last one", async () => {
  using time = new VirtualTime();
  const sent: string[] = [];
  const give = createThrottle<string>({
    everyMs: 50,
    send: (value) => sent.push(`${value} at ${time.nowMs}`),
  });

  for (
    const [value, ms, isSentAtOnce] of [
      ...[["a", 0, true], ["b", 30, false], ["c", 30, false]] as const,
      ...[["d", 89, false], ["e", 51, false], ["f", 50, true]] as const,
      ...[["g", 0, true], ["h", 50, false]] as const,
    ]
  ) {
    const before = sent.length;
    give(value);
    expect([value, sent.length > before]).toEqual([value, isSentAtOnce]);
    await time.pass(ms);
  }

  expect(sent).toEqual([
    ...["a at 0", "c at 50", "d at 100", "e at 150"],
    ...["f at 200", "g at 250", "h at 300"],
  ]);
});

function replayWith(ticks: readonly number[]): ReplayView {
  const goal = { kind: "goal", slot: 0 } as const;
  return { ...REPLAY, marks: ticks.map((tick) => ({ ...goal, tick })) };
}
