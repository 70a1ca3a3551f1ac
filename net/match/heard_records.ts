/**
 * What is known of the members by their records.
 *
 * What a member says of itself is its *word*, and counts: it came directly, or has its proof.
 * What another passes on without a proof is *hearsay*: it shows that somebody is there whose own
 * packets don't come through, and up to which ticks it holds inputs; it decides nothing.
 *
 * @module
 */
import { lastSegment, type Presence } from "../../game/presence.ts";
import type { NegativeControls } from "./membership/negative_controls.ts";
import { isPlausibleRecord } from "./plausible.ts";
import type { Proofs } from "./proofs.ts";
import {
  type Incarnation,
  isNewer,
  signedBytes,
  type SlotRecord,
} from "./wire/record.ts";
import { has, type SlotSet } from "./wire/slot_set.ts";

/**
 * A member whose word is older than this may be known better by hearsay: three packets of one that
 * waits, and less than others can play ahead of its inputs.
 */
export const STALE_MS = 150;

/** What there mostly is. */
const NOBODY: readonly never[] = [];

/** The newest records of all other members of one match. */
export class HeardRecords {
  /** By slot: the newest word. Owned by this object. */
  readonly words: (SlotRecord | undefined)[];
  /** By slot: the newest word or, where that is stale, hearsay: to acknowledge and to pass on. */
  readonly newest: (SlotRecord | undefined)[];

  /** Words of the members, less those that said goodbye; and of the same, what is newest. */
  readonly peers: SlotRecord[] = [];
  readonly acknowledging: SlotRecord[] = [];

  readonly #proofs: Proofs | undefined;
  readonly #controls: NegativeControls;
  /** By slot: when the word came; and by slot and who passed it on: the newest hearsay. */
  readonly #wordMs: number[];
  readonly #hearsay: (SlotRecord | undefined)[][];

  constructor(
    players: number,
    proofs: Proofs | undefined,
    controls: NegativeControls = {},
  ) {
    const slots = Array.from({ length: players }, () => undefined);
    this.words = [...slots];
    this.newest = [...slots];
    this.#proofs = proofs;
    this.#controls = controls;
    this.#wordMs = slots.map(() => -Infinity);
    this.#hearsay = slots.map(() => [...slots]);
  }

  /** Whether the slot's word came lately. */
  isDirect(slot: number, nowMs: number): boolean {
    return nowMs - this.#wordMs[slot] <= STALE_MS;
  }

  /** Takes in a record that member `from` sent; returns what it is, `undefined` if no news. */
  take(
    record: SlotRecord,
    from: number,
    atMs: number,
  ): "word" | "hearsay" | undefined {
    const { slot } = record;
    const word = this.words[slot];
    if (word && !isNewer(record, word)) return undefined;
    // What came directly was judged with its packet.
    const isOwn = slot === from;
    if (!isOwn && !isPlausibleRecord(record, this.words.length)) {
      return undefined;
    }
    if (isOwn || this.isProved(record)) {
      this.words[slot] = this.newest[slot] = record;
      this.#wordMs[slot] = atMs;
      return "word";
    }
    const known = this.#hearsay[slot][from];
    const isOld = known !== undefined && !isNewer(record, known);
    // Another incarnation is a change, and no change counts by hearsay.
    const isChange = word !== undefined && record.epoch !== word.epoch;
    if (isOld || isChange) return undefined;
    this.#hearsay[slot][from] = record;
    if (!this.isDirect(slot, atMs)) this.newest[slot] = record;
    return "hearsay";
  }

  /** Finds the peers again, after a record or the members have changed. */
  findPeers(members: SlotSet): void {
    let count = 0;
    for (const word of this.words) {
      const isPeer = word && has(members, word.slot) &&
        word.farewell === "none";
      if (!isPeer) continue;
      this.peers[count] = word;
      this.acknowledging[count++] = this.newest[word.slot] ?? word;
    }
    this.peers.length = this.acknowledging.length = count;
  }

  /** Returns the newest tick that all peers have confirmed, at most `limit`. */
  confirmedByAll(limit: number): number {
    let tick = limit;
    for (const { confirmed, isReturning } of this.peers) {
      if (!isReturning) tick = Math.min(tick, confirmed);
    }
    return tick;
  }

  /** Returns the peers that are members again and have no state to begin with. */
  returned(presences: readonly Presence[]): readonly Incarnation[] {
    const isBack = ({ slot, epoch, isReturning }: SlotRecord) =>
      isReturning && epoch === lastSegment(presences[slot]).epoch;
    return this.peers.some(isBack) ? this.peers.filter(isBack) : NOBODY;
  }

  /** Whether a record has its member's proof. */
  isProved(record: SlotRecord): boolean {
    const { slot, proof } = record;
    if (this.#controls.isHearsayWord) return true;
    const bytes = proof && signedBytes(record, this.words.length);
    return bytes !== undefined && proof !== undefined &&
      (this.#proofs?.verify(slot, bytes, proof) ?? false);
  }
}
