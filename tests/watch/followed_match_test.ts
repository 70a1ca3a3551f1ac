/**
 * How far a watcher believes the members, from records and inputs made by hand.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  OPEN_END,
  type Presence,
  presentFromStart,
} from "../../game/presence.ts";
import { type Game, HISTORY_TICKS } from "../../game/rollback.ts";
import { ABSENT_INPUT } from "../../game/state.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import { NOBODY, type SnapshotPacket } from "../../net/match/wire/wire.ts";
import {
  FollowedMatch,
  HeardInputs,
  isSound,
} from "../../net/watch/followed_match.ts";
import { recordOf, type Saying } from "../support/slot_record.ts";

/** A game whose state is all inputs that counted. */
const GAME: Game = {
  initial: Int32Array.of(0, 1),
  step(state, inputs, offset) {
    state[0]++;
    for (let slot = 0; slot < 3; slot++) {
      state[1] = Math.imul(state[1], 31) + inputs[offset + slot];
    }
  },
  hash: (state) => state[1] >>> 0,
  isState: (state) => state.length === 2,
};

const ALL = 7;
const PRESENT = [0, 1, 2].map(() => presentFromStart(16));

/** What a slot's player does in a tick. */
function inputOf(slot: number, tick: number): number {
  return (tick * 7 + slot * 13) % 100;
}

/** The true states by tick; slot 2 is absent from that tick on. */
function play(ticks: number, goneAt = OPEN_END): readonly Int32Array[] {
  const states = [GAME.initial];
  for (let tick = 0; tick < ticks; tick++) {
    const state = states[tick].slice();
    const inputs = [0, 1, 2].map((slot) =>
      slot === 2 && tick >= goneAt ? ABSENT_INPUT : inputOf(slot, tick)
    );
    GAME.step(state, Int8Array.from(inputs), 0);
    states.push(state);
  }
  return states;
}

const TRUTH = play(600);
const PARTED = play(600, 20);

/** What a slot says once it has confirmed so much. */
function said(slot: number, confirmed: number, more: Saying = {}): SlotRecord {
  return recordOf(slot, {
    ...{ epoch: 16, beat: confirmed, members: ALL, hears: ALL, confirmed },
    ...{ tick: confirmed, hash: GAME.hash(TRUTH[confirmed]), have: [] },
    ...more,
  });
}

/** A snapshot of slot 0, at a tick. */
function snapshotAt(tick: number, more: Saying = {}): SnapshotPacket {
  const record = said(0, tick, { presences: PRESENT, ...more });
  const state = TRUTH[tick];
  return { kind: "snapshot", echoes: [], to: NOBODY, state, record };
}

/** A match from a snapshot at tick 10 on; inputs of all slots are heard up to a tick. */
function follow(more: Saying = {}, heard = 10 + HISTORY_TICKS) {
  const inputs = new HeardInputs();
  const hear = (start: number, toTick: number, slots = [0, 1, 2]) => {
    for (const slot of slots) {
      const run = Array.from(
        { length: toTick - start },
        (_, i) => inputOf(slot, start + i),
      );
      inputs.note(16, { slot, start, inputs: run });
    }
  };
  hear(10, heard);
  const isGone = () => false;
  const options = { game: GAME, players: 3, inputs, nowMs: 5, isGone };
  const match = new FollowedMatch(snapshotAt(10, more), options);
  const take = (slot: number, confirmed: number, more: Saying = {}) =>
    match.take(said(slot, confirmed, more));
  /** What slots 0, 1 and 2 confirmed; those below 0 say nothing. */
  const say = (confirmed: readonly number[], more: Saying = {}) => {
    for (const [slot, tick] of confirmed.entries()) {
      if (tick >= 0) take(slot, tick, more);
    }
    match.advance(9);
    return match.confirmedTick;
  };
  return { match, hear, take, say };
}

Deno.test("a tick counts for a watcher once every member has confirmed it", () => {
  const { match, say } = follow();
  expect([match.firstTick, match.confirmedTick, match.progressMs])
    .toEqual([10, 10, 5]);
  expect(say([40, 30, -1])).toBe(10);
  expect([match.isUpToDate, match.progressMs]).toEqual([true, 5]);

  expect(say([-1, -1, 20])).toBe(20);

  expect(match.progressMs).toBe(9);
  expect(match.confirmedState).toEqual(TRUTH[20]);
  for (let tick = 10; tick <= 20; tick++) {
    expect(match.stateAt(tick)).toEqual(TRUTH[tick]);
  }
  expect([match.inputAt(1, 15), match.hashAt(15)])
    .toEqual([inputOf(1, 15), GAME.hash(TRUTH[15])]);
  expect(say([-1, -1, 35])).toBe(30);
  expect(match.desync).toBe(undefined);
});

