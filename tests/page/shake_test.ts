/**
 * The shake after a goal.
 *
 * @module
 */
import { expect } from "@std/expect";
import { shakeAt } from "../../static/court/shake.ts";

const MOMENTS_MS = Array.from({ length: 200 }, (_, i) => i);

function reachAt(sinceMs: number): number {
  const { x, y } = shakeAt(sinceMs);
  return Math.hypot(x, y);
}

Deno.test("a shake moves the picture, by 4 px at most, and less and less", () => {
  const reaches = MOMENTS_MS.map(reachAt);
  const early = Math.max(...reaches.slice(0, 100));
  const late = Math.max(...reaches.slice(100));

  expect(early).toBeGreaterThan(2);
  expect(early).toBeLessThanOrEqual(4);
  expect(late).toBeLessThan(early / 2);
});

Deno.test("a shake is over after 200 ms, and there is none before a goal", () => {
  expect([200, 5000, Infinity].map(reachAt)).toEqual([0, 0, 0]);
});
