/**
 * What is worth telling of a match, gathered from its confirmed states, one after the other.
 *
 * Everything here follows from the states alone, so hosts that confirmed the same tell the same.
 *
 * @module
 */
import { TICKS_PER_SECOND, UNIT } from "./court.ts";
import { BALL_VX, BALL_VY, HITS, type State, TICK } from "./state.ts";

/** What the page tells of a match besides its result. */
export interface MatchStatistics {
  /** Hits of the longest rally. */
  readonly longestRallyHits: number;
  /** Highest speed of the ball, in court units a second. */
  readonly fastestBall: number;
  /** Ticks of the match up to the newest state. */
  readonly playedTicks: number;
}

/** Gathers them; its fields are those of the states taken in so far. */
export class StatisticsCounter implements MatchStatistics {
  longestRallyHits = 0;
  fastestBall = 0;
  playedTicks = 0;

  /** Takes in the next confirmed state or, after a gap, the first one behind it. */
  take(state: State): void {
    const vx = state[BALL_VX];
    const vy = state[BALL_VY];
    const speed = Math.sqrt(vx * vx + vy * vy) * TICKS_PER_SECOND / UNIT;
    this.fastestBall = Math.max(this.fastestBall, speed);
    this.longestRallyHits = Math.max(this.longestRallyHits, state[HITS]);
    this.playedTicks = state[TICK];
  }
}
