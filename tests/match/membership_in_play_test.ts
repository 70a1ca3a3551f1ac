/**
 * The rules of docs/membership.md that stand where packets are taken in: whose records count as
 * hearing, what follows from a higher era, where a return begins, and when a match is over.
 *
 * @module
 */
import { expect } from "@std/expect";
import { OPEN_END, type Presence } from "../../game/presence.ts";
import type { Game } from "../../game/rollback.ts";
import { OVER, PHASE, TICK, WINNER } from "../../game/state.ts";
import { PeerClock } from "../../net/match/clock/peer_clock.ts";
import { Absences } from "../../net/match/membership/absences.ts";
import { PeerLiveness } from "../../net/match/membership/liveness.ts";
import type { NegativeControls } from "../../net/match/membership/negative_controls.ts";
import { Play } from "../../net/match/play.ts";
import { type Return, Returning } from "../../net/match/returning.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import { stampOf } from "../../net/match/wire/stamp.ts";
import type { InputRun, SnapshotPacket } from "../../net/match/wire/wire.ts";
import { Members } from "./members.ts";
import { attempts, recordOf, TIMERS } from "./membership_case.ts";

const LAST_TICK = 6;
const WINNER_SLOT = 1;
/** It ends at a certain tick, whatever anybody does. */
const GAME: Game = {
  isState: ({ length }) => length === 16,
  initial: Int32Array.from({ length: 16 }, (_, i) => i === WINNER ? -1 : 0),
  step(state) {
    if (++state[TICK] < LAST_TICK) return;
    state[PHASE] = OVER;
    state[WINNER] = WINNER_SLOT;
  },
  hash: (state) => state[TICK],
};
const THERE: Presence = [{ epoch: 0, from: 0, to: OPEN_END }];

/** Slot 0 of a match of three. */
function beginPlay(controls: NegativeControls = {}, from?: Return) {
  const liveness = new PeerLiveness({
    slot: 0,
    players: 3,
    timers: TIMERS,
    nowMs: 0,
  });
  const play = new Play({
    slot: 0,
    players: 3,
    epochs: [0, 0, 0],
    epoch: 0,
    game: GAME,
    clocks: [0, 1, 2].map(() => new PeerClock()),
    liveness,
    timers: TIMERS,
    absences: new Absences(3, TIMERS.graceMs),
    proofs: undefined,
    controls,
    from,
    nowMs: 0,
  });
  let beat = 0;
  const say = (slot: number, saying: Partial<SlotRecord> = {}) => ({
    ...recordOf(slot, { have: [-1, -1, -1], beat: ++beat, ...saying }),
  });
  const hear = (record: SlotRecord, relayed: readonly SlotRecord[] = []) =>
    play.receive({ record, relayed, runs: [] }, 0);
  return { play, liveness, say, hear };
}

/** Confirms some ticks with the inputs of all. */
function confirm({ play, say }: ReturnType<typeof beginPlay>, ticks: number) {
  const inputs = Array.from({ length: ticks }, () => 0);
  for (let i = 0; i < ticks; i++) play.tick(0, 0);
  const runs = [1, 2].map((slot) => ({ slot, start: 0, inputs }));
  play.receive({ record: say(1), relayed: [], runs }, 0);
  play.settle(0);
  expect(play.confirmedTick).toBe(ticks);
}

/** What happens after slots 1 and 2 were silent for 50 ms, and for how long they are after it. */
type Hearing = readonly [
  what: string,
  happens: (given: ReturnType<typeof beginPlay>) => void,
  silentMs: readonly [number, number],
];

// deno-fmt-ignore
const HEARINGS: readonly Hearing[] = [
  ["a member by its own packet", ({ say, hear }) => hear(say(1)), [0, 50]],
  ["a member by another's packet", ({ say, hear }) => hear(say(1), [say(2)]), [0, 0]],
  ["nobody who doesn't hear this host",
    ({ say, hear }) => hear(say(1, { hears: 0b110 })), [50, 50]],
  ["nobody whose record hasn't advanced", ({ say, hear, liveness }) => {
    const old = say(2);
    hear(say(1), [old]);
    liveness.update(100, 0b111, true);
    hear(say(1), [old]);
  }, [0, 50]],
];

for (const [what, happens, silentMs] of HEARINGS) {
  Deno.test(`R1: a host hears ${what}`, () => {
    const given = beginPlay();
    given.liveness.update(50, 0b111, true);

    happens(given);

    expect([1, 2].map((slot) => given.liveness.silentMs(slot)))
      .toEqual(silentMs);
  });
}

const SAID = { beat: 0, sentAt: 0, farewell: "none", echoes: [] } as const;

