/**
 * A paddle: a glowing bar in its player's colour that bears the player's mark.
 *
 * @module
 */
import { Container, Graphics } from "pixi.js";
import {
  courtSize,
  PADDLE_INSET,
  PADDLE_THICKNESS,
  UNIT,
} from "../../game/court.ts";
import { paddleHalf, PLAYERS, type State } from "../../game/state.ts";
import { COURT_COLOR, LOOKS, type Mark } from "./looks.ts";
import type { Point, Turn } from "./turn.ts";

/** How a paddle is drawn now. */
export interface Paddle {
  readonly state: State;
  /** Centre along its side, in subunits. */
  readonly at: number;
  readonly look: number;
  readonly turn: Turn;
  /** How far it is pushed towards its wall by a hit, in court units. */
  readonly nudge: number;
}

export interface PaddleGraphics {
  readonly container: Container;
  show(paddle: Paddle): void;
  hide(): void;
}

/** In court units. */
export const THICKNESS = PADDLE_THICKNESS / UNIT;
const INSET = PADDLE_INSET / UNIT;
const MARK_RADIUS = 8;
/** From mark to mark, where the paddle is long enough for more than one. */
const MARK_DISTANCE = 44;
/** The glow is this many ever larger shapes, each almost transparent. */
const GLOW_LAYERS = 12;
const GLOW_STEP = 3.5;

export function createPaddleGraphics(slot: number): PaddleGraphics {
  const container = new Container();
  const body = new Graphics();
  const marks = [0, -1, 1].map(() => new Graphics());
  container.addChild(body, ...marks);
  let drawn = "";

  return {
    container,
    show(paddle) {
      const { state, look, turn } = paddle;
      container.visible = true;
      const half = halfSize(state, slot);
      const key = [half.x, half.y, look, turn].join();
      if (key !== drawn) {
        drawn = key;
        const { color, mark } = LOOKS[look];
        drawBody(body.clear(), half, color);
        marks.forEach((graphics, i) => {
          const along = [0, -1, 1][i] * MARK_DISTANCE;
          drawMark(graphics.clear(), mark);
          graphics.rotation = -turn * Math.PI / 2;
          graphics.position.set(slot < 2 ? 0 : along, slot < 2 ? along : 0);
          graphics.visible = Math.abs(along) + THICKNESS <=
            Math.max(half.x, half.y);
        });
      }
      container.position.copyFrom(paddlePlace(slot, paddle));
    },
    hide() {
      container.visible = false;
    },
  };
}

/** Returns the middle of a slot's paddle, in court units. */
export function paddlePlace(
  slot: number,
  { state, at, nudge }: Pick<Paddle, "state" | "at" | "nudge">,
): Point {
  const { width, height } = courtSize(state[PLAYERS]);
  const depth = INSET + THICKNESS / 2 - nudge;
  const along = at / UNIT;
  switch (slot) {
    case 0:
      return { x: depth, y: along };
    case 1:
      return { x: width / UNIT - depth, y: along };
    case 2:
      return { x: along, y: depth };
    default:
      return { x: along, y: height / UNIT - depth };
  }
}

/** Returns half a paddle's width and height, in court units. */
export function halfSize(state: State, slot: number): Point {
  const half = paddleHalf(state) / UNIT;
  return slot < 2
    ? { x: THICKNESS / 2, y: half }
    : { x: half, y: THICKNESS / 2 };
}

function drawBody(body: Graphics, { x, y }: Point, color: number): void {
  const bar = (grow: number) =>
    body.roundRect(
      -x - grow,
      -y - grow,
      2 * (x + grow),
      2 * (y + grow),
      THICKNESS / 2 + grow,
    );
  for (let layer = GLOW_LAYERS; layer > 0; layer--) {
    bar(layer * GLOW_STEP).fill({ color, alpha: 0.028 });
  }
  bar(0).fill(color);
}

function drawMark(graphics: Graphics, mark: Mark): Graphics {
  const r = MARK_RADIUS;
  const d = r * 1.1;
  const shape = () => {
    switch (mark) {
      case "circle":
        return graphics.circle(0, 0, r * 0.9);
      case "triangle":
        return graphics.poly([0, -r, r, r * 0.8, -r, r * 0.8]);
      case "square":
        return graphics.rect(-r * 0.8, -r * 0.8, r * 1.6, r * 1.6);
      case "diamond":
        return graphics.poly([0, -d, d, 0, 0, d, -d, 0]);
    }
  };
  return shape().fill(COURT_COLOR);
}
