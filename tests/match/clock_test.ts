import { expect } from "@std/expect";
import { TICK_MS } from "../../game/court.ts";
import { Beats } from "../../net/match/clock/beats.ts";
import { inputDelayFor } from "../../net/match/clock/input_delay.ts";
import { PeerClock } from "../../net/match/clock/peer_clock.ts";
import { leadOver, TimeSync } from "../../net/match/clock/time_sync.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import { stampOf } from "../../net/match/wire/stamp.ts";
import { recordOf } from "../support/slot_record.ts";

const MINUTE_MS = 60_000;

/** One round trip of `rttMs` that ends at `atMs`, to a clock that is `aheadMs` ahead. */
function echoOf(rttMs: number, atMs: number, aheadMs = 0, holdMs = 0) {
  const theirStamp = stampOf(atMs - rttMs / 2 + aheadMs);
  return { sentMs: atMs - rttMs - holdMs, holdMs, theirStamp, atMs };
}

/** What is known of a clock that is ahead by so much after one round trip. */
function clockAhead(aheadMs: number, rttMs = 40): PeerClock {
  const clock = new PeerClock();
  clock.addEcho(echoOf(rttMs, 0, aheadMs));
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

  expect([-2_000, 0, 1_999, 2_000].filter(isFresh)).toHaveLength(4);
  const minutesMs = [9, 30, 36, 50, 69].map((m) => m * MINUTE_MS);
  expect([-2_001, 2_001, 30_000, ...minutesMs].filter(isFresh)).toEqual([]);
});

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

/** Samples in order: when, round trip, how far ahead; and the offset that is believed after each. */
// deno-fmt-ignore
const OFFSETS = {
  "the sample with the shortest round trip counts": [
    [0, 80, 30, 30], [100, 40, 10, 10], [200, 40, 12, 10], [300, 41, 14, 10], [400, 39, 8, 8],
  ],
  "the best of the last period and this one counts, and none before": [
    [0, 40, 10, 10], [4_999, 60, 12, 10],
    [5_000, 60, 14, 10], [9_999, 50, 16, 10],
    [10_000, 70, 18, 16], [14_999, 90, 19, 16],
    [15_000, 80, 20, 18], [15_001, 60, 21, 21],
  ],
  "a clock that jumps is measured anew, one that may only have drifted is not": [
    [0, 40, 0, 0], [100, 60, 100, 0], [200, 60, -100, 0], [300, 60, 101, 101], [400, 60, -50, -50],
    // Across the wrap of stamps, which is no jump, but believed as it is.
    [500, 1, 2 ** 21 - 1, 2 ** 21 - 1], [600, 1, -(2 ** 21) + 40, 2 ** 21 - 1],
  ],
  "after a jump in a new period the former best is void": [
    [0, 10, 0, 0], [5_000, 100, 300, 300], [5_001, 100, 310, 300],
  ],
};

for (const [name, samples] of Object.entries(OFFSETS)) {
  Deno.test(`the offset of a clock: ${name}`, () => {
    const clock = new PeerClock();
    expect(clock.offsetMs).toBe(0);
    for (const [atMs, rttMs, aheadMs, believedMs] of samples) {
      clock.addEcho(echoOf(rttMs, atMs, aheadMs));
      expect([atMs, clock.offsetMs]).toEqual([atMs, believedMs]);
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

  expect([0, 33, 33.5, 50, 50.25, 66, 67, 400].map((p90Ms) => delay(p90Ms)))
    .toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
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
  const aheadMs = [0, 10_000, -10_000];
  const clocks = aheadMs.map((ahead) => clockAhead(ahead));
  const peer = (slot: number, tick: number, ageMs: number, more = {}) => {
    const sentAt = stampOf(nowMs - ageMs + aheadMs[slot]);
    return recordOf(slot, { tick, sentAt, ...more });
  };
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

/** What slot 0 of two hears of slot 1: a beat, and an echo of one of its own, held for 0 ms. */
function hearing(beats: Beats, atMs: number) {
  return (beat: number, echoed: number, confirmed = 0, holdMs = 0) =>
    beats.receive({
      slot: 1,
      said: { epoch: 0, confirmed, beat, sentAt: stampOf(atMs) },
      echo: { beat: echoed, holdMs },
      atMs,
    });
}

Deno.test("beats count up and come round again, and so do what echoes answer", () => {
  const beats = new Beats(2);
  const { clocks: [, clock] } = beats;
  const taken = Array.from({ length: 0x10000 + 300 }, (_, i) => beats.take(i));
  expect(taken.findIndex((beat, i) => beat !== i)).toBe(0x10000);
  expect(taken.slice(0x10000)).toEqual(taken.slice(0, 300));
  const hear = hearing(beats, 0x10000 + 300);

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
  const hear = hearing(beats, 40);
  hear(7, 0, 9);
  expect(beats.echoes(39)).toEqual([undefined, { beat: 7, holdMs: 0 }]);

  beats.forget(1);

  expect(beats.echoes(40)).toEqual([undefined, undefined]);
  expect(beats.clocks[1].roundTrips).toBe(0);
  hear(3, 0, 9);
  expect(beats.echoes(40)).toEqual([undefined, { beat: 3, holdMs: 0 }]);
});

Deno.test("an echo counts only in a packet that is newer than all before", () => {
  const beats = new Beats(2);
  for (let i = 0; i < 300; i++) beats.take(i * 16);
  const hear = hearing(beats, 300 * 16);
  const { clocks: [, clock] } = beats;

  hear(9, 299, 40_000, 1);
  expect(clock.roundTrips).toBe(1);
  expect(beats.echoes(300 * 16 + 3))
    .toEqual([undefined, { beat: 9, holdMs: 3 }]);
  // The same once more, one that was overtaken, and one that was held back for ten minutes.
  hear(9, 299, 40_000, 1);
  hear(8, 298, 40_000, 1);
  hear(40_000, 290, 1_000, 1);
  expect(clock.roundTrips).toBe(1);
  hear(10, 299, 40_000, 1);
  expect(clock.roundTrips).toBe(2);
});
