/** States to draw, and what `static/motion/motion.ts` makes of them. */
import { botInput, createBot } from "../../game/bot.ts";
import { DEFAULT_RULES, UNIT } from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  createState,
  PHASE,
  RALLY,
  SPEED,
  type State,
  TICK,
  TIMER,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";
import {
  createMotion,
  type Motion,
  type Picture,
} from "../../static/motion/motion.ts";

export const START_MS = 5000;

type Ball = Partial<Record<"x" | "y" | "vx" | "vy" | "players", number>>;

/** A rally long after a hit with the ball as told, in whole units; by itself it rests in a duel's middle. */
export function rally(
  { x = 800, y = 450, vx = 0, vy = 0, players = 2 }: Ball = {},
): State {
  const state = createState({ ...DEFAULT_RULES, players }, 7);
  return Object.assign(state, {
    ...{ [PHASE]: RALLY, [TICK]: 100, [TIMER]: 9, [SPEED]: 12 * UNIT },
    ...{ [BALL_X]: x * UNIT, [BALL_Y]: y * UNIT },
    ...{ [BALL_VX]: vx * UNIT, [BALL_VY]: vy * UNIT },
  });
}

/** What follows by the rules, the state itself first, while nobody moves: one state a tick. */
export function flight(from: State, ticks: number): State[] {
  const states = [from];
  while (states.length < ticks) {
    const next = states[states.length - 1].slice();
    step(next, new Int8Array(4));
    states.push(next);
  }
  return states;
}

/** What bots play, one state a tick. */
export function botMatch(players: number, ticks: number): readonly State[] {
  const state = createState({ players, points: 99, lives: 99 }, 5);
  const bots = Array.from(
    { length: players },
    (_, slot) => createBot({ slot, skill: "hard", seed: slot }),
  );
  return Array.from({ length: ticks }, () => {
    step(state, Int8Array.from(bots, (bot) => botInput(bot, state)));
    return state.slice();
  });
}

/** A motion that has got some states at `START_MS`, each as a message of its own. */
export function motionOf(...states: readonly State[]): Motion {
  const motion = createMotion();
  for (const state of states) motion.receive([state], START_MS);
  return motion;
}

/** Throws where nothing is drawn. */
export function pictureAt(motion: Motion, nowMs: number): Picture {
  const picture = motion.picture(nowMs);
  if (picture === undefined) throw new Error("Nothing is drawn.");
  return picture;
}
