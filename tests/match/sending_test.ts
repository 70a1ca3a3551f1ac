import { expect } from "@std/expect";
import { createPong } from "../../game/pong.ts";
import {
  OPEN_END,
  type Presence,
  presentFromStart,
} from "../../game/presence.ts";
import { Rollback } from "../../game/rollback.ts";
import { Beats } from "../../net/match/clock/beats.ts";
import { PeerClock } from "../../net/match/clock/peer_clock.ts";
import { InputRuns } from "../../net/match/input_runs.ts";
import { Opening } from "../../net/match/opening.ts";
import { Outbox } from "../../net/match/outbox.ts";
import type { Play } from "../../net/match/play.ts";
import { PlaySender } from "../../net/match/play_sender.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import { has } from "../../net/match/wire/slot_set.ts";
import { termsOf } from "../../net/match/wire/terms.ts";
import {
  decode,
  type HelloPacket,
  type SnapshotPacket,
} from "../../net/match/wire/wire.ts";
import { sha256 } from "../../net/player/sha256.ts";
import { recordOf } from "../support/slot_record.ts";
import { Members } from "./members.ts";

const RULES = { players: 3, points: 9, lives: 9 };

/** What a member of three that holds inputs of `ticks` ticks of each slot puts into its packets. */
function createRuns(ticks: readonly number[], rttMs = 0, isSentThrice = false) {
  const rollback = new Rollback(createPong(RULES, 1), 3);
  const clocks = ticks.map(() => new PeerClock());
  for (const [slot, count] of ticks.entries()) {
    for (let tick = 0; tick < count; tick++) {
      rollback.addInput(slot, tick, tick % 100);
    }
    clocks[slot].addEcho({ sentMs: 0, holdMs: 0, theirStamp: 0, atMs: rttMs });
  }
  const of = { slot: 0, players: 3, rollback, clocks, isSentThrice };
  const runs = new InputRuns(of);
  /** Of whom, from and to which tick. */
  return (peers: readonly SlotRecord[], presences = ALL_THERE) =>
    runs.next(peers, presences).map(({ slot, start, inputs }) => {
      expect(inputs[0]).toBe(start % 100);
      return [slot, start, start + inputs.length - 1];
    });
}

const THERE = presentFromStart(0);
const ALL_THERE: readonly Presence[] = [THERE, THERE, THERE];

/** Plays until a tick, and as its next incarnation from another one on. */
function awayFrom(to: number, from: number): Presence {
  return [{ epoch: 0, from: 0, to }, { epoch: 1, from, to: OPEN_END }];
}

function peer(slot: number, have: readonly number[]): SlotRecord {
  return recordOf(slot, { members: 7, hears: 7, have });
}

Deno.test("a member sends all of its inputs that somebody lacks, and no more than 64", () => {
  const next = createRuns([100, 100, 100]);

  expect(next([])).toEqual([]);
  expect(next([peer(1, [99, 99, 99]), peer(2, [99, 99, 99])])).toEqual([]);
  expect(next([peer(1, [98, 99, 99]), peer(2, [95, 99, 99])]))
    .toEqual([[0, 96, 99]]);
  expect(next([peer(1, [-1, 99, 99])])).toEqual([[0, 0, 63]]);
  // As a negative control, only those of the last three ticks.
  expect(createRuns([100, 100, 100], 0, true)([peer(1, [-1, -1, -1])]))
    .toEqual([[0, 97, 99]]);
});

Deno.test("of a member that was away, only the ticks are sent in which it played", () => {
  const next = createRuns([100, 0, 0]);
  const sent = (to: number, from: number) =>
    next([peer(1, [10, -1, -1])], [awayFrom(to, from), THERE, THERE]);

  expect(sent(20, 40)).toEqual([[0, 11, 20]]);
  expect(sent(10, 40)).toEqual([[0, 40, 99]]);
  expect(sent(10, 100)).toEqual([]);
});

for (const [rttMs, sends] of [[0, 5], [50, 8], [9_000, 32]]) {
  Deno.test(`what a third member lacks is passed on to it after ${sends} packets at ${rttMs} ms`, () => {
    const next = createRuns([10, 10, 10], rttMs);
    const lacking = [peer(1, [9, 9, 9]), peer(2, [9, 3, 9])];

    for (let i = 1; i < sends; i++) expect(next(lacking)).toEqual([]);
    expect(next(lacking)).toEqual([[1, 4, 9]]);
  });
}

Deno.test("a member is sent its own inputs only where it was another incarnation", () => {
  const next = createRuns([10, 10, 10]);
  const lacking = [peer(1, [9, 3, 9]), peer(2, [9, 9, 9])];
  for (let i = 0; i < 10; i++) expect(next(lacking)).toEqual([]);

  const cut = [THERE, awayFrom(7, 9), THERE];
  expect(next(lacking, cut)).toEqual([[1, 4, 7]]);
  expect(next([peer(1, [9, 8, 9]), lacking[1]], cut)).toEqual([]);
});

Deno.test("an outbox numbers, encodes and counts what it is given, round by round", () => {
  const outbox = new Outbox({ slot: 1, players: 2, beats: new Beats(2) });
  const put = (nowMs: number) => {
    const { echoes, ...said } = outbox.said(nowMs);
    const record = { ...peer(1, [0, 0]), members: 3, hears: 3, ...said };
    outbox.put({ kind: "play", record, echoes, relayed: [], runs: [] });
  };
  const said = () =>
    outbox.outgoing.map((bytes) => {
      const packet = decode(bytes, { slot: 1, players: 2 });
      if (packet?.kind !== "play") throw new Error("It says something else.");
      const { beat, sentAt, farewell } = packet.record;
      return [beat, sentAt, farewell];
    });

  put(10);
  put(10);
  expect(said()).toEqual([[0, 40, "none"], [1, 40, "none"]]);
  const bytes = outbox.outgoing.reduce((sum, { length }) => sum + length, 0);
  outbox.clear();
  expect(outbox.outgoing).toEqual([]);
  outbox.farewell = "left";
  put(20);
  expect(said()).toEqual([[2, 80, "left"]]);
  expect([outbox.packets, outbox.bytes])
    .toEqual([3, bytes + outbox.outgoing[0].length]);

  for (let i = 2; i <= 5; i++) put(20);
  expect(said().map(([beat]) => beat)).toEqual([2, 3, 4, 5, 6]);
});

