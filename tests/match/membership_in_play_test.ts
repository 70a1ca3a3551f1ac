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
import { Absences } from "../../net/match/membership/absences.ts";
import { PeerLiveness } from "../../net/match/membership/liveness.ts";
import type { NegativeControls } from "../../net/match/membership/negative_controls.ts";
import { Play } from "../../net/match/play.ts";
import type { Return } from "../../net/match/returning.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import type { InputRun } from "../../net/match/wire/wire.ts";
import { recordOf, type Saying } from "../support/slot_record.ts";
import { agreed, attempts, TIMERS } from "./membership_case.ts";

const LAST_TICK = 6;
const WINNER_SLOT = 1;
/** It ends at a certain tick, whatever anybody does. */
function gameUntil(lastTick: number): Game {
  return {
    isState: ({ length }) => length === 16,
    initial: Int32Array.from({ length: 16 }, (_, i) => i === WINNER ? -1 : 0),
    step(state) {
      if (++state[TICK] < lastTick) return;
      state[PHASE] = OVER;
      state[WINNER] = WINNER_SLOT;
    },
    hash: (state) => state[TICK],
  };
}
const THERE: Presence = [{ epoch: 0, from: 0, to: OPEN_END }];

interface Beginning {
  readonly controls?: NegativeControls;
  readonly confirmed?: number;
  /** Of how many more ticks the inputs of the others are known. */
  readonly ahead?: number;
  readonly lastTick?: number;
  readonly distrusted?: number;
  readonly from?: Return;
}

/** Slot 0, which has confirmed some ticks with the inputs of all. */
function beginPlay(beginning: Beginning = {}) {
  const { controls = {}, confirmed = 0, ahead = 0, from } = beginning;
  const { lastTick = LAST_TICK, distrusted } = beginning;
  const base = { slot: 0, players: 3, timers: TIMERS, nowMs: 0 };
  const liveness = new PeerLiveness(base);
  const clocks = [0, 1, 2].map(() => new PeerClock());
  const seats = { epochs: [0, 0, 0], epoch: 0, clocks, liveness };
  const trust = {
    absences: new Absences(3, TIMERS.graceMs),
    proofs: undefined,
  };
  const game = gameUntil(lastTick);
  const rules = { game, controls, from, distrusted };
  const play = new Play({ ...base, ...seats, ...trust, ...rules });
  let beat = 0;
  const say = (slot: number, saying: Saying = {}) => ({
    ...recordOf(slot, {
      ...{ members: 7, have: [-1, -1, -1], beat: ++beat },
      ...saying,
    }),
  });
  const time = { ms: 0 };
  const hear = (
    record: SlotRecord,
    relayed: readonly SlotRecord[] = [],
    runs: readonly InputRun[] = [],
  ) => {
    play.receive({ record, relayed, runs }, time.ms);
    play.settle(time.ms);
  };
  for (let start = 0; start < confirmed + ahead; start++) {
    if (start < confirmed) play.tick(0, 0);
    hear(say(1), [], [1, 2].map((slot) => ({ slot, start, inputs: [0] })));
  }
  expect(play.confirmedTick).toBe(from?.tick ?? confirmed);
  return { play, liveness, time, say, hear };
}

type Given = ReturnType<typeof beginPlay>;

const LEFT: Saying = { farewell: "left" };

/** Slot 2 says goodbye, and slots 0 and 1 attempt to drop it. */
function leaveSlot2({ say, hear }: Given): void {
  hear(say(1, { suspects: 0b100 }));
  hear(say(2, LEFT));
}

/** What slot 1 says that attempts that, too, and holds inputs of slot 2 up to a tick. */
function attemptsToo(tick = -1): Saying {
  return { suspects: 0b100, ...attempts(1, 0b100, { high: [-1, -1, tick] }) };
}

