import { expect } from "@std/expect";
import { TICK_MS } from "../../game/court.ts";
import { ABSENT_INPUT } from "../../game/state.ts";
import type { Play } from "../../net/match/play.ts";
import type { ClaimAnswer } from "../../net/match/session_event.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import {
  decode,
  encode,
  type InputRun,
  type PlayPacket,
} from "../../net/match/wire/wire.ts";
import { Members } from "./members.ts";

/** A match that has begun, with what each member has put on the wire since. */
function beginWatched(players = 2) {
  const match = new Members({ players });
  const sent: PlayPacket[] = [];
  match.begin();
  match.onSend = (slot, bytes) => {
    const packet = decode(bytes, { slot, players });
    if (packet?.kind === "play") sent.push(packet);
  };
  return { match, sent };
}

/** A match of two that steer by 11, in which slot 0 is told lies in the name of slot 1. */
function playElevens() {
  const { match, sent } = beginWatched();
  const [{ session }] = match.members;
  match.inputOf = () => 11;
  match.run(500);
  const packet = sent.findLast(({ record }) => record.slot === 1);
  const { play } = session;
  if (!packet || !play) throw new Error("Nobody has sent anything");
  const { record } = packet;
  const lie = (said: Partial<SlotRecord>, ...runs: readonly InputRun[]) => {
    const beat = record.beat + 1;
    const lies = { ...packet, record: { ...record, beat, ...said }, runs };
    session.receive({
      from: { slot: 1, epoch: 0 },
      atMs: match.nowMs,
      packet: encode(lies, { slot: 1, players: 2 }, new Uint8Array(1000)),
    });
  };
  return { match, sent, session, play, record, lie };
}

/** Whose inputs slot 1 tells, from when on (it knows up to which tick it told its own), and which. */
type Lie = readonly [
  string,
  number,
  (play: Play, toTick: number) => number,
  readonly number[],
];

// deno-fmt-ignore
const LIES: readonly Lie[] = [
  ["a member sets nobody else's future inputs",
    0, ({ newestTick }) => newestTick, Array(8).fill(-99)],
  ["who plays can't say that it is absent: its true input counts",
    1, (_, toTick) => toTick - 8, [...Array(9).fill(11), ABSENT_INPUT]],
  ["an input that contradicts a known one is counted, and changes nothing",
    1, ({ confirmedTick }) => confirmedTick - 2, [11, 12]],
];

for (const [name, slot, startOf, inputs] of LIES) {
  Deno.test(name, () => {
    const { match, play, record, lie } = playElevens();
    const start = startOf(play, record.have[1]);
    const isKnown = start + inputs.length <= play.confirmedTick;

    lie({}, { slot, start, inputs });
    match.run(500);

    expect(play.conflicts).toBe(isKnown ? 1 : 0);
    expect(play.confirmedTick).toBeGreaterThan(start + inputs.length);
    const counted = inputs.map((_, i) => play.inputAt(slot, start + i));
    expect(counted).toEqual(inputs.map(() => 11));
  });
}

Deno.test("what was held back for long is no sign of life", () => {
  const match = new Members();
  match.begin();
  const [first, second] = match.members;
  const held: Uint8Array[] = [];
  match.isCut = (from) => from === 1;
  match.onSend = (slot, packet) => slot === 1 && held.push(packet);
  match.run(1_000);
  second.isAsleep = true;
  match.run(3_000);
  expect(first.session.liveness.stateOf(1)).toBe("suspect");

  for (const packet of held) {
    const from = { slot: 1, epoch: 0 };
    first.session.receive({ from, atMs: match.nowMs, packet });
  }
  match.run(100);

  expect(held.length).toBeGreaterThan(20);
  expect(first.session.liveness.stateOf(1)).toBe("suspect");
});

