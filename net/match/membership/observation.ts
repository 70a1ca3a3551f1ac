/**
 * What one member observes of the others at one moment: who is gone, who asks to come back, what
 * they attempt.
 *
 * @module
 */
import { lastSegment } from "../../../game/presence.ts";
import type { Incarnation, SlotRecord } from "../wire/record.ts";
import { has, setOf, sizeOf, type SlotSet, slotsOf } from "../wire/slot_set.ts";
import type { PeerLiveness } from "./liveness.ts";
import type { NegativeControls } from "./negative_controls.ts";
import type { Standing } from "./standing.ts";
import type { Timers } from "./timers.ts";

/** How far the own number of attempts can be driven at once by another member's. */
const ATTEMPTS_AT_ONCE = 64;

/** How much sooner one may come back whom another member wants: both have their own clocks. */
const WANTED_SOONER_MS = 1_000;

/** What there is to observe at one moment; all owned by `Play`. */
export interface Observed {
  readonly nowMs: number;
  /** By slot: the newest record, where one has come. */
  readonly records: readonly (SlotRecord | undefined)[];
  readonly liveness: Pick<PeerLiveness, "present" | "heard" | "silentMs">;
  /** By slot: highest tick up to which its inputs are known. Copy it to keep it. */
  readonly have: readonly number[];
  /** Members that hold another state than this host and most of the others. */
  readonly differing: SlotSet;
  /** Whether a player that was dropped may be taken back by now, or could `laterMs` ago. */
  readonly mayReturn: (slot: number, laterMs: number) => boolean;
}

/** The member that decides. */
export interface Decider {
  readonly slot: number;
  readonly timers: Timers;
  readonly controls: NegativeControls;
}

/** What a member concludes from `observed`. It holds for one moment: make a new one for the next. */
export class Observation {
  /** The member that observes. */
  readonly slot: number;
  readonly nowMs: number;
  /** By slot: highest tick up to which its inputs are known. */
  readonly have: readonly number[];
  /** Slots that are surely there, and those that aren't silent enough for a suspicion. */
  readonly present: SlotSet;
  readonly heard: SlotSet;
  /** Members that are gone or astray as far as this host can tell: its own opinion. */
  readonly suspected: SlotSet;
  /** Those of them that may be dropped: most of those who'd stay suspect them, too. */
  readonly suspects: SlotSet;

  readonly #observed: Observed;
  readonly #standing: Standing;
  readonly #decider: Decider;
  readonly #others: readonly number[];

