/**
 * The court's measures: every constant of the game with its unit, and why it isn't larger or
 * smaller.
 *
 * Lengths in code are *subunits*, 1/256 of a court unit, speeds subunits a tick: integers hash,
 * compare and serialise exactly, so two hosts can't disagree by a rounding.
 *
 * @module
 */

/** Steps of the simulation a second. */
export const TICKS_PER_SECOND = 60;

/** How long one of them lasts, in ms. */
export const TICK_MS = 1000 / TICKS_PER_SECOND;

/** Subunits in a court unit. */
export const UNIT = 256;

/** Most players. A *slot* is a player's place and side: 0 left, 1 right, 2 top, 3 bottom. */
export const SLOTS_MAX = 4;

/** Who plays, and until when. */
export interface Rules {
  /** 2, 3 or 4. */
  readonly players: number;
  /** Two players: the first to reach this many wins. */
  readonly points: number;
  /** Three or four: each has this many lives, and the last one alive wins. */
  readonly lives: number;
}

export const DEFAULT_RULES: Rules = { players: 2, points: 11, lives: 5 };

/** How long half of a match waits for the other half, in ms, where its room says nothing else. */
export const DEFAULT_GRACE_MS = 20_000;

/** Court of two players: wide, as Pong is. */
const DUEL = { width: 1600 * UNIT, height: 900 * UNIT } as const;
/** Court of three or four: square, for all sides are equal. */
const SQUARE = { width: 1000 * UNIT, height: 1000 * UNIT } as const;

/** Returns the court's width and height for that many players, in subunits. */
export function courtSize(
  players: number,
): { readonly width: number; readonly height: number } {
  return players === 2 ? DUEL : SQUARE;
}

/** Radius of the ball. Smaller is hard to see on a projector. */
export const BALL_RADIUS = 12 * UNIT;

/** From the wall to a paddle's back, and how thick it is; a ball behind the front face is lost. */
export const PADDLE_INSET = 24 * UNIT;
export const PADDLE_THICKNESS = 20 * UNIT;

/** Where the ball's centre is when it touches a paddle's front, measured from that side's wall. */
export const PADDLE_PLANE = PADDLE_INSET + PADDLE_THICKNESS + BALL_RADIUS;

/** Half a paddle's length when a rally begins. */
export const PADDLE_HALF = 80 * UNIT;
/** Each hit of a rally after so many shortens all paddles, so that perfect players' rallies end. */
export const SHRINK_AFTER_HITS = 12;
export const SHRINK_PER_HIT = 2 * UNIT;
export const PADDLE_HALF_MIN = 24 * UNIT;

/** Paddle speed per step of input (±127): 127 × 24 ≈ 11.9 units a tick, the height in 1.3 s. */
export const PADDLE_SPEED = 24;

/** Ball speed at the serve, growth with each hit, and limit: subunits a tick (9, 0.6, 24 units). */
export const BALL_SPEED_SERVE = 9 * UNIT;
export const BALL_SPEED_GROWTH = 154;
export const BALL_SPEED_MAX = 24 * UNIT;

/** Ticks before the first serve (a 3-2-1 count) and before every later one. */
export const FIRST_SERVE_TICKS = 180;
export const SERVE_TICKS = 75;

/** A rally without a hit for so long is served again: a ball between two walls would never end. */
export const DEAD_RALLY_TICKS = 900;
