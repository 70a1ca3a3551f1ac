import { expect } from "@std/expect";
import { botInput, createBot, type Skill } from "../../game/bot.ts";
import {
  BALL_RADIUS,
  PADDLE_HALF,
  PADDLE_SPEED,
  UNIT,
} from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  createState,
  HITS,
  LAST_HIT,
  OVER,
  PADDLE,
  PHASE,
  SCORE,
  SERVING,
  type State,
  TICK,
  WINNER,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";
import { changed, rally, RULES, SQUARE } from "./court_state.ts";

/** Plays two bots against each other offline; returns how many matches each has won. */
function playOff(left: Skill, right: Skill, matches: number): number[] {
  const wins = [0, 0];
  for (let seed = 1; seed <= matches; seed++) {
    const state = createState({ players: 2, points: 5, lives: 1 }, seed);
    const bots = [left, right].map((skill, slot) =>
      createBot({ slot, skill, seed: 2 * seed + slot })
    );
    const inputs = new Int8Array(4);
    while (state[PHASE] !== OVER && state[TICK] < 500_000) {
      for (const bot of bots) inputs[bot.slot] = botInput(bot, state);
      step(state, inputs);
    }
    wins[state[WINNER]]++;
  }
  return wins;
}

for (
  const [weaker, stronger] of [["easy", "normal"], ["normal", "hard"]] as const
) {
  Deno.test(`a ${stronger} bot beats a ${weaker} one, on either side`, () => {
    const [asLeft] = playOff(stronger, weaker, 20);
    const [, asRight] = playOff(weaker, stronger, 20);

    expect(asLeft).toBeGreaterThan(14);
    expect(asRight).toBeGreaterThan(14);
  });
}

Deno.test("a bot's input stays within ±127 and is the same for the same state", () => {
  const state = createState({ players: 4, points: 5, lives: 3 }, 9);
  const make = () => createBot({ slot: 2, skill: "hard", seed: 4 });
  const [one, two] = [make(), make()];
  const inputs = new Int8Array(4);

  for (let tick = 0; tick < 2000; tick++) {
    const input = botInput(one, state);
    expect(Math.abs(input)).toBeLessThanOrEqual(127);
    expect(botInput(two, state)).toBe(input);
    inputs[2] = input;
    step(state, inputs);
  }
});

const INPUTS = { easy: 64, normal: 96, hard: 127 } as const;

for (const [name, input] of Object.entries(INPUTS)) {
  Deno.test(`an ${name} bot steers by ${input}, and rests once it is two ticks' way from its target`, () => {
    // `INPUTS` has each skill.
    const bot = createBot({ slot: 1, skill: name as Skill, seed: 3 });
    const state = rally(RULES, { x: 800, y: 450, vx: 9, vy: 0 });
    botInput(bot, state);
    const near = 2 * input * PADDLE_SPEED;
    const inputs = [-near, -near + 1, 0, near - 1, near].map((away) => {
      state[PADDLE + 1] = bot.target - away;
      return botInput(bot, state);
    });

    expect(inputs).toEqual([-input, 0, 0, 0, input]);
  });
}

Deno.test("while no ball comes, a bot goes to the middle, and an easy one stays", () => {
  const away = rally(SQUARE, { x: 500, y: 500, vx: 9, vy: -9 });
  const at = { [PADDLE]: 0, [PADDLE + 3]: 300 * UNIT };
  const inputs = (values: Record<number, number>) =>
    (["easy", "normal"] as const).map((skill) => {
      const state = changed(away.slice(), { ...at, ...values });
      const bots = [0, 3].map((slot) => createBot({ slot, skill, seed: 1 }));
      return bots.map((bot) => botInput(bot, state));
    });

  expect(inputs({})).toEqual([[0, 0], [96, 96]]);
  expect(inputs({ [PADDLE]: 500 * UNIT })).toEqual([[0, 0], [0, 96]]);
  // Neither before the serve nor beside a wall of its own is there anything to reach.
  expect(inputs({ [PHASE]: SERVING, [BALL_VX]: -9 * UNIT })[0]).toEqual([0, 0]);
  expect(inputs({ [SCORE]: 0, [BALL_VX]: -9 * UNIT })[0]).toEqual([0, 0]);
  // One that flies along a side doesn't come either.
  expect(inputs({ [BALL_VX]: 0, [BALL_VY]: 0 })[0]).toEqual([0, 0]);
  const duel = rally(RULES, { x: 800, y: 200, vx: -9, vy: 0 });
  duel[PADDLE + 1] = 450 * UNIT;
  const right = createBot({ slot: 1, skill: "hard", seed: 1 });
  expect(botInput(right, duel)).toBe(0);
});

