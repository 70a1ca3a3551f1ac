/**
 * Where ball and paddles are drawn at a given moment.
 *
 * States come once a tick, pictures are drawn whenever the display wants one. The ball is moved
 * from the newest state to the moment of drawing by the game's own rules, with a fraction of a
 * tick: exact, bounces included, and without the delay that interpolation costs.
 *
 * When a new state disagrees with what was shown (a prediction was wrong, or a message was late),
 * the difference is kept and fades, so things glide to where they belong instead of jumping.
 *
 * The own paddle is drawn from the local axis at once: its input needs a while to come back as a
 * state, and longer with an input delay.
 *
 * @module
 */
import {
  courtSize,
  PADDLE_SPEED,
  SLOTS_MAX,
  TICKS_PER_SECOND,
  UNIT,
} from "../game/court.ts";
import {
  BALL_X,
  BALL_Y,
  INPUT,
  PADDLE,
  paddleHalf,
  PHASE,
  PLAYERS,
  RALLY,
  type State,
  STATE_LENGTH,
  TICK,
} from "../game/state.ts";
import { moveBall, movePaddles, WHOLE_TICK } from "../game/step.ts";

const TICK_MS = 1000 / TICKS_PER_SECOND;
/** How far past the newest state things move on. Beyond, the process hangs: better to stand still. */
const AHEAD_TICKS_MAX = 3;
/** A difference to what was shown fades by half in this time. Longer looks soft, shorter jumps. */
const ERROR_HALF_LIFE_MS = 50;
/** Larger differences are no corrections (a serve, a new match): they are shown at once. */
const ERROR_MAX = 150 * UNIT;
/** How fast the estimate of the process's clock follows; a late message should move it little. */
const CLOCK_GAIN = 0.1;
/** A clock this far off is not jitter: the process had stopped, or another match began. */
const CLOCK_SNAP_MS = 100;
/** Changes of the local axis that are remembered; more than a hand makes in the time that counts. */
const AXIS_CHANGES_MAX = 64;

/** What to draw, in subunits, fractions included. */
export interface Picture {
  readonly ballX: number;
  readonly ballY: number;
  /** Centre of each paddle along its side, by slot. */
  readonly paddles: readonly number[];
}

export interface Motion {
  /** Takes over a newer state. */
  receive(state: State, nowMs: number): void;
  /** Says which paddle is the own one (-1 for none), and its input delay. */
  setOwn(slot: number, inputDelayTicks: number): void;
  /** The local axis changes now. */
  steer(axis: number, nowMs: number): void;
  /** Returns what to draw at `nowMs`; `undefined` before the first state. */
  picture(nowMs: number): Picture | undefined;
}

/** All times are in ms on one monotonic clock. */
export function createMotion(): Motion {
  let newest: State | undefined;
  let tickZeroMs = 0;
  let own = -1;
  let inputDelayTicks = 0;
  let axisChanges: AxisChange[] = [];
  let error: Picture = { ballX: 0, ballY: 0, paddles: [0, 0, 0, 0] };
  let errorAtMs = 0;
  const scratch: State = new Int32Array(STATE_LENGTH);

  function follow(measuredMs: number): void {
    const offMs = measuredMs - tickZeroMs;
    tickZeroMs += Math.abs(offMs) > CLOCK_SNAP_MS ? offMs : offMs * CLOCK_GAIN;
  }

  /** What the newest state makes of this moment, without the fading error. */
  function truth(state: State, nowMs: number): Picture {
    const sinceTick = (nowMs - tickZeroMs) / TICK_MS - state[TICK];
    const ahead = Math.min(Math.max(sinceTick, 0), AHEAD_TICKS_MAX);
    const { paddles, ballX, ballY } = moveOn(state, scratch, ahead);
    if (own < 0) return { ballX, ballY, paddles };
    const sampledMs = tickZeroMs + (state[TICK] - inputDelayTicks) * TICK_MS;
    const moved = axisIntegral(axisChanges, {
      fromMs: sampledMs,
      toMs: sampledMs + (inputDelayTicks + ahead) * TICK_MS,
    }) / TICK_MS * PADDLE_SPEED;
    const limit = paddleRange(state, own);
    const at = clamp(state[PADDLE + own] + moved, limit);
    return {
      ballX,
      ballY,
      paddles: paddles.map((other, slot) => slot === own ? at : other),
    };
  }

  function picture(nowMs: number): Picture | undefined {
    if (newest === undefined) return undefined;
    const fade = 2 ** (-(nowMs - errorAtMs) / ERROR_HALF_LIFE_MS);
    return combine(truth(newest, nowMs), error, fade);
  }

  return {
    picture,
    receive(state, nowMs) {
      const shown = picture(nowMs);
      const snaps = newest === undefined || startsAnew(newest, state);
      // A state of the same tick is a correction, or a match that waits: it says nothing of time.
      if (newest?.[TICK] !== state[TICK]) follow(nowMs - state[TICK] * TICK_MS);
      newest = state;
      const now = truth(state, nowMs);
      error = combine(shown ?? now, now, -1);
      if (snaps) error = { ...error, ballX: 0, ballY: 0 };
      error = withoutLarge(error);
      errorAtMs = nowMs;
    },
    setOwn(slot, delayTicks) {
      own = slot;
      inputDelayTicks = delayTicks;
    },
    steer(axis, nowMs) {
      axisChanges = [...axisChanges, { axis, atMs: nowMs }]
        .slice(-AXIS_CHANGES_MAX);
    },
  };
}