Deno.test("R9: a host tells the presences while somebody that it hears may not know them", () => {
  const { play, liveness, say, hear } = beginPlay();
  const tells = () => play.say(SAID).record.change?.presences !== undefined;
  const relays = () => play.say(SAID).relayed.map(({ slot }) => slot);
  hear(say(1));
  expect([tells(), relays()]).toEqual([false, [1]]);

  hear(say(2, { isReturning: true }));
  expect([tells(), relays()]).toEqual([true, [1, 2]]);
  hear(say(2));
  expect(tells()).toBe(false);
  hear(say(1, committed([THERE, THERE, AT_3])));
  expect([play.era, tells()]).toEqual([1, true]);
  for (let nowMs = 100; nowMs <= 2_100; nowMs += 100) {
    liveness.update(nowMs, 0b011, true);
  }
  expect([tells(), relays()]).toEqual([false, []]);
});

Deno.test("R5: of a player that is dropped, a host takes inputs up to the cut, and no more", () => {
  const { play, liveness, say } = beginPlay();
  const have = [-1, -1, 5];
  let nowMs = 0;
  const hear = (more: Partial<SlotRecord>, ...runs: readonly InputRun[]) => {
    nowMs += 100;
    const record = say(1, { sentAt: stampOf(nowMs), have, ...more });
    play.receive({ record, relayed: [], runs }, nowMs);
    liveness.update(nowMs, 0b111, true);
    play.settle(nowMs);
  };

  while (nowMs < 2_500) hear({});
  hear({ change: recordOf(1, attempts(1, 0b100, { high: have })).change });
  hear({}, { slot: 2, start: 0, inputs: Array(9).fill(0) });

  expect(play.say(SAID).record)
    .toMatchObject({ have, change: { attemptNumber: 1 } });
  expect(play.missing()).toEqual([1]);
});

/** The record of slot 1 in era 1, after slot 2 was dropped at a tick. */
function committed(presences: readonly Presence[], members = 0b011) {
  const change = {
    presences,
    attemptNumber: 0,
    attempt: undefined,
    agreed: undefined,
  };
  return { era: 1, members, change };
}

const AT_2: Presence = [{ epoch: 0, from: 0, to: 2 }];
const AT_3: Presence = [{ epoch: 0, from: 0, to: 3 }];
/** Slot 2, or another, as it comes back. */
const BACK: Presence = [...AT_3, { epoch: 1, from: 9, to: OPEN_END }];

type Commit = readonly [
  what: string,
  record: Partial<SlotRecord>,
  era: number,
  isOut: boolean,
];

// deno-fmt-ignore
const COMMITS: readonly Commit[] = [
  ["goes on in the era of whoever committed", committed([THERE, THERE, AT_3]), 1, false],
  ["is out if it isn't a member any more", committed([AT_3, THERE, THERE], 0b110), 0, true],
  ["is out if a later incarnation of it is the member",
    committed([BACK, THERE, THERE], 0b111), 0, true],
  ["is out if it confirmed more of a dropped player than counts",
    committed([THERE, THERE, AT_2]), 0, true],
  ["waits for a record that says what was committed", { era: 1, members: 0b011 }, 0, false],
];

for (const [what, record, era, isOut] of COMMITS) {
  Deno.test(`R9: a host ${what}`, () => {
    const given = beginPlay();
    confirm(given, 4);

    given.hear(given.say(1, record));

    expect([given.play.era, given.play.isOut]).toEqual([era, isOut]);
    expect(given.play.members).toBe(era === 1 ? 0b011 : 0b111);
  });
}

/** What is wrong with a snapshot for the first return of slot 2. */
const SNAPSHOTS: Readonly<Record<string, Partial<SnapshotPacket>>> = {
  "is for another slot": { to: { slot: 1, epoch: 1 } },
  "is for another incarnation": { to: { slot: 2, epoch: 2 } },
  "is from a member that doesn't count it as one": {
    record: recordOf(0, { ...committed([THERE, THERE, BACK]), hash: 5 }),
  },
  "is from a member that counts another incarnation": {
    record: recordOf(0, { ...committed([THERE, THERE, AT_3], 7), hash: 5 }),
  },
  "doesn't say who is there when": {
    record: recordOf(0, { members: 7, hash: 5 }),
  },
  "holds another state than it says": {
    record: recordOf(0, { ...committed([THERE, THERE, BACK], 7), hash: 6 }),
  },
  "holds less than a state": { state: new Int32Array(15).fill(5) },
};

