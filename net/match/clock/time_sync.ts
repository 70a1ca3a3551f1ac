/**
 * Keeps all members at the same tick by making this host's ticks a little longer or shorter.
 *
 * Everybody moves towards the mean of the others, so nobody chases anybody; the change stays below
 * what an eye sees. Whole ticks are never skipped. The gentle correction follows Slippi's (±1 %,
 * dead zone of half a tick); after a stall, when whole paddle lengths lie between the hosts, four
 * times that is allowed: the most by which a member can slow the others by lagging.
 *
 * @module
 */
import { TICK_MS } from "../../../game/court.ts";
import type { SlotRecord } from "../wire/record.ts";
import type { PeerClock } from "./peer_clock.ts";

/** Weight of a new estimate in the smoothed lead: a second's worth of ticks evens out jitter. */
const SMOOTHING = 1 / 30;
/** Change of a tick's length for each tick of lead, and its limits: in play, and after a stall. */
const GAIN = 0.005;
const CHANGE_MAX = 0.01;
const CHANGE_AFTER_STALL_MAX = 0.04;
/** A lead beyond this came from a stall, not from clocks. */
const STALL_TICKS = 4;
const DEAD_ZONE_TICKS = 0.5;

/** How far ahead of the others this host is, and how long its ticks last because of that. */
export class TimeSync {
  #leadTicks = 0;

  /** Smoothed lead of this host over the mean of the others, in ticks; negative when behind. */
  get leadTicks(): number {
    return this.#leadTicks;
  }

  /** Takes in this tick's estimate of the lead. */
  add(leadTicks: number): void {
    const isStall = Math.abs(leadTicks - this.#leadTicks) > STALL_TICKS;
    const weight = isStall ? 0.5 : SMOOTHING;
    this.#leadTicks += (leadTicks - this.#leadTicks) * weight;
  }

  /** How long the next tick lasts, in ms. */
  tickMs(): number {
    const lead = this.#leadTicks;
    if (Math.abs(lead) < DEAD_ZONE_TICKS) return TICK_MS;
    const limit = Math.abs(lead) > STALL_TICKS
      ? CHANGE_AFTER_STALL_MAX
      : CHANGE_MAX;
    return TICK_MS * (1 + Math.max(-limit, Math.min(limit, lead * GAIN)));
  }
}

/** Where a member is now is guessed from its newest record, but for no longer than this. */
const EXTRAPOLATION_MS_MAX = 250;

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
    /** Records that were sent longer ago don't count. */
    readonly freshMs: number;
    readonly nowMs: number;
  },
): number | undefined {
  let sum = 0;
  let count = 0;
  for (const peer of peers) {
    const clock = clocks[peer.slot];
    const isFresh = clock.isFresh(peer.sentAt, nowMs, freshMs);
    if (!isFresh || peer.isReturning) continue;
    const ageMs = clock.ageMs(peer.sentAt, nowMs);
    const sinceMs = Math.max(0, Math.min(ageMs, EXTRAPOLATION_MS_MAX));
    sum += peer.tick + sinceMs / TICK_MS;
    count++;
  }
  return count === 0 ? undefined : tick - sum / count;
}
