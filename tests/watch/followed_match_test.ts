/**
 * How far a watcher believes the members, from records and inputs made by hand.
 *
 * @module
 */
import { expect } from "@std/expect";
import { OPEN_END, presentFromStart } from "../../game/presence.ts";
import { type Game, HISTORY_TICKS } from "../../game/rollback.ts";
import { ABSENT_INPUT } from "../../game/state.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import { NOBODY, type SnapshotPacket } from "../../net/match/wire/wire.ts";
import {
  FollowedMatch,
  HeardInputs,
  isSound,
} from "../../net/watch/followed_match.ts";

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

function recordOf(
  slot: number,
  confirmed: number,
  more: Partial<SlotRecord> = {},
): SlotRecord {
  return {
    ...{ slot, epoch: 16, beat: confirmed, sentAt: 0, era: 0, members: ALL },
    ...{ suspects: 0, proof: undefined },
    ...{ hears: ALL, farewell: "none", isReturning: false, confirmed },
    ...{ tick: confirmed, hash: GAME.hash(TRUTH[confirmed]), have: [] },
    change: undefined,
    ...more,
  };
}

function changeTo(presences: typeof PRESENT): SlotRecord["change"] {
  const none = { attempt: undefined, agreed: undefined };
  return { presences, attemptNumber: 0, ...none };
}

/** A snapshot of slot 0, at a tick. */
function snapshotAt(
  tick: number,
  more: Partial<SlotRecord> = {},
): SnapshotPacket {
  const change = changeTo(PRESENT);
  return {
    ...{ kind: "snapshot", echoes: [], to: NOBODY, state: TRUTH[tick] },
    record: recordOf(0, tick, { change, ...more }),
  };
}

/** A match from a snapshot on; inputs of all slots are heard up to a tick. */
function follow(
  { from = 10, heard = 600, more = {} }: {
    readonly from?: number;
    readonly heard?: number;
    readonly more?: Partial<SlotRecord>;
  } = {},
) {
  const inputs = new HeardInputs();
  const hear = (fromTick: number, toTick: number, slot?: number) => {
    for (const each of slot === undefined ? [0, 1, 2] : [slot]) {
      const run = Array.from(
        { length: toTick - fromTick },
        (_, i) => inputOf(each, fromTick + i),
      );
      inputs.note(16, { slot: each, start: fromTick, inputs: run });
    }
  };
  hear(from, Math.min(heard, from + HISTORY_TICKS));
  const options = { game: GAME, players: 3, inputs, nowMs: 5 };
  const match = new FollowedMatch(snapshotAt(from, more), options);
  const say = (
    confirmed: readonly number[],
    more: Partial<SlotRecord> = {},
  ) => {
    for (const [slot, tick] of confirmed.entries()) {
      if (tick >= 0) match.take(recordOf(slot, tick, more));
    }
    match.advance(9);
    return match.confirmedTick;
  };
  return { match, inputs, hear, say };
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
  const { match, hear, say } = follow({ heard: 15 });
  hear(15, 30, 0);
  hear(15, 30, 1);
  expect(say([40, 40, 40])).toBe(15);
  expect([match.isUpToDate, match.missing()]).toEqual([false, [2]]);
  expect(match.progressMs).toBe(9);

  hear(15, 30, 2);

  match.advance(20);
  expect([match.confirmedTick, match.progressMs]).toEqual([30, 20]);
  expect(match.missing()).toEqual([0, 1, 2]);
});

/** What a record may be that says nothing of this match, and hides nothing that does. */
const FOREIGN: Readonly<Record<string, Partial<SlotRecord>>> = {
  "of the seat's former process": { epoch: 15 },
  "of a process to come": { epoch: 17 },
  "of who asks to come back": { isReturning: true },
  "of an era that is over": { era: 2 },
  "that is older": { beat: 0, confirmed: 9 },
};

for (const [what, more] of Object.entries(FOREIGN)) {
  Deno.test(`a watcher takes no record ${what}`, () => {
    const { match, say } = follow({ more: { era: 3 } });
    say([12, 12, 12], { era: 3 });
    const foreign = recordOf(2, 25, { era: 3, hash: 1, ...more });

    match.take(foreign);

    expect(say([30, 30, -1], { era: 3 })).toBe(12);
    expect(say([-1, -1, 30], { era: 3 })).toBe(30);
    expect(match.desync).toBe(undefined);
  });
}

Deno.test("a watcher takes no record of a slot that is no member", () => {
  const { match, say } = follow({ more: { members: 3 } });

  expect(say([20, 20, -1])).toBe(20);
  match.take(recordOf(2, 20, { hash: 1 }));
  match.advance(9);

  expect(match.desync).toBe(undefined);
});