Deno.test("a watcher waits for inputs that it lacks, and says whose", () => {
  const { match, hear, say } = follow({}, 15);
  hear(15, 30, [0, 1]);
  expect(say([40, 40, 40])).toBe(15);
  expect([match.isUpToDate, match.missing()]).toEqual([false, [2]]);
  expect(match.progressMs).toBe(9);

  hear(15, 30, [2]);

  match.advance(20);
  expect([match.confirmedTick, match.progressMs]).toEqual([30, 20]);
  expect(match.missing()).toEqual([0, 1, 2]);
});

/** What a record may be that says nothing of this match, and hides nothing that does. */
const FOREIGN: Readonly<Record<string, Saying>> = {
  "of the seat's former process": { epoch: 15 },
  "of a process to come": { epoch: 17 },
  "of who asks to come back": { isReturning: true },
  "of an era that is over": { era: 2 },
  "that is older": { beat: 0, confirmed: 9 },
};

for (const [what, more] of Object.entries(FOREIGN)) {
  Deno.test(`a watcher takes no record ${what}`, () => {
    const { match, take, say } = follow({ era: 3 });
    // With one that really differs, any other is half of the members.
    take(1, 11, { era: 3, hash: 1 });
    say([12, 12, 12], { era: 3 });

    take(2, 25, { era: 3, hash: 1, ...more });

    expect(say([30, 30, -1], { era: 3 })).toBe(12);
    expect(say([-1, -1, 30], { era: 3 })).toBe(30);
    expect([match.desync, match.isAstray]).toEqual([undefined, false]);
  });
}

Deno.test("a watcher takes no record of a slot that is no member", () => {
  const { match, take, say } = follow({ members: 3 });

  expect(say([20, 20, -1])).toBe(20);
  take(2, 20, { hash: 1 });
  match.advance(9);

  expect(match.desync).toBe(undefined);
});

Deno.test("who follows what most differ from in the same way is astray", () => {
  for (const [theirs, isAstray] of [[7, true], [8, false]] as const) {
    const { match, take, say } = follow();
    take(1, 22, { hash: 7 });
    say([30, 30, -1]);
    expect([match.desync, match.isAstray]).toEqual([undefined, false]);

    take(2, 22, { hash: theirs });
    match.advance(9);
    expect([match.desync !== undefined, match.isAstray])
      .toEqual([!isAstray, isAstray]);
  }
});

Deno.test("the first claim that differs is told of, whenever it came, and no later one", () => {
  const { match, take, say } = follow();
  take(1, 22, { hash: 7 });
  take(1, 24, { hash: 8 });
  take(2, 22, { hash: 9 });
  expect(match.desync).toBe(undefined);

  say([40, 40, 40]);

  const ours = GAME.hash(TRUTH[22]);
  expect(match.desync).toEqual({ slot: 1, tick: 22, ours, theirs: 7 });
});

Deno.test("a claim is compared once, and of the past only what is still known", () => {
  const { match, take, say } = follow();
  take(1, 9, { hash: 7 });
  take(2, 20, { hash: 7 });
  expect(say([30, 30, 30])).toBe(30);
  take(1, 30, { beat: 31, hash: 7 });
  match.advance(9);

  expect([match.desync, match.isAstray]).toEqual([undefined, false]);
});

Deno.test("a watcher keeps the newest claims, as many as it has states", () => {
  for (const [lieAt, isKept] of [[11, false], [12, true]] as const) {
    const { match, take, hear, say } = follow({}, 10);
    for (let tick = 11; tick <= 11 + HISTORY_TICKS; tick++) {
      for (const slot of [0, 1]) {
        take(slot, tick, tick === lieAt ? { hash: 7 + slot } : {});
      }
    }
    hear(10, 30);

    expect(say([-1, -1, 20])).toBe(20);

    expect([lieAt, match.desync !== undefined]).toEqual([lieAt, isKept]);
  }
});

