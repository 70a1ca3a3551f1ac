/**
 * The rules: one tick of a match, in integers.
 *
 * `step` is total: any state that `decodeState` accepts and any inputs give a valid state. Ball
 * motion is swept: within a tick the ball travels to whatever it meets first, bounces, and goes on
 * with the rest of the tick, so it never tunnels at any speed. The page calls the same `moveBall`
 * with a fraction of a tick to draw between ticks.
 *
 * Divisions are of int32 values and truncated at once: IEEE 754 rounds a quotient the same way on
 * every machine, so they are as exact as the shifts beside them.
 *
 * @module
 */
import {
  BALL_RADIUS,
  BALL_SPEED_GROWTH,
  BALL_SPEED_MAX,
  BALL_SPEED_SERVE,
  courtSize,
  DEAD_RALLY_TICKS,
  PADDLE_PLANE,
  PADDLE_SPEED,
  SERVE_TICKS,
  SHRINK_AFTER_HITS,
  SLOTS_MAX,
} from "./court.ts";
import {
  ABSENT,
  ABSENT_INPUT,
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  HITS,
  INPUT,
  isWall,
  LAST_HIT,
  OVER,
  PADDLE,
  paddleHalf,
  PHASE,
  PLAYERS,
  RALLY,
  randomBelow,
  SCORE,
  SERVE_TO,
  SERVING,
  SPEED,
  type State,
  TARGET,
  TICK,
  TIMER,
  WINNER,
} from "./state.ts";

/** A whole tick, in the unit of `moveBall`. */
export const WHOLE_TICK = 65536;

/** In a corner two paddles would pass the ball on for ever; then it loses the rest of the tick. */
const BOUNCES_MAX = 8;

/** Cosine and sine of −60°…60° in 33 steps, × 2^14: where the ball hits the paddle picks one. */
// deno-fmt-ignore
const COS = new Int32Array([
  8192, 9102, 9974, 10803, 11585, 12317, 12998, 13623, 14189, 14694, 15137, 15515, 15826, 16069,
  16244, 16349, 16384, 16349, 16244, 16069, 15826, 15515, 15137, 14694, 14189, 13623, 12998, 12317,
  11585, 10803, 9974, 9102, 8192,
]);
// deno-fmt-ignore
const SIN = new Int32Array([
  -14189, -13623, -12998, -12317, -11585, -10803, -9974, -9102, -8192, -7246, -6270, -5266, -4240,
  -3196, -2139, -1072, 0, 1072, 2139, 3196, 4240, 5266, 6270, 7246, 8192, 9102, 9974, 10803, 11585,
  12317, 12998, 13623, 14189,
]);
const ANGLE_STEPS = 16;
/** Serves leave at up to ±12 of 16 angle steps (45°). */
const SERVE_STEPS = 12;

/**
 * Advances `state` in place by one tick. `inputs[offset + slot]` is each slot's −127…127, or
 * `ABSENT_INPUT` where nobody plays.
 */
export function step(state: State, inputs: Int8Array, offset = 0): void {
  state[TICK]++;
  let absent = 0;
  for (let slot = 0; slot < SLOTS_MAX; slot++) {
    const input = inputs[offset + slot];
    if (input === ABSENT_INPUT) absent |= 1 << slot;
    state[INPUT + slot] = input === ABSENT_INPUT ? 0 : input;
  }
  state[ABSENT] = absent;
  if (state[PHASE] === OVER) return;
  movePaddles(state);
  if (state[PHASE] === SERVING) {
    if (--state[TIMER] <= 0) serve(state);
    return;
  }
  if (++state[TIMER] > DEAD_RALLY_TICKS) placeBall(state, SERVE_TICKS);
  else moveBall(state, WHOLE_TICK);
}

/** Moves every paddle by one tick of its input in effect, within the court. */
export function movePaddles(state: State): void {
  const { width, height } = courtSize(state[PLAYERS]);
  const half = paddleHalf(state);
  for (let slot = 0; slot < SLOTS_MAX; slot++) {
    const length = slot < 2 ? height : width;
    const at = state[PADDLE + slot] + state[INPUT + slot] * PADDLE_SPEED;
    state[PADDLE + slot] = clamp(at, half, length - half);
  }
}

/**
 * Moves the ball by `fraction`/65536 of a tick (0…65536) through whatever it meets: walls, paddles,
 * goal lines. A goal ends the motion. Does nothing outside a rally.
 */
