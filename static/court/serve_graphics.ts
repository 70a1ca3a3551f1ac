/**
 * The ring around the waiting ball: it runs out until the serve, and points to who gets the ball.
 * Before the first serve of a match, a count from 3 stands in the ball's place.
 *
 * @module
 */
import { Container, Graphics, Text } from "pixi.js";
import {
  BALL_RADIUS,
  FIRST_SERVE_TICKS,
  SERVE_TICKS,
  TICKS_PER_SECOND,
  UNIT,
} from "../../game/court.ts";
import { BALL_COLOR, LINE_COLOR, LOOKS } from "./looks.ts";
import type { Point, Turn } from "./turn.ts";

/** A serve that is about to come. */
export interface Serve {
  /** Where the ball waits, in court units. */
  readonly at: Point;
  readonly ticksLeft: number;
  /** The slot that gets the ball, -1 where that is not known. */
  readonly to: number;
  /** The look of who gets it. */
  readonly look: number;
  /** The match begins with it: the count is shown in digits too. */
  readonly isFirst: boolean;
  /** How far the court is turned: digits and ring stay upright. */
  readonly turn: Turn;
}

export interface ServeGraphics {
  readonly container: Container;
  show(serve: Serve): void;
  hide(): void;
}

const RING_RADIUS = 56;
const RING_WIDTH = 5;
const ARROW_DISTANCE = 84;
const ARROW_SIZE = 12;
/** Directions from the middle to each side, by slot. */
const TOWARDS = [Math.PI, 0, -Math.PI / 2, Math.PI / 2];

export function createServeGraphics(): ServeGraphics {
  const container = new Container();
  const ring = new Graphics();
  const arrow = new Graphics();
  const digit = new Text({
    text: "",
    anchor: 0.5,
    style: {
      fontFamily: "system-ui, sans-serif",
      fontSize: 64,
      fontWeight: "600",
      fill: BALL_COLOR,
    },
    resolution: devicePixelRatio,
  });
  const ball = new Graphics().circle(0, 0, BALL_RADIUS / UNIT).fill(BALL_COLOR);
  container.addChild(ring, arrow, ball, digit);
  let drawnArrow = "";

  return {
    container,
    show({ at, ticksLeft, to, look, isFirst, turn }) {
      container.visible = true;
      container.position.copyFrom(at);
      digit.visible = isFirst;
      ball.visible = !isFirst;
      if (digit.resolution !== devicePixelRatio) {
        digit.resolution = devicePixelRatio;
      }
      digit.text = String(Math.ceil(ticksLeft / TICKS_PER_SECOND));
      drawRing(ring, ticksLeft / (isFirst ? FIRST_SERVE_TICKS : SERVE_TICKS));
      ring.rotation = digit.rotation = -turn * Math.PI / 2;
      const key = [to, look].join();
      if (key === drawnArrow) return;
      drawnArrow = key;
      drawArrow(arrow, to, look);
    },
    hide() {
      container.visible = false;
    },
  };
}

function drawRing(ring: Graphics, fraction: number): void {
  const top = -Math.PI / 2;
  const end = top + 2 * Math.PI * Math.min(fraction, 1);
  ring.clear().circle(0, 0, RING_RADIUS)
    .stroke({ color: LINE_COLOR, width: RING_WIDTH });
  if (end <= top) return;
  ring.moveTo(0, -RING_RADIUS).arc(0, 0, RING_RADIUS, top, end)
    .stroke({ color: BALL_COLOR, width: RING_WIDTH, cap: "round" });
}

function drawArrow(arrow: Graphics, to: number, look: number): void {
  arrow.clear();
  if (to < 0) return;
  const s = ARROW_SIZE;
  arrow.poly([s, 0, -s * 0.6, -s, -s * 0.6, s]).fill(LOOKS[look].color);
  arrow.rotation = TOWARDS[to];
  arrow.position.set(
    Math.cos(TOWARDS[to]) * ARROW_DISTANCE,
    Math.sin(TOWARDS[to]) * ARROW_DISTANCE,
  );
}
