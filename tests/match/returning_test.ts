import { expect } from "@std/expect";
import { createPong } from "../../game/pong.ts";
import { Beats } from "../../net/match/clock/beats.ts";
import { PeerLiveness } from "../../net/match/membership/liveness.ts";
import { timersFor } from "../../net/match/membership/timers.ts";
import { Returning } from "../../net/match/returning.ts";
import { isNewer } from "../../net/match/wire/record.ts";

const RULES = { players: 3, points: 9, lives: 9 };
const TIMERS = timersFor(20_000);

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
