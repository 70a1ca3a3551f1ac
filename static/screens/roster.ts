/**
 * The lines of a list of players: a match's seats, or its players by what they have left.
 *
 * @module
 */
import type { PlayerView, View } from "../../net/page/protocol.ts";
import { isOut, livesText } from "./texts.ts";

/** One line of a list of players. */
export interface RosterLine {
  readonly slot: number;
  /** `null` for a seat that nobody has taken. */
  readonly player: PlayerView | null;
  /** What stands at the end of the line. */
  readonly value: string;
}

/** All seats of a match in the order of their slots, the free ones too. */
export function seats(view: View): readonly RosterLine[] {
  return Array.from({ length: view.rules.players }, (_, slot) => {
    const player = view.players.find((other) => other.slot === slot) ?? null;
    return { slot, player, value: "" };
  });
}

/** The players of a match that is over, the last one with lives first. */
export function ranking(view: View): readonly RosterLine[] {
  const lines = seats(view).map((line) => {
    const { player } = line;
    const hasLives = player !== null && !isOut(view, player);
    return { ...line, value: hasLives ? livesText(player.score) : "" };
  });
  return lines.toSorted((a, b) =>
    (b.player?.score ?? -1) - (a.player?.score ?? -1)
  );
}
