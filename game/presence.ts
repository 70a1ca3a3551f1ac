/**
 * Presence: in which ticks somebody plays for a slot.
 *
 * A slot's history is a few segments, each played by one *incarnation* of its player. A restarted
 * process, or a return after a drop, is a new incarnation; its number, the *epoch*, is higher than
 * the one before. In ticks outside all segments the slot is absent and its side a wall.
 *
 * @module
 */

/** `to` of a segment that has not ended. */
export const OPEN_END = 0x7fffffff;

/** Ticks from `from` to `to`, both included, played by incarnation `epoch`. */
export interface Segment {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
}

/** Segments in the order of their ticks; never empty. */
export type Presence = readonly Segment[];

/** The presence of a player who is there from the first tick on. */
export function presentFromStart(epoch: number): Presence {
  return [{ epoch, from: 0, to: OPEN_END }];
}

/** Returns the newest segment. */
export function lastSegment(presence: Presence): Segment {
  return presence[presence.length - 1];
}

/** Returns the incarnation that plays at a tick, or -1 where nobody does. */
export function epochAt(presence: Presence, tick: number): number {
  for (let i = presence.length - 1; i >= 0; i--) {
    const { epoch, from, to } = presence[i];
    if (tick >= from) return tick <= to ? epoch : -1;
  }
  return -1;
}

/** Returns the first tick after `tick` at which somebody plays, or `OPEN_END` if there is none. */
export function nextPresentTick(presence: Presence, tick: number): number {
  for (const { from, to } of presence) {
    if (tick + 1 <= to) return Math.max(from, tick + 1);
  }
  return OPEN_END;
}
