/**
 * Compares the hashes of confirmed states that members claim with this host's own.
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

export class HashWatch {
  /** The first difference that was seen. */
  desync: Desync | undefined;

  /** By slot: newest confirmed state that was compared and equal. */
  readonly #compared: number[];
  /** By slot: what was claimed lately, newest last; evidence in a dispute. */
  readonly #claimed: TickHash[][];

  constructor(players: number) {
    this.#compared = Array.from({ length: players }, () => -1);
    this.#claimed = this.#compared.map(() => []);
  }

  /** Newest tick up to which the member's states are known to be the same as ours. */
  comparedTick(slot: number): number {
    return this.#compared[slot];
  }

  claimed(): readonly (readonly TickHash[])[] {
    return this.#claimed;
  }

  note({ slot, confirmed, hash }: SlotRecord): void {
    const claimed = this.#claimed[slot];
    claimed.push([confirmed, hash]);
    if (claimed.length > HISTORY_TICKS) claimed.shift();
  }

  /** Compares what a member of the same members claims, once this host has confirmed as much. */
  compare({ slot, confirmed, hash }: SlotRecord, rollback: Rollback): void {
    if (confirmed <= this.#compared[slot]) return;
    const ours = rollback.hashAt(confirmed);
    if (ours === undefined) return;
    this.#compared[slot] = confirmed;
    if (ours === hash) return;
    this.desync ??= { slot, tick: confirmed, ours, theirs: hash };
  }
}
