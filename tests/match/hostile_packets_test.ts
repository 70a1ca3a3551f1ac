import { expect } from "@std/expect";
import fc from "fast-check";
import { createPong } from "../../game/pong.ts";
import { presentFromStart } from "../../game/presence.ts";
import { PREDICTION_TICKS_MAX } from "../../game/rollback.ts";
import { hashState, STATE_LENGTH } from "../../game/state.ts";
import { isState } from "../../game/state_bytes.ts";
import { PAYLOAD_BYTES_MAX } from "../../net/match/transport.ts";
import {
  decode,
  encode,
  type PacketOrigin,
  type SnapshotPacket,
} from "../../net/match/wire/wire.ts";
import { Watching } from "../../net/watch/watching.ts";
import { type Member, Members } from "./members.ts";
import { hellosOf, playsOf, snapshotsOf } from "./packets.ts";

const PLAYERS = 3;
const RULES = { players: PLAYERS, points: 9, lives: 9 };

/** Brings a match so far, and says whom hostile packets shall reach. */
type Phase = (match: Members) => Member;

const PHASES: Record<string, Phase> = {
  "before anybody was heard": ({ members: [first] }) => first,
  "at the barrier": (match) => {
    match.run(200);
    return match.members[0];
  },
  "in play": (match) => {
    match.begin();
    return match.members[1];
  },
  "during an attempt": (match) => {
    match.begin();
    match.isCut = (from) => from === 2;
    const [first] = match.members;
    match.run(5_000, () => hasHappened(first, "membership"));
    return first;
  },
  "after somebody was dropped": (match) => {
    match.begin();
    match.isCut = (from) => from === 2;
    match.run(3_000);
    return match.members[0];
  },
  "out of the match": (match) => {
    match.begin();
    match.isCut = (from) => from === 2;
    const [, , last] = match.members;
    match.run(5_000, () => last.session.isReturning);
    return last;
  },
  "after the end": (match) => {
    match.begin();
    match.members[0].session.leave(match.nowMs);
    match.run(100);
    return match.members[0];
  },
};

function hasHappened({ events }: Member, kind: string): boolean {
  return events.some((event) => event.kind === kind);
}

/** Snapshots that look true to whoever is out, of whatever state. */
function temptingOf(frame: PacketOrigin): fc.Arbitrary<SnapshotPacket> {
  const edit = fc.tuple(
    fc.nat(STATE_LENGTH - 1),
    fc.oneof(fc.integer({ min: -3, max: 300 }), fc.integer()),
  );
  return fc.tuple(snapshotsOf(frame), fc.array(edit, { maxLength: 3 }))
    .map(([packet, edits]) => {
      const { change } = packet.record;
      const state = createPong(RULES, 1).initial.slice();
      for (const [at, value] of edits) state[at] = value;
      const presences = change?.presences.with(2, presentFromStart(1));
      const record = {
        ...packet.record,
        hash: hashState(state),
        members: 0b111,
        change: change && presences && { ...change, presences },
      };
      return { ...packet, record, state, to: { slot: 2, epoch: 1 } };
    });
}

const hostile = fc.integer({ min: 0, max: PLAYERS - 1 }).chain((slot) => {
  const frame = { slot, players: PLAYERS };
  const packets = fc.oneof(
    playsOf(frame),
    hellosOf(frame),
    snapshotsOf(frame),
    temptingOf(frame),
  ).map((packet) => encode(packet, frame, new Uint8Array(PAYLOAD_BYTES_MAX)));
  const noise = fc.uint8Array({ minLength: 1, maxLength: 300 });
  return fc.record({
    from: fc.record({ slot: fc.constant(slot), epoch: fc.nat(1) }),
    packet: fc.oneof({ weight: 9, arbitrary: packets }, noise),
    waitMs: fc.nat(20),
  });
});

const attacks = fc.array(hostile, { maxLength: 20 });

for (const [phase, reach] of Object.entries(PHASES)) {
  Deno.test(`a session takes whatever comes ${phase}, and its state stays valid`, () => {
    fc.assert(
      fc.property(attacks, (attacks) => {
        const match = new Members({ players: PLAYERS, createGame: createPong });
        const { session, slot, clockMs } = reach(match);
        let nowMs = match.nowMs + clockMs;
        for (const { from, packet, waitMs } of attacks) {
          session.receive({ from, packet, atMs: nowMs });
          nowMs += waitMs;
          for (const answer of session.advance(nowMs, waitMs * 6)) {
            expect(answer.length).toBeLessThanOrEqual(PAYLOAD_BYTES_MAX);
            expect(decode(answer, { slot, players: PLAYERS })).toBeDefined();
          }
          const { play } = session;
          if (!play) continue;
          const { newestTick, confirmedTick } = play;
          expect(newestTick - confirmedTick).toBeGreaterThanOrEqual(0);
          expect(newestTick - confirmedTick)
            .toBeLessThanOrEqual(PREDICTION_TICKS_MAX);
          for (let tick = confirmedTick; tick <= newestTick; tick++) {
            expect(isState(play.stateAt(tick))).toBe(true);
          }
        }
      }),
      { numRuns: 30 },
    );
  });
}

for (const shownMs of [0, 3_000]) {
  Deno.test(`a watcher takes whatever comes after ${shownMs} ms, and shows only valid states`, () => {
    fc.assert(
      fc.property(attacks, (attacks) => {
        const match = new Members({ players: PLAYERS, createGame: createPong });
        const watching = new Watching({
          rules: RULES,
          epochs: [0, 0, 0],
          nowMs: 0,
        });
        for (const { session } of match.members) session.watchers = 1;
        match.onSend = (slot, packet) => {
          const from = { slot, epoch: 0 };
          watching.receive({ from, packet, atMs: match.nowMs });
          watching.advance(match.nowMs);
        };
        match.run(shownMs);
        let { nowMs } = match;
        for (const { from, packet, waitMs } of attacks) {
          watching.receive({ from, packet, atMs: nowMs });
          nowMs += waitMs;
          watching.advance(nowMs);
          const { state } = watching;
          if (state) expect(isState(state)).toBe(true);
        }
        if (shownMs > 0) expect(watching.tick).toBeGreaterThan(30);
      }),
      { numRuns: 30 },
    );
  });
}
