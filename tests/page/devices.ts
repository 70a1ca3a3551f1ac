/** What devices are tried on: an own paddle in the middle of a duel's left side, and a court to point at. */
import { PADDLE_HALF, UNIT } from "../../game/court.ts";
import { DEFAULT_PREFERENCES } from "../../net/page/message.ts";
import type { OwnPaddle } from "../../static/steering/own_paddle.ts";
import type { PointerPosition } from "../../static/steering/pointer_target.ts";

export const OWN: OwnPaddle = {
  ...{ slot: 0, turn: 0, players: 2, at: 450 * UNIT, half: PADDLE_HALF },
  keys: DEFAULT_PREFERENCES.keys,
};

const COURT = { left: 0, top: 0, width: 1600, height: 900 };

/** So far from the court's upper left corner, in CSS pixels; by itself the court has one to the unit. */
export function at(x: number, y: number, court = COURT): PointerPosition {
  return { point: { x: court.left + x, y: court.top + y }, court };
}