function readSnapshot(wrong: Partial<SnapshotPacket>) {
  const { liveness } = beginPlay();
  const returning = new Returning({
    slot: 2,
    players: 3,
    seatEpoch: 0,
    isOut: false,
    game: GAME,
    clocks: [0, 1, 2].map(() => new PeerClock()),
    liveness,
    timers: TIMERS,
    proofs: undefined,
  });
  returning.begin();
  // The other member says the same.
  const record = recordOf(1, {
    ...committed([THERE, THERE, BACK], 0b111),
    ...{ confirmed: 40, hash: 5 },
  });
  const giver = { ...record, slot: 0 };
  const said = { kind: "play", echoes: [], relayed: [], runs: [] } as const;
  for (const word of [record, giver]) {
    returning.hears({ ...said, record: word }, 0);
  }
  return returning.takeBack({
    kind: "snapshot",
    record: recordOf(0, {
      ...committed([THERE, THERE, BACK], 0b111),
      confirmed: 40,
      hash: 5,
    }),
    echoes: [],
    to: { slot: 2, epoch: 1 },
    state: new Int32Array(16).fill(5),
    ...wrong,
  }, 0);
}

Deno.test("R10: a return begins with a state that a member has confirmed", () => {
  expect(readSnapshot({})).toEqual({
    tick: 40,
    state: new Int32Array(16).fill(5),
    era: 1,
    members: 0b111,
    presences: [THERE, THERE, BACK],
  });
});

for (const [what, wrong] of Object.entries(SNAPSHOTS)) {
  Deno.test(`R10: no return begins with a snapshot that ${what}`, () => {
    expect(readSnapshot(wrong)).toBe(undefined);
  });
}

Deno.test("R11: a match is over once all members have confirmed the same end", () => {
  const given = beginPlay();
  const { play, say, hear } = given;
  const end = { confirmed: LAST_TICK, hash: LAST_TICK };
  confirm(given, LAST_TICK);
  expect([play.endTick, play.isAgreedOver()]).toEqual([LAST_TICK, false]);

  hear(say(1, end), [say(2, { confirmed: LAST_TICK - 1, hash: 5 })]);
  play.settle(0);
  expect(play.isAgreedOver()).toBe(false);

  hear(say(2, end));
  play.settle(0);
  expect(play.isAgreedOver()).toBe(true);
  expect([play.isWalkover, play.winner()]).toEqual([false, WINNER_SLOT]);
});

Deno.test("R11: another end than ours is none", () => {
  const given = beginPlay();
  confirm(given, LAST_TICK);

  const end = { confirmed: LAST_TICK, hash: 7 };
  // After another change of the members it may well be another.
  given.hear(given.say(1, { ...end, era: 1 }));
  given.play.settle(0);
  expect(given.play.desync).toBeUndefined();
  given.hear(given.say(1, end));
  given.play.settle(0);

  expect(given.play.desync)
    .toEqual({ slot: 1, tick: LAST_TICK, ours: LAST_TICK, theirs: 7 });
});

Deno.test("R11: the last member has won, unless the game has come to its end", () => {
  const alone = committed([THERE, AT_3, AT_3], 0b001);
  const before = beginPlay();
  confirm(before, 4);
  const after = beginPlay();
  confirm(after, LAST_TICK);
  expect([before.play.isWalkover, before.play.winner()])
    .toEqual([false, null]);

  before.hear(before.say(1, alone));
  after.hear(after.say(1, committed([THERE, THERE, THERE], 0b001)));

  expect([before.play.isWalkover, before.play.winner()]).toEqual([true, 0]);
  expect([after.play.isWalkover, after.play.winner()])
    .toEqual([false, WINNER_SLOT]);
});

Deno.test("R11: a host goes on sending for 2 s after its match is over", () => {
  const [{ session }] = new Members().members;

  session.leave(0);

  expect(session.advance(1999, 0).length).toBe(1);
  expect([1999, 2000].map((ms) => session.isDone(ms))).toEqual([false, true]);
  // It had not even begun.
  expect(session.outcome).toMatchObject({ confirmedTick: 0, hash: 0 });
});

Deno.test("without R11 a host needs nobody to agree on the end", () => {
  const given = beginPlay({ isResultUnagreed: true });
  confirm(given, 4);
  expect(given.play.isAgreedOver()).toBe(false);
  const over = beginPlay({ isResultUnagreed: true });
  confirm(over, LAST_TICK);

  expect(over.play.isAgreedOver()).toBe(true);
});

Deno.test("who comes back to a game that has just ended knows its end, and plays no further", () => {
  const state = GAME.initial.slice();
  for (let tick = 0; tick < LAST_TICK; tick++) {
    GAME.step(state, new Int8Array(), 0);
  }
  const presences = [THERE, THERE, THERE];
  const { play } = beginPlay({}, {
    ...{ tick: LAST_TICK, state, era: 2, members: 0b111, presences },
  });
  play.tick(0, 0);
  play.settle(0);

  expect(play.endTick).toBe(LAST_TICK);
  expect([play.newestTick, play.confirmedTick]).toEqual([LAST_TICK, LAST_TICK]);
});
