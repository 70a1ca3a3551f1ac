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
import { SIGNATURE_BYTES } from "../../net/match/transport.ts";
import {
  FAREWELLS,
  needsProof,
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

function maybe<T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(one, { nil: undefined });
}

function slotSet(players: number): fc.Arbitrary<number> {
  return fc.nat((1 << players) - 1);
}

function perSlot<T>(players: number, one: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(one, { minLength: players, maxLength: players });
}

/** Anybody in a match of two to four. */
export const senders: fc.Arbitrary<PacketOrigin> = fc
  .integer({ min: 2, max: 4 })
  .chain((players) =>
    fc.record({ players: fc.constant(players), slot: fc.nat(players - 1) })
  );

function changes(players: number): fc.Arbitrary<RecordChange> {
  const tick = near(TICK_MAX).map((tick) => tick - 1);
  const ticks = perSlot(players, tick);
  const join = maybe(fc.record({ slot: fc.nat(players - 1), epoch }));
  const aim = { drop: slotSet(players), join };
  const from = fc.oneof(fc.constant(0), near(TICK_MAX));
  const to = fc.oneof(fc.constant(OPEN_END), tick);
  const segment = fc.record({ epoch, from, to });
  const presence = fc.array(segment, { minLength: 1, maxLength: 3 });
  const agreed = { ...aim, cut: ticks, at: near(TICK_MAX) };
  return near(0x7fffffff).chain((attemptNumber) => {
    const n = fc.constant(attemptNumber);
    const attempt = { n, ...aim, high: ticks, cut: fc.constant(undefined) };
    return fc.record({
      presences: perSlot(players, presence),
      attemptNumber: n,
      attempt: maybe(fc.record(attempt)),
      agreed: maybe(fc.record({ n: near(0x7fffffff), ...agreed })),
    });
  });
}

function records(slot: number, players: number): fc.Arbitrary<SlotRecord> {
  return near(TICK_MAX).chain((confirmed) =>
    fc.record({
      ...{ slot: fc.constant(slot), epoch, beat: u16, sentAt: stamp },
      era: near(0x7fffffff),
      ...{ members: slotSet(players), hears: slotSet(players) },
      farewell: fc.constantFrom(...FAREWELLS),
      confirmed: fc.constant(confirmed),
      tick: fc.nat(255).map((ahead) => confirmed + ahead),
      suspects: slotSet(players),
      ...{ hash: fc.nat(0xffffffff), isReturning: fc.boolean() },
      change: maybe(changes(players)),
      have: perSlot(players, fc.nat(255).map((ahead) => confirmed - 1 + ahead)),
    })
  ).map((record) => ({
    ...record,
    proof: needsProof(record, players)
      ? new Uint8Array(SIGNATURE_BYTES).fill(record.beat)
      : undefined,
  }));
}

function echoes({ slot, players }: PacketOrigin) {
  const holdMs = fc.nat(254).map((eighths) => eighths / 8);
  const echo = maybe(fc.record({ beat: u16, holdMs }));
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
  const input = fc.integer({ min: -128, max: 127 });
  return records(slot, players).chain((record) => {
    const run = fc.record({
      slot: fc.nat(players - 1),
      start: input.map((offset) => Math.max(0, record.confirmed + offset)),
      inputs: fc.array(input, { minLength: 1, maxLength: 64 }),
    });
    return fc.record({
      kind: fc.constant("play" as const),
      ...{ record: fc.constant(record), echoes: echoes(frame) },
      relayed: fc.subarray(others).chain((slots) =>
        fc.tuple(...slots.map((s) => records(s, players)))
      ),
      runs: fc.array(run, { maxLength: 4 }),
    });
  });
}

export function snapshotsOf(
  frame: PacketOrigin,
): fc.Arbitrary<SnapshotPacket> {
  return fc.record({
    kind: fc.constant("snapshot" as const),
    ...{ record: records(frame.slot, frame.players), echoes: echoes(frame) },
    to: fc.record({ slot: fc.nat(255), epoch }),
    state: fc.int32Array({ maxLength: 64 }),
  });
}

export function hellosOf(frame: PacketOrigin): fc.Arbitrary<HelloPacket> {
  const u8 = fc.nat(255);
  const bytes = (length: number) =>
    fc.uint8Array({ minLength: length, maxLength: length });
  const rules = { players: u8, points: u8, lives: u8 };
  const reveal = { secret: bytes(16), commitments: bytes(32) };
  return fc.record({
    kind: fc.constant("hello" as const),
    ...{ epoch, beat: u16, sentAt: stamp, echoes: echoes(frame) },
    terms: fc.record({
      ...{ protocol: u8, ticksPerSecond: u8, window: u8, ...rules },
      match: fc.nat(0xffffffff),
    }),
    ...{ heard: fc.nat(15), ready: fc.nat(15), commitment: bytes(32) },
    reveal: maybe(fc.record(reveal)),
    ...{ startAt: maybe(stamp), hasGivenUp: fc.boolean() },
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
