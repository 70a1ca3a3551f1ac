import { expect } from "@std/expect";
import {
  OPEN_END,
  type Presence,
  presentFromStart,
} from "../../game/presence.ts";
import { Beats } from "../../net/match/clock/beats.ts";
import { PeerLiveness } from "../../net/match/membership/liveness.ts";
import { Outbox } from "../../net/match/outbox.ts";
import { Returning } from "../../net/match/returning.ts";
import { isNewer } from "../../net/match/wire/record.ts";
import type { SnapshotPacket } from "../../net/match/wire/wire.ts";
import { recordOf, type Saying } from "../support/slot_record.ts";
import { TIMERS } from "./membership_case.ts";

const STATE = new Int32Array(16).fill(5);
const GAME = {
  initial: STATE,
  step: () => {},
  hash: ([first]: Int32Array) => first,
  isState: ({ length }: Int32Array) => length === STATE.length,
};

/** Slot 2 of three, which asks to come back. */
function createReturning(isOut = true) {
  const beats = new Beats(3);
  const base = { slot: 2, players: 3, timers: TIMERS, nowMs: 0 };
  const liveness = new PeerLiveness(base);
  const { clocks } = beats;
  const seat = { seatEpoch: 0, isOut, game: GAME, clocks, liveness };
  const returning = new Returning({ ...base, ...seat, proofs: undefined });
  const outbox = new Outbox({ slot: 2, players: 3, beats });
  const ask = () => returning.say(outbox.said(0)).record;
  return { returning, outbox, ask };
}

const THERE = presentFromStart(0);
const FIRST = { epoch: 0, from: 0, to: 99 };
const MISSED = { epoch: 1, from: 150, to: 180 };
const BACK: Presence = [FIRST, { ...MISSED, to: OPEN_END }];

/** What a member says of slot 2: whether it is one, and its presence. */
function sayingOf(members: number, presence: Presence): Saying {
  return { members, presences: [THERE, THERE, presence] };
}

function hear(returning: Returning, slot: number, saying: Saying): void {
  const rest = { kind: "play", echoes: [], relayed: [], runs: [] } as const;
  returning.hears({ ...rest, record: recordOf(slot, saying) }, 0);
}

Deno.test("who was taken back and dropped again unheard asks as another incarnation", () => {
  const { returning } = createReturning();
  let beat = 0;
  const wasMissed = (slot: number, members: number, ...presence: Presence) => {
    hear(returning, slot, { beat: ++beat, ...sayingOf(members, presence) });
    return returning.wasMissed;
  };
  returning.begin(false);

  expect(wasMissed(0, 0b011, FIRST)).toBe(false);
  expect(wasMissed(0, 0b111, ...BACK)).toBe(false);
  // Both who play without it have to say so.
  expect(wasMissed(0, 0b011, FIRST, MISSED)).toBe(false);
  expect(wasMissed(1, 0b011, FIRST, MISSED)).toBe(true);
  returning.begin(false);
  expect(wasMissed(0, 0b011, FIRST, MISSED)).toBe(false);
  expect(wasMissed(1, 0b011, FIRST, MISSED)).toBe(false);
});

const SNAPSHOT: SnapshotPacket = {
  ...{ kind: "snapshot", echoes: [], to: { slot: 2, epoch: 1 }, state: STATE },
  record: recordWith(sayingOf(0b111, BACK)),
};

/** What both members say. */
const SAID = { ...sayingOf(0b111, BACK), era: 1, confirmed: 40, hash: 5 };

function recordWith(saying: Saying) {
  return recordOf(0, { era: 1, confirmed: 40, hash: 5, ...saying });
}

/** What may be wrong with it. */
const WRONG: Readonly<Record<string, Partial<SnapshotPacket>>> = {
  "is for another slot": { to: { slot: 1, epoch: 1 } },
  "is for another incarnation": { to: { slot: 2, epoch: 2 } },
  "is from a member that doesn't count it as one": {
    record: recordWith(sayingOf(0b011, BACK)),
  },
  "is from a member that counts another incarnation": {
    record: recordWith(sayingOf(0b111, [FIRST])),
  },
  "doesn't say who is there when": { record: recordWith({ members: 7 }) },
  "holds another state than it says": {
    record: recordWith({ ...sayingOf(0b111, BACK), hash: 6 }),
  },
  "holds less than a state": { state: STATE.subarray(1) },
};

function takeBack(wrong: Partial<SnapshotPacket>) {
  const { returning } = createReturning(false);
  returning.begin(false);
  for (const slot of [0, 1]) hear(returning, slot, SAID);
  return returning.takeBack({ ...SNAPSHOT, ...wrong }, 0);
}

Deno.test("R10: a return begins with a state that a member has confirmed", () => {
  const presences = [THERE, THERE, BACK];

  expect(takeBack({}))
    .toEqual({
      ...{ giver: 0, tick: 40, state: STATE, era: 1 },
      ...{ members: 0b111, presences },
    });
});

for (const [what, wrong] of Object.entries(WRONG)) {
  Deno.test(`R10: no return begins with a snapshot that ${what}`, () => {
    expect(takeBack(wrong)).toBe(undefined);
  });
}

Deno.test("R10: what no second member claims is taken after a moment, later from who gave the last", () => {
  const { returning } = createReturning(false);
  let epoch = 0;
  const isTaken = (slot: number, ...offeredMs: readonly number[]) => {
    returning.begin(false);
    const back = [FIRST, { ...MISSED, epoch: ++epoch, to: OPEN_END }];
    const said = { ...SAID, ...sayingOf(0b111, back) };
    hear(returning, slot, said);
    hear(returning, 1 - slot, { ...said, hash: 6 });
    const record = recordOf(slot, said);
    const snapshot = { ...SNAPSHOT, record, to: { slot: 2, epoch } };
    return offeredMs.map((atMs) =>
      returning.takeBack(snapshot, atMs) !== undefined
    );
  };

  expect(isTaken(0, 0, 149, 150)).toEqual([false, false, true]);
  expect(isTaken(0, 500, 799, 800)).toEqual([false, false, true]);
  expect(isTaken(1, 900, 1_049, 1_050)).toEqual([false, false, true]);
});

Deno.test("who was led astray distrusts one of the others after the other", () => {
  const { returning } = createReturning();
  const distrusted = [false, true, true, true].map((isAstray) => {
    returning.begin(isAstray);
    return returning.distrusted;
  });

  expect(distrusted).toEqual([undefined, 0, 1, 0]);
});

Deno.test("whoever asks to come back for an hour is still newer than itself before", () => {
  const { ask } = createReturning();
  const asked = Array.from({ length: 3600 * 20 }, ask);

  const now = asked[asked.length - 1];
  for (let ago = 1; ago < asked.length; ago += 100) {
    const before = asked[asked.length - 1 - ago];
    expect([ago, isNewer(now, before), isNewer(before, now)])
      .toEqual([ago, true, false]);
  }
});

Deno.test("it asks every 50 ms, and claims nothing", () => {
  const { returning, outbox, ask } = createReturning();
  const asks = (nowMs: number) => {
    outbox.clear();
    returning.ask(nowMs, outbox);
    return outbox.outgoing.length;
  };

  expect([0, 49, 50, 99, 120, 169, 170].map(asks))
    .toEqual([1, 0, 1, 0, 1, 0, 1]);
  expect(ask()).toMatchObject({
    ...{ slot: 2, epoch: 0, era: 0, members: 0, isReturning: true },
    ...{ confirmed: 0, tick: 0, hash: 0, have: [-1, -1, -1] },
  });
});
