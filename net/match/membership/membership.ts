/**
 * The *members*: the players whose inputs count, as all of them agree. It drops who is lost and
 * takes back who returned, without a coordinator and without messages of its own: a member's record
 * shows which change it attempts and what it agreed to, and all draw the same conclusions.
 *
 * A change begins as an *attempt*. All who are to stay take part: each freezes the inputs of those
 * to be dropped, and shows how many it holds. Once all show the same attempt, each agrees that the
 * highest input that any of them holds is the last to count (the *cut*). Once all show that they
 * agreed, it is committed: the *era*, the number of changes so far, is one higher. Where exactly
 * half would stay, as always with two players, the witness must grant the change, too.
 *
 * Rule 1: once somebody agreed, nobody who is to be dropped is taken back; later attempts repeat
 * what all their participants agreed to before, for somebody may have committed it.
 * Rule 2: an attempt that a member has left never gets its vote again.
 * Rule 3: an attempt decides nothing for whom it would drop: that member plays on until a commit.
 *
 * R1 to R12 here and in the neighbouring files are the rules of docs/membership.md by number.
 *
 * @module
 */
import {
  lastSegment,
  type Presence,
  presentFromStart,
} from "../../../game/presence.ts";
import {
  type AgreedChange,
  type Attempt,
  keyOf,
  type RecordChange,
  type SlotRecord,
} from "../wire/record.ts";
import {
  everySlot,
  has,
  setOf,
  sizeOf,
  type SlotSet,
  slotsOf,
} from "../wire/slot_set.ts";
import {
  ACTIVATION_TICKS,
  applyChange,
  decideChange,
  isEqualAim,
  isEqualJoin,
} from "./membership_change.ts";
import type { NegativeControls } from "./negative_controls.ts";
import { Observation, type Observed } from "./observation.ts";
import type { Timers } from "./timers.ts";

/** Least time from backing out of one attempt to backing out of the next. */
const BACK_OUT_PAUSE_MS = 150;
/** How often a claim is repeated until the witness has answered. */
const CLAIM_INTERVAL_MS = 200;

export interface MembershipOptions {
  readonly slot: number;
  readonly players: number;
  readonly timers: Timers;
  readonly controls: NegativeControls;
}

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

/** One member's part in the agreement; changed by `evaluate`, `adopt` and `begin` alone. */
export class Membership {
  /** How often the members have changed. */
  era = 0;
  members: SlotSet;
  /** By slot: in which ticks its inputs count. */
  presences: Presence[];
  /** Highest number of an attempt entered or left in this era; 0 before the first. */
  attemptNumber = 0;
  attempt: Attempt | undefined;
  /** What this host agreed to last in this era, even where it has entered another attempt since. */
  agreed: AgreedChange | undefined;

  readonly #options: MembershipOptions;
  /** The change that the witness granted for the present attempt, as `keyOf` writes it; or "". */
  #granted = "";
  #claimedMs = -Infinity;
  #backedOutMs = -Infinity;
  #events: MembershipEvent[] = [];

  /** Begins with all players from tick 0 on, each in incarnation `epochs[slot]`. */
  constructor(options: MembershipOptions, epochs: readonly number[]) {
    this.#options = options;
    this.members = everySlot(options.players);
    this.presences = epochs.map(presentFromStart);
  }

