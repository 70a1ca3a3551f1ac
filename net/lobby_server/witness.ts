/**
 * The witness of one match: grants each era (how often the members have changed) to whoever claims
 * it first, and never to two.
 *
 * When the members of a match fall into two equal halves, both can't go on. A half that wants to
 * claims the next era with the value that its members have agreed on; the first one gets it, and
 * the other learns who won. Where a new process has taken a seat again, claims that leave it out
 * have to wait for as long as it is connected: it has come back to play.
 *
 * It can answer only for what it has seen from the beginning, so a lobby that was restarted, or has
 * forgotten a match, has no witness for it.
 *
 * @module
 */

/** How many grants are remembered: an era that was granted before them counts as passed over. */
const GRANTS_MAX = 64;

/** A slot, and the epoch of its seat: which process of it is meant. */
export type SeatEpoch = readonly [slot: number, epoch: number];

/** What the members of one half want to be true. */
export interface EraClaim {
  readonly era: number;
  /** The agreed value, in words that only the members understand. */
  readonly value: string;
  /** Who is in the match if this is granted. */
  readonly seats: readonly SeatEpoch[];
}

/** The answer to a claim. */
export type Ruling =
  | { readonly kind: "granted" }
  /** Another claim has won, perhaps already a later era; the match goes on with its seats. */
  | { readonly kind: "lost"; readonly winner: EraClaim }
  /** Not decided; the same claim may be granted later. */
  | { readonly kind: "waiting" };

/** What was granted in one match, and who has come back to it. */
export class Witness {
  /** In rising order of era: none before the newest is granted any more. */
  readonly #granted: EraClaim[] = [];
  /** By slot: the epoch of the newest process that took it again, until a grant includes it. */
  readonly #returning = new Map<number, number>();

  /** Judges a member's claim; `isHere` tells whether a slot's newest process is connected. */
  claim(claim: EraClaim, isHere: (slot: number) => boolean): Ruling {
    const newest = this.#granted.at(-1);
    const winner = this.#granted.find(({ era }) => era === claim.era) ??
      (newest !== undefined && claim.era < newest.era ? newest : undefined);
    if (winner !== undefined) {
      return winner.era === claim.era && winner.value === claim.value
        ? { kind: "granted" }
        : { kind: "lost", winner };
    }
    for (const [slot, epoch] of this.#returning) {
      if (isHere(slot) && !holds(claim, slot, epoch)) {
        return { kind: "waiting" };
      }
    }
    this.#granted.push(claim);
    if (this.#granted.length > GRANTS_MAX) this.#granted.shift();
    for (const [slot, epoch] of this.#returning) {
      if (holds(claim, slot, epoch)) this.#returning.delete(slot);
    }
    return { kind: "granted" };
  }

  /** The claim with which the match went on without that slot; nobody may take it again then. */
  wentOnWithout(slot: number): EraClaim | undefined {
    const newest = this.#granted.at(-1);
    return newest === undefined || holds(newest, slot, 0) ? undefined : newest;
  }

  /** A new process took that seat, in this epoch. */
  takenAgain(slot: number, epoch: number): void {
    this.#returning.set(slot, epoch);
  }
}

/** Whether the claim's seats have that slot, in that epoch or a later one. */
function holds({ seats }: EraClaim, slot: number, epoch: number): boolean {
  return seats.some(([s, i]) => s === slot && i >= epoch);
}
