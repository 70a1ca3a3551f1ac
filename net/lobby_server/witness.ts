/**
 * The witness of one match: grants an *era* (how often the members have changed) to one half of the
 * members, and never to two.
 *
 * When the members of a match fall into two equal halves, both can't go on. A half that wants to
 * claims the next era with the value that its members have agreed on. R12 of docs/membership.md
 * says whose claim is granted when: what is granted follows from what members tell of the eras that
 * have begun, and from what the lobby sees of its players itself, so one that lies gains nothing.
 *
 * It can answer only for what it has seen from the beginning, so a lobby that was restarted, or has
 * forgotten a match, has no witness for it.
 *
 * @module
 */
import type { Attendance } from "./attendance.ts";

/** How many grants are remembered: more than a match has eras, whose seats can be taken so often. */
const GRANTS_MAX = 256;

/** How many eras that aren't known yet are remembered of what one member told. */
const TOLD_MAX = 8;

/** A slot, and the epoch of its seat: which process of it is meant. */
export type SeatEpoch = readonly [slot: number, epoch: number];

/** Who is in the match in an era. */
export interface Era {
  readonly era: number;
  readonly seats: readonly SeatEpoch[];
}

/** What the members of one half want to be true. */
export interface EraClaim extends Era {
  /** The agreed value, in words that only the members understand. */
  readonly value: string;
}

/** The answer to a claim. */
export type Ruling =
  | { readonly kind: "granted" }
  /** Another change has been made, perhaps already a later one; the match goes on with its seats. */
  | { readonly kind: "lost"; readonly winner: EraClaim }
  /** Not granted; the same claim may be granted later. */
  | { readonly kind: "refused"; readonly why: string }
  /** Both of two are there and can't play: the match ends without a winner. */
  | { readonly kind: "nobody wins" };

/** The value of an era that the members told: nobody claims it. */
const TOLD = "told";

/** How a half says for how long another has been in its way. */
interface Dispute {
  sinceMs: number;
  lastMs: number;
}

/** What is known of one match's eras. */
export class Witness {
  /** The newest era that was granted, or told by most of the members before it. */
  #newest: EraClaim;
  readonly #graceMs: number;
  readonly #goneMs: number;
  readonly #attendance: Attendance;
  /** By era, in rising order. */
  readonly #granted = new Map<number, EraClaim>();
  /** By slot: later eras of which it told, and its newest claim of the next one. */
  readonly #told: readonly Era[][];
  readonly #claims = new Map<number, EraClaim>();
  /** By slot: who is there and would be left out, since when. */
  readonly #disputes = new Map<number, Dispute>();
  #isUndecidable = false;

  constructor(
    { players, attendance, graceMs, goneMs }: {
      readonly players: number;
      readonly attendance: Attendance;
      /** How long half of the match has to wait for the other half. */
      readonly graceMs: number;
      /** How long a claim waits for who is there to show that it plays. */
      readonly goneMs: number;
    },
  ) {
    const seats = Array.from(
      { length: players },
      (_, slot): SeatEpoch => [slot, 0],
    );
    this.#newest = { era: 0, value: TOLD, seats };
    this.#attendance = attendance;
    this.#graceMs = graceMs;
    this.#goneMs = goneMs;
    this.#told = seats.map(() => []);
  }

  /** The newest era that it knows of. */
  get newest(): Era {
    return this.#newest;
  }

  /** Whether it found that nobody can win. */
  get isUndecidable(): boolean {
    return this.#isUndecidable;
  }

