/**
 * How this host's ticks lie to those of the others, and how late its own inputs should count.
 *
 * @module
 */
import { TICK_MS } from "../../../game/court.ts";
import type { SlotRecord } from "../wire/record.ts";
import type { PeerClock } from "./peer_clock.ts";

/** A member's tick is not guessed further ahead than this after its last word. */
const EXTRAPOLATION_MS_MAX = 250;
/** Input delay: what of a packet's way it leaves to prediction, and its limit. */
const UNDELAYED_TICKS = 2;
const INPUT_DELAY_TICKS_MAX = 3;

/**
 * Returns by how many ticks a host at `tick` is ahead of the mean of its peers, by their newest
 * records; `undefined` where none is fresh.
 */
export function leadOver(
  peers: readonly SlotRecord[],
  tick: number,
  { clocks, freshMs, nowMs }: {
    /** By slot. */
    readonly clocks: readonly PeerClock[];
    readonly freshMs: number;
    readonly nowMs: number;
  },
): number | undefined {
  let sum = 0;
  let count = 0;
  for (const peer of peers) {
    const ageMs = clocks[peer.slot].ageMs(peer.sentAt, nowMs);
    if (ageMs > freshMs || peer.isReturning) continue;
    const sinceMs = Math.max(0, Math.min(ageMs, EXTRAPOLATION_MS_MAX));
    sum += peer.tick + sinceMs / TICK_MS;
    count++;
  }
  return count === 0 ? undefined : tick - sum / count;
}

/** Returns how many ticks after its sampling an input should count, by how late packets come. */
export function inputDelayFor(clocks: readonly PeerClock[]): number {
  const slowest = Math.max(...clocks.map((clock) => clock.transitP90Ms()));
  const ticks = Math.ceil(slowest / TICK_MS) - UNDELAYED_TICKS;
  return Math.max(0, Math.min(INPUT_DELAY_TICKS_MAX, ticks));
}
