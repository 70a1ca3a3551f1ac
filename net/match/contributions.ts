/**
 * What each member contributes: which of the inputs count that packets bring, and whether a member
 * does what the others wait for.
 *
 * A member's inputs count as it brings them itself. Others pass them on for whoever can't hear it,
 * and those count where it doesn't bring them: so nobody can speak for a member that speaks.
 *
 * @module
 */
import { lastSegment } from "../../game/presence.ts";
import type { Rollback } from "../../game/rollback.ts";
import type { HashWatch } from "./hash_watch.ts";
import { type HeardRecords, STALE_MS } from "./heard_records.ts";
import { isInStep } from "./membership/commitment.ts";
import type { Membership } from "./membership/membership.ts";
import type { NegativeControls } from "./membership/negative_controls.ts";
import type { Timers } from "./membership/timers.ts";
import type { Return } from "./returning.ts";
import type { SlotRecord } from "./wire/record.ts";
import { has } from "./wire/slot_set.ts";
import type { InputRun } from "./wire/wire.ts";

/** A member that has confirmed so much less is as good as silent; two hosts lie far closer. */
const LAG_TICKS_MAX = 64;

/** Whose match it is; all but the first four is owned by `Play` and changes under this. */
export interface ContributionsOptions {
  readonly slot: number;
  /** A slot whose inputs count only as others pass them on. */
  readonly distrusted: number | undefined;
  /** Set for a player that comes back. */
  readonly from: Return | undefined;
  readonly timers: Timers;
  readonly controls: NegativeControls;
  readonly nowMs: number;
  readonly rollback: Rollback;
  readonly membership: Membership;
  readonly hashes: HashWatch;
  readonly heard: HeardRecords;
}

/** The contributions of all members of one match in play. */
export class Contributions {
  /** Inputs that contradicted what was known of the same slot and tick. */
  conflicts = 0;
  readonly #options: ContributionsOptions;
  /** By slot: highest tick of inputs that could be taken in, were it not for an attempt. */
  readonly #offered: number[];
  /** By slot: when it brought inputs itself; up to which tick some were taken that it didn't. */
  readonly #broughtMs: number[];
  readonly #passedOn: number[];

  constructor(options: ContributionsOptions) {
    const { heard, nowMs } = options;
    this.#options = options;
    this.#offered = heard.words.map(() => -1);
    this.#broughtMs = heard.words.map(() => nowMs);
    this.#passedOn = heard.words.map(() => -1);
  }

  /** Adds this host's input (−127…127) for all ticks up to `untilTick` that have none yet. */
  addOwn(input: number, untilTick: number): void {
    const { slot, rollback } = this.#options;
    const bounded = Math.max(-127, Math.min(127, Math.trunc(input) || 0));
    let next = rollback.nextInputTick(slot);
    while (
      next >= this.#firstOf(slot) && next <= untilTick &&
      rollback.addInput(slot, next, bounded) === "added"
    ) next = rollback.nextInputTick(slot);
  }

  /** Takes in what counts of inputs that member `by` sent. */
  take({ slot, start, inputs }: InputRun, by: number, atMs: number): void {
    const { slot: me, rollback, membership } = this.#options;
    const isDirect = slot === by;
    const sinceTick = this.#countsSince(slot, by, atMs);
    const untilTick = this.#countsUntil(slot, by, atMs);
    // Even one that can't be taken in during an attempt shows that the slot isn't silent.
    const end = Math.min(untilTick, start + inputs.length - 1);
    if (start <= rollback.have(slot) + 1 && end > this.#offered[slot]) {
      this.#offered[slot] = end;
      if (isDirect) this.#broughtMs[slot] = atMs;
    }
    for (let i = 0; i < inputs.length; i++) {
      const tick = start + i;
      if (tick < sinceTick) continue;
      if (tick > untilTick) return;
      // This host's own are made here; older ones were its predecessor's.
      if (slot === me && tick >= this.#firstOf(me)) return;
      if (!membership.mayTake(slot, tick)) return;
      const verdict = rollback.addInput(slot, tick, inputs[i]);
      if (verdict === "gap") return;
      if (verdict === "conflict") this.#noteConflict(slot, tick, isDirect);
      else if (verdict === "added" && !isDirect) this.#passedOn[slot] = tick;
    }
  }

  /** Two inputs of one tick: who brought both itself has contradicted itself. */
  #noteConflict(slot: number, tick: number, isDirect: boolean): void {
    this.conflicts++;
    const isOwn = isDirect && tick >= this.#firstOf(slot) &&
      tick > this.#passedOn[slot];
    if (isOwn) this.#options.hashes.noteContradiction(slot);
  }

