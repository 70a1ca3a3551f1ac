/**
 * What one member observes of the others at one moment: who is gone, who asks to come back, what
 * they attempt.
 *
 * @module
 */
import { lastSegment, type Presence } from "../../../game/presence.ts";
import type { Incarnation, SlotRecord } from "../wire/record.ts";
import { has, setOf, sizeOf, type SlotSet, slotsOf } from "../wire/slot_set.ts";
import type { PeerLiveness } from "./liveness.ts";
import type { Timers } from "./timers.ts";

/** What there is to observe at one moment; all owned by `Play`. */
export interface Observed {
  readonly nowMs: number;
  /** By slot: the newest record, where one has come. */
  readonly records: readonly (SlotRecord | undefined)[];
  readonly liveness: PeerLiveness;
  /** By slot: highest tick up to which its inputs are known. */
  readonly have: readonly number[];
}

/** The member that observes, and how far its own membership has come. */
export interface Observer {
  readonly slot: number;
  readonly timers: Timers;
  readonly era: number;
  readonly members: SlotSet;
  readonly presences: readonly Presence[];
}

/** What `observer` concludes from `observed`. It holds for one moment: make a new one for the next. */
export class Observation {
  readonly nowMs: number;
  /** By slot: highest tick up to which its inputs are known. */
  readonly have: readonly number[];
  /** Slots that are surely there, and those that aren't silent enough for a suspicion. */
  readonly present: SlotSet;
  readonly heard: SlotSet;

  readonly #observed: Observed;
  readonly #observer: Observer;
  readonly #others: readonly number[];

  constructor(observed: Observed, observer: Observer) {
    this.#observed = observed;
    this.#observer = observer;
    this.#others = slotsOf(observer.members & ~setOf(observer.slot));
    this.nowMs = observed.nowMs;
    this.have = observed.have;
    this.present = observed.liveness.present;
    this.heard = observed.liveness.heard;
  }

  /** Members that are gone as far as this host can tell. */
  suspects(): SlotSet {
    const { members, timers } = this.#observer;
    const limitMs = sizeOf(members) === 2 ? timers.graceMs : timers.suspectMs;
    let suspects = 0;
    for (const slot of this.#others) {
      const isSilent = this.#silentMs(slot) > limitMs;
      if (isSilent || this.#hasGone(slot)) suspects |= setOf(slot);
    }
    return suspects;
  }

  /** Whether a slot's present incarnation said goodbye. */
  hasLeft(slot: number): boolean {
    const record = this.#observed.records[slot];
    return record?.epoch === this.#epochOf(slot) && record.farewell === "left";
  }

  /** The newest record of a member, if it is of this era and of its present incarnation. */
  current(slot: number): SlotRecord | undefined {
    const record = this.#observed.records[slot];
    const isCurrent = record && record.era === this.#observer.era &&
      !record.isReturning && record.epoch === this.#epochOf(slot);
    return isCurrent ? record : undefined;
  }

  /** Highest number of an attempt that a member has entered or left; at least `own`. */
  highestNumber(own: number): number {
    return this.#others.reduce(
      (highest, slot) =>
        Math.max(highest, this.current(slot)?.change?.attemptNumber ?? 0),
      own,
    );
  }

  /** R3: whether `drop` may go yet; for exactly half, only after the grace period or a goodbye. */
  isPatient(drop: SlotSet): boolean {
    const { members, timers } = this.#observer;
    if (2 * sizeOf(members & ~drop) > sizeOf(members)) return true;
    return slotsOf(drop).every((slot) =>
      this.#hasGone(slot) || this.#silentMs(slot) > timers.graceMs
    );
  }

  /** Whether another of the participants shows that it agreed to something. */
  isAgreedSeen(participants: SlotSet): boolean {
    return this.#others.some((slot) =>
      has(participants, slot) &&
      this.current(slot)?.change?.agreed !== undefined
    );
  }

  /** A player that is no member any more and asks to come back. */
  returning(): Incarnation | undefined {
    for (const [slot, record] of this.#observed.records.entries()) {
      const mayAsk = record?.isReturning &&
        !has(this.#observer.members, slot) &&
        has(this.present, slot) && record.epoch > this.#epochOf(slot);
      if (mayAsk) return { slot, epoch: record.epoch };
    }
    return undefined;
  }

  /**
   * With two members: the suspect's next incarnation, if it asks to come back already. Then one
   * change drops and takes back, for a match with only one member in between would end.
   */
  replacement(suspects: SlotSet): Incarnation | undefined {
    const { members } = this.#observer;
    const [slot, ...more] = slotsOf(suspects);
    const record = this.#observed.records[slot];
    const isHalf = 2 * sizeOf(members & ~suspects) === sizeOf(members);
    const isAnew = record?.isReturning && record.epoch > this.#epochOf(slot);
    return isHalf && isAnew && more.length === 0
      ? { slot, epoch: record.epoch }
      : undefined;
  }

  /** Whether its present incarnation said goodbye, or a newer one has been heard. */
  #hasGone(slot: number): boolean {
    const record = this.#observed.records[slot];
    return this.hasLeft(slot) ||
      (record !== undefined && record.epoch > this.#epochOf(slot));
  }

  #silentMs(slot: number): number {
    return this.#observed.liveness.silentMs(slot);
  }

  #epochOf(slot: number): number {
    return lastSegment(this.#observer.presences[slot]).epoch;
  }
}
