import { expect } from "@std/expect";
import { TICK_MS } from "../../game/court.ts";
import { Beats } from "../../net/match/clock/beats.ts";
import { inputDelayFor } from "../../net/match/clock/input_delay.ts";
import { PeerClock } from "../../net/match/clock/peer_clock.ts";
import { leadOver, TimeSync } from "../../net/match/clock/time_sync.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import { stampOf } from "../../net/match/wire/stamp.ts";
import { recordOf } from "./membership_case.ts";

const MINUTE_MS = 60_000;

const RECORD = recordOf(1, { have: [] });

/** What is known of a clock that is ahead by so much after one round trip of `rttMs`. */
function clockAhead(aheadMs: number, rttMs = 40, atMs = 0): PeerClock {
  const clock = new PeerClock();
  clock.addEcho({
    sentMs: atMs - rttMs,
    holdMs: 0,
    theirStamp: stampOf(atMs - rttMs / 2 + aheadMs),
    atMs,
  });
  return clock;
}

Deno.test("a packet's age is right however far apart the clocks are", () => {
  for (let minutes = -71; minutes <= 71; minutes += 0.25) {
    const aheadMs = minutes * MINUTE_MS;
    const clock = clockAhead(aheadMs);
    for (const ageMs of [0, 100, 2_000, 34 * MINUTE_MS]) {
      const sentAt = stampOf(1e6 - ageMs + aheadMs);
      expect(clock.ageMs(sentAt, 1e6)).toBe(ageMs);
    }
  }
});

Deno.test("only what was sent within the limit is fresh, not what stamps can't tell apart", () => {
  const clock = clockAhead(0);
  const nowMs = 100 * MINUTE_MS;
  const isFresh = (ageMs: number) =>
    clock.isFresh(stampOf(nowMs - ageMs), nowMs, 2_000);

  for (const ageMs of [-2_000, 0, 1_999, 2_000]) {
    expect({ ageMs, isFresh: isFresh(ageMs) })
      .toEqual({ ageMs, isFresh: true });
  }
  for (
    const ageMs of [
      -2_001,
      2_001,
      30_000,
      ...[9, 30, 36, 50, 69].map((m) => m * MINUTE_MS),
    ]
  ) {
    expect({ ageMs, isFresh: isFresh(ageMs) })
      .toEqual({ ageMs, isFresh: false });
  }
});

/** One round trip of `rttMs` that ends at `atMs`, to a clock that is `aheadMs` ahead. */
function echoOf(rttMs: number, atMs: number, aheadMs = 0, holdMs = 0) {
  return {
    sentMs: atMs - rttMs - holdMs,
    holdMs,
    theirStamp: stampOf(atMs - rttMs / 2 + aheadMs),
    atMs,
  };
}

Deno.test("round-trip times are smoothed as in TCP, without the time an echo was held", () => {
  const clock = new PeerClock();
  expect([clock.rttMs, clock.jitterMs]).toEqual([undefined, 0]);

  clock.addEcho(echoOf(80, 1_000, 0, 5));
  expect([clock.rttMs, clock.jitterMs]).toEqual([80, 0]);
  clock.addEcho(echoOf(160, 2_000, 0, 5));
  expect([clock.rttMs, clock.jitterMs]).toEqual([90, 20]);
  // One that says to have been held for longer than it was under way.
  clock.addEcho({ ...echoOf(0, 3_000), holdMs: 20 });
  expect([clock.rttMs, clock.jitterMs]).toEqual([78.75, 37.5]);
  expect(clock.roundTrips).toBe(3);
});

/** Samples in order, and the offset that is believed after each. */
const OFFSETS: readonly (readonly [
  name: string,
  samples: readonly (readonly [
    atMs: number,
    rttMs: number,
    aheadMs: number,
    believedMs: number,
  ])[],
])[] = [
  ["the sample with the shortest round trip counts", [
    [0, 80, 30, 30],
    [100, 40, 10, 10],
    [200, 40, 12, 10],
    [300, 41, 14, 10],
    [400, 39, 8, 8],
  ]],
  ["the best of the last period and this one counts, and none before", [
    [0, 40, 10, 10],
    [4_999, 60, 12, 10],
    [5_000, 60, 14, 10],
    [9_999, 50, 16, 10],
    [10_000, 70, 18, 16],
    [14_999, 90, 19, 16],
    [15_000, 80, 20, 18],
    [15_001, 60, 21, 21],
  ]],
  [
    "a clock that jumps is measured anew, one that may only have drifted is not",
    [
      [0, 40, 0, 0],
      [100, 60, 100, 0],
      [200, 60, -100, 0],
      [300, 60, 101, 101],
      [400, 60, -50, -50],
      // Across the wrap of stamps, which is no jump, but believed as it is.
      [500, 1, 2 ** 21 - 1, 2 ** 21 - 1],
      [600, 1, -(2 ** 21) + 40, 2 ** 21 - 1],
    ],
  ],
  ["after a jump in a new period the former best is void", [
    [0, 10, 0, 0],
    [5_000, 100, 300, 300],
    [5_001, 100, 310, 300],
  ]],
];

