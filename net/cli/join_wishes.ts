/**
 * What the words of `pong play` mean to the start screen.
 *
 * @module
 */
import type { JoinSettings } from "../page/protocol.ts";
import type { PlayCommand } from "./commands.ts";

/** Returns what was said of how to play; the rest is as it was chosen the last time. */
export function joinWishes(
  { name, room, players, points, lives }: PlayCommand,
): Partial<JoinSettings> {
  const mode = room === undefined ? undefined : "room";
  const said = Object.entries({ name, room, mode, players, points, lives })
    .filter(([, wish]) => wish !== undefined);
  return Object.fromEntries(said);
}
