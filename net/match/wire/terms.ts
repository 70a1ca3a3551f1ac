/**
 * What all members of a match must agree on before tick 0.
 *
 * @module
 */
import { type Rules, TICKS_PER_SECOND } from "../../../game/court.ts";
import { PREDICTION_TICKS_MAX } from "../../../game/rollback.ts";

/** Grows with every change of what a session says or means. */
export const WIRE_VERSION = 2;

/** Each member says its own in every hello; a difference is refused. */
export interface Terms {
  readonly protocol: number;
  readonly ticksPerSecond: number;
  /** How far play may run ahead of the last confirmed state, in ticks. */
  readonly window: number;
  readonly players: number;
  readonly points: number;
  readonly lives: number;
  /** A hash of the match's ID. */
  readonly match: number;
}

/** `match` is the match's ID, ASCII. */
export function termsOf(rules: Rules, match: string): Terms {
  let hash = 0x811c9dc5;
  // A match's ID is ASCII, so its characters are its bytes.
  for (let i = 0; i < match.length; i++) {
    hash = Math.imul(hash ^ match.charCodeAt(i), 0x01000193);
  }
  return {
    protocol: WIRE_VERSION,
    ticksPerSecond: TICKS_PER_SECOND,
    window: PREDICTION_TICKS_MAX,
    players: rules.players,
    points: rules.points,
    lives: rules.lives,
    match: hash >>> 0,
  };
}
