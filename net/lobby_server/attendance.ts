/**
 * Which players of a match are there, as far as the lobby itself can see.
 *
 * What counts is what a player's own process says, not what its socket looks like: one that is
 * frozen keeps its socket open, and one whose connection hiccups is still there. The lobby sees no
 * packet over a broker, so whether somebody plays is what that player says of its confirmed ticks.
 *
 * @module
 */

/** What is known of one player's newest process. */
interface Attendant {
  heardMs: number;
  /** When its confirmed tick rose last, and to what; −1 while it asks to be taken back. */
  playedMs: number;
  tick: number | undefined;
  hasLeft: boolean;
}

/** The players of one match, by slot. */
export class Attendance {
  readonly #goneMs: number;
  readonly #epochs: readonly number[];
  readonly #attendants: readonly Attendant[];

  /** All begin now; `epochs` are read, and raised by their owner. */
  constructor(
    { epochs, goneMs, nowMs }: {
      /** By slot: the newest epoch that was handed out. */
      readonly epochs: readonly number[];
      /** Who says nothing for so long is gone. */
      readonly goneMs: number;
      readonly nowMs: number;
    },
  ) {
    this.#goneMs = goneMs;
    this.#epochs = epochs;
    this.#attendants = epochs.map(() => ({
      ...{ heardMs: nowMs, playedMs: nowMs, tick: undefined, hasLeft: false },
    }));
  }

  /** A player's process said something; `tick` is what it says of its match, if it does. */
  hear(slot: number, nowMs: number, tick?: number): void {
    const attendant = this.#attendants[slot];
    const { tick: before = -1 } = attendant;
    attendant.heardMs = Math.max(attendant.heardMs, nowMs);
    if (tick === undefined) return;
    if (tick > before) attendant.playedMs = nowMs;
    attendant.tick = tick;
  }

  /** A new process took the seat. It has yet to play. */
  takenAgain(slot: number, nowMs: number): void {
    const attendant = this.#attendants[slot];
    attendant.heardMs = nowMs;
    attendant.tick = undefined;
    attendant.hasLeft = false;
  }

  /** The player said goodbye. */
  leave(slot: number): void {
    this.#attendants[slot].hasLeft = true;
  }

  hasLeft(slot: number): boolean {
    return this.#attendants[slot].hasLeft;
  }

  isAlive(slot: number, nowMs: number): boolean {
    const { hasLeft, heardMs } = this.#attendants[slot];
    return !hasLeft && nowMs - heardMs < this.#goneMs;
  }

  /** Whether it says that it is out of the match. */
  isOut(slot: number): boolean {
    return this.#attendants[slot].tick === -1;
  }

  /** For how long nothing was confirmed there, as far as it tells. */
  idleMs(slot: number, nowMs: number): number {
    return nowMs - this.#attendants[slot].playedMs;
  }

  epochOf(slot: number): number {
    return this.#epochs[slot];
  }
}
