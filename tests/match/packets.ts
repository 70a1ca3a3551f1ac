/**
 * Packets as they may come: everything that the layout allows, whether it makes sense or not.
 *
 * Numbers are often near those of a match that has just begun, so that a session takes such a
 * packet some way instead of dropping it at once.
 *
 * @module
 */
import fc from "fast-check";
import { OPEN_END } from "../../game/presence.ts";
import {
  FAREWELLS,
  needsProof,
  PROOF_BYTES,
  type RecordChange,
  type SlotRecord,
} from "../../net/match/wire/record.ts";
import type {
  HelloPacket,
  Packet,
  PacketOrigin,
  PlayPacket,
  SnapshotPacket,
} from "../../net/match/wire/wire.ts";

/** A packet, and who sends it in a match of how many. */
export interface Sent<P extends Packet> {
  readonly frame: PacketOrigin;
  readonly packet: P;
}

const TICK_MAX = 0x7fffff00;

const u16 = fc.nat(0xffff);
const stamp = fc.nat(0xffffff);
const epoch = fc.oneof(fc.constant(0), fc.nat(2), fc.nat(255));

/** Of the first seconds of a match, or any up to `most`. */
function near(most: number): fc.Arbitrary<number> {
  return fc.oneof(fc.nat(3), fc.nat(150), fc.nat(most));
}

function slotSet(players: number): fc.Arbitrary<number> {
  return fc.nat((1 << players) - 1);
}

function perSlot<T>(players: number, one: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(one, { minLength: players, maxLength: players });
}

/** Anybody in a match of two to four. */
export const senders: fc.Arbitrary<PacketOrigin> = fc.integer({
  min: 2,
  max: 4,
})
  .chain((players) =>
    fc.record({ players: fc.constant(players), slot: fc.nat(players - 1) })
  );

function changes(players: number): fc.Arbitrary<RecordChange> {
  const tick = near(TICK_MAX).map((tick) => tick - 1);
  const aim = {
    drop: slotSet(players),
    join: fc.option(fc.record({ slot: fc.nat(players - 1), epoch }), {
      nil: undefined,
    }),
  };
  const segment = fc.record({
    epoch,
    from: fc.oneof(fc.constant(0), near(TICK_MAX)),
    to: fc.oneof(fc.constant(OPEN_END), tick),
  });
  return near(0x7fffffff).chain((attemptNumber) =>
    fc.record({
      presences: perSlot(
        players,
        fc.array(segment, { minLength: 1, maxLength: 3 }),
      ),
      attemptNumber: fc.constant(attemptNumber),
      attempt: fc.option(
        fc.record({
          n: fc.constant(attemptNumber),
          ...aim,
          high: perSlot(players, tick),
          cut: fc.constant(undefined),
        }),
        { nil: undefined },
      ),
      agreed: fc.option(
        fc.record({
          n: near(0x7fffffff),
          ...aim,
          cut: perSlot(players, tick),
          at: near(TICK_MAX),
        }),
        { nil: undefined },
      ),
    })
  );
}

function records(slot: number, players: number): fc.Arbitrary<SlotRecord> {
  return near(TICK_MAX).chain((confirmed) =>
    fc.record({
      slot: fc.constant(slot),
      epoch,
      beat: u16,
      sentAt: stamp,
      era: near(0x7fffffff),
      members: slotSet(players),
      hears: slotSet(players),
      suspects: slotSet(players),
      farewell: fc.constantFrom(...FAREWELLS),
      confirmed: fc.constant(confirmed),
      tick: fc.nat(255).map((ahead) => confirmed + ahead),
      hash: fc.nat(0xffffffff),
      isReturning: fc.boolean(),
      change: fc.option(changes(players), { nil: undefined }),
      have: perSlot(
        players,
        fc.nat(255).map((ahead) => confirmed - 1 + ahead),
      ),
    })
  ).map((record) => ({
    ...record,
    proof: needsProof(record, players)
      ? new Uint8Array(PROOF_BYTES).fill(record.beat)
      : undefined,
  }));
}

function echoes({ slot, players }: PacketOrigin) {
  const echo = fc.option(
    fc.record({ beat: u16, holdMs: fc.nat(254).map((eighths) => eighths / 8) }),
    { nil: undefined },
  );
  return fc.tuple(
    ...Array.from(
      { length: players },
      (_, other) => other === slot ? fc.constant(undefined) : echo,
    ),
  );
}

/** Packets of `frame`'s sender, with a record of its own and some of others. */
export function playsOf(frame: PacketOrigin): fc.Arbitrary<PlayPacket> {
  const { slot, players } = frame;
  const others = [0, 1, 2, 3].filter((s) => s < players && s !== slot);
  return records(slot, players).chain((record) =>
    fc.record({
      kind: fc.constant("play" as const),
      record: fc.constant(record),
      echoes: echoes(frame),
      relayed: fc.subarray(others).chain((slots) =>
        fc.tuple(...slots.map((s) => records(s, players)))
      ),
      runs: fc.array(
        fc.record({
          slot: fc.nat(players - 1),
          start: fc.integer({ min: -128, max: 127 })
            .map((offset) => Math.max(0, record.confirmed + offset)),
          inputs: fc.array(fc.integer({ min: -128, max: 127 }), {
            minLength: 1,
            maxLength: 64,
          }),
        }),
        { maxLength: 4 },
      ),
    })
  );
}

export function snapshotsOf(
  frame: PacketOrigin,
): fc.Arbitrary<SnapshotPacket> {
  const { slot, players } = frame;
  return fc.record({
    kind: fc.constant("snapshot" as const),
    record: records(slot, players),
    echoes: echoes(frame),
    to: fc.record({ slot: fc.nat(255), epoch }),
    state: fc.int32Array({ maxLength: 64 }),
  });
}

export function hellosOf(frame: PacketOrigin): fc.Arbitrary<HelloPacket> {
  const bytes = (length: number) =>
    fc.uint8Array({ minLength: length, maxLength: length });
  return fc.record({
    kind: fc.constant("hello" as const),
    epoch,
    beat: u16,
    sentAt: stamp,
    terms: fc.record({
      protocol: fc.nat(255),
      ticksPerSecond: fc.nat(255),
      window: fc.nat(255),
      players: fc.nat(255),
      points: fc.nat(255),
      lives: fc.nat(255),
      match: fc.nat(0xffffffff),
    }),
    heard: fc.nat(15),
    ready: fc.nat(15),
    commitment: bytes(32),
    reveal: fc.option(
      fc.record({ secret: bytes(16), commitments: bytes(32) }),
      { nil: undefined },
    ),
    startAt: fc.option(stamp, { nil: undefined }),
    hasGivenUp: fc.boolean(),
    echoes: echoes(frame),
  });
}

/** Packets of one kind from anybody. */
export function sent<P extends Packet>(
  of: (frame: PacketOrigin) => fc.Arbitrary<P>,
): fc.Arbitrary<Sent<P>> {
  return senders.chain((frame) =>
    of(frame).map((packet) => ({ frame, packet }))
  );
}
