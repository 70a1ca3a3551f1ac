/**
 * How often each player was dropped lately, and so how long it has to wait before it is taken back:
 * each return costs the others a moment, and nobody may cost them the match.
 *
 * @module
 */

/** Drops that are remembered: in so many grace periods. */
const REMEMBERED_GRACES = 6;
/** How long the first, second … return of that time has to wait, in grace periods. */
const WAITS_GRACES = [0, 0.25, 0.5, 1] as const;
/** How often a player comes back that computed another state than the others. */
const DIFFERENCES_MAX = 3;

/** Remembers who was dropped when, through all of a match. */
export class Absences {
  readonly #graceMs: number;
  /** By slot: when it was dropped lately, oldest first; how often because its state differed. */
  readonly #droppedMs: number[][];
  readonly #differences: number[];

  constructor(players: number, graceMs: number) {
    this.#graceMs = graceMs;
    this.#droppedMs = Array.from({ length: players }, () => []);
    this.#differences = this.#droppedMs.map(() => 0);
  }

  /** A player was dropped; `isDiffering` if its state was another one. */
  noteDropped(slot: number, nowMs: number, isDiffering: boolean): void {
    const dropped = this.#droppedMs[slot];
    while (dropped[0] < nowMs - REMEMBERED_GRACES * this.#graceMs) {
      dropped.shift();
    }
    if (dropped.length === WAITS_GRACES.length) dropped.shift();
    dropped.push(nowMs);
    if (isDiffering) this.#differences[slot]++;
  }

  /** Whether a player may come back by now, or could `laterMs` ago. */
  mayReturn(slot: number, nowMs: number, laterMs: number): boolean {
    const dropped = this.#droppedMs[slot];
    const last = dropped.at(-1);
    if (this.#differences[slot] > DIFFERENCES_MAX) return false;
    if (last === undefined) return true;
    const waitMs = WAITS_GRACES[dropped.length - 1] * this.#graceMs;
    return nowMs - last >= waitMs + laterMs;
  }
}
