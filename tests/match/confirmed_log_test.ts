import { expect } from "@std/expect";
import { createState, hashState, TICK } from "../../game/state.ts";
import { step } from "../../game/step.ts";
import {
  ConfirmedLog,
  type ConfirmedPlay,
} from "../../net/match/confirmed_log.ts";

const RULES = { players: 2, points: 9, lives: 1 };

/** A match in which slot `s` has input `tick % 50 + s` at each tick. */
class StubPlay implements ConfirmedPlay {
  era = 0;
  /** Of the hash of each state, as if the host computed otherwise. */
  error = 0;
  readonly confirmedState = createState(RULES, 1);
  readonly #hashes = [hashState(this.confirmedState)];

  get confirmedTick(): number {
    return this.confirmedState[TICK];
  }

  inputAt(slot: number, tick: number): number {
    return slot < 2 ? tick % 50 + slot : 0;
  }

  hashAt(tick: number): number | undefined {
    return this.#hashes[tick];
  }

  advance(ticks: number): void {
    for (let i = 0; i < ticks; i++) {
      const inputs = [0, 1, 2, 3].map((s) =>
        this.inputAt(s, this.confirmedTick)
      );
      step(this.confirmedState, Int8Array.from(inputs));
      const hash = hashState(this.confirmedState) + this.error;
      this.#hashes[this.confirmedTick] = hash;
    }
  }
}

type Told = readonly ["begin" | "follow", ...unknown[]];

/** A log, and what its reader was told: tick, hash, era, and the tick kept or the inputs. */
function createLog(isFromStart = true) {
  const told: Told[] = [];
  const log = new ConfirmedLog({
    ...(isFromStart && { initial: createState(RULES, 1) }),
    reader: {
      begin: (state, era, keptTick) =>
        told.push(["begin", state[TICK], hashState(state), era, keptTick]),
      follow: (state, era, inputs) =>
        told.push(["follow", state[TICK], hashState(state), era, [...inputs]]),
    },
  });
  return { log, told };
}

Deno.test("a log tells its reader each confirmed state once, and the inputs that led to it", () => {
  const play = new StubPlay();
  const { log, told } = createLog();
  for (const ticks of [0, 3, 1, 0, 2]) {
    play.advance(ticks);
    log.take(play);
    play.era++;
  }

  const hash = (tick: number) => play.hashAt(tick) ?? -1;
  expect(log.tick).toBe(6);
  expect(told).toEqual([
    ["begin", 0, hash(0), 0, -1],
    ["follow", 1, hash(1), 1, [0, 1, 0, 0]],
    ["follow", 2, hash(2), 1, [1, 2, 0, 0]],
    ["follow", 3, hash(3), 1, [2, 3, 0, 0]],
    ["follow", 4, hash(4), 2, [3, 4, 0, 0]],
    ["follow", 5, hash(5), 4, [4, 5, 0, 0]],
    ["follow", 6, hash(6), 4, [5, 6, 0, 0]],
  ]);
});

Deno.test("a log keeps 256 hashes, and of older ones every 60th", () => {
  const play = new StubPlay();
  const { log } = createLog();
  for (let i = 0; i < 5; i++) {
    play.advance(100);
    log.take(play);
  }

  const recent = Array.from({ length: 256 }, (_, i) => 245 + i);
  expect(log.hashes()).toEqual(
    [0, 60, 120, 180, 240, ...recent].map((tick) => [tick, play.hashAt(tick)]),
  );
});

Deno.test("a log's hashes are the host's, and its states those that the inputs give", () => {
  const play = new StubPlay();
  const { log, told } = createLog();
  play.error = 1;
  play.advance(1);
  log.take(play);

  const right = hashState(play.confirmedState);
  expect(log.hashes()[1]).toEqual([1, right + 1]);
  expect(told[1]).toEqual(["follow", 1, right, 0, [0, 1, 0, 0]]);
});

for (const [behind, how] of [[128, "follow"], [129, "begin"]] as const) {
  Deno.test(`a log that is ${behind} ticks behind goes on with "${how}"`, () => {
    const play = new StubPlay();
    const { log, told } = createLog();
    play.advance(10);
    log.take(play);

    play.advance(behind);
    log.take(play);

    expect(told[11].slice(0, 2)).toEqual([how, how === "begin" ? 139 : 11]);
    expect(log.tick).toBe(play.confirmedTick);
    expect(told.at(-1)?.[2]).toBe(play.hashAt(log.tick));
    if (how === "begin") expect(told[11][4]).toBe(10);
  });
}

Deno.test("a log begins with what it finds where it comes late, or where a hash is missing", () => {
  const play = new StubPlay();
  play.advance(7);
  const { log, told } = createLog(false);
  expect(log.tick).toBe(-1);

  log.take(play);
  play.advance(2);
  log.take({
    ...{ confirmedTick: 9, confirmedState: play.confirmedState, era: 3 },
    inputAt: () => 0,
    hashAt: (tick) => tick === 8 ? undefined : 5,
  });

  expect(told.map(([what, tick, , era, kept]) => [what, tick, era, kept]))
    .toEqual([["begin", 7, 0, -1], ["begin", 9, 3, 7]]);
});

for (
  const [aloneTicks, keptTick, kept] of [
    ...[[30, 4, [0, 1, 2, 3, 4]], [30, -1, []], [400, 60, [0]]] as const,
    [30, 40, Array.from({ length: 20 }, (_, tick) => tick)],
  ] as const
) {
  Deno.test(`a log that went on alone to ${aloneTicks} forgets that when it returns at 20 (${keptTick} kept)`, () => {
    const [alone, together] = [new StubPlay(), new StubPlay()];
    const { log, told } = createLog();
    for (let tick = 10; tick <= aloneTicks; tick += 10) {
      alone.advance(10);
      log.take(alone);
    }
    together.advance(20);
    together.era = 2;

    const before = log.hashes();
    const gone = before.filter(([tick]) => !(kept as number[]).includes(tick));
    expect(log.takenBack).toEqual([]);
    log.restart(together, keptTick);
    expect(log.takenBack).toEqual(gone.slice(-256));
    together.advance(1);
    log.take(together);

    expect(log.hashes().map(([tick]) => tick)).toEqual([...kept, 20, 21]);
    expect(told.at(-2)?.slice(3)).toEqual([2, Math.min(keptTick, 19)]);
    expect(told.at(-1)?.slice(0, 2)).toEqual(["follow", 21]);
    log.restart(together, 20);
    const all = [...gone, [21, together.hashAt(21)]];
    expect(log.takenBack).toEqual(all.slice(-256));
  });
}