/** Slots 0 and 1 agree to drop slot 2. */
function agreeToDropSlot2(given: Given): void {
  leaveSlot2(given);
  given.hear(given.say(1, attemptsToo()));
}

/** What happens after slots 1 and 2 were silent for 50 ms, and for how long they are after it. */
type Hearing = readonly [
  string,
  Beginning,
  (given: Given) => void,
  readonly [number, number],
];

const END = { confirmed: LAST_TICK, hash: LAST_TICK };
/** Slot 2 has made inputs up to tick 6. */
const UNTIL_6 = { tick: 8, have: [-1, -1, 6] };

// deno-fmt-ignore
const HEARINGS: readonly Hearing[] = [
  ["a member by its own packet", {}, ({ say, hear }) => hear(say(1)), [0, 50]],
  ["a member by another's packet", {}, ({ say, hear }) => hear(say(1), [say(2)]), [0, 0]],
  ["nobody who doesn't hear this host", {},
    ({ say, hear }) => hear(say(1, { hears: 6 })), [50, 50]],
  ["nobody whose record hasn't advanced", {}, ({ say, hear, liveness }) => {
    const old = say(2);
    hear(say(1), [old]);
    liveness.update(100, 0b111, true);
    hear(say(1), [old]);
  }, [0, 50]],
  ["nobody who keeps its inputs to itself", { ahead: 0 },
    ({ say, hear }) => hear(say(1), [], [{ slot: 2, start: 4, inputs: [0] }]), [50, 50]],
  ["a member that lags by a second", { confirmed: 65, lastTick: 99 },
    ({ say, hear }) => hear(say(1, { confirmed: 1 })), [0, 50]],
  ["nobody who lags by more", { confirmed: 65, lastTick: 99 },
    ({ say, hear }) => hear(say(1)), [50, 50]],
  ["a member that takes part in an attempt", {}, (given) => {
    leaveSlot2(given);
    given.liveness.update(100, 0b111, true);
    given.hear(given.say(1, attemptsToo()));
  }, [0, 50]],
  ["nobody who doesn't take part in an attempt", {}, (given) => {
    leaveSlot2(given);
    given.liveness.update(100, 0b111, true);
    given.hear(given.say(1));
  }, [50, 50]],
  ["a suspect that brings inputs, though none is taken in", {}, (given) => {
    leaveSlot2(given);
    given.liveness.update(100, 0b111, true);
    given.hear(given.say(2, UNTIL_6), [], [{ slot: 2, start: 5, inputs: [0, 0] }]);
  }, [50, 0]],
  ["nobody who made inputs and doesn't bring them", {}, ({ say, hear }) =>
    hear(say(2, UNTIL_6), [], [{ slot: 2, start: 5, inputs: [0] }]), [50, 50]],
  ["nobody whose inputs leave a gap", {}, ({ say, hear }) =>
    hear(say(2, UNTIL_6), [], [{ slot: 2, start: 6, inputs: [0] }]), [50, 50]],
  ["a member that has shown the same end", { confirmed: LAST_TICK }, ({ say, hear }) => {
    hear(say(1, END));
    hear(say(1, END));
  }, [0, 50]],
  ["nobody who keeps the end to itself", { confirmed: LAST_TICK }, ({ say, hear }) => {
    hear(say(1, { confirmed: LAST_TICK - 1 }));
    hear(say(1, { confirmed: LAST_TICK - 1 }));
  }, [50, 50]],
];

for (const [what, beginning, happens, silentMs] of HEARINGS) {
  Deno.test(`R1: a host hears ${what}`, () => {
    const given = beginPlay({ confirmed: 4, ahead: 1, ...beginning });
    given.liveness.update(50, 0b111, true);

    happens(given);

    expect([1, 2].map((slot) => given.liveness.silentMs(slot)))
      .toEqual(silentMs);
  });
}

const SAID = { beat: 0, sentAt: 0, farewell: "none", echoes: [] } as const;

