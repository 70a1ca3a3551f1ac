/**
 * What lies still: the court's ground and lines, walls, and each side's light.
 *
 * A side that somebody defends shines faintly in the player's colour; the own side shines more.
 * A side that nobody defends is a solid wall. All lengths are court units.
 *
 * @module
 */
import { Container, Graphics, Sprite, Texture } from "pixi.js";
import {
  PADDLE_INSET,
  PADDLE_THICKNESS,
  SLOTS_MAX,
  UNIT,
} from "../game/court.ts";
import { COURT_COLOR, LINE_COLOR, LOOKS, WALL_COLOR } from "./slots.ts";

/** What decides how the floor looks; it is drawn anew only when this changes. */
export interface FloorPlan {
  readonly width: number;
  readonly height: number;
  /** By slot: nobody defends this side. */
  readonly walls: readonly boolean[];
  /** By slot. */
  readonly looks: readonly number[];
  /** The own side, -1 for none. */
  readonly me: number;
}

export interface Floor {
  readonly container: Container;
  draw(plan: FloorPlan): void;
  /** Draws what is left of a goal's flash. */
  flash(flash: Flash): void;
}

export interface Flash {
  /** By slot, 0…1. */
  readonly strengths: readonly number[];
  /** Outlines the side instead of lighting it. */
  readonly isReduced: boolean;
  /** A CSS pixel in court units. */
  readonly pixel: number;
}

/** How far a side's light reaches into the court. */
const LIGHT_REACH = 220;
const LIGHT_ALPHA = 0.07;
const LIGHT_ALPHA_OWN = 0.17;
const LIGHT_ALPHA_FLASH = 0.6;
/** Of 255. At the alphas above, one step of the screen's 255 is six to fourteen of these. */
const LIGHT_NOISE = 12;
const LINE_WIDTH = 3;
const OUTLINE_PX = 2;
/** From the wall to a little in front of the paddle: what a flash outlines. */
const LANE = (2 * PADDLE_INSET + PADDLE_THICKNESS) / UNIT;

export function createFloor(): Floor {
  const container = new Container();
  const ground = new Graphics();
  const texture = lightTexture();
  const lights = Array.from({ length: SLOTS_MAX }, () => new Sprite(texture));
  const lines = new Graphics();
  const outlines = new Graphics();
  container.addChild(ground, ...lights, lines, outlines);
  let drawn: FloorPlan | undefined;
  let drawnKey = "";

  const restAlpha = (plan: FloorPlan, slot: number) =>
    plan.walls[slot] ? 0 : slot === plan.me ? LIGHT_ALPHA_OWN : LIGHT_ALPHA;

  return {
    container,
    draw(plan) {
      const key = JSON.stringify(plan);
      if (key === drawnKey) return;
      drawnKey = key;
      drawn = plan;
      const { width, height } = plan;
      ground.clear().rect(0, 0, width, height).fill(COURT_COLOR);
      lights.forEach((light, slot) => {
        placeLight(light, slot, plan);
        light.tint = colorOf(plan, slot);
      });
      drawLines(lines.clear(), plan);
    },
    flash({ strengths, isReduced, pixel }) {
      outlines.clear();
      if (drawn === undefined) return;
      for (const [slot, strength] of strengths.entries()) {
        const rest = restAlpha(drawn, slot);
        const glow = isReduced ? 0 : (LIGHT_ALPHA_FLASH - rest) * strength;
        lights[slot].alpha = rest + glow;
        if (!isReduced || strength === 0) continue;
        const [x, y, w, h] = sideRect(slot, drawn, LANE);
        outlines.rect(x, y, w, h).stroke({
          color: colorOf(drawn, slot),
          width: OUTLINE_PX * pixel,
          alignment: 1,
        });
      }
    },
  };
}

function colorOf({ looks }: FloorPlan, slot: number): number {
  return LOOKS[looks[slot]].color;
}

function drawLines(lines: Graphics, plan: FloorPlan): void {
  const { width, height, walls, me } = plan;
  const radius = Math.min(width, height) / 7;
  lines.circle(width / 2, height / 2, radius)
    .stroke({ color: LINE_COLOR, width: LINE_WIDTH });
  if (width > height) {
    const dash = height / 30;
    for (let y = dash / 2; y < height; y += 2 * dash) {
      const isInCircle = Math.abs(y + dash / 2 - height / 2) < radius;
      if (isInCircle) continue;
      lines.rect(width / 2 - LINE_WIDTH / 2, y, LINE_WIDTH, dash)
        .fill(LINE_COLOR);
    }
  } else {
    // Towards the corners: they part the sides of those who play here.
    for (const [x, y] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
      const inner = radius * Math.SQRT1_2;
      const length = width / 2 - inner;
      const dx = x === 0 ? 1 : -1;
      const dy = y === 0 ? 1 : -1;
      for (let i = 0.5; i < 10; i += 2) {
        const from = { x: x * width + dx * length * i / 10, d: length / 10 };
        const fromY = y * height + dy * length * i / 10;
        lines.moveTo(from.x, fromY)
          .lineTo(from.x + dx * from.d, fromY + dy * from.d);
      }
    }
    lines.stroke({ color: LINE_COLOR, width: LINE_WIDTH });
  }
  for (let slot = 0; slot < SLOTS_MAX; slot++) {
    const isWall = walls[slot];
    const thickness = isWall ? 8 : slot === me ? 4 : 2;
    const [x, y, w, h] = sideRect(slot, plan, thickness);
    const color = isWall ? WALL_COLOR : colorOf(plan, slot);
    lines.rect(x, y, w, h).fill({ color, alpha: isWall ? 1 : 0.5 });
  }
}

/** The strip of that thickness along a side. */
function sideRect(
  slot: number,
  { width, height }: FloorPlan,
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

/** The texture shines from its left edge; it is turned so that this edge lies on the side. */
function placeLight(light: Sprite, slot: number, plan: FloorPlan): void {
  const { width, height } = plan;
  const length = slot < 2 ? height : width;
  const reach = LIGHT_REACH + PADDLE_INSET / UNIT;
  light.scale.set(reach / light.texture.width, length / light.texture.height);
  light.rotation = [0, Math.PI, Math.PI / 2, -Math.PI / 2][slot];
  light.position.set(
    [0, width, width, 0][slot],
    [0, height, 0, height][slot],
  );
}

/**
 * White that fades to the right. A ramp this faint has fewer steps than pixels and would show them
 * as stripes; noise of one step's size hides them.
 */
function lightTexture(): Texture {
  const size = 256;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d");
  if (context === null) return Texture.WHITE;
  const image = context.createImageData(size, size);
  for (let i = 0; i < size * size; i++) {
    const fade = (1 - (i % size) / (size - 1)) ** 2;
    const noise = (Math.random() - 0.5) * LIGHT_NOISE;
    image.data.set([255, 255, 255, Math.max(0, 255 * fade + noise)], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return Texture.from(canvas);
}
