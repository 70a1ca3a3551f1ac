import { expect } from "@std/expect";
import { createPong } from "../../game/pong.ts";
import {
  type Game,
  PREDICTION_TICKS_MAX,
  Rollback,
} from "../../game/rollback.ts";
import { BALL_X, OVER, PHASE, TICK } from "../../game/state.ts";
import { createRandom } from "../support/simulation.ts";

const RULES = { players: 4, points: 3, lives: 3 };

/** Inputs that change at most every few ticks, by tick, then slot. */
function drawInputs(seed: number, ticks: number): number[][] {
  const random = createRandom(seed);
  const held = [0, 0, 0, 0];
  return Array.from({ length: ticks }, () => {
    for (let slot = 0; slot < 4; slot++) {
      if (random() < 0.2) held[slot] = Math.floor(random() * 255) - 127;
    }
    return held.slice();
  });
}

/** Hashes of all states of a match whose inputs are known in time. */
function playOnTime(game: Game, inputs: readonly number[][]): number[] {
  const state = game.initial.slice();
  const hashes = [game.hash(state)];
  for (const row of inputs) {
    game.step(state, Int8Array.from(row), 0);
    hashes.push(game.hash(state));
  }
  return hashes;
}

/** Plays with the inputs of slots 1–3 coming `late` ticks after they were needed. */
function playLate(
  game: Game,
  inputs: readonly number[][],
  late: number,
): { readonly hashes: number[]; readonly rollback: Rollback } {
  const rollback = new Rollback(game, 4);
  const hashes = [rollback.hashAt(0) ?? -1];
  for (let tick = 0; tick < inputs.length + late; tick++) {
    for (let slot = 0; slot < 4; slot++) {
      const at = slot === 0 ? tick : tick - late;
      if (inputs[at]) rollback.addInput(slot, at, inputs[at][slot]);
    }
    rollback.settle();
    while (rollback.confirmNext()) {
      hashes.push(rollback.hashAt(rollback.confirmedTick) ?? -1);
    }
    if (tick < inputs.length) rollback.advance();
  }
  return { hashes, rollback };
}

for (let late = 1; late <= PREDICTION_TICKS_MAX; late++) {
  Deno.test(`a match that rolls back ${late} ticks on every tick gives the same hashes`, () => {
    // An input that differs from the one before is never predicted right.
    const inputs = drawInputs(late, 1200).map((row, tick) =>
      row.map((input) => tick % 2 === 0 ? input : -input - 1)
    );
    const game = createPong(RULES, late);

    const { hashes, rollback } = playLate(game, inputs, late);

    expect(hashes).toEqual(playOnTime(game, inputs));
    expect(rollback.rollbacks).toBeGreaterThan(1150);
    expect(rollback.resimulatedTicks).toBeGreaterThan(1150 * late);
  });
}

Deno.test("a rule that looks at more than the state is caught by rolling back", () => {
  const inputs = drawInputs(3, 600).map((row, tick) =>
    row.map((input) => tick % 2 === 0 ? input : -input - 1)
  );
  const pong = createPong(RULES, 3);
  let calls = 0;
  const broken: Game = {
    ...pong,
    step: (state, input, offset) => {
      pong.step(state, input, offset);
      if (++calls % 97 === 0) state[BALL_X] += 1;
    },
  };

  const { hashes } = playLate(broken, inputs, 5);

  calls = 0;
  expect(hashes).not.toEqual(playOnTime(broken, inputs));
});

Deno.test("a right prediction costs no rollback", () => {
  const inputs = drawInputs(1, 300).map(() => [0, 0, 0, 0]);

  const { rollback } = playLate(createPong(RULES, 1), inputs, 10);

  expect(rollback.rollbacks).toBe(0);
});

Deno.test("the window is full 15 ticks after the last confirmed state", () => {
  const rollback = new Rollback(createPong(RULES, 1), 4);

  for (let tick = 0; tick < PREDICTION_TICKS_MAX; tick++) {
    expect(rollback.isFull).toBe(false);
    rollback.advance();
  }

  expect(rollback.isFull).toBe(true);
});

Deno.test("an input is taken once, in order, and never changed", () => {
  const rollback = new Rollback(createPong(RULES, 1), 4);

  expect(rollback.addInput(1, 0, 5)).toBe("added");
  expect(rollback.addInput(1, 0, 5)).toBe("known");
  expect(rollback.addInput(1, 0, 6)).toBe("conflict");
  expect(rollback.addInput(1, 2, 7)).toBe("gap");
  expect(rollback.have(1)).toBe(0);
  expect(rollback.inputAt(1, 0)).toBe(5);
});

Deno.test("inputs can't be added so far ahead that known ones are overwritten", () => {
  const rollback = new Rollback(createPong(RULES, 1), 4);

  for (let tick = 0; tick < 1000; tick++) rollback.addInput(2, tick, 1);

  expect(rollback.have(2)).toBeLessThan(128);
});

Deno.test("a confirmed match that is over stays over", () => {
  const inputs = drawInputs(5, 20_000);
  const game = createPong({ ...RULES, lives: 1 }, 5);

  const { rollback } = playLate(game, inputs, 7);

  expect(rollback.confirmedState[PHASE]).toBe(OVER);
  expect(rollback.confirmedState[TICK]).toBe(20_000);
});
