/**
 * The court as pixi.js draws it. Knows how things look, not how they move: `static/motion/motion.ts` says where
 * they are and of which moment they are.
 *
 * Everything is drawn in court units as if the court were not turned; the root turns and scales it.
 *
 * @module
 */
import { Container, RendererType } from "pixi.js";
import {
  courtSize,
  FIRST_SERVE_TICKS,
  SLOTS_MAX,
  UNIT,
} from "../../game/court.ts";
import {
  BALL_X,
  BALL_Y,
  isWall,
  LAST_HIT,
  PHASE,
  RALLY,
  SERVE_TO,
  SERVING,
  TICK,
  TIMER,
} from "../../game/state.ts";
import { nextTask } from "../html/next_task.ts";
import { createBallGraphics } from "./ball_graphics.ts";
import { createBounces } from "./bounces.ts";
import { createFloor } from "./court_floor.ts";
import { createGhostGraphics } from "./ghost_graphics.ts";
import { createGoalFlash } from "./goal_flash.ts";
import { BALL_COLOR, LOOKS } from "./looks.ts";
import { createPaddleGraphics } from "./paddle_graphics.ts";
import { watchPixelRatio } from "./pixel_ratio.ts";
import { createRenderer } from "./renderer.ts";
import type { Scene } from "./scene.ts";
import { createServeGraphics } from "./serve_graphics.ts";
import { shakeAt } from "./shake.ts";
import { type Size, sizeOnScreen, toScreen } from "./turn.ts";

export interface CourtCanvas {
  /** Draws without WebGL: works, but costs more. */
  readonly isSlow: boolean;
  draw(scene: Scene): void;
  /** That side has conceded a goal. */
  flash(slot: number, nowMs: number): void;
}

const FLASH_MS = 300;
/** A hit pushes the paddle back this far; it is back after this time. */
const NUDGE_PX = 4;
const NUDGE_MS = 140;

/**
 * Puts a canvas into `host` and keeps it as large as the host.
 *
 * @throws {Error} The browser can draw neither with WebGL nor without.
 */
export async function createCourtCanvas(
  host: HTMLElement,
): Promise<CourtCanvas> {
  const { renderer, resolution } = await createRenderer();
  await nextTask();
  const floor = createFloor();
  host.append(floor.canvas, renderer.canvas);
  const fit = () => {
    const { width, height } = host.getBoundingClientRect();
    if (width > 0) renderer.resize(width, height, resolution());
  };
  new ResizeObserver(fit).observe(host);
  watchPixelRatio(window, fit);
  fit();
  await nextTask();

  const flash = createGoalFlash();
  const ball = createBallGraphics();
  const serve = createServeGraphics();
  const ghosts = createGhostGraphics();
  const paddles = Array.from(
    { length: SLOTS_MAX },
    (_, slot) => createPaddleGraphics(slot),
  );
  const root = new Container();
  root.addChild(
    flash.container,
    serve.container,
    ball.sparks,
    ...paddles.map((paddle) => paddle.container),
    ball.container,
    ghosts.container,
  );
  const bounces = createBounces();
  const hitMs = new Array<number>(SLOTS_MAX).fill(-Infinity);
  const flashMs = new Array<number>(SLOTS_MAX).fill(-Infinity);

  /** Turns, scales and shakes the whole court; returns how long a CSS pixel is in court units. */
  function placeRoot({ players, nowMs, isReduced, turn }: Scene): number {
    const court = sizeInUnits(players);
    const scale = renderer.screen.width / sizeOnScreen(court, turn).width;
    const shake = isReduced
      ? { x: 0, y: 0 }
      : shakeAt(nowMs - Math.max(...flashMs));
    const origin = toScreen({ x: 0, y: 0 }, court, turn);
    root.scale.set(scale);
    root.rotation = turn * Math.PI / 2;
    root.position.set(
      origin.x * scale + shake.x,
      origin.y * scale + shake.y,
    );
    floor.move(shake);
    return 1 / scale;
  }

  function drawFloor(scene: Scene, pixel: number): void {
    const { players, me, looks, picture, nowMs, isReduced, turn } = scene;
    const walls = Array.from(
      { length: SLOTS_MAX },
      (_, slot) =>
        picture === undefined ? slot >= players : isWall(picture.state, slot),
    );
    const { width, height } = renderer.canvas;
    const court = sizeInUnits(players);
    floor.draw({ court, turn, pixels: { width, height }, walls, looks, me });
    flash.show({
      court,
      strengths: flashMs.map((atMs) =>
        Math.max(0, 1 - (nowMs - atMs) / FLASH_MS)
      ),
      colors: looks.map((look) => LOOKS[look].color),
      isReduced,
      pixel,
    });
  }

  function drawPaddles(scene: Scene, pixel: number): void {
    const { picture, looks, turn, nowMs, isReduced } = scene;
    paddles.forEach((paddle, slot) => {
      if (picture === undefined || isWall(picture.state, slot)) {
        return paddle.hide();
      }
      const pushed = Math.max(0, 1 - (nowMs - hitMs[slot]) / NUDGE_MS);
      paddle.show({
        state: picture.state,
        at: picture.paddles[slot],
        look: looks[slot],
        turn,
        nudge: isReduced ? 0 : NUDGE_PX * pixel * pushed ** 2,
      });
    });
  }

  function drawBall({ picture, looks, nowMs, isReduced }: Scene): void {
    ball.setReduced(isReduced);
    if (picture?.ballState[PHASE] !== RALLY) return ball.hide();
    const { ballState, ballX, ballY } = picture;
    const last = ballState[LAST_HIT];
    const color = last < 0 ? BALL_COLOR : LOOKS[looks[last]].color;
    ball.move({ x: ballX / UNIT, y: ballY / UNIT }, color, nowMs);
  }

  function noticeHits({ picture, looks, nowMs }: Scene): void {
    if (picture === undefined) return;
    for (const { kind, side, at } of bounces.next(picture.ballState)) {
      if (kind !== "paddle") continue;
      hitMs[side] = nowMs;
      ball.spark(at, LOOKS[looks[side]].color, nowMs);
    }
  }

  function drawServe({ picture, looks, turn }: Scene): void {
    if (picture?.ballState[PHASE] !== SERVING) return serve.hide();
    const { ballState } = picture;
    const to = ballState[SERVE_TO];
    const ticksLeft = ballState[TIMER];
    serve.show({
      at: { x: ballState[BALL_X] / UNIT, y: ballState[BALL_Y] / UNIT },
      ticksLeft,
      to: isWall(ballState, to) ? -1 : to,
      look: looks[to],
      isFirst: ballState[TICK] + ticksLeft <= FIRST_SERVE_TICKS,
      turn,
    });
  }

  function drawGhosts(scene: Scene, pixel: number): void {
    const { picture, looks, isGhostShown } = scene;
    if (picture === undefined || !isGhostShown) return ghosts.hide();
    ghosts.show({ confirmed: picture.confirmed, looks, pixel });
  }

  return {
    isSlow: renderer.type === RendererType.CANVAS,
    draw(scene) {
      const pixel = placeRoot(scene);
      noticeHits(scene);
      drawFloor(scene, pixel);
      drawPaddles(scene, pixel);
      drawServe(scene);
      drawBall(scene);
      drawGhosts(scene, pixel);
      renderer.render(root);
    },
    flash(slot, nowMs) {
      flashMs[slot] = nowMs;
    },
  };
}

function sizeInUnits(players: number): Size {
  const { width, height } = courtSize(players);
  return { width: width / UNIT, height: height / UNIT };
}
