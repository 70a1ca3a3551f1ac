/**
 * What a watcher is told of the players, and when a match counts as over, from packets made by hand:
 * nobody plays, so all that passes is time.
 *
 * @module
 */
import { expect } from "@std/expect";
import { createPong } from "../../game/pong.ts";
import { type Presence, presentFromStart } from "../../game/presence.ts";
import { PAYLOAD_BYTES_MAX } from "../../net/match/transport.ts";
import {
  encode,
  NOBODY,
  type PlayPacket,
  type SnapshotPacket,
} from "../../net/match/wire/wire.ts";
import { Watching } from "../../net/watch/watching.ts";
import { recordOf, type Saying } from "../support/slot_record.ts";

const RULES = { players: 3, points: 5, lives: 4 };
const GAME = createPong(RULES, 1);
const THERE = presentFromStart(0);
const GONE: Presence = [{ epoch: 0, from: 0, to: 0 }];
const LEFT: Saying = { farewell: "left" };

/** A watcher, and slots that say of themselves what a test wants; slot 0 may show a state. */
function watch() {
  const watching = new Watching({ rules: RULES, epochs: [0, 0, 0], nowMs: 0 });
  const echoes = [undefined, undefined, undefined];
  let beat = 0;
  const recordWith = (slot: number, said: Saying) =>
    recordOf(slot, {
      ...{ beat: beat++, members: 7, hears: 7, have: [-1, -1, -1] },
      ...{ hash: GAME.hash(GAME.initial), ...said },
    });
  const send = (packet: PlayPacket | SnapshotPacket, atMs: number) => {
    const { slot } = packet.record;
    const bytes = new Uint8Array(PAYLOAD_BYTES_MAX);
    watching.receive({
      ...{ from: { slot, epoch: 0 }, atMs },
      packet: encode(packet, { slot, players: 3 }, bytes),
    });
  };
  const say = (slot: number, atMs: number, said: Saying = {}) => {
    const record = recordWith(slot, said);
    send({ kind: "play", record, echoes, relayed: [], runs: [] }, atMs);
  };
  const show = (atMs: number, said: Saying = {}) => {
    const presences = [THERE, THERE, THERE];
    const record = recordWith(0, { presences, ...said });
    const { initial: state } = GAME;
    send({ kind: "snapshot", record, echoes, to: NOBODY, state }, atMs);
  };
  return { watching, say, show };
}

/** A watcher that was told of a match by all at 100 ms; it believes that from 350 ms on. */
function told(nowMs: number) {
  const opened = watch();
  opened.show(100);
  for (const slot of [1, 2]) opened.say(slot, 100);
  opened.watching.advance(nowMs);
  return opened;
}

Deno.test("a snapshot of a match that stands is shown after 250 ms, if another claims as much", () => {
  const { watching, say, show } = watch();
  show(100);
  say(1, 100);
  for (const nowMs of [100, 5_000]) {
    watching.advance(nowMs);
    expect(watching.phase).toBe("syncing");
  }
  const { tick, scores, waitingFor } = watching;
  expect({ tick, scores, waitingFor })
    .toEqual({ tick: undefined, scores: [], waitingFor: [] });

  expect(told(349).watching.phase).toBe("syncing");
  expect(told(350).watching).toMatchObject({
    ...{ phase: "paused", tick: 0, scores: [4, 4, 4], waitingFor: [0, 1, 2] },
  });
});

Deno.test("a slot's link is told by its silence, its goodbye, and who the members are", () => {
  const { watching, say } = told(350);
  const statesAt = (nowMs: number) => {
    watching.advance(nowMs);
    return [0, 1, 2].map((slot) => watching.linkStateOf(slot));
  };
  say(1, 400);
  expect(statesAt(599)).toEqual(["ok", "ok", "ok"]);
  expect(statesAt(600)).toEqual(["unstable", "ok", "unstable"]);
  expect(watching.silentMs(0)).toBe(500);
  expect(statesAt(2_099)).toEqual(["unstable", "unstable", "unstable"]);
  expect(watching.secondsSinceNews).toBe(1);
  expect(statesAt(2_100)).toEqual(["suspect", "unstable", "suspect"]);
  say(1, 2_500, LEFT);
  say(0, 2_500, { era: 1, members: 3, presences: [THERE, THERE, GONE] });

  expect(statesAt(2_501)).toEqual(["ok", "left", "away"]);
  // What arrived later than the clock that it is asked by is no silence.
  say(2, 9_000);
  expect(watching.silentMs(2)).toBe(0);
  expect(watching.stats).toMatchObject({ packetsIn: 7, rejected: 0 });
});

Deno.test("an older record of a slot takes no goodbye back", () => {
  const { watching, say } = told(350);
  say(1, 400, { ...LEFT, beat: 50 });
  say(1, 401, { farewell: "none", beat: 49 });
  watching.advance(500);

  expect(watching.linkStateOf(1)).toBe("left");
});

Deno.test("a match is over when states differ, when all have left, or when one is left", () => {
  const outcomeOf = (...said: readonly (readonly [number, Saying])[]) => {
    const { watching, say } = told(350);
    for (const [slot, saying] of said) say(slot, 360, saying);
    watching.advance(370);
    return watching.outcome;
  };
  const alone = { era: 1, members: 2, presences: [GONE, THERE, GONE] };

  expect(outcomeOf([1, { farewell: "desync" }]))
    .toEqual({ reason: "desync", winner: null });
  expect(outcomeOf([0, LEFT], [1, LEFT])).toBe(undefined);
  expect(outcomeOf([0, LEFT], [1, LEFT], [2, LEFT]))
    .toEqual({ reason: "player left", winner: null });
  expect(outcomeOf([1, alone])).toEqual({ reason: "walkover", winner: 1 });
});

Deno.test("a player's word that it is alone counts once no other can still think that it plays", () => {
  const counts = (nowMs: number, others: Saying) => {
    const { watching, say, show } = watch();
    for (const slot of [1, 2]) say(slot, 100, others);
    show(100, { era: 1, members: 1 });
    watching.advance(nowMs);
    return watching.phase !== "syncing";
  };

  expect([counts(2_099, {}), counts(2_100, {})]).toEqual([false, true]);
  expect(counts(500, LEFT)).toBe(true);
  expect(counts(500, { isReturning: true })).toBe(true);
  expect(counts(500, { farewell: "desync" })).toBe(false);
});

Deno.test("a watcher looks again each tick until it shows something, then when a tick is due", () => {
  const { watching } = watch();
  expect(watching.nextTickMs).toBe(0);
  for (const nowMs of [10, 11]) {
    watching.advance(nowMs);
    expect(watching.nextTickMs).toBeCloseTo(10 + 1_000 / 60);
  }

  const shown = told(350);

  // The first tick is held until it is 100 ms old.
  expect(shown.watching.nextTickMs).toBeCloseTo(350 + 7_000 / 60);
  shown.say(0, 360, { farewell: "desync" });
  shown.watching.advance(370);
  expect([shown.watching.phase, shown.watching.waitingFor])
    .toEqual(["over", []]);
  expect(shown.watching.nextTickMs).toBeCloseTo(370 + 1_000 / 60);
});
