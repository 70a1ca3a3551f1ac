/**
 * Where ball and paddles are drawn at a given moment.
 *
 * States come once a tick, pictures are drawn whenever the display wants one: `timeline.ts` gives
 * the moments between. The own paddle is drawn where it was just steered (`axis_history.ts`), the
 * ball perhaps a little in the past (`perception.ts`).
 *
 * When new states disagree with what was shown (a prediction was wrong, or a message was late),
 * the difference is kept and fades, so things glide to where they belong instead of jumping.
 *
 * @module
 */
import { courtSize, UNIT } from "../../game/court.ts";
import {
  BALL_X,
  BALL_Y,
  PADDLE,
  paddleHalf,
  PHASE,
  PLAYERS,
  RALLY,
  type State,
  TICK,
} from "../../game/state.ts";
import { createAxisHistory } from "./axis_history.ts";
import { createDisplayClock } from "./display_clock.ts";
import { nextDelay, smoothLag } from "./perception.ts";
import { extend, momentAt, stateBefore, type Timeline } from "./timeline.ts";

/** A difference to what was shown fades by half in this time. Longer looks soft, shorter jumps. */
const ERROR_HALF_LIFE_MS = 50;
/** Larger differences are no corrections (a serve, a new match): they are shown at once. */
const ERROR_MAX = 150 * UNIT;
/** So many ticks at once, at the speed of a match, are a seek. */
const SEEK_TICKS = 30;

/** Places of ball and paddles, in subunits, fractions included. */
interface Places {
  readonly ballX: number;
  readonly ballY: number;
  /** Centre of each paddle along its side, by slot. */
  readonly paddles: readonly number[];
}

/** What to draw. */
export interface Picture extends Places {
  /** The state at whose time the ball is drawn: phase, who hit last, hits. */
  readonly ballState: State;
  /** The newest state: everything else. */
  readonly state: State;
  /** What is certain, for ghosts. */
  readonly confirmed: Places & { readonly state: State };
}

export interface Motion {
  /** Takes over newer states, one a tick: the newest confirmed one first, the newest one last. */
  receive(states: readonly State[], nowMs: number): void;
  /** Says which paddle is the own one, and its input delay; -1 for none, and no filter then. */
  setOwn(slot: number, inputDelayTicks: number): void;
  /** Whether the ball is drawn a little in the past near remote paddles; at first it is. */
  setFilter(isOn: boolean): void;
  /** How fast the process plays: 1 in a match; 0.1…4 in a replay, 0 while it rests. */
  setSpeed(speed: number): void;
  /** The local axis changes now. */
  steer(axis: number, nowMs: number): void;
  /** Returns what to draw at `nowMs`; `undefined` before the first state. */
  picture(nowMs: number): Picture | undefined;
}

