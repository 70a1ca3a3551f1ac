import { expect } from "@std/expect";
import { TICK_MS } from "../../game/court.ts";
import { ABSENT_INPUT } from "../../game/state.ts";
import type { Session } from "../../net/match/session.ts";
import type { ClaimAnswer } from "../../net/match/session_event.ts";
import {
  decode,
  encode,
  type InputRun,
  type PlayPacket,
} from "../../net/match/wire/wire.ts";
import { type Member, Members } from "./members.ts";

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

/** A match of two that steer by 11, and the last packet of slot 1 to slot 0. */
function playElevens() {
  const { match, sent } = beginWatched();
  const [first] = match.members;
  match.inputOf = () => 11;
  match.run(500);
  const packet = sent.findLast(({ record }) => record.slot === 1);
  const { play } = first.session;
  if (!packet || !play) throw new Error("Nobody has sent anything");
  return { match, sent, first, play, packet };
}

/** The last packet of a slot, changed, for another session to take in. */
function forge(
  { session }: Member,
  packet: PlayPacket,
  nowMs: number,
): void {
  const { slot } = packet.record;
  const players = packet.echoes.length;
  const bytes = encode(packet, { slot, players }, new Uint8Array(1000));
  session.receive({ from: { slot, epoch: 0 }, atMs: nowMs, packet: bytes });
}

Deno.test("a member sets nobody else's future inputs", () => {
  const { match, first, play, packet } = playElevens();
  const start = play.newestTick;
  const run: InputRun = { slot: 0, start, inputs: Array(8).fill(-99) };

  forge(first, {
    ...packet,
    record: { ...packet.record, beat: packet.record.beat + 1 },
    runs: [run],
  }, match.nowMs);
  match.run(500);

  expect(play.confirmedTick).toBeGreaterThan(start + 8);
  for (let tick = start; tick < start + 8; tick++) {
    expect(play.inputAt(0, tick)).toBe(11);
  }
  expect(play.conflicts).toBe(0);
});

Deno.test("who plays can't say that it is absent: its true input counts", () => {
  const { match, first, play, packet } = playElevens();
  const { record } = packet;
  const absentTick = record.have[1] + 1;
  const start = absentTick - 9;

  forge(first, {
    ...packet,
    record: { ...record, beat: record.beat + 1 },
    runs: [{ slot: 1, start, inputs: [...Array(9).fill(11), ABSENT_INPUT] }],
  }, match.nowMs);
  match.run(500);

  expect(play.confirmedTick).toBeGreaterThan(absentTick);
  expect(play.inputAt(1, absentTick)).toBe(11);
  expect(play.conflicts).toBe(0);
});

Deno.test("an input that contradicts a known one is counted, and changes nothing", () => {
  const { match, first, play, packet } = playElevens();
  const start = play.confirmedTick - 2;

  forge(first, {
    ...packet,
    runs: [{ slot: 1, start, inputs: [11, 12] }],
  }, match.nowMs);

  expect([play.conflicts, play.inputAt(1, start + 1)]).toEqual([1, 11]);
});

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
  const { match, sent, first, packet } = playElevens();
  const { record } = packet;
  const own = sent.findLast((sent) => sent.record.slot === 0)?.record.have[0] ??
    0;
  const rejects = (confirmed: number, have0: number) => {
    const before = first.session.stats.rejected;
    const have = [have0, confirmed];
    const beat = record.beat + 1;
    forge(
      first,
      { ...packet, record: { ...record, beat, confirmed, have } },
      match.nowMs,
    );
    return first.session.stats.rejected > before;
  };

  expect(rejects(own + 2, own + 1)).toBe(true);
  expect(rejects(own, own + 1)).toBe(true);
  expect(rejects(own - 4, own)).toBe(false);
  expect(rejects(own, own)).toBe(false);
});