Deno.test("an input, once sent, never changes, even where a member waits for another", () => {
  const { match, sent } = beginWatched();
  let steered = 0;
  match.inputOf = () => (steered = (steered + 7) % 120);
  match.run(200);
  match.isCut = (from) => from === 1;
  match.run(400);
  match.isCut = () => false;
  match.run(400);

  const inputs = new Map<string, number>();
  for (const { record: { slot }, relayed, runs } of sent) {
    // Of two, there is no third to pass on.
    expect(relayed).toEqual([]);
    for (const run of runs) {
      expect(run.slot).toBe(slot);
      for (const [i, input] of run.inputs.entries()) {
        const at = `slot ${slot}, tick ${run.start + i}`;
        expect([at, inputs.get(at) ?? input]).toEqual([at, input]);
        inputs.set(at, input);
      }
    }
  }
  expect(inputs.size).toBeGreaterThan(80);
  expect(match.members[0].session.stats.stalledMs).toBeGreaterThan(100);
});

Deno.test("an input is bounded to a whole number of −127 to 127", () => {
  const { match, sent } = beginWatched();
  const steered = [1e9, -1e9, 12.9, -12.9, NaN, 127, -127];
  const counted = steered.map((input) => {
    match.inputOf = () => input;
    match.run(200);
    const { play } = match.members[0].session;
    return play?.inputAt(0, play.confirmedTick - 1);
  });

  expect(counted).toEqual([127, -127, 12, -12, 0, 127, -127]);
  expect(sent.length).toBeGreaterThan(100);
});

Deno.test("a record of what this host never did is rejected, and changes nothing", () => {
  const { sent, session, lie } = playElevens();
  const own =
    sent.findLast(({ record }) => record.slot === 0)?.record.have[0] ?? 0;
  const rejects = (confirmed: number) => {
    const before = session.stats.rejected;
    lie({ confirmed, have: [confirmed - 1, confirmed - 1] });
    return session.stats.rejected > before;
  };

  expect([own + 3, own + 2, own - 4, own + 1].map(rejects))
    .toEqual([true, true, false, false]);
});

Deno.test("play runs at most 15 ticks ahead of what is confirmed, then waits, and sends less", () => {
  const { match, sent } = beginWatched();
  match.isCut = (from) => from === 1;
  match.run(1_000);

  const [{ session: { play, stats } }] = match.members;
  expect(play?.newestTick).toBe((play?.confirmedTick ?? 0) + 15);
  expect(play?.missing()).toEqual([1]);
  // A second less the window, and the way of what was on its way.
  expect(stats.stalledMs).toBeGreaterThan(1_000 - 16 * TICK_MS - 40);
  expect(stats.stalledMs).toBeLessThan(1_000 - 14 * TICK_MS);
  // Each tick for 200 ms, then every 50 ms.
  const { length } = sent.filter(({ record }) => record.slot === 0);
  expect(length).toBeGreaterThanOrEqual(11 + 14);
  expect(length).toBeLessThan(36);
});

Deno.test("after a break a host simulates what it missed, four ticks at most, after half a second one", () => {
  const ticksAfter = (breakMs: number) => {
    const { match } = beginWatched();
    const [first] = match.members;
    match.run(500);
    const before = first.session.play?.newestTick ?? 0;
    first.isAsleep = true;
    match.run(breakMs);
    match.wake(first, { stoodMs: 0 });
    first.session.advance(match.nowMs, 0);
    const aheadMs = first.session.nextTickMs - match.nowMs;
    expect(aheadMs).toBeGreaterThan(0);
    expect(aheadMs).toBeLessThan(TICK_MS * 1.05);
    return (first.session.play?.newestTick ?? 0) - before;
  };

  expect([40, 60, 150, 480, 520].map(ticksAfter)).toEqual([2, 3, 4, 4, 1]);
});

Deno.test("who confirms nothing for 30 s has lost the connection, not counting its own sleep", () => {
  const { match } = beginWatched();
  const [first] = match.members;
  const reason = () => first.session.outcome?.reason;
  // Its link is down, so that it accuses nobody.
  first.transport.link = { up: false, detail: "" };
  match.isCut = (from) => from === 1;
  match.run(15_000);
  first.isAsleep = true;
  match.run(60_000);
  match.wake(first, { stoodMs: 0 });
  match.run(14_900);

  expect(reason()).toBeUndefined();
  expect(first.session.unconfirmedMs).toBeGreaterThan(29_000);
  match.run(400);
  expect(first.session.outcome).toMatchObject({
    reason: "connection lost",
    winner: null,
  });
});

