/**
 * The ball with its glow and trail, and the ring of sparks where it hit a paddle.
 *
 * The trail is made of the places where the ball was just drawn, so its length tells the speed. It
 * bears the colour of who hit last. All places and lengths are court units.
 *
 * @module
 */
import { Container, Graphics, Sprite, Texture } from "pixi.js";
import { BALL_RADIUS, UNIT } from "../../game/court.ts";
import { BALL_COLOR } from "./looks.ts";
import type { Point } from "./turn.ts";

/** Where the ball was drawn, and when. */
interface TrailPoint extends Point {
  readonly atMs: number;
}

export interface BallGraphics {
  readonly container: Container;
  /** The sparks, apart: they lie beneath the paddles, ball and trail above. */
  readonly sparks: Container;
  /** Draws the ball there, in the colour of who hit last. */
  move(at: Point, color: number, nowMs: number): void;
  /** Nothing flies: no ball, no trail. */
  hide(): void;
  /** A paddle's face was hit there. */
  spark(at: Point, color: number, nowMs: number): void;
  /** Shows neither trail nor sparks from now on. */
  setReduced(isReduced: boolean): void;
}

const RADIUS = BALL_RADIUS / UNIT;
/** How long the trail lasts: 1–2 ball widths when served, 8 at full speed. */
const TRAIL_MS = 150;
/** Pieces in which it fades; so many that their edges are not seen. */
const TRAIL_PIECES = 16;
/** Farther between two pictures no ball flies, but a recording that is wound does jump. */
const JUMP = 300;
/** Places that are remembered: enough for a display of 240 Hz. */
const PAST_MAX = 32;
const SPARKS = 8;
const SPARK_MS = 320;
const SPARK_REACH = 64;
const GLOW_RADIUS = 84;

export function createBallGraphics(): BallGraphics {
  const container = new Container();
  const trail = new Graphics();
  const sparks = new Container();
  sparks.addChild(...Array.from({ length: SPARKS }, () => dot(4)));
  const glow = new Sprite(glowTexture());
  glow.anchor.set(0.5);
  glow.setSize(2 * GLOW_RADIUS);
  const ball = dot(RADIUS);
  ball.tint = BALL_COLOR;
  container.addChild(trail, glow, ball);
  let past: readonly TrailPoint[] = [];
  let sparkedMs = -Infinity;
  let sparkedAt: Point = { x: 0, y: 0 };
  let reduced = false;

  const setVisible = (isVisible: boolean) => {
    ball.visible = isVisible;
    glow.visible = isVisible;
    trail.visible = isVisible && !reduced;
  };

  const drawSparks = (nowMs: number) => {
    const age = (nowMs - sparkedMs) / SPARK_MS;
    sparks.visible = age < 1 && !reduced;
    if (!sparks.visible) return;
    sparks.alpha = 1 - age;
    sparks.children.forEach((spark, i) => {
      const angle = (i + 0.5) / SPARKS * 2 * Math.PI;
      // Fast at first, then slower.
      const reach = SPARK_REACH * (1 - (1 - age) ** 2);
      spark.position.set(
        sparkedAt.x + Math.cos(angle) * reach,
        sparkedAt.y + Math.sin(angle) * reach,
      );
    });
  };

  return {
    container,
    sparks,
    move(at, color, nowMs) {
      setVisible(true);
      drawSparks(nowMs);
      ball.position.copyFrom(at);
      glow.position.copyFrom(at);
      glow.tint = color;
      const isJump = past.length > 0 &&
        Math.hypot(at.x - past[0].x, at.y - past[0].y) > JUMP;
      const before = isJump ? [] : past;
      past = [{ ...at, atMs: nowMs }, ...before].slice(0, PAST_MAX);
      if (!reduced) drawTrail(trail.clear(), past, color);
    },
    hide() {
      past = [];
      setVisible(false);
      drawSparks(Infinity);
    },
    spark(at, color, nowMs) {
      sparkedMs = nowMs;
      sparkedAt = at;
      sparks.tint = color;
    },
    setReduced(isReduced) {
      reduced = isReduced;
    },
  };
}

/** `past` is newest first. */
function drawTrail(
  trail: Graphics,
  past: readonly TrailPoint[],
  color: number,
): void {
  let from: Point = past[0];
  for (let piece = 1; piece <= TRAIL_PIECES; piece++) {
    const age = piece / TRAIL_PIECES;
    const to = placeAt(past, past[0].atMs - age * TRAIL_MS);
    trail.moveTo(from.x, from.y).lineTo(to.x, to.y).stroke({
      color,
      width: 2 * RADIUS * (1 - 0.8 * age),
      alpha: 0.6 * (1 - age) ** 1.5,
    });
    from = to;
  }
}

/** Where the ball was drawn at that time, between two remembered moments. */
function placeAt(past: readonly TrailPoint[], atMs: number): Point {
  const next = past.findIndex((moment) => moment.atMs <= atMs);
  if (next < 0) return past[past.length - 1];
  if (next === 0) return past[0];
  const older = past[next];
  const newer = past[next - 1];
  const part = (atMs - older.atMs) / (newer.atMs - older.atMs);
  return {
    x: older.x + (newer.x - older.x) * part,
    y: older.y + (newer.y - older.y) * part,
  };
}

function dot(radius: number): Graphics {
  return new Graphics().circle(0, 0, radius).fill(0xffffff);
}

function glowTexture(): Texture {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 256;
  const context = canvas.getContext("2d");
  if (context === null) return Texture.EMPTY;
  const gradient = context.createRadialGradient(128, 128, 0, 128, 128, 128);
  for (let i = 0; i <= 10; i++) {
    gradient.addColorStop(
      i / 10,
      `rgb(255 255 255 / ${0.6 * (1 - i / 10) ** 2.2})`,
    );
  }
  context.fillStyle = gradient;
  context.fillRect(0, 0, 256, 256);
  return Texture.from(canvas);
}
