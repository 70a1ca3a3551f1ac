/**
 * What a watcher is told of the players, and when a match counts as over, from packets made by hand:
 * nobody plays, so all that passes is time.
 *
 * @module
 */
import { expect } from "@std/expect";
import { presentFromStart } from "../../game/presence.ts";
import { createPong } from "../../game/pong.ts";
import { SCORE } from "../../game/state.ts";
import { PAYLOAD_BYTES_MAX } from "../../net/match/transport.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import { encode, NOBODY } from "../../net/match/wire/wire.ts";
import { Watching } from "../../net/watch/watching.ts";

const RULES = { players: 3, points: 5, lives: 4 };
const GAME = createPong(RULES, 1);
const ALL = 7;

/** A watcher, and slots that say of themselves what a test wants. */
function watch() {
  const watching = new Watching({ rules: RULES, epochs: [0, 0, 0], nowMs: 0 });
  let beat = 0;
  const say = (
    slot: number,
    atMs: number,
    more: Partial<SlotRecord> = {},
    isSnapshot = false,
  ) => {
    const record: SlotRecord = {
      ...{ slot, epoch: 0, beat: beat++, sentAt: 0, era: 0, members: ALL },
      ...{ suspects: 0, proof: undefined },
      ...{ hears: ALL, farewell: "none", isReturning: false, confirmed: 0 },
      ...{ tick: 0, hash: GAME.hash(GAME.initial), have: [-1, -1, -1] },
      change: isSnapshot
        ? {
          presences: [0, 1, 2].map(() => presentFromStart(0)),
          ...{ attemptNumber: 0, attempt: undefined, agreed: undefined },
        }
        : undefined,
      ...more,
    };
    const echoes = [undefined, undefined, undefined];
    const packet = isSnapshot
      ? {
        ...{ kind: "snapshot", record, echoes, to: NOBODY } as const,
        state: GAME.initial,
      }
      : { kind: "play", record, echoes, relayed: [], runs: [] } as const;
    watching.receive({
      ...{ from: { slot, epoch: 0 }, atMs },
      packet: encode(
        packet,
        { slot, players: 3 },
        new Uint8Array(PAYLOAD_BYTES_MAX),
      ),
    });
  };
  return { watching, say };
}

/** A match that is shown from 350 ms on; all have spoken at 100 ms. */
function shown() {
  const opened = watch();
  opened.say(0, 100, {}, true);
  for (const slot of [1, 2]) opened.say(slot, 100);
  opened.watching.advance(350);
  return opened;
}

Deno.test("a snapshot of a match that stands is shown after 250 ms, if another claims as much", () => {
  const { watching, say } = watch();
  say(0, 100, {}, true);
  say(1, 100);
  for (const nowMs of [100, 5_000]) {
    watching.advance(nowMs);
    expect(watching.phase).toBe("syncing");
  }
  expect([watching.tick, watching.scores, watching.waitingFor])
    .toEqual([undefined, [], []]);
  const { watching: believed } = shown();

  expect([believed.phase, believed.tick]).toEqual(["paused", 0]);
  expect(believed.scores).toEqual([4, 4, 4]);
  expect(believed.scores).toEqual([...GAME.initial.slice(SCORE, SCORE + 3)]);
  expect(believed.waitingFor).toEqual([0, 1, 2]);
  const early = watch();
  early.say(0, 100, {}, true);
  for (const slot of [1, 2]) early.say(slot, 100);
  early.watching.advance(349);
  expect(early.watching.phase).toBe("syncing");
});

Deno.test("a slot's link is told by its silence, its goodbye, and who the members are", () => {
  const { watching, say } = shown();
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
  say(1, 2_500, { farewell: "left" });
  say(0, 2_500, {
    ...{ era: 1, members: 3 },
    change: {
      presences: [presentFromStart(0), presentFromStart(0), [{
        ...{ epoch: 0, from: 0, to: 0 },
      }]],
      ...{ attemptNumber: 1, attempt: undefined, agreed: undefined },
    },
  });

  expect(statesAt(2_501)).toEqual(["ok", "left", "away"]);
  // What arrived later than the clock that it is asked by is no silence.
  say(2, 9_000);
  expect(watching.silentMs(2)).toBe(0);
  expect(watching.stats).toMatchObject({ packetsIn: 7, rejected: 0 });
});

Deno.test("an older record of a slot takes no goodbye back", () => {
  const { watching, say } = shown();
  say(1, 400, { farewell: "left", beat: 50 });
  say(1, 401, { farewell: "none", beat: 49 });
  watching.advance(500);

  expect(watching.linkStateOf(1)).toBe("left");
});

Deno.test("a match is over when states differ, when all have left, or when one is left", () => {
  const outcomeOf = (
    ...said: readonly (readonly [number, Partial<SlotRecord>])[]
  ) => {
    const { watching, say } = shown();
    for (const [slot, more] of said) say(slot, 360, more);
    watching.advance(370);
    return watching.outcome;
  };
  const left = { farewell: "left" } as const;

  expect(outcomeOf([1, { farewell: "desync" }]))
    .toEqual({ reason: "desync", winner: null });
  expect(outcomeOf([0, left], [1, left])).toBe(undefined);
  expect(outcomeOf([0, left], [1, left], [2, left]))
    .toEqual({ reason: "player left", winner: null });
  const change = {
    presences: [
      [{ epoch: 0, from: 0, to: 0 }],
      presentFromStart(0),
      [{ epoch: 0, from: 0, to: 0 }],
    ],
    ...{ attemptNumber: 1, attempt: undefined, agreed: undefined },
  };
  expect(outcomeOf([1, { era: 1, members: 2, change }]))
    .toEqual({ reason: "walkover", winner: 1 });
});

Deno.test("a player's word that it is alone counts once no other can still think that it plays", () => {
  const phaseOf = (nowMs: number, others: Partial<SlotRecord>) => {
    const { watching, say } = watch();
    for (const slot of [1, 2]) say(slot, 100, others);
    say(0, 100, { era: 1, members: 1 }, true);
    watching.advance(nowMs);
    return watching.phase;
  };

  expect(phaseOf(2_099, {})).toBe("syncing");
  expect(phaseOf(2_100, {})).not.toBe("syncing");
  expect(phaseOf(500, { farewell: "left" })).not.toBe("syncing");
  expect(phaseOf(500, { isReturning: true })).not.toBe("syncing");
  expect(phaseOf(500, { farewell: "desync" })).toBe("syncing");
});

Deno.test("a watcher looks again each tick until it shows something, then when a tick is due", () => {
  const { watching, say } = watch();
  expect(watching.nextTickMs).toBe(0);
  watching.advance(10);
  expect(watching.nextTickMs).toBeCloseTo(10 + 1_000 / 60);
  watching.advance(11);
  expect(watching.nextTickMs).toBeCloseTo(10 + 1_000 / 60);
  say(0, 100, {}, true);
  for (const slot of [1, 2]) say(slot, 100);

  watching.advance(350);

  // The first tick is held until it is 100 ms old.
  expect(watching.nextTickMs).toBeCloseTo(350 + 7_000 / 60);
  say(0, 360, { farewell: "desync" });
  watching.advance(370);
  expect([watching.phase, watching.waitingFor]).toEqual(["over", []]);
  expect(watching.nextTickMs).toBeCloseTo(370 + 1_000 / 60);
});
