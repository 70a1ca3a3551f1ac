/**
 * Where the ball has bounced, found by comparing the states of the ball that are drawn.
 *
 * What is drawn is a prediction: a rollback may take a bounce back and repeat it some ticks earlier
 * or later. Each is told once all the same, for without a hit no ball is back at a side so soon. A
 * jump in time (a seek in a recording, another match, a page that was hidden) tells of none.
 *
 * @module
 */
import {
  BALL_RADIUS,
  courtSize,
  PADDLE_INSET,
  PADDLE_THICKNESS,
  SLOTS_MAX,
  UNIT,
} from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  HITS,
  isWall,
  LAST_HIT,
  PADDLE,
  paddleHalf,
  PHASE,
  PLAYERS,
  RALLY,
  type State,
  TICK,
  TIMER,
} from "../../game/state.ts";
import type { Point } from "./turn.ts";

export interface Bounce {
  readonly kind: "paddle" | "wall";
  /** The side, and with a paddle its slot. */
  readonly side: number;
  /** What the ball touched, in court units. */
  readonly at: Point;
}

export interface Bounces {
  /** Returns what happened since the state before; keeps nothing of the array. */
  next(ballState: State): readonly Bounce[];
}

/** The fastest ball is back at its side after 70 ticks; a rollback moves a bounce by far fewer. */
const REPEAT_TICKS = 30;
/** More than a slow display leaves out, a fast replay included. */
const JUMP_TICKS = 60;
/** A drawn ball may be this far ahead of its state's tick. */
const AHEAD_TICKS = 4;
const FACE = PADDLE_INSET + PADDLE_THICKNESS;

/** When a bounce was, and after how many hits of its rally. */
interface BounceTime {
  readonly tick: number;
  readonly hits: number;
}

const NEVER: BounceTime = { tick: -Infinity, hits: -1 };

/** How the ball flew in a state. */
interface Flight extends BounceTime {
  readonly vx: number;
  readonly vy: number;
}

export function createBounces(): Bounces {
  /** The last bounce off each side. */
  let told = new Array<BounceTime>(SLOTS_MAX).fill(NEVER);
  let last: Flight | undefined;

  function isNew(side: number, bounce: BounceTime): boolean {
    const before = told[side];
    const ticks = bounce.tick - before.tick;
    const isRepeat = bounce.hits === before.hits && ticks < REPEAT_TICKS;
    if (ticks <= 0 || isRepeat) return false;
    told[side] = bounce;
    return true;
  }

  return {
    next(state) {
      const before = last;
      last = flightOf(state);
      const isJump = before === undefined ||
        Math.abs(last.tick - before.tick) > JUMP_TICKS;
      if (isJump) told = told.map(() => NEVER);
      if (state[PHASE] !== RALLY) return [];
      const hitter = state[LAST_HIT];
      // After a jump too, so that the next state doesn't tell of that hit.
      const hit = { tick: state[TICK] - state[TIMER], hits: state[HITS] };
      const isHit = hitter >= 0 && isNew(hitter, hit);
      if (isJump) return [];
      const bounces: Bounce[] = [];
      if (isHit) {
        const at = paddleTouch(state, hitter);
        bounces.push({ kind: "paddle", side: hitter, at });
      }
      for (const side of wallsMet(before, state)) {
        if (!isNew(side, last)) continue;
        bounces.push({ kind: "wall", side, at: touch(state, side, 0) });
      }
      return bounces;
    },
  };
}

function flightOf(state: State): Flight {
  return {
    tick: state[TICK],
    hits: state[HITS],
    vx: state[BALL_VX],
    vy: state[BALL_VY],
  };
}

/** Sides of walls that have turned the ball. A hit turns it too: then nothing is known of walls. */
function wallsMet(before: Flight, state: State): readonly number[] {
  if (before.hits !== state[HITS]) return [];
  const vx = state[BALL_VX];
  const vy = state[BALL_VY];
  const ticks = Math.max(0, state[TICK] - before.tick) + AHEAD_TICKS;
  const sides: number[] = [];
  if (before.vx * vx < 0) sides.push(vx > 0 ? 0 : 1);
  if (before.vy * vy < 0) sides.push(vy > 0 ? 2 : 3);
  // Far from the wall, it was a rollback that corrected the angle of the last hit.
  return sides.filter((side) =>
    isWall(state, side) && ticksSince(state, side, BALL_RADIUS) <= ticks
  );
}

/** Where the paddle was touched: never beside it, though a wall may have turned the ball since. */
function paddleTouch(state: State, slot: number): Point {
  const { x, y } = touch(state, slot, FACE);
  const middle = state[PADDLE + slot] / UNIT;
  const half = paddleHalf(state) / UNIT;
  return slot < 2
    ? { x, y: clamp(y, middle - half, middle + half) }
    : { x: clamp(x, middle - half, middle + half), y };
}

/** The point of a line, `face` subunits from that side, from which the ball has come. */
function touch(state: State, side: number, face: number): Point {
  const { width, height } = courtSize(state[PLAYERS]);
  const ticks = ticksSince(state, side, face + BALL_RADIUS);
  const x = clamp(state[BALL_X] - state[BALL_VX] * ticks, 0, width) / UNIT;
  const y = clamp(state[BALL_Y] - state[BALL_VY] * ticks, 0, height) / UNIT;
  switch (side) {
    case 0:
      return { x: face / UNIT, y };
    case 1:
      return { x: (width - face) / UNIT, y };
    case 2:
      return { x, y: face / UNIT };
    default:
      return { x, y: (height - face) / UNIT };
  }
}

/** How long ago the ball's centre was `plane` subunits from that side, in ticks. */
function ticksSince(state: State, side: number, plane: number): number {
  const { width, height } = courtSize(state[PLAYERS]);
  const at = state[side < 2 ? BALL_X : BALL_Y];
  const speed = Math.abs(state[side < 2 ? BALL_VX : BALL_VY]);
  const length = side < 2 ? width : height;
  const gap = (side & 1) === 0 ? at : length - at;
  return speed === 0 ? 0 : Math.max(0, gap - plane) / speed;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