Deno.test("who is done goes on sending for 2 s, and then sends nothing", () => {
  const { match, sent } = beginWatched();
  const [{ session }] = match.members;
  session.leave(match.nowMs);
  const leftMs = match.nowMs;
  match.run(1_990);

  const said = sent.filter(({ record }) => record.slot === 0);
  expect(said.length).toBeGreaterThan(30);
  for (const { record } of said) expect(record.farewell).toBe("left");
  expect(session.outcome).toMatchObject({
    ...{ reason: "player left", winner: null },
    message: "You left the match.",
  });
  expect([1_999, 2_000].map((ms) => session.isDone(leftMs + ms)))
    .toEqual([false, true]);
  expect(session.advance(leftMs + 2_000, 0)).toEqual([]);
  const [{ session: waiting }] = new Members().members;
  waiting.leave(0);
  expect(waiting.outcome).toMatchObject({ confirmedTick: 0, hash: 0 });
});

Deno.test("whom the witness passed over is out", () => {
  const after = (answer: Partial<ClaimAnswer>) => {
    const { match } = beginWatched(4);
    const [{ session }] = match.members;
    session.answerClaim(match.nowMs, {
      ...{ era: 1, isGranted: false, value: "v", seats: [[2, 0], [3, 0]] },
      ...answer,
    });
    return session.outcome?.message ?? session.isReturning;
  };

  expect(after({})).toBe(true);
  expect(after({ seats: [[2, 0]] })).toBe(true);
  // Another process of this seat, and this one itself.
  expect(after({ seats: [[0, 1], [2, 0]] })).toBe(true);
  expect(after({ seats: [[0, 0], [2, 0]] })).toBe(false);
  // Of another era, granted, and of a witness that can't decide.
  const others = [{ era: 0 }, { era: 2 }, { isGranted: true }];
  for (const other of [...others, { value: undefined }, { seats: undefined }]) {
    expect([other, after(other)]).toEqual([other, false]);
  }
});

Deno.test("what is left of a match claims it for its seats, by the epochs of the lobby", () => {
  const match = new Members({ players: 3 });
  match.begin();
  const [, , flaky] = match.members;
  // It is dropped, taken back, and then left alone by one after the other.
  for (
    const [forMs, ...cut] of [[3_000, 2], [3_000], [3_000, 1], [25_000, 0, 1]]
  ) {
    match.isCut = (from, to) => cut.includes(from) || cut.includes(to);
    match.run(forMs);
  }

  expect(flaky.events.find(({ kind }) => kind === "claim")).toMatchObject({
    claim: { era: 4, seats: [[2, 0]] },
  });
});

Deno.test("a process that was out fifteen times comes back no more", () => {
  const match = new Members({ players: 3 });
  match.begin();
  const [{ session: { play } }, , flaky] = match.members;
  const cutFor = (ms: number) => {
    match.isCut = (from, to) => from === 2 || to === 2;
    match.run(ms);
    match.isCut = () => false;
  };
  const returned = () =>
    flaky.events.findLast(({ kind }) => kind === "returned");

  for (let outs = 1; outs <= 15; outs++) {
    flaky.events.length = 0;
    cutFor(3_000);
    // Who was dropped again and again waits for a grace period.
    expect(match.run(21_000, () => returned() !== undefined)).toBe(true);
    match.run(1_000);
  }
  const keptTick = (play?.presences[2].at(-2)?.to ?? 0) + 1;
  expect(returned()).toEqual({ kind: "returned", keptTick });
  // While it was out it claimed nothing, and what it claimed since is true.
  const claimed = play?.hashes.claimed()[2] ?? [];
  expect(claimed.length).toBeGreaterThan(60);
  expect(claimed.filter(([tick]) => tick === 0)).toEqual([]);
  cutFor(3_000);
  match.run(2_000);

  expect(flaky.session.outcome).toMatchObject({
    ...{ reason: "connection lost", winner: null },
    message: "You were away too often.",
  });
  expect(play?.members).toBe(0b011);
});
