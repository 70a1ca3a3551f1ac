/**
 * Which tick it is for the process, at any moment between its messages.
 *
 * It runs by itself, as fast as the process plays, and every new tick that is heard of pulls it a
 * little: messages come late by chance, and what is drawn should not tremble with them.
 *
 * @module
 */
import { TICK_MS } from "../../game/court.ts";

/** How far past the newest tick time goes on. Beyond, the process hangs: better to stand still. */
const AHEAD_TICKS_MAX = 3;
/** How much of a difference a new tick corrects. More trembles with every late message. */
const GAIN = 0.05;
/** To be more ticks behind than that is not jitter: the process plays something else. */
const SNAP_TICKS = 6;

export interface DisplayClock {
  /** A state of this tick came. */
  hear(tick: number, nowMs: number): void;
  /** How fast the process plays from now on; 1 is real time. */
  setSpeed(speed: number): void;
  /** Returns the tick at this moment, fraction included; it may be before the newest one heard. */
  tickAt(nowMs: number): number;
  /** Returns the moment of a tick; meaningless while the speed is 0. */
  msAt(tick: number): number;
}

/** All times are in ms on one monotonic clock. */
export function createDisplayClock(): DisplayClock {
  let speed = 1;
  /** Everything is far from it, so the first tick is taken as it is. */
  let newest = -Infinity;
  // The clock showed `tick` at `atMs`. It isn't stopped where time stands still, so that the
  // moments of past ticks stay where they were.
  let tick = 0;
  let atMs = 0;

  function run(nowMs: number): void {
    tick += (nowMs - atMs) / TICK_MS * speed;
    atMs = nowMs;
  }

  const limit = () => newest + AHEAD_TICKS_MAX * Math.max(1, speed);

  return {
    hear(heard, nowMs) {
      run(nowMs);
      // The same tick again is a correction, or a match that waits: it says nothing of time.
      if (heard === newest) return;
      const shown = Math.min(tick, limit());
      const off = heard - shown;
      const isJitter = heard > newest && off <= SNAP_TICKS * Math.max(1, speed);
      tick = isJitter ? shown + off * GAIN : heard;
      newest = heard;
    },
    setSpeed(next) {
      speed = next;
    },
    tickAt(nowMs) {
      run(nowMs);
      return Math.min(tick, limit());
    },
    msAt(at) {
      return atMs - (tick - at) * TICK_MS / speed;
    },
  };
}
