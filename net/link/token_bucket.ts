/**
 * Counts how often somebody does something, and says when it is too often.
 *
 * @module
 */

/** How often something may happen: `perSecond` in the long run, `burst` at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A bucket that fills with time; every event takes one token out of it. */
export class TokenBucket {
  readonly #rate: Rate;
  #left: number;
  #filledAtMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#left = rate.burst;
    this.#filledAtMs = nowMs;
  }

  /** Counts one event; `false` when there was no token left for it. */
  take(nowMs: number): boolean {
    const { perSecond, burst } = this.#rate;
    const filled = this.#left + (nowMs - this.#filledAtMs) * perSecond / 1000;
    this.#left = Math.min(burst, filled);
    this.#filledAtMs = nowMs;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
