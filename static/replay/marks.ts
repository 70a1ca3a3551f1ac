/**
 * Times of a replay, and where its marks stand on the time line.
 *
 * @module
 */
import { TICKS_PER_SECOND } from "../../game/court.ts";
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

/** Returns how long after the first tick a tick is, as "1:23.4". */
export function timeText(tick: number, firstTick: number): string {
  const tenths = Math.floor(
    Math.max(0, tick - firstTick) * 10 / TICKS_PER_SECOND,
  );
  const seconds = Math.floor(tenths / 10);
  const inMinute = String(seconds % 60).padStart(2, "0");
  return `${Math.floor(seconds / 60)}:${inMinute}.${tenths % 10}`;
}

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