Deno.test("R9: a host tells the presences while somebody that it hears may not know them", () => {
  const given = beginPlay();
  const { play, liveness, say, hear } = given;
  const tells = () => play.say(SAID).record.change?.presences !== undefined;
  const relays = () => play.say(SAID).relayed.map(({ slot }) => slot);
  hear(say(1));
  expect([tells(), relays()]).toEqual([false, [1]]);

  hear(say(2, { isReturning: true }));
  expect([tells(), relays()]).toEqual([true, [1, 2]]);
  hear(say(2));
  expect(tells()).toBe(false);
  agreeToDropSlot2(given);
  hear(say(1, committed([THERE, THERE, NEVER])));
  expect([play.era, tells()]).toEqual([1, true]);
  for (let nowMs = 100; nowMs <= 2_100; nowMs += 100) {
    liveness.update(nowMs, 0b011, true);
  }
  expect([tells(), relays()]).toEqual([false, []]);
});

Deno.test("R5: of a player that is dropped, a host takes inputs up to the cut, and no more", () => {
  const given = beginPlay();
  const { play, say, hear } = given;
  leaveSlot2(given);
  hear(say(1, attemptsToo(5)));

  const run = { slot: 2, start: 0, inputs: Array(9).fill(0) };
  hear(say(1, attemptsToo(5)), [], [run]);

  expect(play.say(SAID).record)
    .toMatchObject({ have: [-1, -1, 5], change: { attemptNumber: 1 } });
  expect(play.missing()).toEqual([1]);
});

const RUN = { slot: 2, start: 5, inputs: [0, 0, 0] };
type Taking = readonly [
  string,
  Beginning,
  (given: Given) => unknown,
  have: number,
];

// deno-fmt-ignore
const TAKINGS: readonly Taking[] = [
  ["as it brings them", {}, ({ say, hear }) => hear(say(2), [], [RUN]), 7],
  ["as another passes them on, if it isn't heard itself", {},
    ({ say, hear }) => hear(say(1), [], [RUN]), 7],
  ["only as it brings them, if it speaks", {}, ({ say, hear }) => {
    hear(say(2));
    hear(say(1), [], [RUN]);
  }, 4],
  ["as another passes on what it made, once it brings no more", {}, (given) =>
    passOnAt(given, 151), 6],
  ["only as it brings them until then", {}, (given) => passOnAt(given, 150), 4],
  ["as another passes them on, if it is distrusted", { distrusted: 2 }, ({ say, hear }) => {
    hear(say(2));
    hear(say(1), [], [RUN]);
  }, 7],
  ["only so, if it is distrusted", { distrusted: 2 },
    ({ say, hear }) => hear(say(2), [], [RUN]), 4],
  ["only as others pass them on, while it is dropped", {}, (given) => {
    leaveSlot2(given);
    given.hear(given.say(1, attemptsToo(6)));
    given.hear(given.say(2, LEFT), [], [RUN]);
  }, 4],
];

/** Slot 2 speaks, and slot 1 passes on what that one has made. */
function passOnAt({ say, hear, time }: Given, atMs: number): void {
  time.ms = atMs;
  hear(say(2, UNTIL_6));
  hear(say(1), [], [RUN]);
}

for (const [what, beginning, happens, have] of TAKINGS) {
  Deno.test(`a host takes a member's inputs ${what}`, () => {
    const given = beginPlay({ confirmed: 4, ahead: 1, ...beginning });

    happens(given);

    expect(given.play.say(SAID).record.have[2]).toBe(have);
  });
}

/** Slot 2 brings input 1 for ticks 5 to 7, then something else. */
const CONTRADICTIONS: readonly (readonly [
  string,
  (given: Given) => void,
  number,
])[] = [
  ["doubts who brings another input of a tick", () => {}, 0b100],
  ["doubts nobody for what others passed on", ({ say, hear }) => {
    hear(say(1), [], [{ slot: 2, start: 5, inputs: [1, 1, 1] }]);
  }, 0],
];

