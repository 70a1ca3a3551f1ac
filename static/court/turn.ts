/**
 * The court, turned: everybody may have the own side on the left or at the bottom of the screen.
 *
 * States, inputs and the network know nothing of it; it is how one page shows them.
 *
 * @module
 */
import type { Preferences } from "../../net/page/message.ts";

/** Quarter turns of the picture, clockwise. */
export type Turn = 0 | 1 | 2 | 3;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Sides of the screen clockwise, as the slots that they are in a court that isn't turned. */
const CLOCKWISE = [0, 2, 1, 3];
const LEFT = 0;
const BOTTOM = 3;

/** What decides how a page turns the court. */
export interface TurnOptions {
  /** The own slot; -1 for who has none. */
  readonly me: number;
  readonly players: number;
  readonly ownSide: Preferences["ownSide"];
  /** The window is higher than wide, as a phone that is held upright. */
  readonly isTall: boolean;
}

/**
 * Returns the turn that puts the own side where it is wanted. Left to itself, only a wide court in a
 * tall window is turned, for it would be tiny there.
 */
export function turnFor({ me, players, ownSide, isTall }: TurnOptions): Turn {
  if (ownSide === "auto") {
    return isTall && players === 2 ? turnTo(Math.max(me, 0), BOTTOM) : 0;
  }
  return me < 0 ? 0 : turnTo(me, ownSide === "left" ? LEFT : BOTTOM);
}

function turnTo(slot: number, side: number): Turn {
  const turns = CLOCKWISE.indexOf(side) - CLOCKWISE.indexOf(slot);
  return (turns + 4) % 4 as Turn; // A remainder of 4, and never negative.
}

/** Returns the side of the screen (0 left, 1 right, 2 top, 3 bottom) on which a slot's side is shown. */
export function sideOnScreen(slot: number, turn: Turn): number {
  return CLOCKWISE[(CLOCKWISE.indexOf(slot) + turn) % 4];
}

/** Returns the size of the turned court. */
export function sizeOnScreen({ width, height }: Size, turn: Turn): Size {
  return turn % 2 === 0 ? { width, height } : { width: height, height: width };
}

/** Returns where a place of the court lies in the turned one; `court` is the size before turning. */
export function toScreen({ x, y }: Point, court: Size, turn: Turn): Point {
  switch (turn) {
    case 0:
      return { x, y };
    case 1:
      return { x: court.height - y, y: x };
    case 2:
      return { x: court.width - x, y: court.height - y };
    case 3:
      return { x: y, y: court.width - x };
  }
}

/** Returns the place of the court that is shown there: the reverse of `toScreen`. */
export function toCourt({ x, y }: Point, court: Size, turn: Turn): Point {
  switch (turn) {
    case 0:
      return { x, y };
    case 1:
      return { x: y, y: court.height - x };
    case 2:
      return { x: court.width - x, y: court.height - y };
    case 3:
      return { x: court.width - y, y: x };
  }
}

/**
 * Returns 1 where a positive input moves the slot's paddle down or right on the screen, -1 where it
 * moves it up or left.
 */
export function axisSign(slot: number, turn: Turn): 1 | -1 {
  const along = slot < 2 ? { x: 0, y: 1 } : { x: 1, y: 0 };
  const { x, y } = toScreen(along, { width: 0, height: 0 }, turn);
  return x + y > 0 ? 1 : -1;
}