  /** Whether inputs of `slot` up to `tick` may be taken in now. */
  mayTake(slot: number, tick: number): boolean {
    const { attempt } = this;
    if (!attempt || this.#options.controls.isUnfrozen) return true;
    if (!has(attempt.drop, slot)) return true;
    // Frozen, except up to the cut: others hold these inputs, and they will count.
    return tick <= (attempt.cut?.[slot] ?? -1);
  }

  /** R4: nothing is confirmed during an attempt. */
  get mayConfirm(): boolean {
    return !this.attempt || this.#options.controls.isUnfrozen === true;
  }

  /** R9: takes over a higher era from a record, with its presences; returns who joined. */
  adopt(record: SlotRecord, presences: readonly Presence[]): SlotSet {
    const joined = record.members & ~this.members;
    this.#install(record.era, record.members, presences.slice());
    return joined;
  }

  /** Begins as a player that was taken back, in the era of a member that says so. */
  begin(era: number, members: SlotSet, presences: readonly Presence[]): void {
    this.#install(era, members, presences.slice());
  }

  /** The witness granted this claim's value. */
  grant(value: string): void {
    this.#granted = value;
  }

  /** Draws all conclusions that can be drawn now; returns what happened, oldest first. */
  evaluate(observed: Observed): readonly MembershipEvent[] {
    this.#events = [];
    const { slot, timers } = this.#options;
    const { era, members, presences } = this;
    const observation = new Observation(observed, {
      slot,
      timers,
      era,
      members,
      presences,
    });
    const suspects = observation.suspects();
    this.#followOthers(observation);
    if (!this.attempt) this.#open(observation, suspects);
    else this.#revise(observation, suspects);
    if (this.attempt) this.#conclude(observation, this.attempt);
    return this.#events;
  }

  get #me(): SlotSet {
    return setOf(this.#options.slot);
  }

  /** R5: joins another's attempt, or opens one that also drops whom this host wants to drop. */
  #followOthers(observation: Observation): void {
    for (const slot of slotsOf(this.members & ~this.#me)) {
      const record = observation.current(slot);
      const theirs = record?.change?.attempt;
      const { attempt } = this;
      if (!record || !theirs) continue;
      if (attempt && has(attempt.drop, slot)) continue;
      if (has(theirs.drop, this.#options.slot)) continue;
      if (theirs.n < this.attemptNumber) continue;
      const isSame = attempt?.n === theirs.n;
      if (isSame && isEqualAim(attempt, theirs)) continue;
      const kept = attempt && (isSame || this.agreed?.n === attempt.n)
        ? attempt.drop
        : 0;
      const drop = (theirs.drop | kept) & this.members & ~this.#me;
      const isSameDrop = drop === theirs.drop;
      let join = isSameDrop ? theirs.join : undefined;
      if (isSame && !isEqualJoin(attempt?.join, theirs.join)) join = undefined;
      if (drop === 0) join ??= theirs.join ?? attempt?.join;
      if (drop === 0 && !join) continue;
      const isTheirs = !isSame && isSameDrop && isEqualJoin(join, theirs.join);
      const n = isTheirs
        ? theirs.n
        : observation.highestNumber(this.attemptNumber) + 1;
      this.#enter(observation, { n, drop, join });
    }
  }

  /** R3, R10: opens an attempt to drop the suspects or, where there are none, to take one back. */
  #open(observation: Observation, suspects: SlotSet): void {
    const live = this.members & ~suspects;
    if (!isWithin(live, observation.present)) return;
    const n = observation.highestNumber(this.attemptNumber) + 1;
    if (suspects !== 0) {
      const isEnough = 2 * sizeOf(live) >= sizeOf(this.members);
      if (!isEnough || !observation.isPatient(suspects)) return;
      this.#enter(observation, {
        n,
        drop: suspects,
        join: observation.replacement(suspects),
      });
      return;
    }
    const isLowest = (live & (this.#me - 1)) === 0;
    const join = observation.returning();
    if (!join) return;
    if (this.#options.controls.isReturnUnagreed) {
      const at = (observation.have[this.#options.slot] ?? 0) + ACTIVATION_TICKS;
      this.#commit({ n, drop: 0, join, cut: [], at });
    } else if (isLowest) this.#enter(observation, { n, drop: 0, join });
  }

  /** R5, R6: widens the attempt, backs out of it, or opens it anew with a still higher number. */
  #revise(observation: Observation, suspects: SlotSet): void {
    const { attempt } = this;
    if (!attempt) return;
    const { drop, join } = attempt;
    const recent = observation.present;
    const participants = this.members & ~drop;
    const lost = suspects & participants;
    const left = participants & ~lost;
    const isEnough = 2 * sizeOf(left) >= sizeOf(this.members);
    const n = observation.highestNumber(this.attemptNumber) + 1;
    if (lost && isWithin(left, recent) && isEnough) {
      if (observation.isPatient(drop | lost)) {
        this.#enter(observation, { n, drop: drop | lost, join: undefined });
        return;
      }
    }
    const back = drop & ~suspects & recent;
    const hasJoinerGone = join !== undefined &&
      !has(observation.heard, join.slot);
    const mayBackOut = !this.agreed &&
      !observation.isAgreedSeen(participants) &&
      observation.nowMs - this.#backedOutMs > BACK_OUT_PAUSE_MS;
    if (mayBackOut && ((back !== 0 && !join) || hasJoinerGone)) {
      this.#backedOutMs = observation.nowMs;
      this.#events.push({ kind: "backed out" });
      const rest = drop & ~back;
      if (rest !== 0) {
        this.#enter(observation, { n, drop: rest, join: undefined });
      } else {
        this.attempt = undefined;
        this.attemptNumber = n;
      }
      return;
    }
    const isOvertaken = slotsOf(participants & ~this.#me).some((slot) =>
      (observation.current(slot)?.change?.attemptNumber ?? 0) > attempt.n
    );
    if (isOvertaken) this.#enter(observation, { n, drop, join });
  }

  /** R7, R8: agrees when all participants show this attempt, commits when all show they agreed. */
  #conclude(observation: Observation, attempt: Attempt): void {
    const { controls } = this.#options;
    const { n, drop } = attempt;
    const participants = this.members & ~drop;
    const others = slotsOf(participants & ~this.#me).map((slot) =>
      observation.current(slot)
    );
    const shows = (isShown: (change: RecordChange) => boolean) =>
      others.every((record) => {
        const theirs = record?.change;
        return theirs?.attempt?.n === n &&
          isEqualAim(theirs.attempt, attempt) && isShown(theirs);
      });
    if (this.agreed?.n !== n) {
      if (!shows(() => true)) return;
      const known = others.filter((record) => record !== undefined);
      const change = this.#repeated(known) ?? decideChange(attempt, known, {
        slot: this.#options.slot,
        isCutMinimum: controls.isCutMinimum ?? false,
      });
      this.attempt = { ...attempt, cut: change.cut };
      const lacks = slotsOf(change.drop).some((slot) =>
        observation.have[slot] < change.cut[slot]
      );
      // The others hold what is missing; their packets bring it.
      if (lacks && !controls.isCutMinimum && !controls.isUnfrozen) return;
      this.agreed = { ...change, n };
      this.#events.push({ kind: "agreed" });
    }
    const { agreed } = this;
    if (!agreed) return;
    const value = keyOf(agreed);
    const isAgreedByAll = shows((theirs) =>
      theirs.agreed?.n === n && keyOf(theirs.agreed) === value
    );
    if (!isAgreedByAll && !controls.isUnagreed) return;
    // Who said goodbye claims nothing, so against them half is enough.
    const haveAllLeft = drop !== 0 &&
      slotsOf(drop).every((slot) => observation.hasLeft(slot));
    const isMajority = 2 * sizeOf(participants) > sizeOf(this.members) ||
      haveAllLeft;
    if (isMajority || this.#granted === value) this.#commit(agreed);
    else if (2 * sizeOf(participants) === sizeOf(this.members)) {
      this.#claim(observation, agreed);
    }
  }

  /** R7: what every participant agreed to in one earlier attempt, or `undefined`. */
  #repeated(others: readonly SlotRecord[]): AgreedChange | undefined {
    const { agreedBefore } = this.#options.controls;
    if (agreedBefore === "forgotten") return undefined;
    if (agreedBefore === "newest") {
      const shown = [
        this.agreed,
        ...others.map(({ change }) => change?.agreed),
      ];
      return shown.filter((agreed) => agreed !== undefined)
        .sort((a, b) => b.n - a.n)[0];
    }
    const { agreed } = this;
    if (!agreed) return undefined;
    const value = keyOf(agreed);
    const isShared = others.every(({ change }) =>
      change?.agreed !== undefined && keyOf(change.agreed) === value
    );
    if (isShared) this.#events.push({ kind: "repeated" });
    return isShared ? agreed : undefined;
  }