for (const [what, before, doubted] of CONTRADICTIONS) {
  Deno.test(`a host ${what}`, () => {
    const given = beginPlay({ confirmed: 4, ahead: 1 });
    const { play, say, hear } = given;
    before(given);

    hear(say(2), [], [{ slot: 2, start: 5, inputs: [1, 1, 1] }]);
    expect(play.hashes.outvoted(0b111)).toBe(0);
    hear(say(2), [], [RUN]);

    expect(play.hashes.outvoted(0b111)).toBe(doubted);
  });
}

/** Slot 0 has come back at tick 4 with slot 1's state, and plays from tick 9 on. */
function comeBack(): Given {
  const presences = [BACK, THERE, THERE];
  const state = gameUntil(99).initial.slice();
  state[TICK] = 4;
  const from = {
    ...{ giver: 1, tick: 4, state, era: 2, members: 7, presences },
  };
  return beginPlay({ from, lastTick: 99 });
}

Deno.test("who comes back catches up with the inputs of whoever gave the state", () => {
  const { play, say, hear } = comeBack();
  const have = () => play.say(SAID).record.have[2];
  const run = { slot: 2, start: 4, inputs: [1, 1, 1, 1, 1, 1, 1] };
  const said = { era: 2, presences: [BACK, THERE, THERE] };
  hear(say(1, said));
  hear(say(2, said), [], [run]);
  expect(have()).toBe(3);
  // From when on its own count, it takes each member's word, as all do.
  hear(say(1, said), [], [run]);
  expect(have()).toBe(8);
  hear(say(2, said), [], [run]);
  expect(have()).toBe(10);

  // Where that one is gone, or keeps them to itself, whoever is there.
  for (
    const [heardMs, ms, taken] of [[0, 151, 10], [199, 199, 3], [200, 200, 10]]
  ) {
    const again = comeBack();
    again.time.ms = heardMs;
    again.hear(again.say(1, said));
    again.time.ms = ms;
    again.hear(again.say(2, said), [], [run]);
    expect(again.play.say(SAID).record.have[2]).toBe(taken);
  }
});

Deno.test("R8: after a change patience begins anew with all who took part", () => {
  const given = beginPlay({ confirmed: 4 });
  const { play, liveness, say, hear } = given;
  agreeToDropSlot2(given);
  liveness.update(50, 0b111, true);
  const too = agreed(1, 0b100, { cut: [-1, -1, 3] });

  hear(say(1, { ...attemptsToo(), ...too, hears: 0b110 }));

  expect([play.era, play.members]).toEqual([1, 0b011]);
  expect([1, 2].map((slot) => liveness.silentMs(slot))).toEqual([0, 50]);
});

const NEVER: Presence = [{ epoch: 0, from: 0, to: -1 }];
Deno.test("R10: who asks one member alone holds it up for a moment, and waits longer each time", () => {
  const given = beginPlay();
  const { play, liveness, time, say, hear } = given;
  agreeToDropSlot2(given);
  const there = committed([THERE, THERE, NEVER]);
  hear(say(1, there));
  play.takeEvents();
  const happened: unknown[] = [];
  for (time.ms = 100; time.ms <= 2_900; time.ms += 100) {
    liveness.update(time.ms, 0b011, true);
    hear(say(1, there));
    hear(say(2, { isReturning: true, epoch: 1 }));
    for (const { kind } of play.takeEvents()) happened.push([kind, time.ms]);
  }

  expect(happened).toEqual([
    ...[["attempted", 100], ["backed out", 800]],
    ...[["attempted", 1_600], ["backed out", 2_300]],
  ]);
});

const AT_3: Presence = [{ epoch: 0, from: 0, to: 3 }];
/** Slot 0 as it comes back. */
const BACK: Presence = [...AT_3, { epoch: 1, from: 9, to: OPEN_END }];

