/**
 * The court as pixi.js draws it. Knows how things look, not how they move: `motion.ts` says where
 * ball and paddles are, the newest state says everything else.
 *
 * pixi.js makes functions from text unless `unsafe-eval` (which does the opposite of its name) is
 * imported first; the page's Content-Security-Policy forbids that.
 *
 * @module
 */
import "pixi.js/unsafe-eval";
import { autoDetectRenderer, Container, RendererType } from "pixi.js";
import {
  courtSize,
  FIRST_SERVE_TICKS,
  SLOTS_MAX,
  UNIT,
} from "../game/court.ts";
import {
  BALL_X,
  BALL_Y,
  HITS,
  isWall,
  LAST_HIT,
  paddleHalf,
  PHASE,
  RALLY,
  SERVE_TO,
  SERVING,
  type State,
  TICK,
  TIMER,
} from "../game/state.ts";
import { createBallView } from "./ball_view.ts";
import { createFloor } from "./court_floor.ts";
import type { Picture } from "./motion.ts";
import { createPaddleView } from "./paddle_view.ts";
import { createServeView } from "./serve_view.ts";
import { BALL_COLOR, SLOT_LOOKS } from "./slots.ts";

/** What to draw now. Before the first state, only the court itself. */
export interface Scene {
  readonly players: number;
  /** The own slot, -1 for none. */
  readonly me: number;
  readonly state: State | undefined;
  readonly picture: Picture | undefined;
  readonly nowMs: number;
  /** The reader wants less motion. */
  readonly isReduced: boolean;
}

export interface CourtView {
  /** Draws without WebGL: works, but costs more. */
  readonly isSlow: boolean;
  draw(scene: Scene): void;
  /** That side has conceded a goal. */
  flash(slot: number, nowMs: number): void;
}

const FLASH_MS = 300;
/** A hit pushes the paddle back this far (4 px on a common screen); it is back after this time. */
const NUDGE_UNITS = 6;
const NUDGE_MS = 140;

/**
 * Puts a canvas into `host` and keeps it as large as the host.
 *
 * @throws {Error} The browser can draw neither with WebGL nor without.
 */
export async function createCourtView(host: HTMLElement): Promise<CourtView> {
  const renderer = await autoDetectRenderer({
    preference: ["webgl", "canvas"],
    antialias: true,
    autoDensity: true,
    backgroundAlpha: 0,
    resolution: devicePixelRatio,
  });
  host.append(renderer.canvas);
  const fit = () => {
    const { width, height } = host.getBoundingClientRect();
    if (width > 0) renderer.resize(width, height, devicePixelRatio);
  };
  new ResizeObserver(fit).observe(host);
  fit();

  const floor = createFloor();
  const ball = createBallView();
  const serve = createServeView();
  const paddles = Array.from(
    { length: SLOTS_MAX },
    (_, slot) => createPaddleView(slot),
  );
  const hitMs = [-Infinity, -Infinity, -Infinity, -Infinity];
  const flashMs = [-Infinity, -Infinity, -Infinity, -Infinity];
  const root = new Container();
  root.addChild(
    floor.container,
    serve.container,
    ...paddles.map((paddle) => paddle.container),
    ball.container,
  );
  let hits = 0;

  function drawFloor({ players, me, state, nowMs, isReduced }: Scene): void {
    const { width, height } = courtSize(players);
    const walls = Array.from(
      { length: SLOTS_MAX },
      (_, slot) => state === undefined ? slot >= players : isWall(state, slot),
    );
    floor.draw({ width: width / UNIT, height: height / UNIT, walls, me });
    flashMs.forEach((atMs, slot) => {
      const strength = Math.max(0, 1 - (nowMs - atMs) / FLASH_MS);
      floor.flash(slot, strength, isReduced);
    });
  }

  function drawPaddles(scene: Scene): void {
    const { players, state, picture, nowMs, isReduced } = scene;
    const { width, height } = courtSize(players);
    paddles.forEach((paddle, slot) => {
      const isThere = state !== undefined && picture !== undefined &&
        !isWall(state, slot);
      paddle.container.visible = isThere;
      if (!isThere) return;
      const pushed = Math.max(0, 1 - (nowMs - hitMs[slot]) / NUDGE_MS);
      paddle.place({
        width: width / UNIT,
        height: height / UNIT,
        at: picture.paddles[slot] / UNIT,
        half: paddleHalf(state) / UNIT,
        nudge: isReduced ? 0 : NUDGE_UNITS * pushed ** 2,
      });
    });
  }

  function drawBall({ state, picture, nowMs, isReduced }: Scene): void {
    ball.setReduced(isReduced);
    if (state?.[PHASE] !== RALLY || picture === undefined) {
      ball.hide();
      hits = 0;
      return;
    }
    const at = { x: picture.ballX / UNIT, y: picture.ballY / UNIT };
    const last = state[LAST_HIT];
    const color = last < 0 ? BALL_COLOR : SLOT_LOOKS[last].color;
    if (state[HITS] > hits && last >= 0) {
      hitMs[last] = nowMs;
      ball.spark(at, color, nowMs);
    }
    hits = state[HITS];
    ball.move(at, color, nowMs);
  }

  function drawServe({ state }: Scene): void {
    if (state?.[PHASE] !== SERVING) return serve.hide();
    const at = { x: state[BALL_X] / UNIT, y: state[BALL_Y] / UNIT };
    const to = state[SERVE_TO];
    const ticksLeft = state[TIMER];
    serve.show({
      at,
      ticksLeft,
      to: isWall(state, to) ? -1 : to,
      isFirst: state[TICK] + ticksLeft <= FIRST_SERVE_TICKS,
    });
  }

  return {
    isSlow: renderer.type === RendererType.CANVAS,
    draw(scene) {
      const { width } = courtSize(scene.players);
      root.scale.set(renderer.screen.width / (width / UNIT));
      drawFloor(scene);
      drawPaddles(scene);
      drawServe(scene);
      drawBall(scene);
      renderer.render(root);
    },
    flash(slot, nowMs) {
      flashMs[slot] = nowMs;
    },
  };
}