for (const [name, samples] of OFFSETS) {
  Deno.test(`the offset of a clock: ${name}`, () => {
    const clock = new PeerClock();
    expect(clock.offsetMs).toBe(0);
    for (const [atMs, rttMs, aheadMs, believedMs] of samples) {
      clock.addEcho(echoOf(rttMs, atMs, aheadMs));
      expect({ atMs, offsetMs: clock.offsetMs })
        .toEqual({ atMs, offsetMs: believedMs });
    }
  });
}

/** A clock of which `transitsMs` are known. */
function clockOf(transitsMs: readonly number[], rttMs = 0): PeerClock {
  const clock = clockAhead(5_000, rttMs);
  for (const [i, transitMs] of transitsMs.entries()) {
    clock.addTransit(stampOf(i * 20 + 5_000 - transitMs), i * 20);
  }
  return clock;
}

Deno.test("nine of ten of the last 64 packets arrive within transitP90Ms()", () => {
  const upTo = (most: number) => Array.from({ length: most }, (_, i) => i + 1);

  expect(clockOf([]).transitP90Ms()).toBe(0);
  expect(clockOf([7]).transitP90Ms()).toBe(7);
  expect(clockOf(upTo(10)).transitP90Ms()).toBe(9);
  expect(clockOf(upTo(11)).transitP90Ms()).toBe(10);
  expect(clockOf(upTo(11).toReversed()).transitP90Ms()).toBe(10);
  expect(clockOf(upTo(64)).transitP90Ms()).toBe(57);
  expect(clockOf([...Array(64).fill(500), ...upTo(64)]).transitP90Ms())
    .toBe(57);
  expect(clockOf([...Array(64).fill(1), ...Array(8).fill(500)]).transitP90Ms())
    .toBe(500);
});

Deno.test("of a clock that isn't known, every packet is fresh and none has a transit time", () => {
  const clock = new PeerClock();
  clock.addTransit(stampOf(0), 1e6);

  expect(clock.isFresh(stampOf(0), 1e6, 2_000)).toBe(true);
  expect(clock.transitP90Ms()).toBe(0);
});

Deno.test("inputs count later the later packets come, by 0 to 3 ticks", () => {
  const delay = (...p90Ms: number[]) =>
    inputDelayFor(p90Ms.map((transitMs) => clockOf([transitMs])));

  const cases = [[0, 0], [33, 0], [33.5, 1], [50, 1], [50.25, 2], [66, 2], [
    67,
    3,
  ], [400, 3]];
  expect(cases.map(([transitMs]) => delay(transitMs)))
    .toEqual(cases.map(([, ticks]) => ticks));
  // The farthest counts, and the own clock, of which nothing is known, doesn't.
  expect(delay(0, 50.25, 33)).toBe(2);
  expect(inputDelayFor([new PeerClock(), clockOf([50])])).toBe(1);
});

Deno.test("a lead is smoothed over a second, but one from a stall is believed at once", () => {
  const sync = new TimeSync();
  const after = (leadTicks: number) => {
    sync.add(leadTicks);
    return sync.leadTicks;
  };

  expect(after(3)).toBeCloseTo(0.1);
  expect(after(4.1)).toBeCloseTo(0.1 + 4 / 30);
  expect(after(10)).toBeGreaterThan(5);
  expect(after(-10)).toBeLessThan(-2);
});

Deno.test("ticks get longer for who is ahead, within limits, and not for half a tick", () => {
  const tickMs = (leadTicks: number) => {
    const sync = new TimeSync();
    // Half of it at a time, as after a stall, until nothing is left of what was before.
    for (let i = 0; i < 2_000; i++) sync.add(leadTicks);
    return sync.tickMs() / TICK_MS - 1;
  };

  for (const sign of [1, -1]) {
    expect(tickMs(sign * 0.49)).toBe(0);
    expect(tickMs(sign * 0.51)).toBeCloseTo(sign * 0.51 * 0.005, 6);
    expect(tickMs(sign * 1.5)).toBeCloseTo(sign * 0.0075, 6);
    expect(tickMs(sign * 3.9)).toBeCloseTo(sign * 0.01, 6);
    expect(tickMs(sign * 5)).toBeCloseTo(sign * 0.025, 6);
    expect(tickMs(sign * 30)).toBeCloseTo(sign * 0.05, 6);
  }
});

