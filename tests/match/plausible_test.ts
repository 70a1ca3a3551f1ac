import { expect } from "@std/expect";
import { OPEN_END, type Presence } from "../../game/presence.ts";
import { HISTORY_TICKS } from "../../game/rollback.ts";
import { ABSENT_INPUT } from "../../game/state.ts";
import { isPlausible, isPlausibleRecord } from "../../net/match/plausible.ts";
import type { HelloPacket } from "../../net/match/wire/wire.ts";
import { recordOf, type Saying } from "../support/slot_record.ts";
import { agreed, attempts } from "./membership_case.ts";

const THERE: Presence = [{ epoch: 0, from: 0, to: OPEN_END }];
const GONE: Presence = [{ epoch: 0, from: 0, to: 50 }];
/** Newest tick that can be known of where 100 are confirmed. */
const LAST = 100 + HISTORY_TICKS + 63;
const DAY = 24 * 60 * 60 * 60;

/** What slot 1 of three says, after slot 2 was dropped, except for what is said. */
function saying(said: Saying) {
  return recordOf(1, {
    ...{
      era: 2,
      members: 0b011,
      hears: 7,
      have: [],
      confirmed: 100,
      tick: 115,
    },
    ...{ presences: [THERE, THERE, GONE], ...said },
  });
}

const REST = { echoes: [], relayed: [], runs: [] };

/** What slots 0 and 2 played; slot 1 is there. */
function played(first: Presence, last: Presence): Saying {
  return { presences: [first, THERE, last] };
}

/** Slot 2's two lives. */
function lives(second: Partial<Presence[0]>, first: Partial<Presence[0]> = {}) {
  const ended = [{ ...GONE[0], ...first }, {
    epoch: 1,
    from: 60,
    to: 70,
    ...second,
  }];
  return played(THERE, ended);
}

const ASKS: Saying = {
  isReturning: true,
  era: 0,
  members: 0,
  change: undefined,
  tick: 100,
};
const BACK = { join: { slot: 2, epoch: 1 } };

/** Each time: what can be, and what can't though it differs little. */
// deno-fmt-ignore
const ROWS: Readonly<Record<string, readonly [can: Saying, ...cannot: Saying[]]>> = {
  "how long the match lasts": [{ confirmed: DAY, tick: DAY }, { confirmed: DAY + 1, tick: DAY + 1 }],
  "how far it is ahead": [{ tick: 115 }, { tick: 116 }],
  "how often the members changed": [{ era: 2048 }, { era: 2049 }],
  "whether it is a member": [{}, { members: 0b001, ...played(THERE, GONE) }],
  "who is there at first": [{ era: 0, members: 7, ...played(THERE, THERE) }, { era: 0 }],
  "whom it suspects": [{ suspects: 1 }, { suspects: 2 }, { suspects: 4 }],
  "who is there since then": [{}, played(GONE, GONE), played(THERE, THERE)],
  "the order of lives": [lives({}), lives({ epoch: 0 }), lives({ from: 50 }),
    lives({ to: OPEN_END }), lives({ from: 55 }, { from: 60, to: 40 })],
  "when lives begin": [played([{ epoch: 0, from: LAST, to: OPEN_END }], GONE),
    played([{ epoch: 0, from: LAST + 1, to: OPEN_END }], GONE)],
  "when lives end": [lives({ to: LAST }), lives({ to: LAST + 1 })],
  "its own incarnation": [{ epoch: 0 }, { epoch: 1 }],
  "numbers of attempts": [{ attemptNumber: 2 ** 30 }, { attemptNumber: 2 ** 30 + 1 }],
  "the number of its attempt": [attempts(2, 1), { ...attempts(2, 1), attemptNumber: 3 }],
  "whom it attempts to drop": [attempts(1, 1), attempts(0, 1), attempts(1, 0), attempts(1, 2),
    attempts(1, 3), attempts(1, 4)],
  "whom it attempts to take back": [attempts(1, 0, BACK), attempts(1, 2, BACK),
    attempts(1, 0, { join: { slot: 2, epoch: 0 } }), attempts(1, 0, { join: { slot: 0, epoch: 1 } })],
  "taking back whom it drops": [attempts(1, 1, { join: { slot: 0, epoch: 1 } }),
    attempts(1, 1, { join: { slot: 0, epoch: 0 } })],
  "what it holds": [attempts(1, 1, { high: [LAST, 0, 0] }),
    attempts(1, 1, { high: [LAST + 1, 0, 0] })],
  "what it agreed to": [{ ...agreed(2, 1), attemptNumber: 2 },
    { ...agreed(3, 1), attemptNumber: 2 }, { ...agreed(2, 4), attemptNumber: 2 }],
  "what counts by that": [{ ...agreed(2, 1, { cut: [LAST], at: LAST }), attemptNumber: 2 },
    { ...agreed(2, 1, { cut: [LAST + 1] }), attemptNumber: 2 },
    { ...agreed(2, 1, { at: LAST + 1 }), attemptNumber: 2 }],
  "its return": [ASKS, { ...ASKS, era: 1 }, { ...ASKS, members: 2 },
    { ...ASKS, suspects: 1 }, { ...ASKS, tick: 101 },
    { ...ASKS, change: saying({}).change }],
};

for (const [what, [can, ...cannot]] of Object.entries(ROWS)) {
  Deno.test(`a member says of ${what} only what can be`, () => {
    const judge = (said: Saying) => {
      const record = saying(said);
      // What is passed on is judged by itself, so that all take the inputs.
      const passedOn = { ...REST, record: saying({}), relayed: [record] };
      expect(isPlausible({ kind: "play", ...passedOn }, 3)).toBe(true);
      return [
        isPlausible({ kind: "play", ...REST, record }, 3),
        isPlausibleRecord(record, 3),
      ];
    };

    expect(judge(can)).toEqual([true, true]);
    expect(cannot.map(judge)).toEqual(cannot.map(() => [false, false]));
  });
}

Deno.test("nobody brings an input that says that nobody is there", () => {
  const judge = (input: number) => {
    const runs = [{ slot: 0, start: 5, inputs: [0, input] }];
    return isPlausible(
      { ...REST, kind: "play", record: saying({}), runs },
      3,
    );
  };

  expect([-127, 127, ABSENT_INPUT].map(judge)).toEqual([true, true, false]);
});

Deno.test("a snapshot is of a second ago at most, and says who is in the match", () => {
  const snapshot = {
    ...REST,
    kind: "snapshot",
    state: new Int32Array(0),
  } as const;
  const to = { slot: 2, epoch: 1 };
  const judge = (said: Saying) =>
    isPlausible({ ...snapshot, to, record: saying(said) }, 3);

  expect([{ tick: 163 }, { tick: 164 }, { change: undefined }].map(judge))
    .toEqual([true, false, false]);
});

Deno.test("a hello speaks of players that there are", () => {
  const judge = (said: Partial<HelloPacket>) =>
    isPlausible(
      { kind: "hello", heard: 7, ready: 7, ...said } as HelloPacket,
      3,
    );

  expect([{}, { heard: 8 }, { ready: 8 }].map(judge)).toEqual([
    true,
    false,
    false,
  ]);
});
