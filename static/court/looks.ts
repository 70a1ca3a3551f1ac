/**
 * How things look: the four colours of players, each with its mark, the same on the court and beside
 * it, and the court's own colours.
 *
 * Players' colours stay apart in all common colour-blindnesses, and a mark always goes with them, so
 * colour never carries a meaning alone. `base.css` repeats them for the text beside the court.
 *
 * @module
 */

export type Mark = "circle" | "triangle" | "square" | "diamond";

export interface Look {
  /** As 0xrrggbb. */
  readonly color: number;
  readonly mark: Mark;
}

/** By the number that a player's view gives as its look. */
export const LOOKS: readonly Look[] = [
  { color: 0x56b4e9, mark: "circle" },
  { color: 0xe69f00, mark: "triangle" },
  { color: 0x2bc49a, mark: "square" },
  { color: 0xe58bbd, mark: "diamond" },
];

/** The court's own colours, as 0xrrggbb. */
export const COURT_COLOR = 0x111827;
export const LINE_COLOR = 0x273349;
export const WALL_COLOR = 0x3d4b68;
export const BALL_COLOR = 0xf4f7fd;
