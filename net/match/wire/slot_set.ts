/**
 * Sets of slots. They travel in one byte.
 *
 * @module
 */
import { SLOTS_MAX } from "../../../game/court.ts";

/** Bit s is set if slot s is in it. */
export type SlotSet = number;

/** Returns the set of this slot alone. */
export function setOf(slot: number): SlotSet {
  return 1 << slot;
}

/** Returns the set of all slots of a match of that many players. */
export function everySlot(players: number): SlotSet {
  return (1 << players) - 1;
}

export function has(set: SlotSet, slot: number): boolean {
  return ((set >> slot) & 1) === 1;
}

/** The slots of each set, made once: every tick asks for some. */
const SLOTS: readonly (readonly number[])[] = Array.from(
  { length: 1 << SLOTS_MAX },
  (_, set) => [0, 1, 2, 3].filter((slot) => has(set, slot)),
);

/** Returns the slots of a set, lowest first. */
export function slotsOf(set: SlotSet): readonly number[] {
  return SLOTS[set];
}

/** Returns how many slots are in a set. */
export function sizeOf(set: SlotSet): number {
  let size = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) size++;
  return size;
}
