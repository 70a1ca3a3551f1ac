/**
 * Sets of slots as bits of a small number: bit s for slot s. They travel in one byte.
 *
 * @module
 */

export type SlotSet = number;

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
