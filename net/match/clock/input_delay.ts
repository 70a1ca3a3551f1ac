/**
 * How late a host's own inputs should count, so that fewer of them have to be predicted by others.
 *
 * @module
 */
import { TICK_MS } from "../../../game/court.ts";
import type { PeerClock } from "./peer_clock.ts";

/** How much of a packet's way is left to prediction, and the longest input delay. */
const UNDELAYED_TICKS = 2;
const INPUT_DELAY_TICKS_MAX = 3;

/** Returns how many ticks after it is sampled an input should count: more if packets come late. */
export function inputDelayFor(clocks: readonly PeerClock[]): number {
  const slowest = Math.max(...clocks.map((clock) => clock.transitP90Ms()));
  const ticks = Math.ceil(slowest / TICK_MS) - UNDELAYED_TICKS;
  return Math.max(0, Math.min(INPUT_DELAY_TICKS_MAX, ticks));
}