/** All times are in ms on one monotonic clock. */
export function createMotion(): Motion {
  const clock = createDisplayClock();
  const axisHistory = createAxisHistory();
  let own = -1;
  let inputDelayTicks = 0;
  let isFilterOn = true;
  let speed = 1;
  let timeline: Timeline = [];
  let confirmed: Picture["confirmed"] | undefined;
  /** By how much what is confirmed lags behind the present, and the ball as it is drawn. */
  let lagTicks = 0;
  let ballDelayTicks = 0;
  let drawnTick = 0;
  let error: Places = NO_ERROR;
  let errorAtMs = 0;

  /** Where the states alone put everything at this moment: without the fading error. */
  function truth(nowMs: number): Drawn {
    const tick = clock.tickAt(nowMs);
    const present = momentAt(timeline, tick);
    const ballState = ballDelayTicks === 0
      ? present
      : momentAt(timeline, tick - ballDelayTicks);
    const paddles = paddlesOf(present);
    if (own >= 0) {
      const before = stateBefore(timeline, tick);
      const pushed = axisHistory.pushed({
        fromMs: clock.msAt(before[TICK] - inputDelayTicks),
        toMs: clock.msAt(tick),
      });
      paddles[own] = withinCourt(before, before[PADDLE + own] + pushed);
    }
    return { ...ballOf(ballState), paddles, ballState };
  }

  function shown(nowMs: number): Drawn {
    const now = truth(nowMs);
    const fade = 2 ** (-(nowMs - errorAtMs) / ERROR_HALF_LIFE_MS);
    return { ...combine(now, error, fade), ballState: now.ballState };
  }

  /** Takes over states that continue what was shown. */
  function follow(states: readonly State[], nowMs: number): void {
    const before = shown(nowMs);
    timeline = extend(timeline, states);
    clock.hear(tickOf(states), nowMs);
    const after = truth(nowMs);
    error = withoutLarge(combine(before, after, -1));
    // A serve is no correction, however close the ball was.
    if (!isFlying(before) || !isFlying(after)) {
      error = { ...error, ballX: 0, ballY: 0 };
    }
    errorAtMs = nowMs;
  }

  /** Takes over states that have nothing to do with what was shown. */
  function begin(states: readonly State[], nowMs: number): void {
    timeline = states;
    clock.hear(tickOf(states), nowMs);
    lagTicks = states.length - 1;
    ballDelayTicks = 0;
    error = NO_ERROR;
  }

  function isSeek(tick: number): boolean {
    const way = tick - tickOf(timeline);
    return way < 0 || way > SEEK_TICKS * Math.max(1, speed);
  }

  return {
    receive(states, nowMs) {
      if (confirmed === undefined || isSeek(tickOf(states))) {
        begin(states, nowMs);
      } else {
        // Right before the news the lag is longest, and that is the one to bridge.
        const lag = clock.tickAt(nowMs) - confirmed.state[TICK];
        lagTicks = smoothLag(lagTicks, lag);
        follow(states, nowMs);
      }
      const state = states[0];
      confirmed = { ...ballOf(state), paddles: paddlesOf(state), state };
    },
    setOwn(slot, delayTicks) {
      own = slot;
      inputDelayTicks = delayTicks;
    },
    setFilter(isOn) {
      isFilterOn = isOn;
    },
    setSpeed(next) {
      speed = next;
      clock.setSpeed(next);
    },
    steer: axisHistory.add,
    picture(nowMs) {
      if (confirmed === undefined) return undefined;
      const tick = clock.tickAt(nowMs);
      ballDelayTicks = nextDelay({
        drawn: momentAt(timeline, tick - ballDelayTicks),
        own: isFilterOn ? own : -1,
        lagTicks,
        delayTicks: ballDelayTicks,
        elapsedTicks: tick - drawnTick,
      });
      drawnTick = tick;
      return {
        ...shown(nowMs),
        state: timeline[timeline.length - 1],
        confirmed,
      };
    },
  };
}

interface Drawn extends Places {
  readonly ballState: State;
}

const NO_ERROR: Places = { ballX: 0, ballY: 0, paddles: [0, 0, 0, 0] };

function tickOf(states: readonly State[]): number {
  return states[states.length - 1][TICK];
}

function isFlying({ ballState }: Drawn): boolean {
  return ballState[PHASE] === RALLY;
}

function ballOf(state: State): { ballX: number; ballY: number } {
  return { ballX: state[BALL_X], ballY: state[BALL_Y] };
}

function paddlesOf(state: State): number[] {
  return [0, 1, 2, 3].map((slot) => state[PADDLE + slot]);
}

function withinCourt(state: State, at: number): number {
  // Where somebody plays at the top or the bottom the court is square.
  const { height: length } = courtSize(state[PLAYERS]);
  const half = paddleHalf(state);
  return Math.min(Math.max(at, half), length - half);
}

/** `a` + `b` × `weight`. */
function combine(a: Places, b: Places, weight: number): Places {
  return {
    ballX: a.ballX + b.ballX * weight,
    ballY: a.ballY + b.ballY * weight,
    paddles: a.paddles.map((at, slot) => at + b.paddles[slot] * weight),
  };
}

function withoutLarge(error: Places): Places {
  const isLarge = Math.hypot(error.ballX, error.ballY) > ERROR_MAX;
  return {
    ballX: isLarge ? 0 : error.ballX,
    ballY: isLarge ? 0 : error.ballY,
    paddles: error.paddles.map((at) => Math.abs(at) > ERROR_MAX ? 0 : at),
  };
}
