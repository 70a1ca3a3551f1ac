/** How calmly a page draws the ball: figures of what `static/motion/motion.ts` makes of a recorded match. */
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
  BALL_X,
  BALL_Y,
  HITS,
  LAST_HIT,
  PHASE,
  RALLY,
  type State,
  TICK,
} from "../../game/state.ts";
import { createMotion, type Picture } from "../../static/motion/motion.ts";
import { momentAt } from "../../static/motion/timeline.ts";
import { type Recording, REMOTE } from "./judder_match.ts";

/** How near the remote paddle pictures count, in units: the ball's way in a quarter of a second or more. */
const NEAR_REMOTE = 400;
/** Points a tick of the real ball's way: at most 3 units lie between two. */
const PATH_PARTS = 8;

interface Drawing {
  readonly isFilterOn: boolean;
  readonly framesPerSecond: number;
}

/** All lengths in court units, at their worst; the ball's near the remote paddle only. */
export interface Figures {
  /** Root mean square of the second difference of the drawn ball, away from real bounces. */
  readonly judder: number;
  /** Way between two pictures beyond what the ball's speed allows. */
  readonly jump: number;
  /** How far the ball was drawn from the way that it really took. */
  readonly stray: number;
  readonly remoteHits: number;
}

/** Draws a recording and measures the drawing. */
export function measure(
  { events, exact }: Recording,
  drawing: Drawing,
): Figures {
  const frames = draw(events, drawing);
  const path = pathOf(exact);
  const judders: number[] = [];
  const jumps = [0];
  const strays = [0];
  let remoteHits = 0;
  for (let i = 2; i < frames.length; i++) {
    const [a, b, c] = frames.slice(i - 2, i + 1);
    if (a === undefined || b === undefined || c === undefined) continue;
    if (isRemoteHit(b, c)) remoteHits++;
    if (c.x < WIDTH - NEAR_REMOTE) continue;
    const way = Math.max(b.speed, c.speed) * (c.atMs - b.atMs);
    jumps.push(Math.hypot(c.x - b.x, c.y - b.y) - way);
    strays.push(strayOf(c, path));
    const isBounce = [a, b, c].some((frame) => bounceGap(frame) < 1.5 * way);
    if (isBounce) continue;
    judders.push(Math.hypot(c.x - 2 * b.x + a.x, c.y - 2 * b.y + a.y));
  }
  const squares = judders.reduce((sum, judder) => sum + judder ** 2, 0);
  return {
    judder: Math.sqrt(squares / judders.length),
    jump: Math.max(...jumps),
    stray: Math.max(...strays),
    remoteHits,
  };
}

const { width, height } = courtSize(2);
const [WIDTH, HEIGHT] = [width / UNIT, height / UNIT];

/** A place of the ball, in units. */
interface Point {
  readonly x: number;
  readonly y: number;
}

/** One drawn picture in which the ball flies. */
interface Frame extends Point {
  readonly atMs: number;
  /** Its speed by the state, in units a ms. */
  readonly speed: number;
  readonly picture: Picture;
}

function draw(
  events: Recording["events"],
  { isFilterOn, framesPerSecond }: Drawing,
): (Frame | undefined)[] {
  const motion = createMotion();
  motion.setFilter(isFilterOn);
  const frames: (Frame | undefined)[] = [];
  let next = 0;
  const endMs = events[events.length - 1].atMs;
  for (let atMs = 3; atMs < endMs; atMs += 1000 / framesPerSecond) {
    for (; events[next].atMs <= atMs; next++) events[next].show(motion);
    const picture = motion.picture(atMs);
    frames.push(picture && frameOf(picture, atMs));
  }
  return frames;
}

function frameOf(picture: Picture, atMs: number): Frame | undefined {
  const { ballX, ballY, ballState } = picture;
  if (ballState[PHASE] !== RALLY) return undefined;
  const way = Math.hypot(ballState[BALL_VX], ballState[BALL_VY]);
  const speed = way / UNIT / TICK_MS;
  return { atMs, x: ballX / UNIT, y: ballY / UNIT, speed, picture };
}

/** Whether the remote player hit the ball between two pictures. */
function isRemoteHit(before: Frame, { picture: { ballState } }: Frame) {
  return ballState[HITS] > before.picture.ballState[HITS] &&
    ballState[LAST_HIT] === REMOTE;
}

/** From the ball to the nearest thing that it bounces off. */
function bounceGap({ x, y }: Frame): number {
  const plane = PADDLE_PLANE / UNIT;
  const gaps = [x - plane, WIDTH - plane - x].map(Math.abs);
  return Math.min(...gaps, Math.min(y, HEIGHT - y) - BALL_RADIUS / UNIT);
}

/** The real ball's way, `PATH_PARTS` points a tick; `undefined` where it doesn't fly. */
function pathOf(exact: readonly State[]): (Point | undefined)[] {
  return Array.from({ length: exact.length * PATH_PARTS }, (_, i) => {
    const first = Math.floor(i / PATH_PARTS);
    const around = exact.slice(first, first + 2);
    const moment = momentAt(around, around[0][TICK] + i / PATH_PARTS % 1);
    if (moment[PHASE] !== RALLY) return undefined;
    return { x: moment[BALL_X] / UNIT, y: moment[BALL_Y] / UNIT };
  });
}

/** Distance from the drawn ball to the way that the real one took about that time. */
function strayOf(
  { x, y, picture }: Frame,
  path: readonly (Point | undefined)[],
): number {
  const newest = picture.state[TICK];
  const about = path.slice(
    (newest - 24) * PATH_PARTS,
    (newest + 6) * PATH_PARTS,
  );
  const ways = about.map((at) =>
    at === undefined ? Infinity : Math.hypot(at.x - x, at.y - y)
  );
  const nearest = Math.min(...ways);
  // None: in truth a new serve is due, and the page waits for the news.
  return nearest === Infinity ? 0 : nearest;
}
