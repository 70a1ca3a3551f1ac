/**
 * A bot: a player made of code. It sees what a human sees, the newest state, and answers with the
 * same kind of input, which travels through the network like everybody else's.
 *
 * When the ball turns towards its side it looks ahead once to where the ball will cross, adds an
 * error of its own, and goes there. The error is what makes a bot easy or hard: one that never
 * misjudges can't be beaten, one that errs at random every tick trembles.
 *
 * @module
 */
import { BALL_RADIUS, courtSize, PADDLE_PLANE, PADDLE_SPEED } from "./court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  HITS,
  isWall,
  LAST_HIT,
  PADDLE,
  paddleHalf,
  PHASE,
  PLAYERS,
  RALLY,
  RANDOM,
  randomBelow,
  seedRandom,
  type State,
  STATE_LENGTH,
} from "./state.ts";
import { moveBall, WHOLE_TICK } from "./step.ts";

/** How well a bot plays, weakest first. */
export const SKILLS = ["easy", "normal", "hard"] as const;
export type Skill = typeof SKILLS[number];

/** `input`: how fast it moves, of 127. `errorPercent`: its worst misjudgement, of half a paddle. */
const TALENT: Readonly<
  Record<Skill, { readonly input: number; readonly errorPercent: number }>
> = {
  easy: { input: 64, errorPercent: 170 },
  normal: { input: 96, errorPercent: 120 },
  hard: { input: 127, errorPercent: 85 },
};

/** A ball crosses the longest court at serving speed in 180 ticks: looking further is of no use. */
const LOOK_AHEAD_TICKS = 240;

/** What a bot remembers between ticks. Made by `createBot`, changed by `botInput` alone. */
export interface Bot {
  readonly slot: number;
  readonly skill: Skill;
  /** The bot's own dice: nobody else needs to know them, for its inputs are what travels. */
  readonly dice: State;
  /** Where it looks ahead, so that looking allocates nothing. */
  readonly scratch: State;
  /** The flight of the ball, from one hit to the next, for which `target` was chosen, if any. */
  flight: number | undefined;
  /** Where the paddle's centre is to go, in subunits along its side. */
  target: number;
}

/** `seed` (an int32) decides how it misjudges; it has nothing to do with the match's seed. */
export function createBot(
  { slot, skill, seed }: {
    readonly slot: number;
    readonly skill: Skill;
    readonly seed: number;
  },
): Bot {
  const dice = new Int32Array(STATE_LENGTH);
  dice[RANDOM] = seedRandom(seed);
  const scratch = new Int32Array(STATE_LENGTH);
  return { slot, skill, dice, scratch, flight: undefined, target: 0 };
}

/** Returns the bot's input (−127…127) for the state it sees. */
export function botInput(bot: Bot, state: State): number {
  const { input } = TALENT[bot.skill];
  const target = isComing(bot.slot, state) ? aim(bot, state) : rest(bot, state);
  const away = target - state[PADDLE + bot.slot];
  // Two ticks' way is near enough: peers predict a steady input rightly, a trembling one wrongly.
  if (Math.abs(away) < 2 * input * PADDLE_SPEED) return 0;
  return Math.sign(away) * input;
}

function isComing(slot: number, state: State): boolean {
  if (state[PHASE] !== RALLY || isWall(state, slot)) return false;
  const velocity = state[slot < 2 ? BALL_VX : BALL_VY];
  return (slot & 1) === 0 ? velocity < 0 : velocity > 0;
}

function rest(bot: Bot, state: State): number {
  bot.flight = undefined;
  if (bot.skill === "easy") return state[PADDLE + bot.slot];
  // The court is a square for all but the two who play along its height.
  return courtSize(state[PLAYERS]).height >> 1;
}

/** Returns where to go, chosen once a flight: a human doesn't guess anew every tick either. */
function aim(bot: Bot, state: State): number {
  const flight = state[HITS] * 8 + state[LAST_HIT];
  if (flight === bot.flight) return bot.target;
  bot.flight = flight;
  const reach = paddleHalf(state) + BALL_RADIUS;
  const spread = Math.trunc((reach * TALENT[bot.skill].errorPercent) / 100);
  const error = randomBelow(bot.dice, 2 * spread + 1) - spread;
  bot.target = crossing(bot, state) + error;
  return bot.target;
}

/** Returns where along its side, in subunits, the ball will arrive; if not soon, where it is. */
function crossing(bot: Bot, state: State): number {
  const { slot, scratch } = bot;
  const normal = slot < 2 ? BALL_X : BALL_Y;
  const along = slot < 2 ? BALL_Y : BALL_X;
  const { width, height } = courtSize(state[PLAYERS]);
  const length = slot < 2 ? width : height;
  scratch.set(state);
  for (let tick = 0; tick < LOOK_AHEAD_TICKS; tick++) {
    const gap = (slot & 1) === 0 ? scratch[normal] : length - scratch[normal];
    if (gap <= PADDLE_PLANE + BALL_RADIUS) return scratch[along];
    moveBall(scratch, WHOLE_TICK);
    if (scratch[PHASE] !== RALLY || scratch[HITS] !== state[HITS]) break;
  }
  return state[along];
}
