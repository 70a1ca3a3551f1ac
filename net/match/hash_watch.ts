/**
 * Compares the hashes of confirmed states that other members claim with this host's own.
 *
 * @module
 */
import { HISTORY_TICKS, type Rollback } from "../../game/rollback.ts";
import type { SlotRecord } from "./wire/record.ts";
import { setOf, type SlotSet } from "./wire/slot_set.ts";

/** A confirmed state's tick and hash. */
export type TickHash = readonly [tick: number, hash: number];

/** Two members hold different states of one confirmed tick. */
export interface Desync {
  readonly slot: number;
  readonly tick: number;
  readonly ours: number;
  readonly theirs: number;
}

/** Finds out when another member computes something else. */
export class HashWatch {
  /** By slot: the first difference to its present incarnation. */
  readonly differences: (Desync | undefined)[];

  /** By slot: newest confirmed state that was compared, and was the same. */
  readonly #compared: number[];
  readonly #claimed: TickHash[][];

  constructor(players: number) {
    this.differences = Array.from({ length: players }, () => undefined);
    this.#compared = this.differences.map(() => -1);
    this.#claimed = this.#compared.map(() => []);
  }

  /** Slots with a difference. */
  get differing(): SlotSet {
    let slots: SlotSet = 0;
    for (const difference of this.differences) {
      if (difference) slots |= setOf(difference.slot);
    }
    return slots;
  }

  /** Another incarnation of the slot begins with a state of the others. */
  forgive(slot: number): void {
    this.differences[slot] = undefined;
  }

  /** Tick of the member's newest state that was the same as ours; -1 before the first. */
  comparedTick(slot: number): number {
    return this.#compared[slot];
  }

  /** By slot: what was claimed lately, newest last; evidence in a dispute. */
  claimed(): readonly (readonly TickHash[])[] {
    return this.#claimed;
  }

  /** Remembers what a member claims, for `claimed`; one that is returning holds no state. */
  note({ slot, confirmed, hash, isReturning }: SlotRecord): void {
    if (isReturning) return;
    const claimed = this.#claimed[slot];
    claimed.push([confirmed, hash]);
    if (claimed.length > HISTORY_TICKS) claimed.shift();
  }

  /** Compares what a member of the same era claims, once this host has confirmed as much. */
  compare({ slot, confirmed, hash }: SlotRecord, rollback: Rollback): void {
    if (confirmed <= this.#compared[slot]) return;
    const ours = rollback.hashAt(confirmed);
    if (ours === undefined) return;
    if (ours === hash) this.#compared[slot] = confirmed;
    else {
      this.differences[slot] ??= { slot, tick: confirmed, ours, theirs: hash };
    }
  }
}
