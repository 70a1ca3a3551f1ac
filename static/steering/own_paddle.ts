/**
 * The own paddle as the page shows it: all that its player's devices have to know of the match.
 *
 * A device speaks of the screen (up, down, left, right), an input of the court; between them lies
 * the turn of the court.
 *
 * @module
 */
import type { Preferences } from "../../net/page/message.ts";
import { axisSign, sideOnScreen, type Turn } from "../court/turn.ts";

/** The own paddle and how its side is shown, at one moment. */
export interface OwnPaddle {
  readonly slot: number;
  readonly turn: Turn;
  readonly players: number;
  /** Where its centre is drawn along its side, in subunits. */
  readonly at: number;
  /** Half its length, in subunits. */
  readonly half: number;
  readonly keys: Preferences["keys"];
}

/** Returns whether the own side is shown left or right, so that its paddle moves up and down. */
export function isUpright({ slot, turn }: OwnPaddle): boolean {
  return sideOnScreen(slot, turn) < 2;
}

/** Returns the input (−127…127) for a push of −1 (up or left on the screen) … 1 (down or right). */
export function inputFor({ slot, turn }: OwnPaddle, push: number): number {
  // Adding 0 makes −0 plain.
  return Math.round(push * 127) * axisSign(slot, turn) + 0;
}
