/**
 * Where each player's paddle is when a match begins, as the lobby tells it.
 *
 * @module
 */
import {
  courtSize,
  PADDLE_INSET,
  PADDLE_THICKNESS,
  type Rules,
  UNIT,
} from "./court.ts";
import { createState, PADDLE } from "./state.ts";

/** A point of the court, in court units from its left top corner. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

/** Returns the centre of that slot's paddle. */
export function startPosition(
  rules: Rules,
  slot: number,
): Position {
  const { width, height } = courtSize(rules.players);
  const along = createState(rules, 0)[PADDLE + slot];
  const fromWall = PADDLE_INSET + PADDLE_THICKNESS / 2;
  const positions = [
    { x: fromWall, y: along },
    { x: width - fromWall, y: along },
    { x: along, y: fromWall },
    { x: along, y: height - fromWall },
  ];
  const { x, y } = positions[slot];
  return { x: x / UNIT, y: y / UNIT };
}
