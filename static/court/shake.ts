/**
 * A short shake of the picture after a goal.
 *
 * @module
 */
import type { Point } from "./turn.ts";

/** Farther or longer would cost sight of the serve that follows. */
const REACH_PX = 4;
const SHAKE_MS = 200;
/** Swings in that time: the two directions differ, or it would move on a line. */
const SWINGS_X = 4;
const SWINGS_Y = 3;

/** Returns how far the picture is off its place so long after the shake began, in CSS pixels. */
export function shakeAt(sinceMs: number): Point {
  const age = sinceMs / SHAKE_MS;
  if (age < 0 || age >= 1) return { x: 0, y: 0 };
  // Together the two directions stay within the reach.
  const reach = REACH_PX * Math.SQRT1_2 * (1 - age) ** 2;
  return {
    x: reach * Math.sin(2 * Math.PI * SWINGS_X * age),
    y: reach * Math.sin(2 * Math.PI * SWINGS_Y * age),
  };
}
