/**
 * When a watcher is shown which tick: sixty a second, a little behind the newest confirmed one, so
 * that ticks that are confirmed unevenly are shown evenly.
 *
 * @module
 */
import { TICK_MS } from "../../game/court.ts";

/** How far behind the newest confirmed tick is shown: 100 ms. More hides more jitter, later. */
const BEHIND_TICKS = 6;
/** Farther behind than this, 2 s, ticks are skipped instead of being shown faster. */
const BEHIND_TICKS_MAX = 120;
/** Ticks in one call at most. */
const TICKS_AT_ONCE_MAX = 2;
/** Change of speed for each tick too far behind or too close, and the limits of speed. */
const GAIN = 0.02;
const SPEED_MIN = 0.9;
const SPEED_MAX = 1.5;

/** The tick that is shown, moved on by `advance`. */
export class PlayoutClock {
  /** The tick that is shown. */
  tick: number;
  /** When the next one is due. */
  nextTickMs: number;

  /** Begins `BEHIND_TICKS` behind `newestTick`; where `firstTick` is nearer, it is held longer. */
  constructor(
    { firstTick, newestTick, nowMs }: {
      readonly firstTick: number;
      readonly newestTick: number;
      readonly nowMs: number;
    },
  ) {
    this.tick = Math.max(firstTick, newestTick - BEHIND_TICKS);
    const missingTicks = BEHIND_TICKS - (newestTick - this.tick);
    this.nextTickMs = nowMs + (missingTicks + 1) * TICK_MS;
  }

  /** Shows what is due; never more than is confirmed. */
  advance(nowMs: number, newestTick: number): void {
    if (newestTick - this.tick > BEHIND_TICKS_MAX) {
      this.tick = newestTick - BEHIND_TICKS;
      this.nextTickMs = nowMs + TICK_MS;
    }
    for (let i = 0; i < TICKS_AT_ONCE_MAX && nowMs >= this.nextTickMs; i++) {
      if (this.tick < newestTick) this.tick++;
      const surplus = newestTick - this.tick - BEHIND_TICKS;
      const speed = 1 + surplus * GAIN;
      this.nextTickMs += TICK_MS /
        Math.max(SPEED_MIN, Math.min(SPEED_MAX, speed));
    }
    if (nowMs >= this.nextTickMs) this.nextTickMs = nowMs + TICK_MS;
  }
}
