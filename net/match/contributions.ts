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
import { ABSENT_INPUT } from "../../game/state.ts";
import type { HashWatch } from "./hash_watch.ts";
import { type HeardRecords, STALE_MS } from "./heard_records.ts";
import { isInStep } from "./membership/commitment.ts";
import type { Membership } from "./membership/membership.ts";
import type { NegativeControls } from "./membership/negative_controls.ts";
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
  /** By slot: when it brought inputs itself. */
  readonly #broughtMs: number[];

  constructor(options: ContributionsOptions) {
    const { heard, nowMs } = options;
    this.#options = options;
    this.#offered = heard.words.map(() => -1);
    this.#broughtMs = heard.words.map(() => nowMs);
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

  /** Takes in what counts of inputs that member `from` sent. */
  take({ slot, start, inputs }: InputRun, from: number, atMs: number): void {
    const { slot: me, rollback, membership, distrusted } = this.#options;
    const isDirect = slot === from;
    const untilTick = isDirect || slot === distrusted
      ? Infinity
      : this.#passedOnUntil(slot, atMs);
    // Even one that can't be taken in during an attempt shows that the slot isn't silent.
    const end = Math.min(untilTick, start + inputs.length - 1);
    if (start <= rollback.have(slot) + 1 && end > this.#offered[slot]) {
      this.#offered[slot] = end;
      if (isDirect) this.#broughtMs[slot] = atMs;
    }
    if (isDirect && slot === distrusted) return;
    for (let i = 0; i < inputs.length; i++) {
      const tick = start + i;
      const input = inputs[i];
      if (input === ABSENT_INPUT || tick > untilTick) return;
      // This host's own are made here; older ones were its predecessor's.
      if (slot === me && tick >= this.#firstOf(me)) return;
      if (!membership.mayTake(slot, tick)) return;
      const verdict = rollback.addInput(slot, tick, input);
      if (verdict === "gap") return;
      if (verdict === "conflict") this.conflicts++;
    }
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
   * Up to which tick inputs of a slot count that others pass on: any, where it can't be heard; else
   * those that it made, but brings no more, and what its former incarnations left.
   */
  #passedOnUntil(slot: number, atMs: number): number {
    const { heard, membership, controls } = this.#options;
    if (controls.isPassedOnTaken) return Infinity;
    if (!heard.isDirect(slot, atMs)) return Infinity;
    const cut = membership.standing.attempt?.cut?.[slot] ?? -1;
    const isKept = atMs - this.#broughtMs[slot] > STALE_MS;
    const made = isKept ? heard.words[slot]?.have[slot] ?? -1 : -1;
    return Math.max(cut, made, this.#firstOf(slot) - 1);
  }

  /** First tick of which a slot's present incarnation's inputs count. */
  #firstOf(slot: number): number {
    const { presences } = this.#options.membership.standing;
    return lastSegment(presences[slot]).from;
  }
}
