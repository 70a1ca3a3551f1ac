/**
 * What lies still: the court's ground and lines, walls, and each side's light, on a canvas of its
 * own below all that moves.
 *
 * It is drawn only when it changes. Drawn with every picture, it would be most of what a computer
 * without a graphics card has to do.
 *
 * A side that somebody defends shines faintly in the player's colour; the own side shines more.
 * A side that nobody defends is a solid wall.
 *
 * @module
 */
import { SLOTS_MAX } from "../../game/court.ts";
import { COURT_COLOR, LINE_COLOR, LOOKS, WALL_COLOR } from "./looks.ts";
import { paintLight, placeLight, sideRect } from "./side_light.ts";
import { type Point, type Size, toScreen, type Turn } from "./turn.ts";

/** What decides how the floor looks. */
export interface FloorPlan {
  /** Of the court before it is turned, in court units. */
  readonly court: Size;
  readonly turn: Turn;
  /** Of the picture, in the screen's pixels. */
  readonly pixels: Size;
  /** By slot: nobody defends this side. */
  readonly walls: readonly boolean[];
  /** By slot. */
  readonly looks: readonly number[];
  /** The own side, -1 for none. */
  readonly me: number;
}

export interface Floor {
  readonly canvas: HTMLCanvasElement;
  draw(plan: FloorPlan): void;
  /** Moves it by CSS pixels, with what shakes above it. */
  move(by: Point): void;
}

const LIGHT_ALPHA = 0.07;
const LIGHT_ALPHA_OWN = 0.17;
const LINE_WIDTH = 3;

export function createFloor(): Floor {
  const canvas = document.createElement("canvas");
  const lights = LOOKS.map(({ color }) => paintLight(color));
  let drawnKey = "";
  let moved = "";

  return {
    canvas,
    draw(plan) {
      const key = JSON.stringify(plan);
      if (key === drawnKey) return;
      drawnKey = key;
      const { court, turn, pixels } = plan;
      canvas.width = pixels.width;
      canvas.height = pixels.height;
      const context = canvas.getContext("2d");
      if (context === null) return;
      const across = turn % 2 === 0 ? court.width : court.height;
      const scale = pixels.width / across;
      const origin = toScreen({ x: 0, y: 0 }, court, turn);
      context.translate(origin.x * scale, origin.y * scale);
      context.rotate(turn * Math.PI / 2);
      context.scale(scale, scale);
      context.fillStyle = cssColor(COURT_COLOR);
      context.fillRect(0, 0, court.width, court.height);
      drawLights(context, plan, lights);
      drawLines(context, plan);
      drawSides(context, plan);
    },
    move({ x, y }) {
      const transform = x === 0 && y === 0 ? "" : `translate(${x}px, ${y}px)`;
      if (transform === moved) return;
      moved = transform;
      canvas.style.transform = transform;
    },
  };
}

function drawLights(
  context: CanvasRenderingContext2D,
  { court, walls, looks, me }: FloorPlan,
  lights: readonly HTMLCanvasElement[],
): void {
  for (let slot = 0; slot < SLOTS_MAX; slot++) {
    if (walls[slot]) continue;
    const { at, rotation, width, height } = placeLight(slot, court);
    context.save();
    context.globalAlpha = slot === me ? LIGHT_ALPHA_OWN : LIGHT_ALPHA;
    context.translate(at.x, at.y);
    context.rotate(rotation);
    context.drawImage(lights[looks[slot]], 0, 0, width, height);
    context.restore();
  }
}

/** The circle, and what parts the sides of those who play here. */
function drawLines(
  context: CanvasRenderingContext2D,
  { court: { width, height } }: FloorPlan,
): void {
  const radius = Math.min(width, height) / 7;
  context.strokeStyle = cssColor(LINE_COLOR);
  context.lineWidth = LINE_WIDTH;
  context.beginPath();
  context.arc(width / 2, height / 2, radius, 0, 2 * Math.PI);
  context.stroke();
  context.beginPath();
  if (width > height) {
    const dash = height / 30;
    for (let y = dash / 2; y < height; y += 2 * dash) {
      const isInCircle = Math.abs(y + dash / 2 - height / 2) < radius;
      if (isInCircle) continue;
      context.moveTo(width / 2, y);
      context.lineTo(width / 2, y + dash);
    }
  } else {
    for (const [x, y] of [[0, 0], [1, 0], [0, 1], [1, 1]]) {
      const length = width / 2 - radius * Math.SQRT1_2;
      const step = length / 10;
      const dx = x === 0 ? step : -step;
      const dy = y === 0 ? step : -step;
      for (let i = 0.5; i < 10; i += 2) {
        context.moveTo(x * width + dx * i, y * height + dy * i);
        context.lineTo(x * width + dx * (i + 1), y * height + dy * (i + 1));
      }
    }
  }
  context.stroke();
}

function drawSides(
  context: CanvasRenderingContext2D,
  { court, walls, looks, me }: FloorPlan,
): void {
  for (let slot = 0; slot < SLOTS_MAX; slot++) {
    const isWall = walls[slot];
    const thickness = isWall ? 8 : slot === me ? 4 : 2;
    context.globalAlpha = isWall ? 1 : 0.5;
    context.fillStyle = cssColor(
      isWall ? WALL_COLOR : LOOKS[looks[slot]].color,
    );
    context.fillRect(...sideRect(slot, court, thickness));
  }
}

function cssColor(color: number): string {
  return `#${color.toString(16).padStart(6, "0")}`;
}
