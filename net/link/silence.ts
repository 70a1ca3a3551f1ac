/**
 * Notices that a connection has been silent for too long.
 *
 * Only time in which this process was awake counts: one that was stopped or slept for a minute
 * wakes up to a clock that is a minute later, and must not conclude that everybody else is dead.
 *
 * @module
 */

/** Longest time between two checks that counts in full; more than that was sleep. */
const CHECK_STEP_MS_MAX = 1_000;

/** Adds up how long nothing was heard. */
export class SilenceWatch {
  readonly #limitMs: number;
  #silentMs = 0;
  #checkedAtMs: number;

  constructor(limitMs: number, nowMs: number) {
    this.#limitMs = limitMs;
    this.#checkedAtMs = nowMs;
  }

  /** Something was heard. */
  heard(): void {
    this.#silentMs = 0;
  }

  /** Whether the silence is too long. Call it at least once a second: a longer gap is sleep. */
  isOver(nowMs: number): boolean {
    this.#silentMs += Math.min(nowMs - this.#checkedAtMs, CHECK_STEP_MS_MAX);
    this.#checkedAtMs = nowMs;
    return this.#silentMs >= this.#limitMs;
  }
}
