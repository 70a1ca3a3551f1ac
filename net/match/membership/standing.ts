/**
 * Where one member stands in the agreement, what it can decide next, and where each decision
 * leaves it: plain data, so that a decision follows from what is given and nothing else.
 *
 * @module
 */
import { type Presence, presentFromStart } from "../../../game/presence.ts";
import type { AgreedChange, Attempt } from "../wire/record.ts";
import { everySlot, type SlotSet } from "../wire/slot_set.ts";
import { applyChange } from "./membership_change.ts";
import type { NegativeControls } from "./negative_controls.ts";

/** How far the agreement has come for one member. */
export interface Standing {
  /** How often the members have changed. */
  readonly era: number;
  readonly members: SlotSet;
  /** By slot: in which ticks its inputs count. */
  readonly presences: readonly Presence[];
  /** Highest number of an attempt entered or left in this era; 0 before the first. */
  readonly attemptNumber: number;
  readonly attempt: Attempt | undefined;
  /** Whom it attempted to drop in this era, whatever became of that. */
  readonly tried: SlotSet;
  /** What this host agreed to last in this era, even where it has entered another attempt since. */
  readonly agreed: AgreedChange | undefined;
  /** The change that the witness granted for the present attempt, as `keyOf` writes it; or "". */
  readonly granted: string;
  /** Since when it has been in attempts without a pause. */
  readonly attemptingMs: number;
  /** When this host last claimed, and last backed out; -Infinity before the first time. */
  readonly claimedMs: number;
  readonly backedOutMs: number;
}

/** An attempt before this host has fixed what it holds. */
export type Aim = Pick<Attempt, "n" | "drop" | "join">;

/** What a member does next, by the rules of docs/membership.md. */
export type Decision =
  /** R3, R10: begins an attempt to drop the suspects, or to take somebody back. */
  | { readonly kind: "open" | "take back"; readonly aim: Aim }
  /** R5: enters another's attempt, or one that holds both that and its own. */
  | { readonly kind: "join" | "merge"; readonly aim: Aim }
  /** R3, R5: enters its attempt anew, to drop more, or since another has a higher number. */
  | { readonly kind: "widen" | "overtake"; readonly aim: Aim }
  /** R5: raises its number, step by step, to one that it may follow. */
  | { readonly kind: "catch up"; readonly n: number }
  /** R6: leaves its attempt; `n` is higher than the number that never gets its vote again. */
  | { readonly kind: "back out"; readonly n: number; readonly rest: SlotSet }
  /** R7: waits for what it lacks of the inputs up to the attempt's cut, which the others hold. */
  | { readonly kind: "copy"; readonly attempt: Attempt }
  /** R7: agrees; "repeat": to what all had agreed to in an earlier attempt. */
  | { readonly kind: "agree" | "repeat"; readonly change: AgreedChange }
  /** R8: asks the witness for a change, or makes it. */
  | { readonly kind: "claim" | "commit"; readonly change: AgreedChange };

/** Returns where all players stand at tick 0, each in incarnation `epochs[slot]`. */
export function standAtStart(epochs: readonly number[]): Standing {
  const first = {
    era: 0,
    members: everySlot(epochs.length),
    presences: epochs.map(presentFromStart),
  };
  return standIn(first, { claimedMs: -Infinity, backedOutMs: -Infinity });
}

/** Returns where a member stands at the beginning of an era. */
export function standIn(
  { era, members, presences }: Pick<Standing, "era" | "members" | "presences">,
  { claimedMs, backedOutMs }: Pick<Standing, "claimedMs" | "backedOutMs">,
): Standing {
  return {
    era,
    members,
    presences,
    attemptNumber: 0,
    attempt: undefined,
    tried: 0,
    agreed: undefined,
    granted: "",
    attemptingMs: -Infinity,
    claimedMs,
    backedOutMs,
  };
}

/** Returns where a decision leaves the member that makes it now, and holds inputs up to `have`. */
export function carryOut(
  decision: Decision,
  standing: Standing,
  { nowMs, have, controls }: {
    readonly nowMs: number;
    readonly have: readonly number[];
    readonly controls: NegativeControls;
  },
): Standing {
  switch (decision.kind) {
    case "open":
    case "take back":
    case "join":
    case "merge":
    case "widen":
    case "overtake":
      return enter(decision.aim);
    case "back out": {
      const { n, rest: drop } = decision;
      const next = drop === 0
        ? { ...standing, attempt: undefined, attemptNumber: n }
        : enter({ n, drop, join: undefined });
      return { ...next, backedOutMs: nowMs };
    }
    case "catch up":
      return { ...standing, attemptNumber: decision.n };
    case "copy":
      return { ...standing, attempt: decision.attempt };
    case "agree":
    case "repeat":
      return { ...standing, agreed: decision.change };
    case "claim":
      return { ...standing, claimedMs: nowMs };
    case "commit": {
      const after = applyChange(decision.change, standing);
      return standIn({ era: standing.era + 1, ...after }, standing);
    }
  }

  /** R4: `high` is fixed here and never changes for this number. */
  function enter(aim: Aim): Standing {
    const isForgotten = controls.agreedBefore === "forgotten";
    return {
      ...standing,
      attempt: { ...aim, high: have.slice(), cut: undefined },
      attemptNumber: aim.n,
      attemptingMs: standing.attempt ? standing.attemptingMs : nowMs,
      tried: standing.tried | aim.drop,
      agreed: isForgotten ? undefined : standing.agreed,
      granted: "",
    };
  }
}
