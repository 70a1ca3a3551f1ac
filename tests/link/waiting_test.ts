// How long is waited, and how much is borne: back-off, silence, rates, and waits that are cut short.
import { expect } from "@std/expect";
import { backoffMs } from "../../net/link/backoff.ts";
import { aborted, pause } from "../../net/link/pause.ts";
import { SilenceWatch } from "../../net/link/silence.ts";
import { TokenBucket } from "../../net/link/token_bucket.ts";
import { VirtualTime } from "../support/virtual_time.ts";

Deno.test("backoffMs() doubles the wait with each failure, up to the longest, for ever", () => {
  const waits = [0, 1, 2, 3, 4, 5, 6, 100_000]
    .map((failures) => backoffMs(failures, { firstMs: 50, maxMs: 1_000 }));

  expect(waits).toEqual([50, 100, 200, 400, 800, 1_000, 1_000, 1_000]);
});

Deno.test("silence is over after its limit, of which sleep counts a second at most", () => {
  const silence = new SilenceWatch(3_000, 500);
  const checks = [
    [1_500, false], // 1 s
    [1_600, false], // 1.1 s
    [90_000, false], // 2.1 s: asleep.
    [90_899, false],
    [90_900, true], // 3 s
    [91_000, true],
  ] as const;

  for (const [nowMs, isOver] of checks) {
    expect([nowMs, silence.isOver(nowMs)]).toEqual([nowMs, isOver]);
  }
  silence.heard();
  expect(silence.isOver(91_999)).toBe(false);
});

Deno.test("a token bucket gives a burst, then so many a second, and saves no more than a burst", () => {
  const bucket = new TokenBucket({ perSecond: 4, burst: 3 }, 1_000);
  const taken = [1_000, 1_000, 1_000, 1_000, 1_249, 1_250, 1_250, 61_250]
    .map((nowMs) => bucket.take(nowMs));

  expect(taken)
    .toEqual([true, true, true, false, false, true, false, true]);
  expect([1, 2, 3].map(() => bucket.take(61_250)))
    .toEqual([true, true, false]);
});

Deno.test("a pause ends after its time, or at once when its signal aborts, and leaves nothing", async () => {
  using time = new VirtualTime();
  const stop = new AbortController();
  const ended: string[] = [];
  const waits = { short: 99, exact: 100, long: 101, cut: 999 };
  for (const [name, ms] of Object.entries(waits)) {
    void pause(ms, stop.signal).then(() => ended.push(name));
  }
  void aborted(stop.signal).then(() => ended.push("aborted"));

  await time.pass(100);
  expect(ended).toEqual(["short", "exact"]);
  await time.pass(1);
  stop.abort();
  await time.settle();

  expect(ended).toEqual(["short", "exact", "long", "aborted", "cut"]);
  await pause(1_000, stop.signal);
  await aborted(stop.signal);
});
