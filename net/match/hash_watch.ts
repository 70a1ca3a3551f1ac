/**
 * Compares the hashes of confirmed states that other members claim with this host's own.
 *
 * @module
 */
import { lastSegment } from "../../game/presence.ts";
import { HISTORY_TICKS, type Rollback } from "../../game/rollback.ts";
import type { Commitment } from "./membership/commitment.ts";
import type { SlotRecord } from "./wire/record.ts";
import { has, setOf, sizeOf, type SlotSet } from "./wire/slot_set.ts";

/** A confirmed state's tick and hash. */
export type TickHash = readonly [tick: number, hash: number];

/** Two members hold different states of one confirmed tick. */
export interface Desync {
  readonly slot: number;
  readonly tick: number;
  readonly ours: number;
  readonly theirs: number;
}

/** What most ticks bring. */
const NONE: readonly never[] = [];

/** Finds out when another member computes something else. */
export class HashWatch {
  /** By slot: the first difference to its present incarnation. */
  readonly #differences: (Desync | undefined)[];
  readonly #news: Desync[] = [];
  /** When no member differed last, and for how long some has. */
  #sameMs: number;
  #differingForMs = 0;

  /** By slot: newest confirmed state that was compared, and was the same. */
  readonly #compared: number[];
  readonly #claimed: TickHash[][];

  constructor(players: number, nowMs: number) {
    this.#differences = Array.from({ length: players }, () => undefined);
    this.#sameMs = nowMs;
    this.#compared = this.#differences.map(() => -1);
    this.#claimed = this.#compared.map(() => []);
  }

  /** Slots with a difference. */
  get differing(): SlotSet {
    let slots: SlotSet = 0;
    for (const difference of this.#differences) {
      if (difference) slots |= setOf(difference.slot);
    }
    return slots;
  }

  /** Returns the differences that were found since the last call. */
  takeNews(): readonly Desync[] {
    return this.#news.length === 0 ? NONE : this.#news.splice(0);
  }

  /** Time has passed for a match of these members. */
  wait(nowMs: number, members: SlotSet): void {
    if ((this.differing & members) === 0) this.#sameMs = nowMs;
    this.#differingForMs = nowMs - this.#sameMs;
  }

  /**
   * Returns a difference that no majority settles: half of the members differ or, for longer than a
   * quarter of the grace period, more. Where more do, they drop this host, and it comes back; unless they differ, too.
   */
  unsettled(members: SlotSet, graceMs: number): Desync | undefined {
    const rest = 2 * sizeOf(members & ~this.differing) - sizeOf(members);
    const isUnsettled = rest === 0 ||
      rest < 0 && this.#differingForMs >= graceMs / 4;
    return isUnsettled
      ? this.#differences.find((one) => one && has(members, one.slot))
      : undefined;
  }

  /** Members that differ from most others, this host among those; 0 where no majority is known. */
  outvoted(members: SlotSet): SlotSet {
    const differing = this.differing & members;
    const isSettled = 2 * sizeOf(members & ~differing) > sizeOf(members);
    return isSettled ? differing : 0;
  }

  /** Another incarnation of the slot begins with a state of the others. */
  forgive(slot: number): void {
    this.#differences[slot] = undefined;
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

  /**
   * Compares what members claim, once this host has confirmed as much: only within one era must
   * what they have confirmed be the same.
   */
  compare(
    records: readonly SlotRecord[],
    { era, members, presences }: Commitment,
    rollback: Rollback,
  ): void {
    for (const record of records) {
      const { slot } = record;
      const isComparable = record.era === era && !record.isReturning &&
        has(members, slot) &&
        record.epoch === lastSegment(presences[slot]).epoch;
      if (isComparable) this.#compareOne(record, rollback);
    }
  }

  #compareOne({ slot, confirmed, hash }: SlotRecord, rollback: Rollback): void {
    if (confirmed <= this.#compared[slot]) return;
    const ours = rollback.hashAt(confirmed);
    if (ours === undefined) return;
    if (ours === hash) this.#compared[slot] = confirmed;
    else if (!this.#differences[slot]) {
      const difference = { slot, tick: confirmed, ours, theirs: hash };
      this.#differences[slot] = difference;
      this.#news.push(difference);
    }
  }
}
