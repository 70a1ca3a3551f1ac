import { expect } from "@std/expect";
import { type Rules, SLOTS_MAX } from "../../game/court.ts";
import {
  ABSENT_INPUT,
  createState,
  hashState,
  HITS,
  TICK,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";
import {
  RECORDED_TICKS_MAX,
  RECORDING_BYTES_MAX,
} from "../../net/recording/recording.ts";
import { openReplay } from "../../net/recording/replay.ts";
import { createRandom } from "../support/simulation.ts";
import {
  createScripted,
  encodeRecording,
  headerFor,
  playRecorded,
  type Recorded,
  type ScriptedMatch,
  startRecording,
} from "./recorded_match.ts";

const DUEL = { players: 2, points: 3, lives: 1 };
const FOUR = { players: 4, points: 1, lives: 99 };
const TEN_MINUTES_TICKS = 36_000;

/** Plays and records to a tick, `everyTicks` at once. */
function record(
  { play, advance }: ScriptedMatch,
  { log }: Recorded,
  { untilTick, everyTicks = 1 }: {
    readonly untilTick: number;
    readonly everyTicks?: number;
  },
): void {
  while (play.confirmedTick < untilTick) {
    advance(everyTicks);
    log.take(play);
  }
}

/** Tells a recorder of a match of so many ticks; without log and host. */
function dictate(
  { recorder }: Recorded,
  { rules, seed, ticks, inputFor }: {
    readonly rules: Rules;
    readonly seed: number;
    readonly ticks: number;
    readonly inputFor: (slot: number, tick: number) => number;
  },
): void {
  const state = createState(rules, seed);
  const inputs = new Int8Array(SLOTS_MAX);
  for (let tick = 0; tick < ticks; tick++) {
    for (let slot = 0; slot < rules.players; slot++) {
      inputs[slot] = inputFor(slot, tick);
    }
    step(state, inputs);
    recorder.follow(state, 0, inputs);
  }
}

/** Nobody's input is ever like the one before. */
function restless(seed: number): () => number {
  const random = createRandom(seed);
  return () => Math.floor(random() * 255) - 127;
}

const swaying = (slot: number, tick: number) => (tick * (slot + 3)) % 128;

function segmentsIn({ recorder }: Recorded): readonly (readonly number[])[] {
  return openReplay(recorder.bytes()).match.segments
    .map(({ firstTick, lastTick }) => [firstTick, lastTick]);
}

Deno.test("ten minutes of four players who change their input every tick take at most 200 KB", () => {
  const recorded = startRecording(FOUR, { seed: 5 });
  const terms = { rules: FOUR, seed: 5, inputFor: restless(1) };
  dictate(recorded, { ...terms, ticks: TEN_MINUTES_TICKS });

  const bytes = recorded.recorder.bytes();

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
  const recorded = startRecording(FOUR, { seed: 6 });
  const { recorder } = recorded;
  const terms = { rules: FOUR, seed: 6, inputFor: restless(2) };
  dictate(recorded, { ...terms, ticks: RECORDED_TICKS_MAX + 200 });

  const confirmedTick = RECORDED_TICKS_MAX + 200;
  recorder.finish({ reason: "finished", winner: 0, hash: 0, confirmedTick });

  expect(recorder.isFull).toBe(true);
  expect(recorder.sealed.length).toBeLessThan(RECORDING_BYTES_MAX / 2);
  expect(openReplay(recorder.bytes()).view)
    .toMatchObject({ lastTick: RECORDED_TICKS_MAX, isIncomplete: true });
});

Deno.test("a recorder that is called seldom records the same", () => {
  const bytes = (everyTicks: number) => {
    const match = createScripted({ rules: DUEL, seed: 7, inputFor: swaying });
    const recorded = startRecording(DUEL, { seed: 7 });
    record(match, recorded, { untilTick: 1200, everyTicks });
    return recorded.recorder.bytes();
  };

  expect(bytes(120)).toEqual(bytes(1));
});

Deno.test("what is sealed only grows, lacks less than a second, and is a recording at any time", () => {
  const match = createScripted({ rules: DUEL, seed: 7, inputFor: swaying });
  const recorded = startRecording(DUEL, { seed: 7 });
  const { recorder } = recorded;
  let before = recorder.sealed;
  // State 0 follows from the header.
  const header = headerFor(DUEL, { seed: 7, slot: 0 });
  expect(before).toEqual(encodeRecording({ header, chunks: [] }));
  for (let tick = 1; tick <= 200; tick++) {
    record(match, recorded, { untilTick: tick });
    const { sealed } = recorder;

    expect(sealed.subarray(0, before.length)).toEqual(before);
    expect(openReplay(sealed).view)
      .toMatchObject({ lastTick: tick - tick % 60, isUnfinished: true });
    expect(openReplay(recorder.bytes()).view.lastTick).toBe(tick);
    before = sealed;
  }
});

const CALLED: readonly (readonly [
  what: string,
  aheadTicks: number,
  ticks: readonly number[],
  segments: readonly (readonly number[])[],
])[] = [
  [
    "that is called too seldom leaves a gap, not a lie",
    ...[0, [50, 1000, 50], [[0, 50], [1050, 1100]]] as const,
  ],
  [
    "doesn't believe inputs of long ago that newer ones have replaced",
    ...[100, [50, 200, 50], [[0, 50], [250, 300]]] as const,
  ],
];

for (const [what, aheadTicks, ticks, segments] of CALLED) {
  Deno.test(`a recorder ${what}`, () => {
    const { play, advance } = createScripted({
      ...{ rules: DUEL, seed: 7, inputFor: swaying, aheadTicks },
    });
    const recorded = startRecording(DUEL, { seed: 7 });
    for (const more of ticks) {
      advance(more);
      recorded.log.take(play);
    }

    expect(segmentsIn(recorded)).toEqual(segments);
    const replay = openReplay(recorded.recorder.bytes());
    replay.seek(play.confirmedTick);
    expect(hashState(replay.state)).toBe(play.hashAt(play.confirmedTick));
  });
}

Deno.test("a recorder forgets what its host had confirmed alone, in its statistics too", () => {
  const scripted = (input: number) =>
    createScripted({ rules: DUEL, seed: 4, inputFor: () => input });
  const [alone, together] = [scripted(0), scripted(127)];
  const { log, recorder } = startRecording(DUEL, { seed: 4 });
  // With this seed the first serve goes to where a paddle stands that never moves.
  while (recorder.tick < 400 && recorder.statistics.longestRallyHits === 0) {
    alone.advance(1);
    log.take(alone.play);
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
    const scripted = (inputFor: (slot: number, tick: number) => number) =>
      createScripted({ rules: DUEL, seed: 4, inputFor });
    const alone = scripted((slot, tick) =>
      slot === 1 && tick >= 50 ? ABSENT_INPUT : 0
    );
    const together = scripted(() => 0);
    const { log, recorder } = startRecording(DUEL, { seed: 4 });
    alone.advance(60);
    log.take(alone.play);
    expect(openReplay(recorder.bytes()).match.marks)
      .toEqual([{ tick: 51, kind: "dropped", slot: 1 }]);

    together.advance(45);
    log.restart(together.play, keptTick);
    together.advance(30);
    log.take(together.play);

    const { view, match } = openReplay(recorder.bytes());
    expect(match.marks).toEqual([]);
    expect(match.segments.map(({ firstTick }) => firstTick)).toEqual([0, 45]);
    expect(match.segments[0].lastTick).toBe(Math.min(keptTick, 44));
    expect(view.lastTick).toBe(75);
  });
}

for (const fromTick of [0, 500]) {
  Deno.test(`a recorder that was not told the seed begins with the whole state ${fromTick}`, () => {
    const inputFor = (slot: number) => slot === 1 ? ABSENT_INPUT : 20;
    const { play, advance } = createScripted({
      ...{ rules: DUEL, seed: 8, inputFor },
    });
    const { log, recorder } = startRecording(DUEL, { seed: null });
    expect(recorder.tick).toBe(-1);
    expect(() => openReplay(recorder.bytes())).toThrow("nothing in it");

    advance(fromTick);
    log.restart(play, -1);
    advance(100);
    log.take(play);

    const { view, match } = openReplay(recorder.bytes());
    const lastTick = fromTick + 100;
    expect(view).toMatchObject({ firstTick: fromTick, lastTick });
    // Who was away before the recording began was not dropped in it.
    const dropped = { tick: 1, kind: "dropped", slot: 1 };
    expect(match.marks.filter(({ kind }) => kind !== "goal"))
      .toEqual(fromTick === 0 ? [dropped] : []);
  });
}

Deno.test("a recorder of which nothing counts any more begins with the next state", () => {
  const inputFor = (slot: number) => slot === 1 ? ABSENT_INPUT : 20;
  const { play, advance } = createScripted({ rules: DUEL, seed: 8, inputFor });
  const recorded = startRecording(DUEL, { seed: null });
  for (const tick of [100, 200]) {
    advance(100);
    recorded.log.restart(play, tick === 100 ? -1 : 50);
  }

  expect(segmentsIn(recorded)).toEqual([[200, 200]]);
  expect(openReplay(recorded.recorder.bytes()).match.marks).toEqual([]);
});

Deno.test("a finished recording takes nothing more", () => {
  const match = createScripted({ rules: DUEL, seed: 8, inputFor: () => 0 });
  const { log, recorder } = startRecording(DUEL, { seed: 8 });
  match.advance(100);
  log.take(match.play);
  const hash = hashState(match.play.confirmedState);
  const result = { winner: 0, confirmedTick: 100, hash } as const;
  recorder.finish({ ...result, reason: "walkover" });
  const bytes = recorder.bytes();
  expect(openReplay(bytes).view)
    .toMatchObject({ isIncomplete: false, isUnfinished: false });
  expect(recorder.sealed).toEqual(bytes);

  match.advance(100);
  log.take(match.play);
  log.restart(match.play, 50);
  recorder.finish({ ...result, reason: "desync" });

  expect(recorder.bytes()).toEqual(bytes);
});

Deno.test("a recorder stops when somebody comes and goes without end", () => {
  const inputFor = (slot: number, tick: number) =>
    slot === 1 && tick % 2 === 0 ? ABSENT_INPUT : 0;
  const recorded = startRecording(DUEL, { seed: 8 });
  dictate(recorded, { rules: DUEL, seed: 8, inputFor, ticks: 80_000 });

  expectFull(recorded);
});

Deno.test("a recorder stops when somebody begins again without end", () => {
  const recorded = startRecording(DUEL, { seed: 8 });
  const state = createState(DUEL, 8);
  while (!recorded.recorder.isFull && state[TICK]++ < 20_000) {
    recorded.recorder.begin(state, 0, state[TICK]);
  }

  expectFull(recorded);
});

/** Nothing more is recorded, and what was can be played. */
function expectFull({ recorder }: Recorded): void {
  expect(recorder.isFull).toBe(true);
  const { tick } = recorder;
  const bytes = recorder.bytes();
  recorder.follow(createState(DUEL, 8), 0, new Int8Array(SLOTS_MAX));
  recorder.begin(createState(DUEL, 8), 0, -1);

  expect(recorder.bytes().length).toBe(bytes.length);
  expect(bytes.length).toBeLessThan(0.8 * RECORDING_BYTES_MAX);
  expect(openReplay(bytes).view.lastTick).toBe(tick);
}
