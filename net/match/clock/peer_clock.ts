/**
 * What one member learns of another's clock and distance from echoed packets.
 *
 * Each echo gives a round-trip time and, taking both ways as equally long, the difference of the
 * two clocks. The sample with the shortest round trip is the one least disturbed by queues
 * (D. Mills' clock filter, RFC 5905 section 10), so the best of the last two periods counts.
 *
 * @module
 */
import { type Stamp, stampDifferenceMs, stampOf } from "../wire/stamp.ts";

/** How long a best sample may count: drifting clocks (500 ppm) move 2.5 ms in that time. */
const PERIOD_MS = 5000;
/** More than clocks drift apart in two periods, less than what matters to anybody. */
const DRIFT_MS_MAX = 50;
/** Weight of a new round-trip time in the smoothed one, as in TCP (RFC 6298). */
const SMOOTHING = 1 / 8;
const JITTER_SMOOTHING = 1 / 4;
/** Transit times kept to judge how late packets come: one second of them. */
const TRANSITS = 64;

interface ClockSample {
  readonly rttMs: number;
  readonly offsetMs: number;
}

/** One other member's clock and distance, as estimated so far. */
export class PeerClock {
  /** How many echoes came back. */
  roundTrips = 0;
  /** Smoothed round-trip time; `undefined` before the first. */
  rttMs: number | undefined;
  /** How far round-trip times lie from the smoothed one, smoothed (RTTVAR of RFC 6298). */
  jitterMs = 0;

  #best: ClockSample | undefined;
  #previousBest: ClockSample | undefined;
  #periodEndMs = 0;
  readonly #transitsMs = new Float64Array(TRANSITS);
  #transits = 0;

  /** The other clock minus this one, modulo a stamp's 70 minutes; 0 while it isn't known. */
  get offsetMs(): number {
    const best = this.#best;
    const previous = this.#previousBest;
    if (!best) return previous?.offsetMs ?? 0;
    return previous && previous.rttMs < best.rttMs
      ? previous.offsetMs
      : best.offsetMs;
  }

  /**
   * Takes in an echo: the packet was sent at `sentMs`, and held by the other for `holdMs`; the
   * answer was sent at `theirStamp` (the other's clock) and arrived at `atMs`.
   */
  addEcho(
    { sentMs, holdMs, theirStamp, atMs }: {
      readonly sentMs: number;
      readonly holdMs: number;
      readonly theirStamp: Stamp;
      readonly atMs: number;
    },
  ): void {
    const rttMs = Math.max(0, atMs - sentMs - holdMs);
    this.roundTrips++;
    const offMs = Math.abs(rttMs - (this.rttMs ?? rttMs));
    this.jitterMs += (offMs - this.jitterMs) * JITTER_SMOOTHING;
    this.rttMs = this.rttMs === undefined
      ? rttMs
      : this.rttMs + (rttMs - this.rttMs) * SMOOTHING;
    const offsetMs = stampDifferenceMs(theirStamp, stampOf(atMs - rttMs / 2));
    if (this.#hasJumped({ rttMs, offsetMs })) {
      this.#best = this.#previousBest = undefined;
    }
    if (atMs >= this.#periodEndMs) {
      this.#previousBest = this.#best;
      this.#best = undefined;
      this.#periodEndMs = atMs + PERIOD_MS;
    }
    if (this.#best && this.#best.rttMs <= rttMs) return;
    this.#best = { rttMs, offsetMs };
  }

  /**
   * Whether no offset fits both this sample and what was known, each being right to half its round
   * trip. Then one of the clocks has jumped, as it does when its machine sleeps.
   */
  #hasJumped({ rttMs, offsetMs }: ClockSample): boolean {
    const known = this.#best ?? this.#previousBest;
    if (!known) return false;
    const uncertaintyMs = (rttMs + known.rttMs) / 2 + DRIFT_MS_MAX;
    const moved = stampDifferenceMs(stampOf(offsetMs), stampOf(this.offsetMs));
    return Math.abs(moved) > uncertaintyMs;
  }

  /** Takes in how long a packet was under way, by the clock offset as it is known now. */
  addTransit(sentAt: Stamp, atMs: number): void {
    if (this.roundTrips === 0) return;
    this.#transitsMs[this.#transits++ % TRANSITS] = this.ageMs(sentAt, atMs);
  }

  /** How long ago, at `nowMs`, the other sent what it stamped `sentAt`; below 35 minutes. */
  ageMs(sentAt: Stamp, nowMs: number): number {
    return stampDifferenceMs(this.stampOf(nowMs), sentAt);
  }

  /** The other clock's stamp at a moment of this one. */
  stampOf(nowMs: number): Stamp {
    return stampOf(nowMs + this.offsetMs);
  }

  /**
   * Whether the other sent that less than `withinMs` ago. An age from beyond what stamps can tell
   * would mostly look impossible, so it isn't. While the other clock is unknown stamps tell nothing.
   */
  isFresh(sentAt: Stamp, nowMs: number, withinMs: number): boolean {
    return this.roundTrips === 0 ||
      Math.abs(this.ageMs(sentAt, nowMs)) <= withinMs;
  }

  /** The time within which nine of ten packets arrive; 0 before the first. */
  transitP90Ms(): number {
    const count = Math.min(this.#transits, TRANSITS);
    if (count === 0) return 0;
    const sorted = this.#transitsMs.slice(0, count).sort();
    return sorted[Math.floor(0.9 * (count - 1))];
  }
}