Deno.test("a snapshot is corroborated by another member's claim, once all confirmed as much", () => {
  const { match, say } = follow();
  for (const confirmed of [[15, -1, -1], [-1, 10, -1], [-1, -1, 9]]) {
    say(confirmed);
    expect([confirmed, match.isCorroborated]).toEqual([confirmed, false]);
  }
  say([-1, -1, 10]);

  expect(match.isCorroborated).toBe(true);
  const before = follow();
  before.say([15, 9, 15]);
  expect(before.match.isCorroborated).toBe(false);
});

Deno.test("a snapshot of one member is known by its members and its own claim", () => {
  const alone = follow({ members: 1 });
  expect(alone.match.isOfOneMember).toBe(false);
  alone.say([10]);
  expect(alone.match.isOfOneMember).toBe(true);

  const two = follow({ members: 3 });
  two.say([10, 10]);
  expect(two.match.isOfOneMember).toBe(false);
});

/** Slot 2's player is dropped: its inputs count up to a tick. */
function droppedAt(to: number): readonly Presence[] {
  return [...PRESENT.slice(0, 2), [{ epoch: 16, from: 0, to }]];
}

Deno.test("a watcher follows into a higher era, in which all count anew", () => {
  const { match, take, say } = follow();
  say([18, 18, 18]);
  const era = { era: 1, members: 3, presences: droppedAt(19) };
  take(0, 30, era);
  expect(match.members).toBe(ALL);
  take(1, 25, { ...era, hash: GAME.hash(PARTED[25]) });
  match.advance(9);
  expect([match.members, match.confirmedTick]).toEqual([3, 18]);

  take(0, 31, { ...era, hash: GAME.hash(PARTED[31]) });
  match.advance(9);

  expect(match.confirmedState).toEqual(PARTED[25]);
  expect(match.desync).toBe(undefined);
});

/** What leads a watcher into no higher era. */
const STAYS: Readonly<Record<string, readonly [Saying, number[]]>> = {
  "without presences": [{}, [0, 1]],
  "that changes what is confirmed": [{ presences: droppedAt(14) }, [0, 1]],
  "that only one who decided it shows": [{ presences: droppedAt(19) }, [0]],
};

for (const [what, [more, slots]] of Object.entries(STAYS)) {
  Deno.test(`a watcher doesn't follow a record ${what}`, () => {
    const { match, take, say } = follow();
    say([18, 18, 18]);

    for (const slot of slots) {
      take(slot, 30, { era: 1, members: 3, ...more });
    }

    expect(match.members).toBe(ALL);
    expect(say([-1, 21, 21])).toBe(18);
    expect(say([21, -1, -1])).toBe(21);
  });
}

Deno.test("a snapshot is sound if nothing in it contradicts itself", () => {
  const sound = snapshotAt(10);
  const presences = [presentFromStart(32), ...PRESENT.slice(1)];
  const unsound: readonly SnapshotPacket[] = [
    { ...sound, record: said(0, 10) },
    snapshotAt(10, { presences }),
    snapshotAt(10, { members: 6 }),
    snapshotAt(10, { isReturning: true }),
    snapshotAt(10, { hash: sound.record.hash + 1 }),
    { ...sound, state: Int32Array.of(...sound.state, 0) },
  ];

  expect(isSound(sound, GAME)).toBe(true);
  expect(unsound.filter((packet) => isSound(packet, GAME))).toEqual([]);
});

Deno.test("what was heard of inputs is of one slot, tick and incarnation, for 256 ticks", () => {
  const heard = new HeardInputs();
  heard.note(16, { slot: 3, start: 300, inputs: [5, -127, ABSENT_INPUT, 7] });

  expect([300, 301, 302, 303, 299].map((tick) => heard.at(3, tick, 16)))
    .toEqual([5, -127, undefined, undefined, undefined]);
  expect([heard.at(2, 300, 16), heard.at(3, 300, 17)])
    .toEqual([undefined, undefined]);
  expect([heard.at(3, 300 - HISTORY_TICKS, 16), heard.at(0, 0, 0)])
    .toEqual([undefined, undefined]);
  heard.note(17, { slot: 3, start: 300, inputs: [6] });
  expect([heard.at(3, 300, 16), heard.at(3, 300, 17)]).toEqual([undefined, 6]);
});
