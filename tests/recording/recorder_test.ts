import { expect } from "@std/expect";
import { ABSENT_INPUT, hashState, HITS } from "../../game/state.ts";
import { Recorder } from "../../net/recording/recorder.ts";
import {
  RECORDED_TICKS_MAX,
  RECORDING_BYTES_MAX,
} from "../../net/recording/recording.ts";
import { openReplay } from "../../net/recording/replay.ts";
import { createRandom } from "../support/simulation.ts";
import { createScripted, headerFor, playRecorded } from "./recorded_match.ts";

const DUEL = { players: 2, points: 3, lives: 1 };
const FOUR = { players: 4, points: 1, lives: 99 };
const TEN_MINUTES_TICKS = 36_000;

Deno.test("ten minutes of four players who change their input every tick take at most 200 KB", () => {
  const random = createRandom(1);
  const inputFor = () => Math.floor(random() * 255) - 127;
  const match = createScripted({ rules: FOUR, seed: 5, inputFor });
  const recorder = new Recorder(headerFor(FOUR, { seed: 5, slot: 0 }));
  while (match.play.confirmedTick < TEN_MINUTES_TICKS) {
    match.advance(1);
    recorder.take(match.play);
  }

  const bytes = recorder.bytes();

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
  const random = createRandom(2);
  const inputFor = () => Math.floor(random() * 255) - 127;
  const match = createScripted({ rules: FOUR, seed: 6, inputFor });
  const recorder = new Recorder(headerFor(FOUR, { seed: 6, slot: 0 }));
  while (match.play.confirmedTick < RECORDED_TICKS_MAX + 200) {
    match.advance(100);
    recorder.take(match.play);
  }

  const bytes = recorder.finish({
    ...{ reason: "finished", winner: 0, hash: 0 },
    confirmedTick: match.play.confirmedTick,
  });

  expect(recorder.isFull).toBe(true);
  expect(bytes.length).toBeLessThan(RECORDING_BYTES_MAX);
  expect(openReplay(bytes).view)
    .toMatchObject({ lastTick: RECORDED_TICKS_MAX, isIncomplete: true });
});

Deno.test("a recorder that is called seldom records the same", () => {
  const recorded = (everyTicks: number) => {
    const inputFor = (slot: number, tick: number) => (tick * (slot + 3)) % 128;
    const match = createScripted({ rules: DUEL, seed: 7, inputFor });
    const recorder = new Recorder(headerFor(DUEL, { seed: 7, slot: 0 }));
    while (match.play.confirmedTick < 1200) {
      match.advance(everyTicks);
      recorder.take(match.play);
    }
    return recorder.bytes();
  };

  expect(recorded(120)).toEqual(recorded(1));
});

Deno.test("a recorder that is called too seldom leaves a gap, not a lie", () => {
  const inputFor = (slot: number, tick: number) => (tick * (slot + 3)) % 128;
  const match = createScripted({ rules: DUEL, seed: 7, inputFor });
  const recorder = new Recorder(headerFor(DUEL, { seed: 7, slot: 0 }));
  for (const ticks of [50, 1000, 50]) {
    match.advance(ticks);
    recorder.take(match.play);
  }

  const { segments } = openReplay(recorder.bytes()).match;

  expect(segments.map(({ firstTick, lastTick }) => [firstTick, lastTick]))
    .toEqual([[0, 50], [1050, 1100]]);
});

Deno.test("a recorder forgets what its host had confirmed alone, in its statistics too", () => {
  const scripted = (input: number) =>
    createScripted({ rules: DUEL, seed: 4, inputFor: () => input });
  const [alone, together] = [scripted(0), scripted(127)];
  const recorder = new Recorder(headerFor(DUEL, { seed: 4, slot: 0 }));
  // With this seed the first serve goes to where a paddle stands that never moves.
  while (recorder.tick < 400 && recorder.statistics.longestRallyHits === 0) {
    alone.advance(1);
    recorder.take(alone.play);
  }
  expect(recorder.statistics.longestRallyHits).toBe(1);
  const hitTick = recorder.tick;
  together.advance(hitTick + 20);
  expect(together.play.confirmedState[HITS]).toBe(0);

  recorder.restart(together.play, hitTick - 1);

  const { match } = openReplay(recorder.bytes());
  expect(match.segments[0].lastTick).toBe(hitTick - 1);
  expect(match.statistics.longestRallyHits).toBe(0);
  expect(recorder.statistics).toEqual(match.statistics);
});

