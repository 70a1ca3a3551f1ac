import { expect } from "@std/expect";
import { Beats } from "../../net/match/clock/beats.ts";
import { PeerClock } from "../../net/match/clock/peer_clock.ts";
import { stampOf } from "../../net/match/wire/stamp.ts";

const MINUTE_MS = 60_000;

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
