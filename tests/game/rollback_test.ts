import { expect } from "@std/expect";
import { createPong } from "../../game/pong.ts";
import { OPEN_END } from "../../game/presence.ts";
import {
  type Game,
  PREDICTION_TICKS_MAX,
  Rollback,
} from "../../game/rollback.ts";
import { ABSENT_INPUT, BALL_X, OVER, PHASE, TICK } from "../../game/state.ts";
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

/** Inputs that differ from the ones before, so that none is ever predicted right. */
function drawUnsteady(seed: number, ticks: number): number[][] {
  return drawInputs(seed, ticks).map((row, tick) =>
    row.map((input) => tick % 2 === 0 ? input : -input - 1)
  );
}

for (let late = 1; late <= PREDICTION_TICKS_MAX; late++) {
  Deno.test(`a match that rolls back ${late} ticks on every tick gives the same hashes`, () => {
    const inputs = drawUnsteady(late, 1200);
    const game = createPong(RULES, late);

    const { hashes, rollback } = playLate(game, inputs, late);

    expect(hashes).toEqual(playOnTime(game, inputs));
    expect(rollback.rollbacks).toBeGreaterThan(1150);
    expect(rollback.resimulatedTicks).toBeGreaterThan(1150 * late);
  });
}

Deno.test("a rule that looks at more than the state is caught by rolling back", () => {
  const inputs = drawUnsteady(3, 600);
  const createBroken = (): Game => {
    const pong = createPong(RULES, 3);
    let calls = 0;
    const step: Game["step"] = (state, input, offset) => {
      pong.step(state, input, offset);
      if (++calls % 97 === 0) state[BALL_X] += 1;
    };
    return { ...pong, step };
  };

  expect(playLate(createBroken(), inputs, 5).hashes)
    .not.toEqual(playOnTime(createBroken(), inputs));
});

Deno.test("a right prediction costs no rollback", () => {
  const inputs = Array(300).fill([0, 0, 0, 0]);

  const { rollback } = playLate(createPong(RULES, 1), inputs, 10);

  expect([rollback.rollbacks, rollback.resimulatedTicks, rollback.deepestTicks])
    .toEqual([0, 0, 0]);
});

Deno.test("the window is full 15 ticks after the last confirmed state", () => {
  const rollback = new Rollback(createPong(RULES, 1), 4);

  for (let tick = 0; tick < PREDICTION_TICKS_MAX; tick++) {
    expect(rollback.isFull).toBe(false);
    rollback.advance();
  }

  expect(rollback.isFull).toBe(true);
});

/** Its state is the inputs of the tick before. */
const ECHO: Game = {
  isState: () => true,
  initial: new Int32Array(4),
  step: (state, inputs, offset) =>
    state.set(inputs.subarray(offset, offset + 4)),
  hash: ([first, second]) => 1000 * first + second,
};

/** Two slots after so many ticks for which nothing had come, and what is needed all the time. */
function echo(ticks: number) {
  const rollback = new Rollback(ECHO, 2);
  const advance = (count: number) => {
    for (let tick = 0; tick < count; tick++) rollback.advance();
  };
  const add = (slot: number, from: number, ...inputs: number[]) =>
    inputs.forEach((input, i) => rollback.addInput(slot, from + i, input));
  /** What both slots were simulated with, from the confirmed tick on. */
  const simulated = () => {
    const { tick, confirmedTick: from } = rollback;
    const ticks = Array.from({ length: tick - from }, (_, i) => from + 1 + i);
    return ticks.map((at) => [...rollback.stateAt(at).subarray(0, 2)]);
  };
  advance(ticks);
  return { rollback, advance, add, simulated };
}

Deno.test("a missing input is guessed to be the last one, and simulated again once it proves wrong", () => {
  const { rollback, add, simulated } = echo(3);

  add(1, 0, 0, 7);
  rollback.settle();
  expect(simulated()).toEqual([[0, 0], [0, 7], [0, 7]]);
  add(1, 2, 7, 8);
  add(0, 0, 5);
  rollback.settle();
  rollback.settle();

  expect(simulated()).toEqual([[5, 0], [5, 7], [5, 7]]);
  expect([rollback.rollbacks, rollback.resimulatedTicks, rollback.deepestTicks])
    .toEqual([2, 2 + 3, 3]);
  rollback.advance();
  expect([...rollback.state]).toEqual([5, 8, 0, 0]);
});

Deno.test("a state is confirmed once all inputs before it have come, and kept from then on", () => {
  const { rollback, add } = echo(3);
  add(1, 0, 1, 2);
  expect(rollback.confirmNext()).toBe(false);
  add(0, 0, 5, 6, 7, 8);
  rollback.settle();

  const confirmed = [1, 2, 3].map(() => rollback.confirmNext());

  expect(confirmed).toEqual([true, true, false]);
  expect(rollback.confirmedTick).toBe(2);
  expect([...rollback.confirmedState]).toEqual([6, 2, 0, 0]);
  expect([0, 1, 2, 3].map((tick) => rollback.hashAt(tick)))
    .toEqual([0, 5001, 6002, undefined]);
  expect(() => rollback.stateAt(-1)).toThrow(RangeError);
  expect([...rollback.stateAt(3)]).toEqual([7, 2, 0, 0]);
  expect(() => rollback.stateAt(4)).toThrow(RangeError);
  // Nothing is confirmed that isn't simulated.
  add(1, 2, 2, 2);
  expect([rollback.confirmNext(), rollback.confirmNext()])
    .toEqual([true, false]);
});

