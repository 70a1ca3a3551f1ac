/**
 * Ghosts: thin outlines of paddles and ball where all hosts have agreed that they were. Their
 * distance to what is drawn beside them is what this host predicts.
 *
 * @module
 */
import { Container, Graphics } from "pixi.js";
import { BALL_RADIUS, SLOTS_MAX, UNIT } from "../../game/court.ts";
import { isWall, LAST_HIT, PHASE, RALLY } from "../../game/state.ts";
import type { Picture } from "../motion/motion.ts";
import { BALL_COLOR, LOOKS } from "./looks.ts";
import { halfSize, paddlePlace, THICKNESS } from "./paddle_graphics.ts";

export interface GhostGraphics {
  readonly container: Container;
  /** `looks` is by slot; `pixel` is a CSS pixel in court units. */
  show(ghosts: {
    readonly confirmed: Picture["confirmed"];
    readonly looks: readonly number[];
    readonly pixel: number;
  }): void;
  hide(): void;
}

export function createGhostGraphics(): GhostGraphics {
  const container = new Container();
  const outlines = new Graphics();
  container.addChild(outlines);

  return {
    container,
    show({ confirmed, looks, pixel }) {
      const { state, paddles, ballX, ballY } = confirmed;
      container.visible = true;
      outlines.clear();
      for (let slot = 0; slot < SLOTS_MAX; slot++) {
        if (isWall(state, slot)) continue;
        const { x, y } = paddlePlace(slot, {
          state,
          at: paddles[slot],
          nudge: 0,
        });
        const half = halfSize(state, slot);
        outlines.roundRect(
          x - half.x,
          y - half.y,
          2 * half.x,
          2 * half.y,
          THICKNESS / 2,
        ).stroke({
          color: LOOKS[looks[slot]].color,
          width: pixel,
          alignment: 1,
        });
      }
      if (state[PHASE] !== RALLY) return;
      const last = state[LAST_HIT];
      const color = last < 0 ? BALL_COLOR : LOOKS[looks[last]].color;
      outlines.circle(ballX / UNIT, ballY / UNIT, BALL_RADIUS / UNIT)
        .stroke({ color, width: pixel });
    },
    hide() {
      container.visible = false;
    },
  };
}
