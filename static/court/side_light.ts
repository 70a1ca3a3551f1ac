/**
 * Where a side of the court lies, and the light that shines from it.
 *
 * All lengths are court units.
 *
 * @module
 */
import { PADDLE_INSET, UNIT } from "../../game/court.ts";
import type { Point, Size } from "./turn.ts";

/** How far a side's light reaches into the court. */
const LIGHT_REACH = 220;
/** Of 255. As faint as the light is shown, one step of a screen is six to fourteen of these. */
const LIGHT_NOISE = 12;
const IMAGE_PX = 256;

/** Where a light's picture goes: its left edge on the side, turned about its upper left corner. */
export interface LightPlace extends Size {
  readonly at: Point;
  /** In radians. */
  readonly rotation: number;
}

/** The strip of that thickness along a side. */
export function sideRect(
  slot: number,
  { width, height }: Size,
  thickness: number,
): readonly [x: number, y: number, w: number, h: number] {
  switch (slot) {
    case 0:
      return [0, 0, thickness, height];
    case 1:
      return [width - thickness, 0, thickness, height];
    case 2:
      return [0, 0, width, thickness];
    default:
      return [0, height - thickness, width, thickness];
  }
}

export function placeLight(slot: number, { width, height }: Size): LightPlace {
  return {
    at: {
      x: [0, width, width, 0][slot],
      y: [0, height, 0, height][slot],
    },
    rotation: [0, Math.PI, Math.PI / 2, -Math.PI / 2][slot],
    width: LIGHT_REACH + PADDLE_INSET / UNIT,
    height: slot < 2 ? height : width,
  };
}

/**
 * Paints light of a colour (0xrrggbb) that fades to the right. A ramp this faint has fewer steps
 * than pixels and would show them as stripes; noise of one step's size hides them.
 */
export function paintLight(color: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = IMAGE_PX;
  const context = canvas.getContext("2d");
  if (context === null) return canvas;
  const image = context.createImageData(IMAGE_PX, IMAGE_PX);
  const rgb = [color >> 16, (color >> 8) & 0xff, color & 0xff];
  for (let i = 0; i < IMAGE_PX * IMAGE_PX; i++) {
    const fade = (1 - (i % IMAGE_PX) / (IMAGE_PX - 1)) ** 2;
    const noise = (Math.random() - 0.5) * LIGHT_NOISE;
    image.data.set([...rgb, Math.max(0, 255 * fade + noise)], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
