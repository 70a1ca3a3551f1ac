/**
 * Sets of slots. They travel in one byte.
 *
 * @module
 */

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

/** Returns the slots of a set, lowest first. */
export function slotsOf(set: SlotSet): number[] {
  const slots: number[] = [];
  for (let slot = 0; set >> slot !== 0; slot++) {
    if (has(set, slot)) slots.push(slot);
  }
  return slots;
}

/** Returns how many slots are in a set. */
export function sizeOf(set: SlotSet): number {
  let size = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) size++;
  return size;
}