Deno.test("play runs at most 15 ticks ahead of what is confirmed, then waits", () => {
  const { match } = beginWatched();
  const [first] = match.members;
  match.isCut = (from) => from === 1;
  match.run(1_000);

  const { play, stats } = first.session;
  expect(play?.newestTick).toBe((play?.confirmedTick ?? 0) + 15);
  expect(play?.missing()).toEqual([1]);
  // A second less the window, and the way of what was on its way.
  expect(stats.stalledMs).toBeGreaterThan(1_000 - 16 * TICK_MS - 40);
  expect(stats.stalledMs).toBeLessThan(1_000 - 14 * TICK_MS);
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

Deno.test("a host that waits sends every tick for 200 ms, then every 50 ms", () => {
  const { match, sent } = beginWatched();
  match.isCut = (from) => from === 1;
  const sentIn = (forMs: number) => {
    sent.length = 0;
    match.run(forMs);
    return sent.filter(({ record }) => record.slot === 0).length;
  };

  const eager = sentIn(200);
  expect(eager).toBeGreaterThanOrEqual(11);
  sentIn(100);
  const patient = sentIn(1_000);
  expect(patient).toBeGreaterThanOrEqual(14);
  expect(patient).toBeLessThanOrEqual(20);
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
  const { session }: { session: Session } = match.members[0];
  session.leave(match.nowMs);
  const leftMs = match.nowMs;
  match.run(1_990);
  const said = sent.filter(({ record }) => record.slot === 0);
  expect(said.length).toBeGreaterThan(30);
  expect(new Set(said.map(({ record }) => record.farewell)))
    .toEqual(new Set(["left"]));
  expect(session.outcome).toMatchObject({
    reason: "player left",
    winner: null,
    message: "You left the match.",
  });

  expect(session.isDone(leftMs + 1_999)).toBe(false);
  expect(session.isDone(leftMs + 2_000)).toBe(true);
  expect(session.advance(leftMs + 2_000, 0)).toEqual([]);
});

Deno.test("whom the witness passed over is out, or has lost where only one is left", () => {
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
  expect(after({ seats: [[2, 0]] })).toBe("The match ended without you.");
  // Another process of this seat, and this one itself.
  expect(after({ seats: [[0, 1], [2, 0]] })).toBe(true);
  expect(after({ seats: [[0, 0], [2, 0]] })).toBe(false);
  // Of another era, granted, and of a witness that can't decide.
  for (const era of [0, 2]) expect(after({ era })).toBe(false);
  expect(after({ isGranted: true })).toBe(false);
  expect(after({ value: undefined })).toBe(false);
  expect(after({ seats: undefined })).toBe(false);
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
  const [, , flaky] = match.members;
  const has = (kind: string) =>
    flaky.events.some((event) => event.kind === kind);

  for (let outs = 1; outs <= 15; outs++) {
    flaky.events.length = 0;
    match.isCut = (from, to) => from === 2 || to === 2;
    match.run(3_000);
    match.isCut = () => false;
    expect(match.run(2_000, () => has("returned"))).toBe(true);
    match.run(1_000);
  }
  const [, , presence] = match.members[0].session.play?.presences ?? [];
  expect(flaky.events.findLast(({ kind }) => kind === "returned")).toEqual({
    kind: "returned",
    keptTick: (presence.at(-2)?.to ?? 0) + 1,
  });
  // While it was out it claimed nothing, and what it claimed since is true.
  const claimed = match.members[0].session.play?.claimedHashes()[2] ?? [];
  expect(claimed.length).toBeGreaterThan(60);
  expect(claimed.filter(([tick]) => tick === 0)).toEqual([]);
  match.isCut = (from, to) => from === 2 || to === 2;
  match.run(3_000);
  match.isCut = () => false;
  match.run(2_000);

  expect(flaky.session.outcome).toMatchObject({
    reason: "connection lost",
    winner: null,
    message: "You were away too often.",
  });
  expect(match.members[0].session.play?.members).toBe(0b011);
});
