import { expect } from "@std/expect";
import { botInput, createBot, type Skill } from "../../game/bot.ts";
import { createState, OVER, PHASE, TICK, WINNER } from "../../game/state.ts";
import { step } from "../../game/step.ts";

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
