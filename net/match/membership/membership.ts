/**
 * The *members*: the players whose inputs count, as all of them agree. It drops who is lost and
 * takes back who returned, without a coordinator and without messages of its own: a member's record
 * shows which change it attempts and what it agreed to, and all draw the same conclusions.
 *
 * A change begins as an *attempt*, in which all take part who are to stay. Once all show the same
 * one, each agrees that of whom it drops the highest input that any of them holds is the last to
 * count (the *cut*). Once all show that they agreed, it is committed: the *era*, the number of
 * changes so far, is one higher. R1 to R12 here and in the neighbouring files are the rules of
 * docs/membership.md by number.
 *
 * @module
 */
import { lastSegment, type Presence } from "../../../game/presence.ts";
import { type AgreedChange, keyOf, type SlotRecord } from "../wire/record.ts";
import { has, setOf, type SlotSet, slotsOf } from "../wire/slot_set.ts";
import { decide } from "./decision.ts";
import { applyChange } from "./membership_change.ts";
import type { Decider, Observed } from "./observation.ts";
import {
  type Decision,
  standAtStart,
  standIn,
  type Standing,
} from "./standing.ts";

/** What a witness is asked to grant: the change that would begin this era. */
export interface Claim {
  readonly era: number;
  /** The change, as `keyOf` writes it. */
  readonly value: string;
  /** Who would be a member after it, each with its incarnation. */
  readonly seats: readonly (readonly [slot: number, epoch: number])[];
}

/** What became of an attempt; "repeated": all had agreed to its change in an earlier one. */
export type MembershipEvent =
  | { readonly kind: "attempted" | "agreed" | "repeated" | "backed out" }
  | { readonly kind: "claim"; readonly claim: Claim }
  /** Members and presences are new; this host may no longer be a member. */
  | { readonly kind: "committed"; readonly joined: SlotSet };

/** One member's part in the agreement; `standing` is replaced as it goes on. */
export class Membership {
  standing: Standing;
  /** Members that this host would drop, as of the last `evaluate`. */
  suspected: SlotSet = 0;
  readonly #decider: Decider;

  /** Begins with all players from tick 0 on, each in incarnation `epochs[slot]`. */
  constructor(decider: Decider, epochs: readonly number[]) {
    this.#decider = decider;
    this.standing = standAtStart(epochs);
  }

  /** Whether inputs of `slot` up to `tick` may be taken in now. */
  mayTake(slot: number, tick: number): boolean {
    const { attempt } = this.standing;
    if (!attempt || this.#decider.controls.isUnfrozen) return true;
    if (!has(attempt.drop, slot)) return true;
    // Frozen, except up to the cut: others hold these inputs, and they will count.
    return attempt.cut !== undefined && tick <= attempt.cut[slot];
  }

  /** R4: nothing is confirmed during an attempt. */
  get mayConfirm(): boolean {
    return !this.standing.attempt || this.#decider.controls.isUnfrozen === true;
  }

  /** R9: takes over a higher era from a record, with its presences; returns who joined. */
  adopt(record: SlotRecord, presences: readonly Presence[]): SlotSet {
    const joined = record.members & ~this.standing.members;
    this.begin(record.era, record.members, presences);
    return joined;
  }

  /** Begins as a player that was taken back, in the era of a member that says so. */
  begin(era: number, members: SlotSet, presences: readonly Presence[]): void {
    this.standing = standIn({ era, members, presences }, this.standing);
  }

  /** The witness granted this claim's value. */
  grant(value: string): void {
    this.standing = { ...this.standing, granted: value };
  }

  /** Draws all conclusions that can be drawn now; returns what happened, oldest first. */
  evaluate(observed: Observed): readonly MembershipEvent[] {
    const before = this.standing;
    const { decisions, standing, suspected } = decide(
      before,
      observed,
      this.#decider,
    );
    this.standing = standing;
    this.suspected = suspected & standing.members;
    return decisions.flatMap((decision) => eventsOf(decision, before));
  }
}

function eventsOf(
  decision: Decision,
  before: Standing,
): readonly MembershipEvent[] {
  switch (decision.kind) {
    case "open":
    case "take back":
    case "join":
    case "merge":
    case "widen":
    case "overtake":
      return [{ kind: "attempted" }];
    case "back out":
      return decision.rest === 0
        ? [{ kind: "backed out" }]
        : [{ kind: "backed out" }, { kind: "attempted" }];
    case "catch up":
    case "copy":
      return [];
    case "agree":
      return [{ kind: "agreed" }];
    case "repeat":
      return [{ kind: "repeated" }, { kind: "agreed" }];
    case "claim":
      return [{ kind: "claim", claim: claimOf(decision.change, before) }];
    case "commit": {
      const { join } = decision.change;
      return [{ kind: "committed", joined: join ? setOf(join.slot) : 0 }];
    }
  }
}

function claimOf(change: AgreedChange, before: Standing): Claim {
  const { members, presences } = applyChange(change, before);
  const seats = slotsOf(members).map((slot) =>
    [slot, lastSegment(presences[slot]).epoch] as const
  );
  return { era: before.era + 1, value: keyOf(change), seats };
}
