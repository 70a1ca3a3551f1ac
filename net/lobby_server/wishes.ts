/**
 * What people ask of the match that they wait for, and the rules that follow from all of it.
 *
 * Two play to points, three and four for lives. Who names points only means a match of two, who
 * names lives only means three or more, and who names both takes either. Who names the number of
 * players has chosen the kind of match: what that kind doesn't use counts for nothing.
 *
 * @module
 */
import { DEFAULT_RULES } from "../../game/court.ts";
import type { JoinMessage, RoomRules } from "../lobby/protocol.ts";

/** What one person would play. */
export interface Wishes {
  /** How many players would do; never empty. */
  readonly players: readonly number[];
  /** Of a match of two; `undefined` if any will do, as for lives. */
  readonly points: number | undefined;
  readonly lives: number | undefined;
}

const NUMBERS_OF_PLAYERS = [2, 3, 4];

/** Returns what somebody would play who asks for this. */
export function wishesOf(
  { players, points, lives }: Pick<JoinMessage, "players" | "points" | "lives">,
): Wishes {
  const isForTwo = points !== undefined || lives === undefined;
  const isForMore = lives !== undefined || points === undefined;
  const numbers = players === undefined
    ? NUMBERS_OF_PLAYERS.filter((n) => n === 2 ? isForTwo : isForMore)
    : [players];
  return { players: numbers, points, lives };
}

/**
 * Returns the rules with the fewest seats, but at least so many, that meet all wishes, with
 * defaults for what nobody wished; `undefined` where none do.
 */
export function rulesFor(
  wishes: readonly Wishes[],
  seats: number,
): Omit<RoomRules, "graceMs"> | undefined {
  const points = new Set(wishes.flatMap((wish) => wish.points ?? []));
  const lives = new Set(wishes.flatMap((wish) => wish.lives ?? []));
  const players = NUMBERS_OF_PLAYERS.find((n) =>
    n >= seats && (n === 2 ? points : lives).size < 2 &&
    wishes.every((wish) => wish.players.includes(n))
  );
  if (players === undefined) return undefined;
  return {
    players,
    points: onlyOf(points) ?? DEFAULT_RULES.points,
    lives: onlyOf(lives) ?? DEFAULT_RULES.lives,
  };
}

/** The value that all agree on; where they don't, the rules don't use it. */
function onlyOf(values: ReadonlySet<number>): number | undefined {
  return values.size === 1 ? [...values][0] : undefined;
}