  /**
   * R1: whoever speaks, but holds up the others by what it keeps to itself, is as good as silent:
   * inputs, its part in an attempt, what it has confirmed. `isDirect`: it sent this record itself.
   */
  keepsUp(
    record: SlotRecord,
    { isDirect, endTick }: {
      readonly isDirect: boolean;
      /** As in `Play`. */
      readonly endTick: number | undefined;
    },
  ): boolean {
    const { rollback, membership: { standing }, hashes } = this.#options;
    if (this.#options.controls.isKeepingHeard) return true;
    const { slot } = record;
    if (!has(standing.members, slot)) return true;
    // It was taken back, and has yet to begin.
    if (record.isReturning) return false;
    const { attempt } = standing;
    if (attempt && !has(attempt.drop, slot)) {
      return isInStep(record, standing, (of) => rollback.have(of));
    }
    if (endTick !== undefined && !attempt) {
      return hashes.comparedTick(slot) >= endTick;
    }
    const { confirmedTick } = rollback;
    const brought = Math.max(rollback.have(slot), this.#offered[slot]);
    const made = isDirect ? Math.min(record.tick - 1, record.have[slot]) : -1;
    return brought >= Math.max(confirmedTick, made) &&
      record.confirmed >= confirmedTick - LAG_TICKS_MAX;
  }

  /**
   * From which tick on a slot's inputs count as `by` sends them. Who is dropped no longer brings its
   * own: all who stay copy from one another, so that all come to hold the same. Who comes back
   * catches up for a while with inputs that lead on from its state, whatever others say they were.
   */
  #countsSince(slot: number, by: number, atMs: number): number {
    const { slot: me, from, distrusted, controls, nowMs, timers, heard } =
      this.#options;
    const { attempt } = this.#options.membership.standing;
    const isLeaving = !controls.isUnfrozen && has(attempt?.drop ?? 0, slot);
    if (slot === by && (isLeaving || slot === distrusted)) return Infinity;
    const isCatchingUp = from !== undefined && by !== from.giver &&
      atMs - nowMs < timers.unstableMs && heard.isDirect(from.giver, atMs) &&
      attempt?.cut === undefined;
    return isCatchingUp ? this.#firstOf(me) : 0;
  }

  /**
   * And until which: those that it doesn't bring itself count up to any tick where it can't be
   * heard; else those that it made, but brings no more, and those from before.
   */
  #countsUntil(slot: number, by: number, atMs: number): number {
    const { slot: me, from, distrusted, controls } = this.#options;
    const { heard, membership: { standing: { attempt } } } = this.#options;
    const isAny = slot === by || slot === distrusted ||
      controls.isPassedOnTaken || !heard.isDirect(slot, atMs);
    if (isAny) return Infinity;
    const isKept = atMs - this.#broughtMs[slot] > STALE_MS;
    const made = isKept ? heard.words[slot]?.have[slot] ?? -1 : -1;
    const before = by === from?.giver
      ? Math.max(this.#firstOf(slot), this.#firstOf(me))
      : this.#firstOf(slot);
    return Math.max(attempt?.cut?.[slot] ?? -1, made, before - 1);
  }

  /** First tick of which a slot's present incarnation's inputs count. */
  #firstOf(slot: number): number {
    const { presences } = this.#options.membership.standing;
    return lastSegment(presences[slot]).from;
  }
}