/** What a member says in era 1. */
function committed(presences: readonly Presence[], members = 0b011) {
  return { era: 1, members, presences };
}

const DROPPED = committed([THERE, THERE, AT_3]);
const WITHOUT_ME = committed([AT_3, THERE, THERE], 0b110);

type Commit = readonly [
  string,
  (given: Given) => void,
  era: number,
  isOut: boolean,
];

// deno-fmt-ignore
const COMMITS: readonly Commit[] = [
  ["goes on in the era of whoever committed what it agreed to", (given) => {
    agreeToDropSlot2(given);
    given.hear(given.say(1, DROPPED));
  }, 1, false],
  ["goes on in no era that it should have agreed to",
    ({ say, hear }) => hear(say(1, DROPPED)), 0, false],
  ["is out if all the others say that it isn't a member any more",
    ({ say, hear }) => [1, 2].forEach((slot) => hear(say(slot, WITHOUT_ME))), 0, true],
  ["isn't out by what one says alone",
    ({ say, hear }) => hear(say(1, WITHOUT_ME), [say(2, WITHOUT_ME)]), 0, false],
  ["is out if a later incarnation of it is the member", ({ say, hear }) => {
    const dropped = committed([BACK, THERE, THERE], 0b111);
    [1, 2].forEach((slot) => hear(say(slot, dropped)));
  }, 0, true],
  ["waits for a record that says what was committed", ({ say, hear }) => {
    [1, 2].forEach((slot) => hear(say(slot, { era: 1, members: 0b110 })));
  }, 0, false],
];

for (const [what, happens, era, isOut] of COMMITS) {
  Deno.test(`R9: a host ${what}`, () => {
    const given = beginPlay({ confirmed: 4 });
    const { play } = given;

    happens(given);

    expect([play.era, play.isOut, play.members])
      .toEqual([era, isOut, era === 1 ? 0b011 : 0b111]);
  });
}

Deno.test("R9: a host is out if it confirmed more of a dropped player than counts", () => {
  const controls = { isUnfrozen: true };
  const given = beginPlay({ confirmed: 4, controls });
  const { play, say, hear } = given;
  agreeToDropSlot2(given);
  // Without R4 it confirms more before it learns what counts.
  play.tick(0, 0);
  hear(say(1, attemptsToo()), [], [{ slot: 1, start: 4, inputs: [0] }]);
  hear(say(2, LEFT), [], [{ slot: 2, start: 4, inputs: [0] }]);
  expect([play.confirmedTick, play.isOut]).toEqual([5, false]);

  hear(say(1, DROPPED));

  expect([play.era, play.isOut]).toEqual([0, true]);
});

Deno.test("R11: a match is over once all members have confirmed the same end", () => {
  const { play, say, hear } = beginPlay({ confirmed: LAST_TICK });
  expect([play.endTick, play.isAgreedOver()]).toEqual([LAST_TICK, false]);

  hear(say(1, END));
  hear(say(2, { confirmed: LAST_TICK - 1, hash: LAST_TICK - 1 }), [
    say(1, END),
  ]);
  expect(play.isAgreedOver()).toBe(false);
  // Its word counts, not what another says of it.
  hear(say(1, END), [say(2, END)]);
  expect(play.isAgreedOver()).toBe(false);

  hear(say(2, END));
  expect(play.isAgreedOver()).toBe(true);
  expect([play.isWalkover, play.winner()]).toEqual([false, WINNER_SLOT]);
});

const OTHER_END = { ...END, hash: 7 };
const DIFFERENCE = { tick: LAST_TICK, ours: LAST_TICK, theirs: 7 };

Deno.test("R11: another end than ours is a difference, and none in another era", () => {
  const { play, say, hear } = beginPlay({ confirmed: LAST_TICK });

  // After another change of the members it may well be another.
  hear(say(1, { ...OTHER_END, era: 1 }));
  expect(play.hashes.takeNews()).toEqual([]);
  hear(say(1, OTHER_END));

  expect(play.hashes.takeNews()).toEqual([{ slot: 1, ...DIFFERENCE }]);
  expect(play.desync).toBeUndefined();
});

