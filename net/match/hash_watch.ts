/**
 * Compares the hashes of confirmed states that other members claim with this host's own.
 *
 * @module
 */
import { HISTORY_TICKS, type Rollback } from "../../game/rollback.ts";
import type { SlotRecord } from "./wire/record.ts";

/** A confirmed state's tick and hash. */
export type TickHash = readonly [tick: number, hash: number];

/** Two members hold different states of one confirmed tick. */
export interface Desync {
  readonly slot: number;
  readonly tick: number;
  readonly ours: number;
  readonly theirs: number;
}

/** Finds out when another member computes something else. */
export class HashWatch {
  /** The first difference that was seen. */
  desync: Desync | undefined;

  /** By slot: newest confirmed state that was compared. */
  readonly #compared: number[];
  readonly #claimed: TickHash[][];

  constructor(players: number) {
    this.#compared = Array.from({ length: players }, () => -1);
    this.#claimed = this.#compared.map(() => []);
  }

  /** Tick of the member's newest state that was compared with ours; -1 before the first. */
  comparedTick(slot: number): number {
    return this.#compared[slot];
  }

  /** By slot: what was claimed lately, newest last; evidence in a dispute. */
  claimed(): readonly (readonly TickHash[])[] {
    return this.#claimed;
  }

  /** Remembers what a member claims, for `claimed`; one that is returning holds no state. */
  note({ slot, confirmed, hash, isReturning }: SlotRecord): void {
    if (isReturning) return;
    const claimed = this.#claimed[slot];
    claimed.push([confirmed, hash]);
    if (claimed.length > HISTORY_TICKS) claimed.shift();
  }

  /** Compares what a member of the same era claims, once this host has confirmed as much. */
  compare({ slot, confirmed, hash }: SlotRecord, rollback: Rollback): void {
    if (confirmed <= this.#compared[slot]) return;
    const ours = rollback.hashAt(confirmed);
    if (ours === undefined) return;
    this.#compared[slot] = confirmed;
    if (ours === hash) return;
    this.desync ??= { slot, tick: confirmed, ours, theirs: hash };
  }
}