Deno.test("the first claim that differs is told of, whenever it came, and no later one", () => {
  const { match, say } = follow();
  match.take(recordOf(1, 22, { hash: 7 }));
  match.take(recordOf(1, 24, { hash: 8 }));
  match.take(recordOf(2, 40, { hash: 9 }));
  expect(match.desync).toBe(undefined);

  say([40, 40, 40]);

  const ours = GAME.hash(TRUTH[22]);
  expect(match.desync).toEqual({ slot: 1, tick: 22, ours, theirs: 7 });
});

Deno.test("a claim is compared once, and of the past only what is still known", () => {
  const { match, say } = follow();
  match.take(recordOf(1, 9, { hash: 7 }));
  expect(say([30, 30, 30])).toBe(30);
  match.take(recordOf(1, 30, { beat: 31, hash: 7 }));
  match.advance(9);

  expect(match.desync).toBe(undefined);
});

Deno.test("a watcher keeps the newest claims, as many as it has states", () => {
  for (const [lieAt, isKept] of [[11, false], [12, true]] as const) {
    const { match, hear } = follow({ heard: 10 });
    for (let tick = 11; tick <= 11 + HISTORY_TICKS; tick++) {
      match.take(recordOf(1, tick, tick === lieAt ? { hash: 7 } : {}));
    }
    for (const slot of [0, 2]) match.take(recordOf(slot, 20));
    hear(10, 30);

    match.advance(9);

    expect([lieAt, match.confirmedTick]).toEqual([lieAt, 20]);
    expect([lieAt, match.desync !== undefined]).toEqual([lieAt, isKept]);
  }
});

Deno.test("a snapshot is corroborated by another member's claim, once all confirmed as much", () => {
  const { match, say } = follow();
  say([15, -1, -1]);
  expect(match.isCorroborated).toBe(false);
  say([-1, 10, -1]);
  expect(match.isCorroborated).toBe(false);

  say([-1, -1, 9]);
  expect(match.isCorroborated).toBe(false);
  say([-1, -1, 10]);

  expect(match.isCorroborated).toBe(true);
  const before = follow();
  before.say([15, 9, 15]);
  expect(before.match.isCorroborated).toBe(false);
});

Deno.test("a snapshot of one member is known by its members and its own claim", () => {
  const alone = follow({ more: { members: 1 } });
  expect(alone.match.isOfOneMember).toBe(false);
  alone.say([10]);
  expect(alone.match.isOfOneMember).toBe(true);

  const two = follow({ more: { members: 3 } });
  two.say([10, 10]);

  expect(two.match.isOfOneMember).toBe(false);
});

/** Slot 2's player is dropped: its inputs count up to tick 19. */
const DROPPED = [...PRESENT.slice(0, 2), [{ epoch: 16, from: 0, to: 19 }]];

Deno.test("a watcher follows into a higher era, in which all count anew", () => {
  const { match, say } = follow();
  say([18, 18, 18]);
  const era = { era: 1, members: 3, change: changeTo(DROPPED) };
  match.take(recordOf(0, 30, { ...era, hash: GAME.hash(PARTED[30]) }));
  match.advance(9);
  expect([match.members, match.confirmedTick]).toEqual([3, 18]);

  match.take(recordOf(1, 25, { ...era, hash: GAME.hash(PARTED[25]) }));
  match.advance(9);

  expect(match.confirmedState).toEqual(PARTED[25]);
  expect(match.desync).toBe(undefined);
});

/** What leads a watcher into no higher era. */
const STAYS: Readonly<Record<string, Partial<SlotRecord>>> = {
  "without presences": { change: undefined },
  "that changes what is confirmed": {
    change: changeTo([
      ...PRESENT.slice(0, 2),
      [{ epoch: 16, from: 0, to: 14 }],
    ]),
  },
};

for (const [what, more] of Object.entries(STAYS)) {
  Deno.test(`a watcher doesn't follow a record ${what}`, () => {
    const { match, say } = follow();
    say([18, 18, 18]);

    match.take(recordOf(0, 30, { era: 1, members: 3, ...more }));

    expect(match.members).toBe(ALL);
    expect(say([-1, 21, 21])).toBe(18);
    expect(say([21, -1, -1])).toBe(21);
  });
}

Deno.test("a snapshot is sound if nothing in it contradicts itself", () => {
  const sound = snapshotAt(10);
  const { record } = sound;
  const other = changeTo([presentFromStart(32), ...PRESENT.slice(1)]);
  const unsound: readonly SnapshotPacket[] = [
    { ...sound, record: { ...record, change: undefined } },
    { ...sound, record: { ...record, change: other } },
    { ...sound, record: { ...record, members: 6 } },
    { ...sound, record: { ...record, isReturning: true } },
    { ...sound, record: { ...record, hash: record.hash + 1 } },
    { ...sound, state: Int32Array.of(...sound.state, 0) },
  ];

  expect(isSound(sound, GAME)).toBe(true);
  expect(unsound.map((packet) => isSound(packet, GAME)))
    .toEqual(unsound.map(() => false));
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
