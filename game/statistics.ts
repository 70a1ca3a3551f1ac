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
  /** What was best before, and which tick was better; few of a match are. */
  readonly #surpassed: {
    readonly tick: number;
    readonly longestRallyHits: number;
    readonly fastestBall: number;
  }[] = [];

  /** Takes in the next confirmed state or, after a gap, the first one behind it. */
  take(state: State): void {
    const vx = state[BALL_VX];
    const vy = state[BALL_VY];
    const speed = Math.sqrt(vx * vx + vy * vy) * TICKS_PER_SECOND / UNIT;
    const { longestRallyHits, fastestBall } = this;
    this.playedTicks = state[TICK];
    if (speed <= fastestBall && state[HITS] <= longestRallyHits) return;
    const tick = this.playedTicks;
    this.#surpassed.push({ tick, longestRallyHits, fastestBall });
    this.longestRallyHits = Math.max(longestRallyHits, state[HITS]);
    this.fastestBall = Math.max(fastestBall, speed);
  }

  /** Forgets all states after `keptTick`. */
  takeBack(keptTick: number): void {
    const kept = this.#surpassed.findLastIndex(({ tick }) => tick <= keptTick);
    const [former] = this.#surpassed.splice(kept + 1);
    this.longestRallyHits = former?.longestRallyHits ?? this.longestRallyHits;
    this.fastestBall = former?.fastestBall ?? this.fastestBall;
    this.playedTicks = Math.min(this.playedTicks, keptTick);
  }
}