interface AxisChange {
  readonly axis: number;
  readonly atMs: number;
}

/** Moves a copy of the state on by whole ticks and the rest of one, with the inputs in effect. */
function moveOn(state: State, scratch: State, ahead: number): Picture {
  scratch.set(state);
  let left = ahead;
  for (; left >= 1; left--) {
    movePaddles(scratch);
    moveBall(scratch, WHOLE_TICK);
  }
  const limit = (slot: number) => paddleRange(scratch, slot);
  const paddles = Array.from({ length: SLOTS_MAX }, (_, slot) => {
    const moved = scratch[INPUT + slot] * PADDLE_SPEED * left;
    return clamp(scratch[PADDLE + slot] + moved, limit(slot));
  });
  // The rules move paddles first, so the ball of this tick meets them at its end.
  movePaddles(scratch);
  moveBall(scratch, Math.floor(left * WHOLE_TICK));
  return { ballX: scratch[BALL_X], ballY: scratch[BALL_Y], paddles };
}

/** Axis × ms between two moments: how far the local hand has pushed its paddle in that time. */
function axisIntegral(
  changes: readonly AxisChange[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): number {
  let sum = 0;
  let untilMs = toMs;
  for (let i = changes.length - 1; i >= 0 && untilMs > fromMs; i--) {
    const { axis, atMs } = changes[i];
    if (atMs >= untilMs) continue;
    sum += axis * (untilMs - Math.max(atMs, fromMs));
    untilMs = atMs;
  }
  return sum;
}

function startsAnew(before: State, after: State): boolean {
  return after[PHASE] !== RALLY || before[PHASE] !== RALLY ||
    after[TICK] < before[TICK];
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function paddleRange(state: State, slot: number): Range {
  const { width, height } = courtSize(state[PLAYERS]);
  const half = paddleHalf(state);
  return { low: half, high: (slot < 2 ? height : width) - half };
}

function clamp(value: number, { low, high }: Range): number {
  return Math.min(Math.max(value, low), high);
}

/** `a` + `b` × `weight`. */
function combine(a: Picture, b: Picture, weight: number): Picture {
  return {
    ballX: a.ballX + b.ballX * weight,
    ballY: a.ballY + b.ballY * weight,
    paddles: a.paddles.map((at, slot) => at + b.paddles[slot] * weight),
  };
}

function withoutLarge(error: Picture): Picture {
  const isLarge = Math.hypot(error.ballX, error.ballY) > ERROR_MAX;
  return {
    ballX: isLarge ? 0 : error.ballX,
    ballY: isLarge ? 0 : error.ballY,
    paddles: error.paddles.map((at) => Math.abs(at) > ERROR_MAX ? 0 : at),
  };
}