Deno.test("inputs and hashes are kept for 256 ticks", () => {
  const rollback = new Rollback(ECHO, 1);
  for (let tick = 0; tick < 300; tick++) {
    rollback.addInput(0, tick, tick % 100);
    rollback.advance();
    rollback.confirmNext();
  }

  expect([44, 45, 300, 301].map((tick) => rollback.hashAt(tick)))
    .toEqual([undefined, 44_000, 99_000, undefined]);
  // Nobody can say any more whether an older one was another.
  expect(rollback.addInput(0, 43, 1)).toBe("known");
  expect(rollback.addInput(0, 44, 1)).toBe("conflict");
});

Deno.test("who is absent needs no input, and ticks that were simulated with one are simulated again", () => {
  const { rollback, advance, add, simulated } = echo(4);
  add(0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
  add(1, 0, 9, 9, 9);
  rollback.settle();
  const before = rollback.rollbacks;

  const left = [{ epoch: 0, from: 0, to: 1 }];
  rollback.setPresence(1, left);
  rollback.settle();

  expect(rollback.have(1)).toBe(1);
  expect(rollback.nextInputTick(1)).toBe(OPEN_END);
  expect(simulated())
    .toEqual([[1, 9], [2, 9], [3, ABSENT_INPUT], [4, ABSENT_INPUT]]);
  expect(rollback.rollbacks).toBe(before + 1);
  expect(rollback.addInput(1, 2, 9)).toBe("gap");
  expect([1, 2, 3, 4, 5].map(() => rollback.confirmNext()))
    .toEqual([true, true, true, true, false]);
  expect([0, 1, 2].map((slot) => rollback.countedInput(slot, 2)))
    .toEqual([3, ABSENT_INPUT, 0]);
  expect(rollback.countedInput(1, 1)).toBe(9);

  rollback.setPresence(1, [...left, { epoch: 1, from: 6, to: OPEN_END }]);
  advance(4);
  expect(simulated())
    .toEqual([[5, ABSENT_INPUT], [6, ABSENT_INPUT], [7, 0], [8, 0]]);
  expect([rollback.have(1), rollback.nextInputTick(1)]).toEqual([5, 6]);
  expect(rollback.addInput(1, 3, 1)).toBe("known");
  expect(rollback.addInput(1, 6, 4)).toBe("added");
  rollback.settle();
  expect(simulated().slice(2)).toEqual([[7, 4], [8, 4]]);
});

Deno.test("ticks in which nobody plays are known as soon as all inputs before them are", () => {
  const { rollback, add } = echo(0);
  const left = { epoch: 0, from: 0, to: 1 };
  rollback.setPresence(1, [left, { epoch: 1, from: 6, to: OPEN_END }]);
  add(1, 0, 9);
  expect(rollback.have(1)).toBe(0);
  add(1, 1, 9);

  expect([rollback.have(1), rollback.nextInputTick(1)]).toEqual([5, 6]);
});

Deno.test("what a restarted process does isn't guessed from what the one before did", () => {
  const { rollback, advance, add, simulated } = echo(0);
  const left = { epoch: 0, from: 0, to: 1 };
  rollback.setPresence(1, [left, { epoch: 1, from: 2, to: OPEN_END }]);
  add(1, 0, 9, 9);
  advance(4);

  expect(simulated()).toEqual([[0, 9], [0, 9], [0, 0], [0, 0]]);
  expect(rollback.countedInput(1, 3)).toBe(0);
});

Deno.test("a change of presence that changes no tick is no rollback", () => {
  const { rollback } = echo(3);
  const resimulatedFor = (to: number) => {
    rollback.setPresence(1, [{ epoch: 0, from: 0, to }]);
    rollback.settle();
    return [rollback.rollbacks, rollback.resimulatedTicks];
  };

  expect([2, 1].map(resimulatedFor)).toEqual([[0, 0], [1, 1]]);
});

Deno.test("a host that comes later begins with a snapshot and knows nothing of before", () => {
  const snapshot = { tick: 1000, state: Int32Array.of(3, 4, 0, 0) };
  const rollback = new Rollback(ECHO, 2, snapshot);

  expect([rollback.tick, rollback.confirmedTick, rollback.firstTick])
    .toEqual([1000, 1000, 1000]);
  expect([...rollback.state]).toEqual([3, 4, 0, 0]);
  expect(rollback.state).not.toBe(snapshot.state);
  expect(rollback.hashAt(1000)).toBe(3004);
  expect(rollback.hashAt(999)).toBeUndefined();
  expect(rollback.addInput(0, 999, 1)).toBe("known");
  // It guesses 0 rather than something that it never heard.
  expect(rollback.countedInput(0, 1000)).toBe(0);
  expect(rollback.addInput(0, 1000, 1)).toBe("added");
});

Deno.test("an input is taken once, in order, and never changed", () => {
  const rollback = new Rollback(createPong(RULES, 1), 4);

  const verdicts = [[0, 5], [0, 5], [0, 6], [2, 7]]
    .map(([tick, input]) => rollback.addInput(1, tick, input));

  expect(verdicts).toEqual(["added", "known", "conflict", "gap"]);
  expect([rollback.have(1), rollback.inputAt(1, 0)]).toEqual([0, 5]);
});

Deno.test("inputs can't be added so far ahead that known ones are overwritten", () => {
  const rollback = new Rollback(createPong(RULES, 1), 4);

  for (let tick = 0; tick < 1000; tick++) rollback.addInput(2, tick, 1);

  expect(rollback.have(2)).toBe(127);
});

Deno.test("a confirmed match that is over stays over", () => {
  const inputs = drawInputs(5, 20_000);
  const game = createPong({ ...RULES, lives: 1 }, 5);

  const { rollback } = playLate(game, inputs, 7);

  expect(rollback.confirmedState[PHASE]).toBe(OVER);
  expect(rollback.confirmedState[TICK]).toBe(20_000);
});
