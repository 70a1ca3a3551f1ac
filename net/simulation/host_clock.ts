/**
 * A host's monotonic clock: it shows some other time than the simulation's, runs a little fast or
 * slow, and jumps where its machine slept.
 *
 * @module
 */

/** How a clock runs. */
export interface ClockOptions {
  /** What it shows at virtual time 0. */
  readonly showsMs?: number;
  /** How fast it runs; 1 is right. */
  readonly rate?: number;
}

/** Turns virtual time into what one host's clock shows, and back. */
export class HostClock {
  readonly rate: number;
  #showsMs: number;

  constructor({ showsMs = 0, rate = 1 }: ClockOptions = {}) {
    this.#showsMs = showsMs;
    this.rate = rate;
  }

  /** What it shows at a moment of virtual time; before its last jump, as if it had been right. */
  at(nowMs: number): number {
    return this.#showsMs + nowMs * this.rate;
  }

  /** When it shows that, in virtual time. */
  whenMs(showsMs: number): number {
    return (showsMs - this.#showsMs) / this.rate;
  }

  /** Sets it ahead, or back; a host whose clock stood still while it slept is set back. */
  jump(byMs: number): void {
    this.#showsMs += byMs;
  }
}