/** Lowest and highest target of many bots that see the same state. */
function targets(slot: number, skill: Skill, state: State) {
  const found = Array.from({ length: 2000 }, (_, seed) => {
    const bot = createBot({ slot, skill, seed });
    botInput(bot, state);
    return bot.target / UNIT;
  });
  return [Math.min(...found), Math.max(...found)];
}

Deno.test("a bot misjudges by at most its share of half a paddle, to either side", () => {
  const reach = (PADDLE_HALF + BALL_RADIUS) / UNIT;
  const state = rally(RULES, { x: 800, y: 450, vx: -9, vy: 0 });
  const shares = (["easy", "normal", "hard"] as const).map((skill) => {
    const [low, high] = targets(0, skill, state);
    return [450 - low, high - 450].map((error) => error / reach);
  });

  for (const [i, share] of [1.7, 1.2, 0.85].entries()) {
    for (const error of shares[i]) {
      expect(error).toBeLessThanOrEqual(share);
      expect(error).toBeGreaterThan(share - 0.02);
    }
  }
});

/** Slot, ball (x, y, velocity) and where it crosses that side, 56 units before the wall. */
// deno-fmt-ignore
const CROSSINGS: Readonly<Record<string, readonly number[]>> = {
  "straight on": [0, 500, 200, -9, 0, 200],
  "aslope to the right": [1, 500, 500, 8, 4, 722],
  "aslope to the top": [2, 500, 500, 4, -8, 722],
  "aslope to the bottom": [3, 500, 500, -4, 8, 278],
  "or where it is, if it is too slow": [0, 500, 300, -1, 1, 300],
  "or where it is, if another comes first": [0, 500, 500, -4, -8, 500],
};

for (const [how, [slot, x, y, vx, vy, at]] of Object.entries(CROSSINGS)) {
  Deno.test(`a bot foresees where the ball comes, ${how}`, () => {
    // The middle of what many guess.
    const state = rally(SQUARE, { x, y, vx, vy });
    const [low, high] = targets(slot, "hard", state);

    expect(Math.abs((low + high) / 2 - at)).toBeLessThan(10);
  });
}

Deno.test("a bot guesses once a flight, and anew after the next hit", () => {
  const bot = createBot({ slot: 0, skill: "hard", seed: 1 });
  const state = rally(RULES, { x: 800, y: 450, vx: -9, vy: 0 });
  const targetWith = (values: Record<number, number>) => {
    botInput(bot, changed(state, values));
    return bot.target;
  };
  const first = targetWith({});

  expect(targetWith({ [BALL_X]: 700 * UNIT, [BALL_Y]: 300 * UNIT }))
    .toBe(first);
  const second = targetWith({ [HITS]: 1 });
  expect(second).not.toBe(first);
  expect(targetWith({ [LAST_HIT]: 1 })).not.toBe(second);
  // After it went away, a ball that comes is another flight, even if nobody hit it.
  const third = targetWith({ [BALL_VY]: 0 });
  botInput(bot, changed(state, { [BALL_VX]: 9 * UNIT }));
  expect(targetWith({ [BALL_VX]: -9 * UNIT })).not.toBe(third);
});
