/**
 * How a recorded match felt: figures of what was drawn, beside what was true.
 *
 * @module
 */
import {
  BALL_RADIUS,
  courtSize,
  PADDLE_PLANE,
  TICK_MS,
  UNIT,
} from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  isWall,
  paddleHalf,
  PHASE,
  PLAYERS,
  RALLY,
  SERVE_TO,
  SERVING,
  type State,
  TICK,
  TIMER,
} from "../../game/state.ts";
import { createBounces } from "../../static/court/bounces.ts";
import { mean, percentile } from "./bench_figure.ts";
import type { DrawnFrame, FeelRecording, PlayerSight } from "./feel_match.ts";

/** A quarter of the ball: what lies less beyond a paddle's end looks as if it touched it. */
const SEEN = 6;
/** A picture in which the ball is farther from where it flew than its own width is a jump. */
const JUMP = 2 * BALL_RADIUS / UNIT;
/** A bounce that is told so much later wasn't drawn: it is a jump. */
const DRAWN_TICKS_MAX = 3;

/** What each player saw, in the order of the table's columns; a minute is one player's. */
export interface FeelFigures {
  readonly rollbacksPerS: number;
  /** How many ticks were guessed, in the mean. */
  readonly depthTicks: number;
  readonly stalledPercent: number;
  /** How often the newest ball turned out to be elsewhere. */
  readonly correctionsPerMin: number;
  /** Bounces beyond the drawn end of the paddle by more than `SEEN`, and the worst, in units. */
  readonly ownMissPercent: number;
  readonly ownMissWorst: number;
  readonly remoteMissPercent: number;
  readonly remoteMissWorst: number;
  /** How often the drawn ball went through a drawn paddle. */
  readonly throughPerMin: number;
  readonly falseGoalsPerMin: number;
  readonly jumpsPerMin: number;
  /** The worst one, in units, whether or not it counts. */
  readonly jumpWorst: number;
  /** From when its process played a tick until it was certain; nine of ten. */
  readonly confirmedMs: number;
  /** From when its process played a goal until it was drawn for good. */
  readonly goalMs: number;
  readonly goalMsWorst: number;
  /** How much was looked at. */
  readonly bounces: number;
  readonly goals: number;
}

/** Judges recordings of one kind together. */
export function figuresOf(recordings: readonly FeelRecording[]): FeelFigures {
  const all = recordings.flatMap(({ sights, truth }) =>
    sights.map((sight) => ({ ...sight, ...judge(sight, truth) }))
  );
  const sum = (of: (one: typeof all[number]) => number) =>
    all.reduce((total, one) => total + of(one), 0);
  const list = (of: (one: typeof all[number]) => readonly number[]) =>
    all.flatMap(of);
  const minutes = sum(({ guessed }) => guessed.length) * TICK_MS / 60_000;
  const misses = (beyond: readonly number[]) =>
    100 * beyond.filter((units) => units > SEEN).length / beyond.length;
  const worst = (values: readonly number[]) =>
    values.reduce((a, b) => Math.max(a, b), 0);
  const own = list(({ beyondOwn }) => beyondOwn);
  const remote = list(({ beyondRemote }) => beyondRemote);
  const jumps = list((one) => one.jumps);
  const goalsMs = list((one) => one.goalsMs);
  const certainMs = list(({ confirmedMs, playedMs }) =>
    confirmedMs.map((atMs, tick) => atMs - playedMs[tick])
  );
  return {
    rollbacksPerS: sum(({ rollbacks }) => rollbacks) / minutes / 60,
    depthTicks: mean(list(({ guessed }) => guessed)),
    stalledPercent: sum(({ stalledMs }) => stalledMs) / minutes / 600,
    correctionsPerMin: sum(({ corrections }) => corrections) / minutes,
    ownMissPercent: misses(own),
    ownMissWorst: worst(own),
    remoteMissPercent: misses(remote),
    remoteMissWorst: worst(remote),
    throughPerMin: sum(({ through }) => through) / minutes,
    falseGoalsPerMin: sum(({ falseGoals }) => falseGoals) / minutes,
    jumpsPerMin: jumps.filter((units) => units > JUMP).length / minutes,
    jumpWorst: worst(jumps),
    confirmedMs: percentile(certainMs, 90),
    goalMs: percentile(goalsMs, 90),
    goalMsWorst: worst(goalsMs),
    bounces: own.length + remote.length,
    goals: goalsMs.length,
  };
}