Deno.test("a recorder doesn't believe inputs of long ago that newer ones have replaced", () => {
  const inputFor = (_: number, tick: number) => tick % 100;
  const { play, advance } = createScripted({
    ...{ rules: DUEL, seed: 7, inputFor, aheadTicks: 100 },
  });
  const recorder = new Recorder(headerFor(DUEL, { seed: 7, slot: 0 }));
  for (const ticks of [50, 200, 50]) {
    advance(ticks);
    recorder.take(play);
  }

  const replay = openReplay(recorder.bytes());
  replay.seek(300);

  expect(replay.match.segments.length).toBe(2);
  expect(hashState(replay.state)).toBe(play.hashAt(300));
});

for (const keptTick of [40, 100]) {
  Deno.test(`a recorder that goes on at tick 45 forgets who was dropped later (${keptTick} kept)`, () => {
    const scripted = (inputFor: (slot: number, tick: number) => number) =>
      createScripted({ rules: DUEL, seed: 4, inputFor });
    const alone = scripted((slot, tick) =>
      slot === 1 && tick >= 50 ? ABSENT_INPUT : 0
    );
    const together = scripted(() => 0);
    const recorder = new Recorder(headerFor(DUEL, { seed: 4, slot: 0 }));
    alone.advance(60);
    recorder.take(alone.play);
    expect(openReplay(recorder.bytes()).match.marks)
      .toEqual([{ tick: 51, kind: "dropped", slot: 1 }]);

    together.advance(45);
    recorder.restart(together.play, keptTick);
    together.advance(30);
    recorder.take(together.play);

    const { view, match } = openReplay(recorder.bytes());
    expect(match.marks).toEqual([]);
    expect(view.lastTick).toBe(75);
  });
}

for (const fromTick of [0, 500]) {
  Deno.test(`a recorder that was not told the seed begins with the whole state ${fromTick}`, () => {
    const inputFor = (slot: number) => slot === 1 ? ABSENT_INPUT : 20;
    const { play, advance } = createScripted({
      ...{ rules: DUEL, seed: 8, inputFor },
    });
    const recorder = new Recorder(headerFor(DUEL, { seed: null, slot: 0 }));
    expect(recorder.tick).toBe(-1);
    expect(() => openReplay(recorder.bytes())).toThrow("nothing in it");

    advance(fromTick);
    recorder.restart(play, -1);
    advance(100);
    recorder.take(play);

    const { view, match } = openReplay(recorder.bytes());
    const lastTick = fromTick + 100;
    expect(view).toMatchObject({ firstTick: fromTick, lastTick });
    // Who was away before the recording began was not dropped in it.
    const dropped = { tick: 1, kind: "dropped", slot: 1 };
    expect(match.marks.filter(({ kind }) => kind !== "goal"))
      .toEqual(fromTick === 0 ? [dropped] : []);
  });
}

Deno.test("a finished recording takes nothing more", () => {
  const match = createScripted({ rules: DUEL, seed: 8, inputFor: () => 0 });
  const recorder = new Recorder(headerFor(DUEL, { seed: 8, slot: 0 }));
  match.advance(100);
  recorder.take(match.play);
  const bytes = recorder.finish({
    ...{ reason: "walkover", winner: 0, confirmedTick: 100 },
    hash: hashState(match.play.confirmedState),
  });
  expect(openReplay(bytes).view.isIncomplete).toBe(false);

  match.advance(100);
  recorder.take(match.play);
  recorder.restart(match.play, 50);

  expect(recorder.bytes()).toEqual(bytes);
});

const ENDLESS:
  readonly (readonly [string, (tick: number) => number, boolean])[] = [
    ["comes and goes", (tick) => tick % 2 === 0 ? 0 : ABSENT_INPUT, false],
    ["begins again", () => 0, true],
  ];

for (const [what, input, isRestarted] of ENDLESS) {
  Deno.test(`a recorder stops when somebody ${what} without end`, () => {
    const inputFor = (slot: number, tick: number) =>
      slot === 1 ? input(tick) : 0;
    const { play, advance } = createScripted({
      rules: DUEL,
      seed: 8,
      inputFor,
    });
    const recorder = new Recorder(headerFor(DUEL, { seed: 8, slot: 0 }));
    for (let tick = 1; tick < 4000; tick++) {
      advance(1);
      if (isRestarted) recorder.restart(play, tick);
      else recorder.take(play);
    }

    expect(recorder.isFull).toBe(true);
    expect(openReplay(recorder.bytes()).view.lastTick).toBe(recorder.tick);
  });
}
