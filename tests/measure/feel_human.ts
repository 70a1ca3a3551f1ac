/**
 * A model of a person at a page: sees what is drawn, late, and moves keys or a mouse, which the page's
 * own steering turns into inputs.
 *
 * It foresees where the ball will come, misjudges that the more the farther the ball is, and meets
 * it with another part of the paddle each time. While the ball is elsewhere it doesn't rest either.
 *
 * @module
 */
import {
  BALL_RADIUS,
  courtSize,
  PADDLE_PLANE,
  UNIT,
} from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  HITS,
  paddleHalf,
  PHASE,
  PLAYERS,
  RALLY,
} from "../../game/state.ts";
import { moveBall, WHOLE_TICK } from "../../game/step.ts";
import { DEFAULT_PREFERENCES } from "../../net/page/message.ts";
import type { Picture } from "../../static/motion/motion.ts";
import { createDeviceArbiter } from "../../static/steering/device_arbiter.ts";

/** From what is seen to what the hand does about it. */
const REACTION_MS = 190;
/** A person decides anew about so often, and no key is hit sooner after another one. */
const DECIDE_MS = [70, 160] as const;
/** How fast the mouse closes in on its goal: two thirds of the way in this time. */
const MOUSE_MS = 70;
/** Worst misjudgement, as a share of the ball's way to go. */
const MISJUDGED = 0.1;
/** For how long a person sticks to a part of the paddle, and how far from its middle that may be. */
const MIND_MS = [100, 700] as const;
const PART_MAX = 0.95;
/** With keys a person stops this near, in units: the paddle moves 12 a tick. */
const NEAR = 14;
const LOOK_AHEAD_TICKS = 240;

export const DEVICES = ["keys", "mouse"] as const;
export type Device = typeof DEVICES[number];

export interface HumanOptions {
  readonly slot: number;
  readonly device: Device;
  /** Returns numbers from 0 (inclusive) to 1. */
  readonly random: () => number;
  /** Called with each new input (−127…127). */
  readonly onAxis: (axis: number) => void;
}

/** Returns what is to be called with every picture that the page draws. */
export function createHuman(
  { slot, device, random, onAxis }: HumanOptions,
): (picture: Picture, nowMs: number) => void {
  const seen: { readonly picture: Picture; readonly atMs: number }[] = [];
  let now: Picture | undefined;
  let decideMs = 0;
  let mindMs = 0;
  /** Which part of the paddle is to meet the ball: −1…1. Then the goal, and where the mouse is. */
  let part = 0;
  let goal: number | undefined;
  let mouse = 0;
  let frameMs = 0;
  const arbiter = createDeviceArbiter({
    own: () =>
      now && {
        ...{ slot, turn: 0, players: now.state[PLAYERS] },
        ...{ at: now.paddles[slot], half: paddleHalf(now.state) },
        keys: DEFAULT_PREFERENCES.keys,
      },
    onAxis,
  });
  const [back, forth] = slot < 2
    ? ["ArrowUp", "ArrowDown"]
    : ["ArrowLeft", "ArrowRight"];

  const between = ([least, most]: readonly [number, number]) =>
    least + random() * (most - least);

  /** Where along the own side to go, by what was seen. */
  function decide({ ballState, ballX, ballY }: Picture): number {
    const ahead = ballState.slice();
    const { width, height } = courtSize(ahead[PLAYERS]);
    const normal = slot < 2 ? BALL_X : BALL_Y;
    const along = slot < 2 ? BALL_Y : BALL_X;
    const isLow = (slot & 1) === 0;
    const length = slot < 2 ? width : height;
    const gap = () =>
      (isLow ? ahead[normal] : length - ahead[normal]) - PADDLE_PLANE;
    const speed = ahead[slot < 2 ? BALL_VX : BALL_VY];
    const isComing = ahead[PHASE] === RALLY && (isLow ? speed < 0 : speed > 0);
    const reach = paddleHalf(ahead) + BALL_RADIUS;
    if (!isComing) return (slot < 2 ? height : width) / 2 + 2 * part * reach;
    [ahead[BALL_X], ahead[BALL_Y]] = [ballX, ballY].map(Math.round);
    const misjudged = (random() * 2 - 1) * MISJUDGED * gap();
    for (let tick = 0; tick < LOOK_AHEAD_TICKS && gap() > BALL_RADIUS; tick++) {
      moveBall(ahead, WHOLE_TICK);
      if (ahead[PHASE] !== RALLY || ahead[HITS] !== ballState[HITS]) break;
    }
    return ahead[along] + part * reach + misjudged;
  }

  function moveKeys(picture: Picture): void {
    const away = goal === undefined ? 0 : goal - picture.paddles[slot];
    const isNear = Math.abs(away) < NEAR * UNIT;
    for (const [key, sign] of [[back, -1], [forth, 1]] as const) {
      if (!isNear && Math.sign(away) === sign) arbiter.press(key);
      else arbiter.release(key);
    }
  }

  function moveMouse(picture: Picture, elapsedMs: number): void {
    const share = 1 - Math.exp(-elapsedMs / MOUSE_MS);
    if (goal !== undefined) mouse += (goal / UNIT - mouse) * share;
    const { width, height } = courtSize(picture.state[PLAYERS]);
    const size = { width: width / UNIT, height: height / UNIT };
    const middle = { x: size.width / 2, y: size.height / 2 };
    arbiter.moveMouse({
      point: { ...middle, [slot < 2 ? "y" : "x"]: mouse },
      court: { left: 0, top: 0, ...size },
    });
  }

  return (picture, nowMs) => {
    now = picture;
    seen.push({ picture, atMs: nowMs });
    while (seen.length > 1 && seen[1].atMs <= nowMs - REACTION_MS) seen.shift();
    if (nowMs >= decideMs && seen[0].atMs <= nowMs - REACTION_MS) {
      decideMs = nowMs + between(DECIDE_MS);
      if (nowMs >= mindMs) {
        mindMs = nowMs + between(MIND_MS);
        part = (random() * 2 - 1) * PART_MAX;
      }
      goal = decide(seen[0].picture);
      if (device === "keys") moveKeys(picture);
    }
    if (device === "mouse") moveMouse(picture, nowMs - frameMs);
    else if (goal !== undefined) {
      // A key is let go when the paddle is there, which the own eye need not tell.
      const isThere = Math.abs(goal - picture.paddles[slot]) < NEAR * UNIT;
      if (isThere) [back, forth].forEach(arbiter.release);
    }
    frameMs = nowMs;
    arbiter.update(nowMs, []);
  };
}