Deno.test("R11: who differs from most waits to be dropped; where nobody is most, states differ", () => {
  const { play, say, hear, time } = beginPlay({ confirmed: LAST_TICK });
  const desyncAt = (ms: number) => {
    time.ms = ms;
    play.settle(ms);
    return play.desync;
  };
  for (const slot of [1, 2]) hear(say(slot, OTHER_END));
  expect(desyncAt(TIMERS.graceMs / 4 - 1)).toBeUndefined();
  expect(desyncAt(TIMERS.graceMs / 4)).toEqual({ slot: 1, ...DIFFERENCE });

  const given = beginPlay({ confirmed: LAST_TICK });
  agreeToDropSlot2(given);
  const dropped = committed([THERE, THERE, ENDED]);
  given.hear(given.say(1, dropped));
  given.hear(given.say(1, { ...dropped, ...OTHER_END }));
  expect(given.play.members).toBe(0b011);
  given.play.settle(given.time.ms = TIMERS.graceMs / 4);
  expect(given.play.desync).toEqual({ slot: 1, ...DIFFERENCE });
});

const ENDED: Presence = [{ epoch: 0, from: 0, to: LAST_TICK - 1 }];

Deno.test("R11: a difference is forgiven to whoever is dropped, and to nobody else", () => {
  const given = beginPlay();
  const { play: { hashes }, say, hear } = given;
  for (const slot of [1, 2]) hear(say(slot, { hash: 9 }));
  expect(hashes.differing).toBe(0b110);

  agreeToDropSlot2(given);
  hear(say(1, committed([THERE, THERE, NEVER])));

  expect([given.play.members, hashes.differing]).toEqual([0b011, 0b010]);
});

Deno.test("R11: nobody of two has won where the other says that states differ", () => {
  const given = beginPlay({ confirmed: 4 });
  const { play, say, hear } = given;
  hear(say(1, { farewell: "desync" }));
  expect([play.isDesyncTold, play.isWalkover]).toEqual([false, false]);

  agreeToDropSlot2(given);
  hear(say(1, DROPPED));
  hear(say(1, { ...DROPPED, era: 2, farewell: "desync" }));
  expect(play.isDesyncTold).toBe(false);
  hear(say(1, { ...DROPPED, farewell: "desync" }));

  expect([play.isDesyncTold, play.isWalkover]).toEqual([true, false]);
});

Deno.test("R11: the last member has won, unless the game has come to its end", () => {
  for (
    const [confirmed, won] of [
      [4, [true, 0]],
      [LAST_TICK, [false, WINNER_SLOT]],
    ] as const
  ) {
    const given = beginPlay({ confirmed });
    const { play, say, hear } = given;
    expect(play.isWalkover).toBe(false);
    if (confirmed < LAST_TICK) expect(play.winner()).toBe(null);

    agreeToDropSlot2(given);
    const ended: Presence = [{ epoch: 0, from: 0, to: confirmed - 1 }];
    hear(say(1, { ...committed([THERE, THERE, ended]), ...LEFT }));

    expect(play.members).toBe(0b001);
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
  const state = gameUntil(LAST_TICK).initial.slice();
  state[TICK] = LAST_TICK;
  state[PHASE] = OVER;
  const presences = [THERE, THERE, THERE];
  const from = {
    ...{ giver: 1, tick: LAST_TICK, state, era: 2, members: 0b111, presences },
  };
  const { play } = beginPlay({ from });
  play.tick(0, 0);
  play.settle(0);

  expect([play.endTick, play.newestTick, play.confirmedTick])
    .toEqual([LAST_TICK, LAST_TICK, LAST_TICK]);
});
