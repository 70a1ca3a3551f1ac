/**
 * The local perception filter: how far in the past the ball is drawn.
 *
 * What a remote player does is known late. A ball drawn in the present reaches that paddle before
 * anybody here knows where the paddle is, and has to jump when the news comes. So the ball is drawn
 * in the present at the own paddle, where this player must hit it, and in the confirmed past at a
 * remote one, where it can't be wrong; in between it is a little slower on its way out and a
 * little faster on its way back. (Sharkey, Ryan, Roberts: A Local Perception Filter for
 * Distributed Virtual Environments, 1998.)
 *
 * @module
 */
import { courtSize, PADDLE_PLANE, SLOTS_MAX } from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  isWall,
  PHASE,
  PLAYERS,
  RALLY,
  SPEED,
  type State,
} from "../../game/state.ts";

/** How fast the delay may change: the ball is drawn at 80–120 % of its speed. More can be seen. */
const DELAY_RATE_MAX = 0.2;

/** How much delay a flight can make up at that rate, as a share of its duration. */
const MADE_UP = DELAY_RATE_MAX / (1 + DELAY_RATE_MAX);

/**
 * The lag follows a longer one in a second and a shorter one in ten: near the longest is what counts.
 * Faster gains make the ball's speed tremble with every late packet.
 */
const LAG_GAIN_UP = 0.01;
const LAG_GAIN_DOWN = 0.001;

/** Returns the smoothed lag after one more measurement; both in ticks. */
export function smoothLag(lagTicks: number, measuredTicks: number): number {
  const off = measuredTicks - lagTicks;
  return lagTicks + off * (off > 0 ? LAG_GAIN_UP : LAG_GAIN_DOWN);
}

interface DelayOptions {
  /** The state at the moment at which the ball would be drawn without a change of the delay. */
  readonly drawn: State;
  /** The own slot; -1 for none. */
  readonly own: number;
  /** By how much what is confirmed lags behind the present. */
  readonly lagTicks: number;
  /** How far in the past the ball was drawn last, and how long ago that is. */
  readonly delayTicks: number;
  readonly elapsedTicks: number;
}

/** Returns how far in the past the ball is to be drawn now, in ticks. */
export function nextDelay(
  { drawn, own, lagTicks, delayTicks, elapsedTicks }: DelayOptions,
): number {
  // Where nothing flies, nothing can be seen to jump.
  if (drawn[PHASE] !== RALLY) return 0;
  const wanted = own < 0 ? 0 : wantedDelay(drawn, own, lagTicks);
  const change = DELAY_RATE_MAX * Math.max(0, elapsedTicks);
  return Math.min(Math.max(wanted, delayTicks - change), delayTicks + change);
}

function wantedDelay(drawn: State, own: number, lagTicks: number): number {
  const wholeWay = courtSize(drawn[PLAYERS]).width - 2 * PADDLE_PLANE;
  // More than this couldn't be made up on the way back.
  const atRemote = Math.min(lagTicks, wholeWay / drawn[SPEED] * MADE_UP);
  const wanted = remoteness(drawn, own) * atRemote;
  const homeward = (own & 1) === 0 ? -1 : 1;
  const speedHome = drawn[own < 2 ? BALL_VX : BALL_VY] * homeward;
  if (speedHome <= 0) return wanted;
  return Math.min(wanted, distanceTo(drawn, own) / speedHome * MADE_UP);
}

/** Returns 0 where the ball is at the own paddle, 1 where it is at a remote one. */
function remoteness(state: State, own: number): number {
  let nearest = Infinity;
  for (let side = 0; side < SLOTS_MAX; side++) {
    if (side === own || isWall(state, side)) continue;
    nearest = Math.min(nearest, distanceTo(state, side));
  }
  const fromOwn = distanceTo(state, own);
  return fromOwn === 0 ? 0 : fromOwn / (fromOwn + nearest);
}

/** From the ball to the plane in which it meets that side's paddle; 0 behind it. */
function distanceTo(state: State, side: number): number {
  const at = state[side < 2 ? BALL_X : BALL_Y];
  // Where somebody plays at the top or the bottom the court is square.
  const { width: length } = courtSize(state[PLAYERS]);
  const gap = (side & 1) === 0 ? at : length - at;
  return Math.max(0, gap - PADDLE_PLANE);
}