  constructor(
    observed: Observed,
    standing: Standing,
    decider: Decider,
  ) {
    const { members } = standing;
    const { slot, timers } = decider;
    this.slot = slot;
    this.nowMs = observed.nowMs;
    this.have = observed.have;
    this.present = observed.liveness.present;
    this.heard = observed.liveness.heard;
    this.#observed = observed;
    this.#standing = standing;
    this.#decider = decider;
    this.#others = slotsOf(members & ~setOf(slot));
    // Two that don't hear each other may take back a third, which then passes on their records.
    const limitMs = sizeOf(members) === 2 ? timers.graceMs : timers.suspectMs;
    this.suspected = this.#others
      .filter((slot) => this.#isGone(slot, limitMs))
      .reduce((suspects, slot) => suspects | setOf(slot), 0);
    this.suspects = this.lostOf(this.suspected);
  }

  /**
   * Whether a slot's present incarnation said goodbye; also because states differ, if more than two
   * play. Of two neither has won then.
   */
  hasLeft(slot: number): boolean {
    const { farewell = "none", epoch } = this.#observed.records[slot] ?? {};
    const isGoodbye = farewell === "left" ||
      (farewell === "desync" && this.#others.length > 1);
    return epoch === this.#epochOf(slot) && isGoodbye;
  }

  /** The newest record of a member, if it is of this era and of its present incarnation. */
  current(slot: number): SlotRecord | undefined {
    const record = this.#observed.records[slot];
    const isCurrent = record && record.era === this.#standing.era &&
      !record.isReturning && record.epoch === this.#epochOf(slot);
    return isCurrent ? record : undefined;
  }

  /**
   * Returns the highest number of an attempt that a member has entered or left; 0 if none, and no
   * more than a step above the own one: numbers have an end, and nobody can drive others there.
   */
  numberOf(slot: number): number {
    const limit = this.#standing.attemptNumber + ATTEMPTS_AT_ONCE;
    return Math.min(limit, this.current(slot)?.change?.attemptNumber ?? 0);
  }

  /** Returns the lowest number above `own` and those of all other members. */
  freeNumber(own: number): number {
    const others = this.#others.map((slot) => this.numberOf(slot));
    return Math.max(own, ...others) + 1;
  }

  /** R3: whether `drop` may go yet; for exactly half, only after the grace period or a goodbye. */
  mayDrop(drop: SlotSet): boolean {
    const { members } = this.#standing;
    const { graceMs } = this.#decider.timers;
    const majority = 2 * sizeOf(members & ~drop) - sizeOf(members);
    return majority > 0 ||
      majority === 0 &&
        slotsOf(drop).every((slot) => this.#isGone(slot, graceMs));
  }

  /**
   * R3: those of `drop` that more than half of the others suspect, this host included. So no member
   * can put out one whom the rest hears, and none can keep in one whom nobody else hears.
   */
  lostOf(drop: SlotSet): SlotSet {
    // Nearly every tick there is nobody to ask about.
    if (drop === 0 || this.#decider.controls.isSuspicionUnshared) return drop;
    const staying = slotsOf(this.#standing.members & ~drop);
    const opinions = staying.map((slot) =>
      slot === this.slot ? this.suspected : this.current(slot)?.suspects ?? 0
    );
    return slotsOf(drop)
      .filter((slot) =>
        2 * opinions.filter((opinion) => has(opinion, slot)).length >
          staying.length
      )
      .reduce((lost, slot) => lost | setOf(slot), 0);
  }

  /**
   * Whether another of the participants shows that it agreed to something. One that is suspected by
   * now doesn't bind this host: without this host's word it can't have committed anything.
   */
  isAgreedSeen(participants: SlotSet): boolean {
    return this.#others.some((slot) =>
      has(participants & ~this.suspected, slot) &&
      this.current(slot)?.change?.agreed !== undefined
    );
  }

  /**
   * A player that asks to come back; not one whom the others still take for a member. The lowest
   * member takes it back at once, each other one that much later: so none of them can keep it out.
   */
  returning(): Incarnation | undefined {
    const before = sizeOf(this.#standing.members & (setOf(this.slot) - 1));
    const laterMs = before * this.#decider.timers.suspectMs;
    for (const [slot, record] of this.#observed.records.entries()) {
      const mayAsk = record?.isReturning && has(this.present, slot) &&
        !has(this.#standing.members, slot) &&
        record.epoch > this.#epochOf(slot) &&
        this.#observed.mayReturn(slot, laterMs);
      if (mayAsk) return { slot, epoch: record.epoch };
    }
    return undefined;
  }

  /**
   * With two members: the suspect's next incarnation, if it asks to come back already. Then one
   * change drops and takes back, for a match with only one member in between would end.
   */
  replacement(): Incarnation | undefined {
    const [slot, ...more] = this.#others;
    const record = this.#observed.records[slot];
    const isAnew = record?.isReturning && record.epoch > this.#epochOf(slot);
    return isAnew && more.length === 0
      ? { slot, epoch: record.epoch }
      : undefined;
  }

  /** Whether that incarnation asks to come back and may, so that others may want it back. */
  isAsking({ slot, epoch }: Incarnation): boolean {
    const record = this.#observed.records[slot];
    return record !== undefined && record.isReturning &&
      record.epoch === epoch && has(this.heard, slot) &&
      this.#observed.mayReturn(slot, -WANTED_SOONER_MS);
  }

  /** Whether an attempt has lasted since then for so long that the others won't take part. */
  isInVain(sinceMs: number): boolean {
    return this.nowMs - sinceMs > this.#decider.timers.suspectMs;
  }

  /** Whether it said goodbye, was silent for so long, or a newer incarnation of it was heard. */
  #isGone(slot: number, forMs: number): boolean {
    const record = this.#observed.records[slot];
    return has(this.#observed.differing, slot) ||
      this.#observed.liveness.silentMs(slot) > forMs ||
      this.hasLeft(slot) ||
      (record !== undefined && record.epoch > this.#epochOf(slot));
  }

  #epochOf(slot: number): number {
    return lastSegment(this.#standing.presences[slot]).epoch;
  }
}
