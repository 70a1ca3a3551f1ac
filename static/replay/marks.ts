/**
 * Where a replay's marks stand on its time line.
 *
 * @module
 */
import type { ReplayMark, ReplayView } from "../../net/page/protocol.ts";

export interface PlacedMark {
  readonly mark: ReplayMark;
  /** 0 at the first tick … 1 at the last. */
  readonly at: number;
  /** 0 next to the time line, 1 and 2 above that. */
  readonly lane: number;
}

/** One above the other, no more: the bar must stay low. */
const LANES = 3;

/** Returns the nearest tick that the recording has. */
export function withinReplay(
  tick: number,
  { firstTick, lastTick }: ReplayView,
): number {
  return Math.max(firstTick, Math.min(tick, lastTick));
}

/**
 * Returns the marks in order of time, each in the lowest lane where nothing is in its way.
 *
 * `width` is a mark's, as a fraction of the time line. Where all lanes are taken, marks overlap in
 * the one with most room.
 */
export function placeMarks(
  replay: ReplayView,
  width: number,
): readonly PlacedMark[] {
  const { firstTick, lastTick, marks } = replay;
  const ends: number[] = new Array(LANES).fill(-Infinity);
  return marks.toSorted((a, b) => a.tick - b.tick).map((mark) => {
    const at = (withinReplay(mark.tick, replay) - firstTick) /
      Math.max(1, lastTick - firstTick);
    const free = ends.findIndex((end) => at >= end);
    const lane = free >= 0 ? free : ends.indexOf(Math.min(...ends));
    ends[lane] = at + width;
    return { mark, at, lane };
  });
}
