import { expect } from "@std/expect";
import fc from "fast-check";
import { createPong } from "../../game/pong.ts";
import { presentFromStart } from "../../game/presence.ts";
import { PREDICTION_TICKS_MAX } from "../../game/rollback.ts";
import { hashState, STATE_LENGTH } from "../../game/state.ts";
import { isState } from "../../game/state_bytes.ts";
import { PAYLOAD_BYTES_MAX, type Received } from "../../net/match/transport.ts";
import {
  decode,
  encode,
  type PacketOrigin,
  type SnapshotPacket,
} from "../../net/match/wire/wire.ts";
import { Watching } from "../../net/watch/watching.ts";
import { Members } from "./members.ts";
import { hellosOf, playsOf, snapshotsOf } from "./packets.ts";

const PLAYERS = 3;
const RULES = { players: PLAYERS, points: 9, lives: 9 };

/** Begins a match in which slot 2 is no longer heard. */
function cut(match: Members, forMs: number, isDone?: () => boolean): void {
  match.begin();
  match.isCut = (from) => from === 2;
  match.run(forMs, isDone);
}

/** Whom hostile packets reach, and what brings a match so far. */
type Phase = readonly [slot: number, bring: (match: Members) => unknown];

const PHASES: Readonly<Record<string, Phase>> = {
  "before anybody was heard": [0, () => {}],
  "at the barrier": [0, (match) => match.run(200)],
  "in play": [1, (match) => match.begin()],
  "during an attempt": [0, (match) => {
    const [{ events }] = match.members;
    cut(match, 5_000, () => events.some(({ kind }) => kind === "membership"));
  }],
  "after somebody was dropped": [0, (match) => cut(match, 3_000)],
  "out of the match": [2, (match) => {
    const [, , { session }] = match.members;
    cut(match, 5_000, () => session.isReturning);
  }],
  "after the end": [0, (match) => {
    match.begin();
    match.members[0].session.leave(match.nowMs);
    match.run(100);
  }],
};

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

type Attack = readonly (Omit<Received, "atMs"> & { waitMs: number })[];

/** Checks what holds after any attack on a match of three. */
function survive(check: (match: Members, attack: Attack) => void): void {
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 20 }), (attack) => {
      const options = { players: PLAYERS, createGame: createPong };
      check(new Members(options), attack);
    }),
    { numRuns: 30 },
  );
}

for (const [phase, [slot, bring]] of Object.entries(PHASES)) {
  Deno.test(`a session takes whatever comes ${phase}, and its state stays valid`, () => {
    survive((match, attack) => {
      bring(match);
      const { session, clockMs } = match.members[slot];
      let nowMs = match.nowMs + clockMs;
      for (const { from, packet, waitMs } of attack) {
        session.receive({ from, packet, atMs: nowMs });
        nowMs += waitMs;
        for (const answer of session.advance(nowMs, waitMs * 6)) {
          expect(answer.length).toBeLessThanOrEqual(PAYLOAD_BYTES_MAX);
          expect(decode(answer, { slot, players: PLAYERS })).toBeDefined();
        }
        const { play } = session;
        if (!play) continue;
        const { newestTick, confirmedTick } = play;
        expect(newestTick).toBeGreaterThanOrEqual(confirmedTick);
        expect(newestTick - confirmedTick)
          .toBeLessThanOrEqual(PREDICTION_TICKS_MAX);
        for (let tick = confirmedTick; tick <= newestTick; tick++) {
          expect(isState(play.stateAt(tick))).toBe(true);
        }
      }
    });
  });
}

for (const shownMs of [0, 3_000]) {
  Deno.test(`a watcher takes whatever comes after ${shownMs} ms, and shows only valid states`, () => {
    survive((match, attack) => {
      const epochs = [0, 0, 0];
      const watching = new Watching({ rules: RULES, epochs, nowMs: 0 });
      for (const { session } of match.members) session.watchers = 1;
      match.onSend = (slot, packet) => {
        const from = { slot, epoch: 0 };
        watching.receive({ from, packet, atMs: match.nowMs });
        watching.advance(match.nowMs);
      };
      match.run(shownMs);
      let { nowMs } = match;
      for (const { from, packet, waitMs } of attack) {
        watching.receive({ from, packet, atMs: nowMs });
        nowMs += waitMs;
        watching.advance(nowMs);
        const { state } = watching;
        if (state) expect(isState(state)).toBe(true);
      }
      if (shownMs > 0) expect(watching.tick).toBeGreaterThan(30);
    });
  });
}
