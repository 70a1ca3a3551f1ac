/**
 * The directions in which a paddle moves, and the key of each.
 *
 * @module
 */
import type { Preferences } from "../../net/page/message.ts";

/** In the order in which they are shown. */
export const DIRECTIONS = ["up", "down", "left", "right"] as const;
export type Direction = typeof DIRECTIONS[number];

/** Returns the keys with one changed; the direction that had the new one gets the old one. */
export function withKey(
  keys: Preferences["keys"],
  direction: Direction,
  code: string,
): Preferences["keys"] {
  const other = DIRECTIONS.find((name) => keys[name] === code);
  return {
    ...keys,
    ...(other === undefined ? {} : { [other]: keys[direction] }),
    [direction]: code,
  };
}
