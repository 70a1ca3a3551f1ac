/**
 * How large the court is, and whether the players' panels stand beside it or above and below:
 * whichever leaves a larger court.
 *
 * @module
 */
import { courtSize } from "../../game/court.ts";
import { type Size, sizeOnScreen, type Turn } from "../court/turn.ts";

/** All lengths in CSS pixels. */
export interface Layout {
  /** `side`: panels left and right of the court. `stack`: above and, unless they play left and right, below. */
  readonly kind: "side" | "stack";
  /** How the court lies on the screen. */
  readonly shape: "wide" | "tall" | "square";
  readonly isSmall: boolean;
  /** The court's size. */
  readonly width: number;
  readonly height: number;
  /** Around and between everything. */
  readonly gap: number;
  /** Heights of a row of panels above or below the court, and of the hint and the tools at the foot. */
  readonly row: number;
  readonly foot: number;
}

export interface LayoutOptions {
  /** The space for all of it. */
  readonly width: number;
  readonly height: number;
  readonly players: number;
  readonly turn: Turn;
}

/** Below this, in either direction, it is a phone: less air, and targets for a finger. */
const SMALL_PX = 520;
/** A column of panels beside the court, and what it shrinks to on a phone that lies on its side. */
const COLUMN_PX = 176;
const COLUMN_SMALL_PX = 112;
/** Two lines of hint above the tools, and a little air. */
const HINT_PX = 44;

export function chooseLayout(options: LayoutOptions): Layout {
  const { width, height, players, turn } = options;
  const court = sizeOnScreen(courtSize(players), turn);
  const ratio = court.width / court.height;
  const shape = shapeOf(court);
  const isSmall = Math.min(width, height) < SMALL_PX;
  const gap = isSmall ? 8 : 16;
  const row = isSmall ? 48 : 64;
  const tools = isSmall ? 44 : 40;
  const rows = shape === "wide" ? 1 : 2;
  const column = isSmall ? COLUMN_SMALL_PX : COLUMN_PX;

  const fit = (
    kind: Layout["kind"],
    foot: number,
    { across, along }: { readonly across: number; readonly along: number },
  ): Layout => {
    const free = height - along - foot - 3 * gap;
    const most = Math.min(free, (width - across - 2 * gap) / ratio);
    const courtHeight = Math.max(Math.floor(most), gap);
    return {
      kind,
      shape,
      isSmall,
      width: Math.floor(courtHeight * ratio),
      height: courtHeight,
      gap,
      row,
      foot,
    };
  };
  const side = fit("side", tools, { across: 2 * (column + gap), along: 0 });
  // A phone held upright has no room for the hint beside the tools.
  const stack = fit("stack", isSmall ? tools + HINT_PX : tools, {
    across: 0,
    along: rows * (row + gap),
  });
  return side.height > stack.height ? side : stack;
}

function shapeOf({ width, height }: Size): Layout["shape"] {
  if (width === height) return "square";
  return width > height ? "wide" : "tall";
}