export function moveBall(state: State, fraction: number): void {
  if (state[PHASE] !== RALLY) return;
  const { width, height } = courtSize(state[PLAYERS]);
  let left = fraction;
  for (let bounce = 0; bounce < BOUNCES_MAX; bounce++) {
    const vx = state[BALL_VX];
    const vy = state[BALL_VY];
    const sideX = vx < 0 ? 0 : 1;
    const sideY = vy < 0 ? 2 : 3;
    const aheadX = distanceAhead(
      state,
      sideX,
      sideX === 0 ? state[BALL_X] : width - state[BALL_X],
    );
    const aheadY = distanceAhead(
      state,
      sideY,
      sideY === 2 ? state[BALL_Y] : height - state[BALL_Y],
    );
    const timeX = timeToReach(aheadX, Math.abs(vx));
    const timeY = timeToReach(aheadY, Math.abs(vy));
    const time = Math.min(timeX, timeY);
    if (time >= left) {
      state[BALL_X] += (vx * left) >> 16;
      state[BALL_Y] += (vy * left) >> 16;
      return;
    }
    left -= time;
    if (timeX <= timeY) {
      state[BALL_X] += sideX === 0 ? -aheadX : aheadX;
      state[BALL_Y] += (vy * time) >> 16;
      meet(state, sideX, BALL_X, BALL_Y);
    } else {
      state[BALL_X] += (vx * time) >> 16;
      state[BALL_Y] += sideY === 2 ? -aheadY : aheadY;
      meet(state, sideY, BALL_Y, BALL_X);
    }
    if (state[PHASE] !== RALLY) return;
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** How far the ball can go towards `side`, whose wall is `gap` away, until it meets something. */
function distanceAhead(state: State, side: number, gap: number): number {
  if (isWall(state, side)) return gap > BALL_RADIUS ? gap - BALL_RADIUS : 0;
  return gap >= PADDLE_PLANE ? gap - PADDLE_PLANE : gap + BALL_RADIUS;
}

/** Time to cover `distance` ≥ 0 at `speed` ≥ 0, in 1/65536 tick; at most one tick is returned. */
function timeToReach(distance: number, speed: number): number {
  if (distance >= speed) return WHOLE_TICK;
  return ((distance * WHOLE_TICK) / speed) | 0;
}

/** Bounces the ball, or counts a goal: it has reached a wall, a paddle's plane or the goal line. */
function meet(state: State, side: number, normal: number, along: number): void {
  const inward = (side & 1) === 0 ? 1 : -1;
  const velocity = normal + BALL_VX - BALL_X;
  if (isWall(state, side)) {
    state[velocity] = inward * Math.abs(state[velocity]);
    return;
  }
  const { width, height } = courtSize(state[PLAYERS]);
  const length = side < 2 ? width : height;
  const gap = inward > 0 ? state[normal] : length - state[normal];
  if (gap < 0) {
    concede(state, side);
    return;
  }
  const reach = paddleHalf(state) + BALL_RADIUS;
  const offset = state[along] - state[PADDLE + side];
  if (offset < -reach || offset > reach) {
    // Missed: one subunit behind the plane, so that only the goal line is ahead now.
    state[normal] -= inward;
    return;
  }
  let angle = ANGLE_STEPS + (((offset * ANGLE_STEPS) / reach) | 0);
  if (state[HITS] >= SHRINK_AFTER_HITS) angle = wobble(state, angle);
  launch(state, angle, side);
  state[HITS]++;
  state[LAST_HIT] = side;
  state[TIMER] = 0;
}

/** Bends a long rally's angle by up to two steps, or two paddles at rest could return for ever. */
function wobble(state: State, angle: number): number {
  return clamp(angle + randomBelow(state, 5) - 2, 0, 2 * ANGLE_STEPS);
}

/** Sends the ball away from `side` at its speed and lets the next hit be faster. */
function launch(state: State, angle: number, side: number): void {
  const inward = (side & 1) === 0 ? 1 : -1;
  const speed = state[SPEED];
  const away = inward * ((speed * COS[angle]) >> 14);
  const across = (speed * SIN[angle]) >> 14;
  state[BALL_VX] = side < 2 ? away : across;
  state[BALL_VY] = side < 2 ? across : away;
  state[SPEED] = Math.min(BALL_SPEED_MAX, speed + BALL_SPEED_GROWTH);
}

function concede(state: State, side: number): void {
  state[SERVE_TO] = side;
  if (state[PLAYERS] === 2) {
    const other = 1 - side;
    if (++state[SCORE + other] >= state[TARGET]) end(state, other);
  } else if (--state[SCORE + side] === 0) {
    const last = lastAlive(state);
    if (last >= 0) end(state, last);
  }
  placeBall(state, SERVE_TICKS);
}

/** Returns the only slot that still defends a side, or -1 while there are several. */
function lastAlive(state: State): number {
  let last = -1;
  for (let slot = 0; slot < state[PLAYERS]; slot++) {
    if (isWall(state, slot)) continue;
    if (last >= 0) return -1;
    last = slot;
  }
  return last;
}

function end(state: State, winner: number): void {
  state[WINNER] = winner;
  state[PHASE] = OVER;
}

/** Puts the ball at rest in the middle; `SERVE_TO` gets it in `ticks`. */
function placeBall(state: State, ticks: number): void {
  const { width, height } = courtSize(state[PLAYERS]);
  state[BALL_X] = width >> 1;
  state[BALL_Y] = height >> 1;
  state[BALL_VX] = 0;
  state[BALL_VY] = 0;
  state[SPEED] = BALL_SPEED_SERVE;
  state[HITS] = 0;
  state[LAST_HIT] = -1;
  if (state[PHASE] === OVER) return;
  state[PHASE] = SERVING;
  state[TIMER] = ticks;
}

function serve(state: State): void {
  let to = state[SERVE_TO];
  for (let tries = 0; tries < SLOTS_MAX && isWall(state, to); tries++) {
    to = (to + 1) % state[PLAYERS];
  }
  const angle = ANGLE_STEPS - SERVE_STEPS +
    randomBelow(state, 2 * SERVE_STEPS + 1);
  // Towards a side is away from the one that lies opposite.
  launch(state, angle, to ^ 1);
  state[PHASE] = RALLY;
  state[TIMER] = 0;
}
