/**
 * When a watcher is shown which tick.
 *
 * @module
 */
import { expect } from "@std/expect";
import { TICK_MS } from "../../game/court.ts";
import { PlayoutClock } from "../../net/watch/playout_clock.ts";

Deno.test("a playout begins 100 ms behind the newest tick, or holds the first one for as long", () => {
  const begin = (firstTick: number, newestTick: number) => {
    const nowMs = 1_000;
    const { tick, nextTickMs } = new PlayoutClock(
      { firstTick, newestTick, nowMs },
    );
    return [tick, Math.round((nextTickMs - nowMs) / TICK_MS)];
  };

  expect(begin(0, 100)).toEqual([94, 1]);
  expect(begin(94, 100)).toEqual([94, 1]);
  expect(begin(98, 100)).toEqual([98, 5]);
  expect(begin(100, 100)).toEqual([100, 7]);
});

Deno.test("a playout runs by 2 % faster for each tick too far behind, from 0.9 to 1.5 times", () => {
  // How far behind a tick is once it is shown, and how fast the next one comes.
  const speeds = [[0, 0.9], [1, 0.9], [4, 0.96], [6, 1], [7, 1.02], [16, 1.2]];
  for (const [behind, speed] of [...speeds, [31, 1.5], [100, 1.5]]) {
    const playout = new PlayoutClock({ firstTick: 0, newestTick: 6, nowMs: 0 });
    const dueMs = playout.nextTickMs;
    playout.advance(dueMs - 0.01, 1 + behind);
    expect([behind, playout.tick]).toEqual([behind, 0]);

    playout.advance(dueMs, 1 + behind);

    expect([behind, playout.tick]).toEqual([behind, 1]);
    expect(playout.nextTickMs - dueMs).toBeCloseTo(TICK_MS / speed, 6);
  }
});

Deno.test("a playout shows at most two ticks at once, and leaves out what is 2 s old", () => {
  const playout = new PlayoutClock({ firstTick: 0, newestTick: 0, nowMs: 0 });
  const ticks = (newestTick: number, toMs: number) => {
    const before = playout.tick;
    playout.advance(toMs, newestTick);
    return playout.tick - before;
  };

  expect(ticks(6, 100)).toBe(0);
  expect(ticks(6, 120)).toBe(1);
  expect(ticks(100, 1_000)).toBe(2);
  expect(ticks(100, 1_001)).toBe(0);
  expect(ticks(123, 1_002)).toBe(0);
  expect(ticks(124, 1_003)).toBe(118 - 3);
  expect(playout.nextTickMs).toBe(1_003 + TICK_MS);
});

Deno.test("a playout that fell behind catches up, and shows bursts evenly", () => {
  const playout = new PlayoutClock({ firstTick: 0, newestTick: 60, nowMs: 0 });
  let newest = 60;
  const shownMs: number[] = [];
  for (let nowMs = 0; nowMs < 30_000; nowMs++) {
    // Twelve ticks at once, five times a second; at 10 s a second's worth too late.
    const isLate = nowMs > 10_000 && nowMs < 11_000;
    if (nowMs % 200 === 0 && !isLate) newest = 60 + nowMs * 60 / 1000;
    const before = playout.tick;
    playout.advance(nowMs, newest);
    if (playout.tick > before) shownMs.push(nowMs);
    expect(playout.tick).toBeLessThanOrEqual(newest);
  }

  const calm = shownMs.filter((atMs) => atMs > 20_000);
  const gapsMs = calm.slice(1).map((atMs, i) => atMs - calm[i]);
  expect(Math.max(...gapsMs)).toBeLessThan(25);
  expect(newest - playout.tick).toBeLessThan(24);
  expect(shownMs.length).toBeGreaterThan(1_780);
});
