/**
 * How late a host's own inputs should count, so that fewer of them have to be predicted by others.
 *
 * @module
 */
import { TICK_MS } from "../../../game/court.ts";
import type { PeerClock } from "./peer_clock.ts";

/** Input delay: what of a packet's way it leaves to prediction, and its limit. */
const UNDELAYED_TICKS = 2;
const INPUT_DELAY_TICKS_MAX = 3;

/** Returns how many ticks after its sampling an input should count, by how late packets come. */
export function inputDelayFor(clocks: readonly PeerClock[]): number {
  const slowest = Math.max(...clocks.map((clock) => clock.transitP90Ms()));
  const ticks = Math.ceil(slowest / TICK_MS) - UNDELAYED_TICKS;
  return Math.max(0, Math.min(INPUT_DELAY_TICKS_MAX, ticks));
}
