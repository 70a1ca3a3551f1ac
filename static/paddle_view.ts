/**
 * A paddle: a glowing bar in the slot's colour that bears the slot's mark.
 *
 * @module
 */
import { Container, Graphics } from "pixi.js";
import { PADDLE_INSET, PADDLE_THICKNESS, UNIT } from "../game/court.ts";
import { COURT_COLOR, type Mark, SLOT_LOOKS } from "./slots.ts";

/** Where a paddle is, in court units. */
export interface PaddlePlace {
  readonly width: number;
  readonly height: number;
  /** Centre along its side, and half its length. */
  readonly at: number;
  readonly half: number;
  /** How far it is pushed towards its wall by a hit. */
  readonly nudge: number;
}

export interface PaddleView {
  readonly container: Container;
  place(place: PaddlePlace): void;
}

const THICKNESS = PADDLE_THICKNESS / UNIT;
const INSET = PADDLE_INSET / UNIT;
const MARK_RADIUS = 7;
/** The glow is this many ever larger shapes, each almost transparent. */
const GLOW_LAYERS = 12;
const GLOW_STEP = 3.5;

export function createPaddleView(slot: number): PaddleView {
  const { color, mark } = SLOT_LOOKS[slot];
  const container = new Container();
  const body = new Graphics();
  const badge = drawMark(new Graphics(), mark);
  container.addChild(body, badge);
  let drawnHalf = 0;

  return {
    container,
    place({ width, height, at, half, nudge }) {
      if (half !== drawnHalf) {
        drawnHalf = half;
        drawBody(body.clear(), { half, color, isUpright: slot < 2 });
      }
      const depth = INSET + THICKNESS / 2 - nudge;
      const far = (slot === 1 ? width : height) - depth;
      const across = slot === 0 || slot === 2 ? depth : far;
      if (slot < 2) container.position.set(across, at);
      else container.position.set(at, across);
    },
  };
}

function drawBody(
  body: Graphics,
  { half, color, isUpright }: {
    readonly half: number;
    readonly color: number;
    readonly isUpright: boolean;
  },
): void {
  const x = isUpright ? THICKNESS / 2 : half;
  const y = isUpright ? half : THICKNESS / 2;
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
  const shape = () => {
    switch (mark) {
      case "circle":
        return graphics.circle(0, 0, r * 0.9);
      case "triangle":
        return graphics.poly([0, -r, r, r * 0.8, -r, r * 0.8]);
      case "square":
        return graphics.rect(-r * 0.8, -r * 0.8, r * 1.6, r * 1.6);
      case "diamond":
        return graphics.poly([
          0,
          -r * 1.1,
          r * 1.1,
          0,
          0,
          r * 1.1,
          -r * 1.1,
          0,
        ]);
    }
  };
  return shape().fill(COURT_COLOR);
}
