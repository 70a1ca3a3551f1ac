/**
 * Compares the hashes of confirmed states that other members claim with this host's own.
 *
 * @module
 */
import { lastSegment } from "../../game/presence.ts";
import { HISTORY_TICKS, type Rollback } from "../../game/rollback.ts";
import type { Commitment } from "./membership/commitment.ts";
import type { Standing } from "./membership/standing.ts";
import type { Timers } from "./membership/timers.ts";
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
  /** Slots that differed from most, and that contradicted themselves, in their present incarnation. */
  #outvoted: SlotSet = 0;
  #contradicting: SlotSet = 0;
  /** When most members held this host's state last, and for how long they haven't. */
  #settledMs: number;
  #unsettledForMs = 0;

  /** By slot: newest confirmed state that was compared, and was the same. */
  readonly #compared: number[];
  readonly #claimed: TickHash[][];

  constructor(players: number, nowMs: number) {
    this.#differences = Array.from({ length: players }, () => undefined);
    this.#settledMs = nowMs;
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
    if (this.#isSettled(members)) this.#settledMs = nowMs;
    this.#unsettledForMs = nowMs - this.#settledMs;
  }

  /**
   * Returns a difference that no majority settles: in a match of two at once, else for longer than
   * a quarter of the grace period.
   */
  unsettled(members: SlotSet, graceMs: number): Desync | undefined {
    const isDue = this.#differences.length === 2 ||
      this.#unsettledForMs >= graceMs / 4;
    return isDue && !this.#isSettled(members)
      ? this.#differences.find((one) => one && has(members, one.slot))
      : undefined;
  }

  /**
   * Whether this host should go out and come back with another's state: while no majority settles a
   * difference the highest slot does first, each lower one that much later, so that most of those
   * who are left come to hold the same. Of two, only who came back before: there may be more
   * members than it was told.
   */
  mustYield(
    { members, attempt }: Pick<Standing, "members" | "attempt">,
    { slot, timers: { graceMs }, from }: {
      readonly slot: number;
      readonly timers: Timers;
      /** Set where this host has come back. */
      readonly from: unknown;
    },
  ): boolean {
    const place = sizeOf(members >> slot);
    return this.#differences.length > 2 && !this.#isSettled(members) &&
      (sizeOf(members) > 2 || from !== undefined) && !attempt &&
      this.#unsettledForMs >= graceMs / 16 * place;
  }

  /** Members that were found to differ from most others, this host among those. */
  outvoted(members: SlotSet): SlotSet {
    if (this.#isSettled(members)) this.#outvoted = this.differing;
    return (this.#outvoted | this.#contradicting) & members;
  }

  /** Whether more than half of the members hold this host's state. */
  #isSettled(members: SlotSet): boolean {
    return 2 * sizeOf(members & ~this.differing) > sizeOf(members);
  }

  /** The slot has brought two inputs of one tick: whoever holds its inputs may hold others. */
  noteContradiction(slot: number): void {
    this.#contradicting |= setOf(slot);
  }

  /** Who is out, or comes back, begins with a state of the others. */
  forgetAllBut(kept: SlotSet): void {
    for (const slot of this.#differences.keys()) {
      if (!has(kept, slot)) this.#differences[slot] = undefined;
    }
    this.#outvoted &= kept;
    this.#contradicting &= kept;
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
