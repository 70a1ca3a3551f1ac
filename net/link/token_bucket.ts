/**
 * Counts how often somebody does something, and says when it is too often.
 *
 * @module
 */

/** How often: `perSecond` on and on, `burst` at once after a pause. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A bucket that fills with time and from which every event takes one. */
export class TokenBucket {
  readonly #rate: Rate;
  #left: number;
  #filledAtMs: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#left = rate.burst;
    this.#filledAtMs = nowMs;
  }

  /** Counts one event; `false` when there were too many. */
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