function judge(
  { slot, frames, playedMs }: PlayerSight,
  truth: readonly State[],
) {
  const beyondOwn: number[] = [];
  const beyondRemote: number[] = [];
  const jumps: number[] = [];
  let through = 0;
  let falseGoals = 0;
  const shownGoalsMs: number[] = [];
  let serveTick = 0;
  const bounces = createBounces();
  for (let i = 1; i < frames.length; i++) {
    const [before, frame] = [frames[i - 1], frames[i]];
    const { ballState } = frame.picture;
    for (const { kind, side } of bounces.next(ballState)) {
      if (kind !== "paddle") continue;
      const beyond = beyondEnd(before, frame, side);
      if (beyond === undefined) continue;
      (side === slot ? beyondOwn : beyondRemote).push(beyond);
    }
    const wasFlying = before.picture.ballState[PHASE] === RALLY;
    const isFlying = ballState[PHASE] === RALLY;
    if (wasFlying && isFlying) {
      jumps.push(jumpBetween(before, frame));
      if (isThrough(before, frame)) through++;
    }
    if (wasFlying && !isFlying) {
      jumps.push(jumpToGoal(before, frame));
      shownGoalsMs.push(frame.atMs);
      serveTick = ballState[TICK] + ballState[TIMER];
    }
    if (!wasFlying && isFlying && ballState[TICK] < serveTick - 1) {
      falseGoals++;
      shownGoalsMs.pop();
    }
  }
  const goalsMs = goalTicks(truth).map((tick, i) =>
    (shownGoalsMs[i] ?? NaN) - playedMs[tick]
  ).filter(Number.isFinite);
  return {
    ...{ beyondOwn, beyondRemote, jumps, through, falseGoals, goalsMs },
  };
}

function goalTicks(truth: readonly State[]): readonly number[] {
  return truth.map((_, tick) => tick).filter((tick) =>
    tick > 0 && truth[tick - 1][PHASE] === RALLY &&
    truth[tick][PHASE] === SERVING
  );
}

/** The ball as drawn, seen from a side: units along it, from the paddle's plane, and how it flies. */
function fromSide({ picture }: DrawnFrame, side: number) {
  const { ballX, ballY, ballState, paddles } = picture;
  const { width, height } = courtSize(ballState[PLAYERS]);
  const [across, along] = side < 2 ? [ballX, ballY] : [ballY, ballX];
  const [speed, alongSpeed] = side < 2
    ? [ballState[BALL_VX], ballState[BALL_VY]]
    : [ballState[BALL_VY], ballState[BALL_VX]];
  const length = side < 2 ? width : height;
  const gap = (side & 1) === 0 ? across : length - across;
  return {
    gap: (gap - PADDLE_PLANE) / UNIT,
    along: along / UNIT,
    inward: ((side & 1) === 0 ? speed : -speed) / UNIT,
    alongSpeed: alongSpeed / UNIT,
    paddle: paddles[side] / UNIT,
    reach: (paddleHalf(ballState) + BALL_RADIUS) / UNIT,
    length: (side < 2 ? height : width) / UNIT,
  };
}

/** How far beyond the drawn paddle's end the ball bounced; `undefined` where that wasn't drawn. */
function beyondEnd(
  before: DrawnFrame,
  frame: DrawnFrame,
  side: number,
): number | undefined {
  const ball = fromSide(frame, side);
  const ticks = Math.max(0, ball.gap) / ball.inward;
  if (!(ticks <= DRAWN_TICKS_MAX)) return undefined;
  const radius = BALL_RADIUS / UNIT;
  const place = mirrored(
    ball.along - ball.alongSpeed * ticks,
    radius,
    ball.length - radius,
  );
  const share = ticks * TICK_MS / (frame.atMs - before.atMs);
  const earlier = fromSide(before, side).paddle;
  const paddle = ball.paddle + (earlier - ball.paddle) * Math.min(1, share);
  return Math.abs(place - paddle) - ball.reach;
}

/** Where a way that a wall turned really was. */
function mirrored(place: number, low: number, high: number): number {
  if (place < low) return 2 * low - place;
  return place > high ? 2 * high - place : place;
}

/** Whether the ball passed a plane where a paddle was drawn. */
function isThrough(before: DrawnFrame, frame: DrawnFrame): boolean {
  const { state, ballState } = frame.picture;
  return [0, 1, 2, 3].some((side) => {
    if (isWall(state, side) || isWall(ballState, side)) return false;
    const [a, b] = [fromSide(before, side), fromSide(frame, side)];
    if (a.gap <= 0 || b.gap > -SEEN) return false;
    const share = a.gap / (a.gap - b.gap);
    const off = a.along + (b.along - a.along) * share -
      (a.paddle + (b.paddle - a.paddle) * share);
    return Math.abs(off) < b.reach - SEEN;
  });
}

/** How much farther the ball came between two pictures than it flies, in units. */
function jumpBetween(before: DrawnFrame, frame: DrawnFrame): number {
  const { ballX: x, ballY: y } = frame.picture;
  const { ballX, ballY } = before.picture;
  const way = Math.max(...[before, frame].map(wayOf)) *
    ticksBetween(before, frame);
  return Math.hypot(x - ballX, y - ballY) / UNIT - way;
}

/** How much of its way to the goal line was not drawn, in units. */
function jumpToGoal(before: DrawnFrame, frame: DrawnFrame): number {
  const ball = fromSide(before, frame.picture.ballState[SERVE_TO]);
  const toLine = ball.gap + (PADDLE_PLANE + BALL_RADIUS) / UNIT;
  return toLine - wayOf(before) * ticksBetween(before, frame);
}

/** How far the ball flies in a tick, in units. */
function wayOf({ picture: { ballState } }: DrawnFrame): number {
  return Math.hypot(ballState[BALL_VX], ballState[BALL_VY]) / UNIT;
}

function ticksBetween(before: DrawnFrame, frame: DrawnFrame): number {
  return (frame.atMs - before.atMs) / TICK_MS;
}
