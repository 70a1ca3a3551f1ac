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

  /**
   * Counts one event; `false` when there was no token left for it. One that costs several tokens
   * may take more than there are: the next one then waits for all of them.
   */
  take(nowMs: number, tokens = 1): boolean {
    if (this.isEmpty(nowMs)) return false;
    this.#left -= tokens;
    return true;
  }

  /** Whether the next event comes too soon. */
  isEmpty(nowMs: number): boolean {
    return this.#fill(nowMs) < 1;
  }

  /** Whether it is as good as a new one, and may be forgotten. */
  isFull(nowMs: number): boolean {
    return this.#fill(nowMs) >= this.#rate.burst;
  }

  #fill(nowMs: number): number {
    const { perSecond, burst } = this.#rate;
    const filled = this.#left + (nowMs - this.#filledAtMs) * perSecond / 1000;
    this.#left = Math.min(burst, filled);
    this.#filledAtMs = nowMs;
    return this.#left;
  }
}
