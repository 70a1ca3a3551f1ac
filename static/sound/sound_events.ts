/**
 * Which sounds a change deserves: bounces as they are drawn, goals and the win once confirmed.
 *
 * @module
 */
import { courtSize, UNIT } from "../../game/court.ts";
import { PLAYERS, type State } from "../../game/state.ts";
import type { View } from "../../net/page/protocol.ts";
import { createBounces } from "../court/bounces.ts";
import { concededSlots, goesOn } from "../court/goals.ts";
import {
  sideOnScreen,
  sizeOnScreen,
  toScreen,
  type Turn,
} from "../court/turn.ts";

export interface SoundEvent {
  readonly kind: "paddle" | "wall" | "goal" | "win";
  /** From where it comes: −1 left … 1 right on the screen. */
  readonly pan: number;
}

export interface SoundEvents {
  /** Returns the sounds of the ball since the picture before; a jump in time has none. */
  ofBall(ballState: State, turn: Turn): readonly SoundEvent[];
}

/** At a side, so that it is heard with both ears. */
const PAN_MAX = 0.8;
/** By side of the screen. */
const SIDE_PANS = [-PAN_MAX, PAN_MAX, 0, 0];

export function createSoundEvents(): SoundEvents {
  const bounces = createBounces();
  return {
    ofBall(ballState, turn) {
      const { width, height } = courtSize(ballState[PLAYERS]);
      const court = { width: width / UNIT, height: height / UNIT };
      const across = sizeOnScreen(court, turn).width;
      return bounces.next(ballState).map(({ kind, at }) => ({
        kind,
        pan: PAN_MAX * (toScreen(at, court, turn).x / across * 2 - 1),
      }));
    },
  };
}

/** Returns the sound of what a view confirms: the end of the match, or else a goal. */
export function soundOfView(
  before: View | undefined,
  view: View,
  turn: Turn,
): SoundEvent | undefined {
  if (before === undefined || !goesOn(before, view)) return undefined;
  if (before.winner === null && view.winner !== null) {
    return { kind: "win", pan: 0 };
  }
  const [conceded] = concededSlots(before, view);
  return conceded === undefined
    ? undefined
    : { kind: "goal", pan: SIDE_PANS[sideOnScreen(conceded, turn)] };
}
