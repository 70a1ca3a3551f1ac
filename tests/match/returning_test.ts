import { expect } from "@std/expect";
import { createPong } from "../../game/pong.ts";
import {
  OPEN_END,
  type Presence,
  presentFromStart,
} from "../../game/presence.ts";
import { Beats } from "../../net/match/clock/beats.ts";
import { PeerLiveness } from "../../net/match/membership/liveness.ts";
import { timersFor } from "../../net/match/membership/timers.ts";
import { Outbox } from "../../net/match/outbox.ts";
import { Returning } from "../../net/match/returning.ts";
import { isNewer } from "../../net/match/wire/record.ts";
import type { PlayPacket } from "../../net/match/wire/wire.ts";

const RULES = { players: 3, points: 9, lives: 9 };
const TIMERS = timersFor(20_000);
let beat = 0;

function createReturning() {
  const beats = new Beats(3);
  const liveness = new PeerLiveness({
    slot: 2,
    players: 3,
    timers: TIMERS,
    nowMs: 0,
  });
  const returning = new Returning({
    slot: 2,
    players: 3,
    seatEpoch: 0,
    isOut: true,
    game: createPong(RULES, 0),
    clocks: beats.clocks,
    liveness,
    timers: TIMERS,
    proofs: undefined,
  });
  const ask = () =>
    returning.say({
      beat: beats.take(0),
      sentAt: 0,
      farewell: "none",
      echoes: beats.echoes(0),
    }).record;
  return { returning, beats, liveness, ask };
}

/** What a member says of slot 2: whether it is one, and its presence. */
function sayOf(
  slot: number,
  members: number,
  ...presence: Presence
): PlayPacket {
  const change = {
    presences: [presentFromStart(0), presentFromStart(0), presence],
    ...{ attemptNumber: 0, attempt: undefined, agreed: undefined },
  };
  const { ask } = createReturning();
  const record = { ...ask(), slot, epoch: 0, isReturning: false };
  const said = { ...record, beat: ++beat, members, change };
  return { kind: "play", record: said, echoes: [], relayed: [], runs: [] };
}

Deno.test("who was taken back and dropped again unheard asks as another incarnation", () => {
  const first = { epoch: 0, from: 0, to: 99 };
  const missed = { epoch: 1, from: 150, to: 180 };
  const { returning } = createReturning();
  returning.begin();
  const wasMissed = (...saying: Parameters<typeof sayOf>) => {
    returning.hears(sayOf(...saying), 0);
    return returning.wasMissed;
  };

  expect(wasMissed(0, 0b011, first)).toBe(false);
  expect(wasMissed(0, 0b111, first, { ...missed, to: OPEN_END })).toBe(false);
  // Both who play without it have to say so.
  expect(wasMissed(0, 0b011, first, missed)).toBe(false);
  expect(wasMissed(1, 0b011, first, missed)).toBe(true);
  returning.begin();
  expect(wasMissed(0, 0b011, first, missed)).toBe(false);
  expect(wasMissed(1, 0b011, first, missed)).toBe(false);
});

Deno.test("whoever asks to come back for an hour is still newer than itself before", () => {
  const { ask } = createReturning();
  const asked = Array.from({ length: 3600 * 20 }, ask);

  const now = asked[asked.length - 1];
  for (let ago = 1; ago < asked.length; ago += 100) {
    const before = asked[asked.length - 1 - ago];
    expect({ ago, isNewer: isNewer(now, before) }).toEqual({
      ago,
      isNewer: true,
    });
    expect({ ago, isOlder: isNewer(before, now) }).toEqual({
      ago,
      isOlder: false,
    });
  }
});

Deno.test("it asks every 50 ms, and claims nothing", () => {
  const { returning, beats, ask } = createReturning();
  const outbox = new Outbox({ slot: 2, players: 3, beats });
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
