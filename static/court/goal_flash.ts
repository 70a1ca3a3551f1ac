/**
 * A goal's flash on the side that conceded it: a glow that fades or, with less motion, an outline.
 *
 * @module
 */
import { Container, Graphics, Sprite, Texture } from "pixi.js";
import {
  PADDLE_INSET,
  PADDLE_THICKNESS,
  SLOTS_MAX,
  UNIT,
} from "../../game/court.ts";
import { paintLight, placeLight, sideRect } from "./side_light.ts";
import type { Size } from "./turn.ts";

export interface Flash {
  /** Of the court, in court units. */
  readonly court: Size;
  /** By slot, 0…1. */
  readonly strengths: readonly number[];
  /** By slot, as 0xrrggbb. */
  readonly colors: readonly number[];
  /** Outlines the side instead of lighting it. */
  readonly isReduced: boolean;
  /** A CSS pixel in court units. */
  readonly pixel: number;
}

export interface GoalFlash {
  readonly container: Container;
  /** Draws what is left of it. */
  show(flash: Flash): void;
}

const GLOW_ALPHA = 0.5;
const OUTLINE_PX = 2;
/** From the wall to a little in front of the paddle: what is outlined. */
const LANE = (2 * PADDLE_INSET + PADDLE_THICKNESS) / UNIT;

export function createGoalFlash(): GoalFlash {
  const container = new Container();
  const texture = Texture.from(paintLight(0xffffff));
  const glows = Array.from({ length: SLOTS_MAX }, () => new Sprite(texture));
  const outlines = new Graphics();
  container.addChild(...glows, outlines);

  return {
    container,
    show({ court, strengths, colors, isReduced, pixel }) {
      container.visible = strengths.some((strength) => strength > 0);
      if (!container.visible) return;
      outlines.clear();
      for (const [slot, strength] of strengths.entries()) {
        const glow = glows[slot];
        glow.visible = strength > 0 && !isReduced;
        if (glow.visible) {
          const { at, rotation, width, height } = placeLight(slot, court);
          glow.position.copyFrom(at);
          glow.rotation = rotation;
          glow.scale.set(width / texture.width, height / texture.height);
          glow.tint = colors[slot];
          glow.alpha = GLOW_ALPHA * strength;
        }
        if (!isReduced || strength === 0) continue;
        outlines.rect(...sideRect(slot, court, LANE)).stroke({
          color: colors[slot],
          width: OUTLINE_PX * pixel,
          alignment: 1,
        });
      }
    },
  };
}