Deno.test("a lead is taken over the mean of the peers that are there, at most 250 ms on", () => {
  const nowMs = 1e6;
  const clocks = [0, 10_000, -10_000].map((aheadMs) => clockAhead(aheadMs));
  const peer = (slot: number, tick: number, ageMs: number, more = {}) => ({
    ...RECORD,
    slot,
    tick,
    sentAt: stampOf(nowMs - ageMs + [0, 10_000, -10_000][slot]),
    ...more,
  });
  const lead = (...peers: SlotRecord[]) =>
    leadOver(peers, 100, { clocks, freshMs: 2_000, nowMs });

  expect(lead()).toBeUndefined();
  expect(lead(peer(1, 90, 0))).toBe(10);
  expect(lead(peer(1, 90, 0), peer(2, 108, 0))).toBe(1);
  expect(lead(peer(1, 90, 50))).toBeCloseTo(7);
  expect(lead(peer(1, 90, -50))).toBe(10);
  expect(lead(peer(1, 90, 2_000))).toBeCloseTo(-5);
  expect(lead(peer(1, 90, 2_001))).toBeUndefined();
  expect(lead(peer(1, 0, 0, { isReturning: true }), peer(2, 99, 0))).toBe(1);
});

Deno.test("beats count up and come round again, and so do what echoes answer", () => {
  const beats = new Beats(2);
  const { clocks: [, clock] } = beats;
  const taken = Array.from({ length: 0x10000 + 300 }, (_, i) => beats.take(i));
  expect(taken.findIndex((beat, i) => beat !== i)).toBe(0x10000);
  expect(taken.slice(0x10000)).toEqual(taken.slice(0, 300));
  const hear = (theirs: number, echoed: number) =>
    beats.receive({
      slot: 1,
      said: { epoch: 0, confirmed: 0, beat: theirs, sentAt: 0 },
      echo: { beat: echoed, holdMs: 0 },
      atMs: 0x10000 + 300,
    });

  hear(1, 299);
  expect([clock.roundTrips, clock.rttMs]).toEqual([1, 1]);
  hear(2, 44);
  expect([clock.roundTrips, clock.rttMs]).toEqual([2, 1 + 255 / 8]);
  // Older than what is remembered, and not sent yet.
  hear(3, 43);
  hear(4, 300);
  expect(clock.roundTrips).toBe(2);
});

Deno.test("a member whose process is another is measured anew", () => {
  const beats = new Beats(2);
  beats.take(0);
  const said = { epoch: 0, confirmed: 9, beat: 7, sentAt: 0 };
  const hear = (beat: number) =>
    beats.receive({
      slot: 1,
      said: { ...said, beat },
      echo: { beat: 0, holdMs: 0 },
      atMs: 40,
    });
  hear(7);
  expect(beats.echoes(39)).toEqual([undefined, { beat: 7, holdMs: 0 }]);

  beats.forget(1);

  expect(beats.echoes(40)).toEqual([undefined, undefined]);
  expect(beats.clocks[1].roundTrips).toBe(0);
  hear(3);
  expect(beats.echoes(40)).toEqual([undefined, { beat: 3, holdMs: 0 }]);
});

Deno.test("an echo counts only in a packet that is newer than all before", () => {
  const beats = new Beats(2);
  for (let i = 0; i < 300; i++) beats.take(i * 16);
  const atMs = 300 * 16;
  const echo = (beat: number) => ({ beat, holdMs: 1 });
  const hear = (confirmed: number, beat: number, echoed: number) =>
    beats.receive({
      slot: 1,
      said: { epoch: 0, confirmed, beat, sentAt: stampOf(atMs) },
      echo: echo(echoed),
      atMs,
    });
  const { clocks: [, clock] } = beats;

  hear(40_000, 9, 299);
  expect(clock.roundTrips).toBe(1);
  expect(beats.echoes(atMs + 3)).toEqual([undefined, { beat: 9, holdMs: 3 }]);
  // The same once more, one that was overtaken, and one that was held back for ten minutes.
  hear(40_000, 9, 299);
  hear(40_000, 8, 298);
  hear(1_000, 40_000, 290);
  expect(clock.roundTrips).toBe(1);
  hear(40_000, 10, 299);
  expect(clock.roundTrips).toBe(2);
});