  /** The claim with which the match went on without that slot; nobody may take it again then. */
  wentOnWithout(slot: number): EraClaim | undefined {
    const newest = [...this.#granted.values()].at(-1);
    const isIn = ({ seats }: Era) => seats.some(([s]) => s === slot);
    return newest === undefined || isIn(newest) || isIn(this.#newest)
      ? undefined
      : newest;
  }

  /**
   * A member tells of an era that has begun. False where that contradicts what is known of it,
   * which no honest members can bring about.
   */
  tell(by: number, { era, seats }: Era, nowMs: number): boolean {
    const known = era === this.#newest.era
      ? this.#newest
      : this.#granted.get(era);
    if (known) return nameOf(known) === nameOf({ era, seats });
    const told = this.#told[by];
    const isOwn = seats.some(([slot]) => slot === by);
    if (era < this.#newest.era || !isOwn || !this.#areSeats(seats)) return true;
    told.push({ era, seats });
    if (told.length > TOLD_MAX) told.shift();
    this.#follow(nowMs);
    return true;
  }

  /** Judges the claim of a member. */
  claim(by: number, claim: EraClaim, nowMs: number): Ruling {
    this.#follow(nowMs);
    const granted = this.#granted.get(claim.era);
    if (granted?.value === claim.value) return { kind: "granted" };
    if (claim.era <= this.#newest.era) {
      return { kind: "lost", winner: granted ?? this.#newest };
    }
    if (this.#isUndecidable) return { kind: "nobody wins" };
    const why = this.#objectionTo(by, claim, nowMs);
    if (why !== undefined) return { kind: "refused", why };
    const verdict = this.#settle(claim, nowMs);
    if (verdict.kind === "nobody wins") this.#isUndecidable = true;
    if (verdict.kind !== "granted") return verdict;
    this.#granted.set(claim.era, claim);
    const [oldest] = this.#granted.keys();
    if (this.#granted.size > GRANTS_MAX) this.#granted.delete(oldest);
    this.#begin(claim);
    return verdict;
  }

  /** Why nobody could grant that claim; notes it where somebody could. */
  #objectionTo(by: number, claim: EraClaim, nowMs: number): string | undefined {
    const { era, seats } = claim;
    const { seats: members } = this.#newest;
    const attendance = this.#attendance;
    if (era !== this.#newest.era + 1) {
      return `Era ${era} can't be claimed: the newest that most members told of is ${this.#newest.era}.`;
    }
    const epochOf = new Map(members);
    const isOwn = seats.some(([slot, epoch]) =>
      slot === by && epoch === attendance.epochOf(by)
    );
    const areMembers = seats.every(([slot, epoch]) =>
      epoch >= (epochOf.get(slot) ?? Infinity)
    );
    if (!isOwn || !areMembers || !this.#areSeats(seats)) {
      return "A claim names its claimant and other members, each with an epoch that it had.";
    }
    const isReplacement = members.length === 2 && seats.length === 2;
    if (2 * seats.length !== members.length && !isReplacement) {
      return "Only exactly half of the members asks the witness.";
    }
    this.#claims.set(by, claim);
    for (const [slot, epoch] of seats) {
      if (slot === by || epoch !== epochOf.get(slot)) continue;
      const theirs = this.#claims.get(slot);
      const isTheSame = theirs?.value === claim.value &&
        nameOf(theirs) === nameOf(claim);
      const mayNotSay = epoch !== attendance.epochOf(slot) ||
        !attendance.isAlive(slot, nowMs) ||
        attendance.isOut(slot);
      if (!isTheSame && !mayNotSay) {
        return `Player ${slot + 1} has not claimed the same.`;
      }
    }
    return undefined;
  }

  /** Decides between those who claim and those who would be left out. */
  #settle({ seats }: EraClaim, nowMs: number): Ruling {
    const attendance = this.#attendance;
    const leftOut = this.#newest.seats.filter(([slot]) =>
      !seats.some(([s]) => s === slot) && !attendance.hasLeft(slot)
    );
    const there = leftOut.filter(([slot]) => attendance.isAlive(slot, nowMs));
    // Of all of them, for each one's time has to begin now.
    const [early] = there.filter(([slot]) =>
      nowMs - this.#disputedSince(slot, nowMs) < this.#goneMs
    );
    const lively = leftOut.find(([slot]) =>
      attendance.idleMs(slot, nowMs) < this.#graceMs
    );
    if (lively) {
      return { kind: "refused", why: `Player ${lively[0] + 1} played lately.` };
    }
    if (early) {
      return { kind: "refused", why: `Player ${early[0] + 1} is still here.` };
    }
    const isDuel = this.#newest.seats.length === 2;
    const areBothThere = there.some(([slot, epoch]) =>
      attendance.epochOf(slot) === epoch
    );
    return { kind: isDuel && areBothThere ? "nobody wins" : "granted" };
  }

  /** Since when claims that leave that slot out have come, without a longer pause. */
  #disputedSince(slot: number, nowMs: number): number {
    const known = this.#disputes.get(slot);
    const isOngoing = known && nowMs - known.lastMs < this.#goneMs;
    const sinceMs = isOngoing ? known.sinceMs : nowMs;
    this.#disputes.set(slot, { sinceMs, lastMs: nowMs });
    return sinceMs;
  }

  /** Takes over all eras that most of those members tell who are there, and at least two. */
  #follow(nowMs: number): void {
    for (let next = this.#nextTold(nowMs); next; next = this.#nextTold(nowMs)) {
      this.#begin({ ...next, value: TOLD });
    }
  }

  /** The lowest such era. */
  #nextTold(nowMs: number): Era | undefined {
    const voters = this.#newest.seats.map(([slot]) => slot)
      .filter((slot) => this.#attendance.isAlive(slot, nowMs));
    const told = this.#newest.seats.flatMap(([slot]) => this.#told[slot])
      .toSorted((a, b) => a.era - b.era);
    return told.find((era) => {
      const tellers = this.#newest.seats.filter(([slot]) =>
        this.#told[slot].some((other) => nameOf(other) === nameOf(era))
      );
      return tellers.length >= 2 && 2 * tellers.length > voters.length;
    });
  }

  #begin(era: EraClaim): void {
    this.#newest = era;
    this.#disputes.clear();
    for (const [slot, told] of this.#told.entries()) {
      const later = told.filter((other) => other.era > era.era);
      this.#told[slot].splice(0, told.length, ...later);
    }
  }

  /** Whether these are different seats of the match that the lobby has handed out. */
  #areSeats(seats: readonly SeatEpoch[]): boolean {
    return new Set(seats.map(([slot]) => slot)).size === seats.length &&
      seats.every(([slot, epoch]) =>
        slot < this.#told.length && epoch <= this.#attendance.epochOf(slot)
      );
  }
}

/** Says which era this is, in one word to compare. */
function nameOf({ era, seats }: Era): string {
  return `${era}: ${seats.toSorted(([a], [b]) => a - b).join(" ")}`;
}