/** Counts what `send` puts into an outbox. */
function sendsOf(outbox: Outbox, send: () => void): number {
  outbox.clear();
  send();
  return outbox.outgoing.length;
}

Deno.test("a packet is due at once, and every 50 ms after 200 without progress", () => {
  const outbox = new Outbox({ slot: 0, players: 2, beats: new Beats(2) });
  const sender = new PlaySender(0, outbox);
  const record = peer(0, [0, 0]);
  const packet = { kind: "play", record, echoes: [], relayed: [], runs: [] };
  const play = { say: () => packet, returned: () => [] } as unknown as Play;
  const sends = ([nowMs, unconfirmedMs]: readonly number[]) =>
    sendsOf(
      outbox,
      () => sender.send(play, nowMs, { unconfirmedMs, watchers: 0 }),
    );

  expect([[0, 0], [0, 199], [49, 200], [50, 200]].map(sends))
    .toEqual([1, 1, 0, 1]);
});

Deno.test("hellos are repeated every 200 ms, answered at once, and end when all have begun", () => {
  const beats = new Beats(2);
  const outbox = new Outbox({ slot: 0, players: 2, beats });
  const opening = new Opening({
    ...{ slot: 0, players: 2, terms: termsOf({ ...RULES, players: 2 }, "m") },
    ...{ secret: new Uint8Array(16), sha256, nowMs: 0, isStartRepeated: true },
    ...{ epoch: 16, beats, outbox, isPast: false },
  });
  const says = (nowMs: number) => sendsOf(outbox, () => opening.say(nowMs));

  expect([0, 100, 199, 200].map(says)).toEqual([1, 0, 0, 1]);
  const hello = decode(outbox.outgoing[0], { slot: 0, players: 2 });
  expect(hello).toMatchObject({ kind: "hello", epoch: 16, beat: 1 });
  opening.receive(1, hello as HelloPacket, true);
  expect([205, 210, 230, 409, 410].map(says)).toEqual([0, 1, 0, 0, 1]);
  expect(opening.waitingFor).toBe(0b11);
  opening.noteBegun(1);
  expect([1_000, 2_000].map(says)).toEqual([0, 0]);
});

/** A match with the snapshots that its members send. */
function beginWithSnapshots() {
  const match = new Members({ players: 3 });
  match.begin();
  const sent: { atMs: number; slot: number; packet: SnapshotPacket }[] = [];
  match.onSend = (slot, bytes) => {
    const packet = decode(bytes, { slot, players: 3 });
    if (packet?.kind !== "snapshot") return;
    const { confirmed: tick, members } = packet.record;
    const confirmed = match.members
      .filter(({ slot }) => has(members, slot) && slot !== packet.to.slot)
      .map(({ session: { play } }) => play?.confirmedTick ?? Infinity);
    // Of a state that only its sender has, the inputs could be lost together with it.
    expect(tick).toBeLessThanOrEqual(Math.min(...confirmed));
    expect(packet.state[0]).toBe(tick);
    sent.push({ atMs: match.nowMs, slot, packet });
  };
  return { match, sent };
}

Deno.test("while somebody watches, the lowest slot sends a state once a second", () => {
  const { match, sent } = beginWithSnapshots();
  const watch = (watchers: number, forMs: number) => {
    for (const { session } of match.members) session.watchers = watchers;
    sent.length = 0;
    match.run(forMs);
    return sent.length;
  };

  expect(watch(0, 1_500)).toBe(0);
  expect(watch(1, 2_900)).toBe(3);
  const [{ slot, packet }] = sent;
  const { change } = packet.record;
  expect([slot, packet.to]).toEqual([0, { slot: 255, epoch: 0 }]);
  expect(change?.presences).toEqual(ALL_THERE);
  // Somebody new needn't wait for what was sent to others.
  expect(watch(0, 100)).toBe(0);
  expect(watch(2, 100)).toBe(1);
});

Deno.test("a member that was taken back is sent a state every 100 ms until it plays", () => {
  const { match, sent } = beginWithSnapshots();
  const [first, , flaky] = match.members;
  match.isCut = (from, to) => from === 2 || to === 2;
  match.run(3_000);
  match.isCut = (from, to) => to === 2 && from !== 1;
  for (const { session } of match.members) session.watchers = 1;
  match.run(2_000, () => first.session.play?.members === 0b111);
  sent.length = 0;
  flaky.isAsleep = true;
  match.run(1_000);

  const times = sent.filter(({ slot }) => slot === 0).map(({ atMs }) => atMs);
  expect(times.length).toBeGreaterThanOrEqual(8);
  for (const [i, atMs] of times.entries()) {
    if (i > 0) expect(atMs - times[i - 1]).toBeGreaterThanOrEqual(100);
  }
  for (const { packet } of sent) {
    expect(packet.to).toEqual({ slot: 2, epoch: 1 });
  }
  match.wake(flaky, { stoodMs: 0 });
  match.run(500);
  expect(flaky.events.at(-1)?.kind).toBe("returned");
  expect(flaky.session.play?.confirmedTick).toBeGreaterThan(150);
});
