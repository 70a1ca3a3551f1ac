/**
 * The rules of docs/membership.md that stand where packets are taken in.
 *
 * @module
 */
import { expect } from "@std/expect";
import { OPEN_END, type Presence } from "../../game/presence.ts";
import type { Game } from "../../game/rollback.ts";
import { OVER, PHASE, TICK, WINNER } from "../../game/state.ts";
import { PeerClock } from "../../net/match/clock/peer_clock.ts";
import { PeerLiveness } from "../../net/match/membership/liveness.ts";
import type { NegativeControls } from "../../net/match/membership/negative_controls.ts";
import { Play } from "../../net/match/play.ts";
import type { Return } from "../../net/match/returning.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import { stampOf } from "../../net/match/wire/stamp.ts";
import type { InputRun } from "../../net/match/wire/wire.ts";
import { recordOf, type Saying } from "../support/slot_record.ts";
import { attempts, TIMERS } from "./membership_case.ts";

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

/** Slot 0, which has confirmed some ticks with the inputs of all. */
function beginPlay(
  { controls = {}, confirmed = 0, from }: {
    readonly controls?: NegativeControls;
    readonly confirmed?: number;
    readonly from?: Return;
  } = {},
) {
  const base = { slot: 0, players: 3, timers: TIMERS, nowMs: 0 };
  const liveness = new PeerLiveness(base);
  const clocks = [0, 1, 2].map(() => new PeerClock());
  const seats = { epochs: [0, 0, 0], epoch: 0, clocks, liveness };
  const play = new Play({ ...base, ...seats, game: GAME, controls, from });
  let beat = 0;
  const say = (slot: number, saying: Saying = {}) => ({
    ...recordOf(slot, { have: [-1, -1, -1], beat: ++beat, ...saying }),
  });
  const hear = (record: SlotRecord, relayed: readonly SlotRecord[] = []) => {
    play.receive({ record, relayed, runs: [] }, 0);
    play.settle(0);
  };
  const inputs = Array.from({ length: confirmed }, () => 0);
  inputs.forEach(() => play.tick(0, 0));
  if (confirmed > 0) {
    const runs = [1, 2].map((slot) => ({ slot, start: 0, inputs }));
    play.receive({ record: say(1), relayed: [], runs }, 0);
    play.settle(0);
    expect(play.confirmedTick).toBe(confirmed);
  }
  return { play, liveness, say, hear };
}

/** What happens after slots 1 and 2 were silent for 50 ms, and for how long they are after it. */
type Hearing = readonly [
  string,
  (given: ReturnType<typeof beginPlay>) => void,
  readonly [number, number],
];

// deno-fmt-ignore
const HEARINGS: readonly Hearing[] = [
  ["a member by its own packet", ({ say, hear }) => hear(say(1)), [0, 50]],
  ["a member by another's packet", ({ say, hear }) => hear(say(1), [say(2)]), [0, 0]],
  ["nobody who doesn't hear this host", ({ say, hear }) => hear(say(1, { hears: 6 })), [50, 50]],
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
  const hear = (more: Saying, ...runs: readonly InputRun[]) => {
    nowMs += 100;
    const record = say(1, { sentAt: stampOf(nowMs), have, ...more });
    play.receive({ record, relayed: [], runs }, nowMs);
    liveness.update(nowMs, 0b111, true);
    play.settle(nowMs);
  };

  while (nowMs < 2_500) hear({});
  hear(attempts(1, 0b100, { high: have }));
  hear({}, { slot: 2, start: 0, inputs: Array(9).fill(0) });

  expect(play.say(SAID).record)
    .toMatchObject({ have, change: { attemptNumber: 1 } });
  expect(play.missing()).toEqual([1]);
});

const AT_2: Presence = [{ epoch: 0, from: 0, to: 2 }];
const AT_3: Presence = [{ epoch: 0, from: 0, to: 3 }];
/** Slot 2, or another, as it comes back. */
const BACK: Presence = [...AT_3, { epoch: 1, from: 9, to: OPEN_END }];