  #claim(observation: Observation, change: AgreedChange): void {
    if (observation.nowMs - this.#claimedMs < CLAIM_INTERVAL_MS) return;
    this.#claimedMs = observation.nowMs;
    const { members, presences } = applyChange(change, this);
    const seats = slotsOf(members).map((slot) =>
      [slot, lastSegment(presences[slot]).epoch] as const
    );
    const claim = { era: this.era + 1, value: keyOf(change), seats };
    this.#events.push({ kind: "claim", claim });
  }

  #commit(change: AgreedChange): void {
    const { members, presences } = applyChange(change, this);
    const joined = change.join ? setOf(change.join.slot) : 0;
    this.#install(this.era + 1, members, presences);
    this.#events.push({ kind: "committed", joined });
  }

  #install(era: number, members: SlotSet, presences: Presence[]): void {
    this.era = era;
    this.members = members;
    this.presences = presences;
    this.attempt = undefined;
    this.agreed = undefined;
    this.attemptNumber = 0;
    this.#granted = "";
  }

  /** R4: `high` is fixed here and never changes for this number. */
  #enter(
    { have }: Observation,
    aim: Pick<Attempt, "n" | "drop" | "join">,
  ): void {
    this.attempt = { ...aim, high: have.slice(), cut: undefined };
    this.attemptNumber = aim.n;
    this.#granted = "";
    if (this.#options.controls.agreedBefore === "forgotten") {
      this.agreed = undefined;
    }
    this.#events.push({ kind: "attempted" });
  }
}

function isWithin(slots: SlotSet, others: SlotSet): boolean {
  return (slots & ~others) === 0;
}
