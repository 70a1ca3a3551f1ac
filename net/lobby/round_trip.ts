/**
 * How long it takes from question to answer on a connection that keeps their order, smoothed.
 *
 * @module
 */

/** Weight of a new time in the smoothed one, as in TCP (RFC 6298). */
const SMOOTHING = 1 / 8;

/** The time on one connection. */
export class RoundTrip {
  /** When the question was asked whose answer is awaited. */
  #askedAtMs: number | undefined;
  #rttMs: number | null = null;

  /** `null` before the first answer. */
  get rttMs(): number | null {
    return this.#rttMs;
  }

  /** A question goes out; one that is asked while another awaits its answer isn't measured. */
  asked(nowMs: number): void {
    this.#askedAtMs ??= nowMs;
  }

  answered(nowMs: number): void {
    if (this.#askedAtMs === undefined) return;
    const sampleMs = nowMs - this.#askedAtMs;
    this.#askedAtMs = undefined;
    this.#rttMs = this.#rttMs === null
      ? sampleMs
      : this.#rttMs + SMOOTHING * (sampleMs - this.#rttMs);
  }
}