/** What slot 1 says in era 1. */
function committed(presences: readonly Presence[], members = 0b011) {
  return { era: 1, members, presences };
}

// deno-fmt-ignore
const COMMITS: readonly (readonly [string, said: Saying, era: number, isOut: boolean])[] = [
  ["goes on in the era of whoever committed", committed([THERE, THERE, AT_3]), 1, false],
  ["is out if it isn't a member any more", committed([AT_3, THERE, THERE], 6), 0, true],
  ["is out if a later incarnation of it is the member", committed([BACK, THERE, THERE], 7), 0, true],
  ["is out if it confirmed more of a dropped player than counts",
    committed([THERE, THERE, AT_2]), 0, true],
  ["waits for a record that says what was committed", { era: 1, members: 3 }, 0, false],
];

for (const [what, record, era, isOut] of COMMITS) {
  Deno.test(`R9: a host ${what}`, () => {
    const { play, say, hear } = beginPlay({ confirmed: 4 });

    hear(say(1, record));

    expect([play.era, play.isOut, play.members])
      .toEqual([era, isOut, era === 1 ? 0b011 : 0b111]);
  });
}

Deno.test("R11: a match is over once all members have confirmed the same end", () => {
  const { play, say, hear } = beginPlay({ confirmed: LAST_TICK });
  const end = { confirmed: LAST_TICK, hash: LAST_TICK };
  expect([play.endTick, play.isAgreedOver()]).toEqual([LAST_TICK, false]);

  hear(say(1, end), [say(2, { confirmed: LAST_TICK - 1, hash: 5 })]);
  expect(play.isAgreedOver()).toBe(false);

  hear(say(2, end));
  expect(play.isAgreedOver()).toBe(true);
  expect([play.isWalkover, play.winner()]).toEqual([false, WINNER_SLOT]);
});

Deno.test("R11: another end than ours is none", () => {
  const { play, say, hear } = beginPlay({ confirmed: LAST_TICK });
  const end = { confirmed: LAST_TICK, hash: 7 };

  // After another change of the members it may well be another.
  hear(say(1, { ...end, era: 1 }));
  expect(play.desync).toBeUndefined();
  hear(say(1, end));

  expect(play.desync)
    .toEqual({ slot: 1, tick: LAST_TICK, ours: LAST_TICK, theirs: 7 });
});

Deno.test("R11: the last member has won, unless the game has come to its end", () => {
  for (
    const [confirmed, gone, won] of [
      [4, AT_3, [true, 0]],
      [LAST_TICK, THERE, [false, WINNER_SLOT]],
    ] as const
  ) {
    const { play, say, hear } = beginPlay({ confirmed });
    expect(play.isWalkover).toBe(false);
    if (confirmed < LAST_TICK) expect(play.winner()).toBe(null);

    hear(say(1, committed([THERE, gone, gone], 0b001)));

    expect([play.isWalkover, play.winner()]).toEqual(won);
  }
});

Deno.test("without R11 a host needs nobody to agree on the end", () => {
  const isOver = [4, LAST_TICK].map((confirmed) =>
    beginPlay({ controls: { isResultUnagreed: true }, confirmed })
      .play.isAgreedOver()
  );

  expect(isOver).toEqual([false, true]);
});

Deno.test("who comes back to a game that has just ended knows its end, and plays no further", () => {
  const state = GAME.initial.slice();
  state[TICK] = LAST_TICK;
  state[PHASE] = OVER;
  const presences = [THERE, THERE, THERE];
  const from = { tick: LAST_TICK, state, era: 2, members: 0b111, presences };
  const { play } = beginPlay({ from });
  play.tick(0, 0);
  play.settle(0);

  expect([play.endTick, play.newestTick, play.confirmedTick])
    .toEqual([LAST_TICK, LAST_TICK, LAST_TICK]);
});
