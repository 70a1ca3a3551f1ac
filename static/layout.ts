/**
 * How large the court is, and whether the players' cards stand beside it or above and below:
 * whichever leaves a larger court.
 *
 * @module
 */

/** `side`: cards left and right of the court. `stack`: above, and with three or four players below. */
export interface Layout {
  readonly kind: "side" | "stack";
  /** The court's size in CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** Window and everything in CSS pixels; `style.css` has the same gap and the same rows. */
const GAP_PX = 16;
/** A row of cards, and the line of text below all. */
const ROW_PX = 64;
const FOOT_PX = 24;
/** A column of cards, and what it shrinks to on a phone that lies on its side. */
const COLUMN_PX = 176;
const COLUMN_SMALL_PX = 112;
const SMALL_PX = 900;

/** Lays out for a window of that size. */
export function chooseLayout(
  window: { readonly innerWidth: number; readonly innerHeight: number },
  players: number,
): Layout {
  const { innerWidth, innerHeight } = window;
  const ratio = players === 2 ? 16 / 9 : 1;
  const rows = players === 2 ? 1 : 2;
  const column = innerWidth < SMALL_PX ? COLUMN_SMALL_PX : COLUMN_PX;
  const fit = (kind: Layout["kind"], across: number, along: number): Layout => {
    const most = Math.min(innerHeight - along, (innerWidth - across) / ratio);
    const height = Math.max(Math.floor(most), GAP_PX);
    return { kind, width: Math.floor(height * ratio), height };
  };
  const foot = FOOT_PX + 3 * GAP_PX;
  const side = fit("side", 2 * column + 4 * GAP_PX, foot);
  const stack = fit("stack", 2 * GAP_PX, foot + rows * (ROW_PX + GAP_PX));
  return side.height > stack.height ? side : stack;
}
