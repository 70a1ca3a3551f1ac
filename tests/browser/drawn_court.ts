/** A court of four, 1000 units wide and high, as it is drawn: a rally, and which colours are seen where. */
import type { Page } from "playwright-core";
import { DEFAULT_RULES, UNIT } from "../../game/court.ts";
import {
  BALL_X,
  BALL_Y,
  createState,
  PHASE,
  RALLY,
  type State,
  TICK,
} from "../../game/state.ts";
import { type Color, colorsAt, isNear, type Place } from "../support/pixels.ts";

export const SKY: Color = [0x56, 0xb4, 0xe9];
export const ORANGE: Color = [0xe6, 0x9f, 0x00];
export const GREEN: Color = [0x2b, 0xc4, 0x9a];
export const PINK: Color = [0xe5, 0x8b, 0xbd];
export const WHITE: Color = [0xf4, 0xf7, 0xfd];
export const FLOOR: Color = [0x11, 0x18, 0x27];

/** On each paddle between two marks, when all rest in the middle. */
export const LEFT: Place = [34, 522];
export const RIGHT: Place = [966, 522];
export const TOP: Place = [522, 34];
export const BOTTOM: Place = [522, 966];

/** The ball rests a quarter of the court from the left and the top. */
export function restingRally(): State {
  const state = createState({ ...DEFAULT_RULES, players: 4 }, 5);
  state[PHASE] = RALLY;
  state[TICK] = 300;
  state[BALL_X] = 250 * UNIT;
  state[BALL_Y] = 250 * UNIT;
  return state;
}

/** Returns the colours of places of the screen, given in court units. */
export function read(
  page: Page,
  places: readonly Place[],
): Promise<readonly Color[]> {
  return colorsAt(page, { width: 1000, height: 1000, places });
}

/** Returns what has another colour than it should have. */
export async function wrongColors(
  page: Page,
  wanted: readonly (readonly [Place, Color])[],
): Promise<readonly unknown[]> {
  const colors = await read(page, wanted.map(([place]) => place));
  return wanted.flatMap(([place, color], i) =>
    isNear(colors[i], color) ? [] : [{ place, color, is: colors[i] }]
  );
}
