import { expect } from "@std/expect";
import { SLOTS_MAX } from "../../game/court.ts";
import {
  ABSENT_INPUT,
  createState,
  hashState,
  HITS,
  TICK,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";
import { Recorder } from "../../net/recording/recorder.ts";
import {
  RECORDED_TICKS_MAX,
  RECORDING_BYTES_MAX,
} from "../../net/recording/recording.ts";
import { openReplay } from "../../net/recording/replay.ts";
import { createRandom } from "../support/simulation.ts";
import {
  DUEL,
  encodeRecording,
  headerFor,
  playRecorded,
  recordScripted,
} from "./recorded_match.ts";

const FOUR = { players: 4, points: 1, lives: 99 };
const TEN_MINUTES_TICKS = 36_000;

/** Tells a recorder of so many ticks, without log and host. */
function dictate(
  ticks: number,
  inputFor: (slot: number, tick: number) => number,
  rules = FOUR,
): Recorder {
  const recorder = new Recorder(headerFor({ rules, seed: 5 }));
  const state = createState(rules, 5);
  recorder.begin(state, 0, -1);
  const inputs = new Int8Array(SLOTS_MAX);
  for (let tick = 0; tick < ticks; tick++) {
    for (let slot = 0; slot < rules.players; slot++) {
      inputs[slot] = inputFor(slot, tick);
    }
    step(state, inputs);
    recorder.follow(state, 0, inputs);
  }
  return recorder;
}

/** Nobody's input is ever like the one before. */
function restless(seed: number): () => number {
  const random = createRandom(seed);
  return () => Math.floor(random() * 255) - 127;
}

const swaying = (slot: number, tick: number) => (tick * (slot + 3)) % 128;
/** A recorder that comes late, and a second player who isn't there. */
const LATE = {
  inputFor: (slot: number) => slot === 1 ? ABSENT_INPUT : 20,
  isSeedKnown: false,
};

/** First and last tick of what follows without a gap. */
function segmentsIn(recorder: Recorder): readonly (readonly number[])[] {
  return openReplay(recorder.bytes()).match.segments
    .map(({ firstTick, lastTick }) => [firstTick, lastTick]);
}

Deno.test("ten minutes of four players who change their input every tick take at most 200 KB", () => {
  const bytes = dictate(TEN_MINUTES_TICKS, restless(1)).bytes();

  expect(bytes.length).toBeGreaterThan(3 * TEN_MINUTES_TICKS);
  expect(bytes.length).toBeLessThan(200_000);
  expect(openReplay(bytes).view.lastTick).toBe(TEN_MINUTES_TICKS);
});

Deno.test("ten minutes of two bots take less than 25 KB", () => {
  const rules = { players: 2, points: 11, lives: 1 };
  const [{ bytes, recorder }] = playRecorded({ seed: 5, rules });

  expect(recorder.tick).toBeGreaterThan(5000);
  expect(bytes.length / recorder.tick).toBeLessThan(25_000 / TEN_MINUTES_TICKS);
});

Deno.test("a recorder stops after an hour, and its recording says that it is incomplete", () => {
  const confirmedTick = RECORDED_TICKS_MAX + 200;
  const recorder = dictate(confirmedTick, restless(2));

  recorder.finish({ reason: "finished", winner: 0, hash: 0, confirmedTick });

  expect(recorder.isFull).toBe(true);
  expect(recorder.sealed.length).toBeLessThan(RECORDING_BYTES_MAX / 2);
  expect(openReplay(recorder.bytes()).view)
    .toMatchObject({ lastTick: RECORDED_TICKS_MAX, isIncomplete: true });
});

Deno.test("what is sealed only grows, lacks less than a second, and is a recording at any time", () => {
  const { recorder, pass } = recordScripted({ inputFor: swaying });
  let before = recorder.sealed;
  // State 0 follows from the header.
  expect(before).toEqual(encodeRecording([], headerFor({ seed: 8 })));
  for (let tick = 1; tick <= 200; tick++) {
    pass(1);
    const { sealed } = recorder;

    expect(sealed.subarray(0, before.length)).toEqual(before);
    expect(openReplay(sealed).view)
      .toMatchObject({ lastTick: tick - tick % 60, isUnfinished: true });
    expect(openReplay(recorder.bytes()).view.lastTick).toBe(tick);
    before = sealed;
  }
});

Deno.test("a recorder forgets what its host had confirmed alone, in its statistics too", () => {
  const { log, recorder, pass } = recordScripted({ seed: 4 });
  const together = recordScripted({ seed: 4, inputFor: () => 127 });
  // With this seed the first serve goes to where a paddle stands that never moves.
  while (recorder.tick < 400 && recorder.statistics.longestRallyHits === 0) {
    pass(1);
  }
  expect(recorder.statistics.longestRallyHits).toBe(1);
  const hitTick = recorder.tick;
  const { sealed } = recorder;
  together.advance(hitTick + 20);
  expect(together.play.confirmedState[HITS]).toBe(0);

  log.restart(together.play, hitTick - 1);

  const { match } = openReplay(recorder.bytes());
  expect(match.segments[0].lastTick).toBe(hitTick - 1);
  expect(match.statistics.longestRallyHits).toBe(0);
  expect(recorder.statistics).toEqual(match.statistics);
  expect(log.hashes().map(([tick]) => tick).slice(-2))
    .toEqual([hitTick - 1, hitTick + 20]);
  // The file isn't written anew: it says what counts no more.
  expect(recorder.sealed.subarray(0, sealed.length)).toEqual(sealed);
  expect(openReplay(recorder.sealed).view.lastTick).toBe(hitTick + 20);
});

for (const keptTick of [40, 100]) {
  Deno.test(`a recorder that goes on at tick 45 forgets who was dropped later (${keptTick} kept)`, () => {
    const { log, recorder, pass } = recordScripted({
      inputFor: (slot, tick) => slot === 1 && tick >= 50 ? ABSENT_INPUT : 0,
    });
    const together = recordScripted({});
    pass(60);
    expect(openReplay(recorder.bytes()).match.marks)
      .toEqual([{ tick: 51, kind: "dropped", slot: 1 }]);

    together.advance(45);
    log.restart(together.play, keptTick);
    together.advance(30);
    log.take(together.play);

    expect(openReplay(recorder.bytes()).match.marks).toEqual([]);
    expect(segmentsIn(recorder))
      .toEqual([[0, Math.min(keptTick, 44)], [45, 75]]);
  });
}

for (const fromTick of [0, 500]) {
  Deno.test(`a recorder that was not told the seed begins with the whole state ${fromTick}`, () => {
    const { play, log, recorder, advance, pass } = recordScripted(LATE);
    expect(recorder.tick).toBe(-1);
    expect(() => openReplay(recorder.bytes())).toThrow("nothing in it");

    advance(fromTick);
    log.restart(play, -1);
    pass(100);

    expect(segmentsIn(recorder)).toEqual([[fromTick, fromTick + 100]]);
    // Who was away before the recording began was not dropped in it.
    const dropped = { tick: 1, kind: "dropped", slot: 1 };
    const { marks } = openReplay(recorder.bytes()).match;
    expect(marks.filter(({ kind }) => kind !== "goal"))
      .toEqual(fromTick === 0 ? [dropped] : []);
  });
}

Deno.test("a recorder of which nothing counts any more begins with the next state", () => {
  const { play, log, recorder, advance } = recordScripted(LATE);
  for (const keptTick of [-1, 50]) {
    advance(100);
    log.restart(play, keptTick);
  }

  expect(segmentsIn(recorder)).toEqual([[200, 200]]);
  expect(openReplay(recorder.bytes()).match.marks).toEqual([]);
});

Deno.test("a finished recording takes nothing more", () => {
  const { play, log, recorder, pass } = recordScripted({});
  pass(100);
  const hash = hashState(play.confirmedState);
  const result = { winner: 0, confirmedTick: 100, hash } as const;
  recorder.finish({ ...result, reason: "walkover" });
  const bytes = recorder.bytes();
  expect(openReplay(bytes).view)
    .toMatchObject({ isIncomplete: false, isUnfinished: false });
  expect(recorder.sealed).toEqual(bytes);

  pass(100);
  log.restart(play, 50);
  recorder.finish({ ...result, reason: "desync" });

  expect(recorder.bytes()).toEqual(bytes);
});

const ENDLESS: readonly (readonly [string, () => Recorder])[] = [
  ["comes and goes", () => {
    const inputFor = (slot: number, tick: number) =>
      slot === 1 && tick % 2 === 0 ? ABSENT_INPUT : 0;
    return dictate(80_000, inputFor, DUEL);
  }],
  ["begins again", () => {
    const recorder = new Recorder(headerFor());
    const state = createState(DUEL, 8);
    while (!recorder.isFull && state[TICK]++ < 20_000) {
      recorder.begin(state, 0, state[TICK]);
    }
    return recorder;
  }],
];

for (const [what, fill] of ENDLESS) {
  Deno.test(`a recorder stops when somebody ${what} without end`, () => {
    const recorder = fill();
    expect(recorder.isFull).toBe(true);
    const { tick } = recorder;
    const bytes = recorder.bytes();

    recorder.follow(createState(DUEL, 8), 0, new Int8Array(SLOTS_MAX));
    recorder.begin(createState(DUEL, 8), 0, -1);

    expect(recorder.bytes().length).toBe(bytes.length);
    expect(bytes.length).toBeLessThan(0.8 * RECORDING_BYTES_MAX);
    expect(openReplay(bytes).view.lastTick).toBe(tick);
  });
}
