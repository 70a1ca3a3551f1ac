import { expect } from "@std/expect";
import fc from "fast-check";
import { OPEN_END } from "../../game/presence.ts";
import { PACKET_BYTES_MAX } from "../../net/match/transport.ts";
import {
  FAREWELLS,
  isNewer,
  type RecordChange,
  type SlotRecord,
} from "../../net/match/wire/record.ts";
import {
  decode,
  encode,
  type HelloPacket,
  type PlayPacket,
  type SnapshotPacket,
} from "../../net/match/wire/wire.ts";

const u16 = fc.nat(0xffff);
const stamp = fc.nat(0xffffff);
const echo = fc.option(
  fc.record({ beat: u16, holdMs: fc.nat(254).map((eighths) => eighths / 8) }),
  { nil: undefined },
);

const frames = fc.integer({ min: 2, max: 4 }).chain((players) =>
  fc.record({
    players: fc.constant(players),
    slot: fc.nat(players - 1),
  })
);

function arbitraryChange(players: number): fc.Arbitrary<RecordChange> {
  const tick = fc.integer({ min: -1, max: 0x7ffffff });
  const perSlot = <T>(one: fc.Arbitrary<T>) =>
    fc.array(one, { minLength: players, maxLength: players });
  const epoch = fc.nat(255);
  const aim = {
    drop: fc.nat(15),
    join: fc.option(fc.record({ slot: fc.nat(3), epoch }), { nil: undefined }),
  };
  const segment = fc.record({
    epoch,
    from: fc.nat(0x7ffffff),
    to: fc.oneof(tick, fc.constant(OPEN_END)),
  });
  return fc.nat().chain((attemptNumber) =>
    fc.record({
      presences: perSlot(fc.array(segment, { minLength: 1, maxLength: 3 })),
      attemptNumber: fc.constant(attemptNumber),
      attempt: fc.option(
        fc.record({
          n: fc.constant(attemptNumber),
          ...aim,
          high: perSlot(tick),
          cut: fc.constant(undefined),
        }),
        { nil: undefined },
      ),
      agreed: fc.option(
        fc.record({ n: fc.nat(), ...aim, cut: perSlot(tick), at: fc.nat() }),
        { nil: undefined },
      ),
    })
  );
}

function arbitraryRecord(
  slot: number,
  players: number,
): fc.Arbitrary<SlotRecord> {
  return fc.nat(0x7fffff00).chain((confirmed) =>
    fc.record({
      slot: fc.constant(slot),
      epoch: fc.nat(255),
      beat: u16,
      sentAt: stamp,
      era: fc.nat(),
      members: fc.nat(15),
      hears: fc.nat(15),
      farewell: fc.constantFrom(...FAREWELLS),
      confirmed: fc.constant(confirmed),
      tick: fc.nat(255).map((ahead) => confirmed + ahead),
      hash: fc.nat(0xffffffff),
      isReturning: fc.boolean(),
      change: fc.option(arbitraryChange(players), { nil: undefined }),
      have: fc.array(fc.nat(255).map((ahead) => confirmed - 1 + ahead), {
        minLength: players,
        maxLength: players,
      }),
    })
  );
}

const plays = frames.chain((frame) => {
  const others = [0, 1, 2, 3].filter((slot) =>
    slot < frame.players && slot !== frame.slot
  );
  return arbitraryRecord(frame.slot, frame.players).chain((record) => {
    const run = fc.record({
      slot: fc.nat(frame.players - 1),
      start: fc.integer({ min: -128, max: 127 })
        .map((offset) => Math.max(0, record.confirmed + offset)),
      inputs: fc.array(fc.integer({ min: -127, max: 127 }), {
        minLength: 1,
        maxLength: 64,
      }),
    });
    return fc.record({
      kind: fc.constant("play" as const),
      record: fc.constant(record),
      echoes: echoesOf(frame),
      relayed: fc.subarray(others).chain((slots) =>
        fc.tuple(...slots.map((slot) => arbitraryRecord(slot, frame.players)))
      ),
      runs: fc.array(run, { maxLength: 4 }),
    }).map((packet) => ({ frame, packet: packet as PlayPacket }));
  });
});

const snapshots = frames.chain((frame) =>
  fc.record({
    kind: fc.constant("snapshot" as const),
    record: arbitraryRecord(frame.slot, frame.players),
    echoes: echoesOf(frame),
    to: fc.record({ slot: fc.nat(255), epoch: fc.nat(255) }),
    state: fc.int32Array({ maxLength: 64 }),
  }).map((packet) => ({ frame, packet: packet as SnapshotPacket }))
);

const hellos = frames.chain((frame) => {
  const bytes = (length: number) =>
    fc.uint8Array({ minLength: length, maxLength: length });
  return fc.record({
    kind: fc.constant("hello" as const),
    epoch: fc.nat(255),
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
    echoes: echoesOf(frame),
  }).map((packet) => ({ frame, packet: packet as HelloPacket }));
});

function echoesOf(
  { slot, players }: { readonly slot: number; readonly players: number },
) {
  return fc.tuple(
    ...Array.from(
      { length: players },
      (_, other) => other === slot ? fc.constant(undefined) : echo,
    ),
  );
}

Deno.test("decode() gives back what encode() was given", () => {
  fc.assert(
    fc.property(fc.oneof(plays, hellos, snapshots), ({ frame, packet }) => {
      const bytes = encode(packet, frame, new Uint8Array(PACKET_BYTES_MAX));
      expect(decode(bytes, frame)).toEqual(packet);
    }),
  );
});

Deno.test("decode() gives undefined for any packet that was cut or lengthened", () => {
  fc.assert(fc.property(hellos, fc.nat(200), ({ frame, packet }, cut) => {
    const bytes = encode(packet, frame, new Uint8Array(PACKET_BYTES_MAX));
    expect(decode(bytes.slice(0, cut % bytes.length), frame)).toBeUndefined();
    expect(decode(Uint8Array.of(...bytes, 0), frame)).toBeUndefined();
  }));
});

Deno.test("decode() never throws, whatever comes", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(0x51, 0x52),
      frames,
      (noise, kind, frame) => {
        decode(noise, frame);
        decode(Uint8Array.of(kind, ...noise), frame);
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("decode() never throws for an honest packet with flipped bytes", () => {
  fc.assert(fc.property(
    plays,
    fc.array(fc.tuple(fc.nat(1199), fc.nat(255)), { maxLength: 8 }),
    ({ frame, packet }, flips) => {
      const bytes = encode(packet, frame, new Uint8Array(PACKET_BYTES_MAX));
      for (const [at, value] of flips) bytes[at % bytes.length] = value;
      decode(bytes, frame);
    },
  ));
});

Deno.test("decode() refuses a record that claims to be of the sender itself, relayed", () => {
  const frame = { slot: 0, players: 3 };
  const [{ packet }] = fc.sample(
    plays.filter((play) =>
      play.frame.players === 3 && play.frame.slot === 1 &&
      play.packet.relayed.some(({ slot }) => slot === 0)
    ),
    { numRuns: 1, seed: 1 },
  );
  const bytes = encode(
    { ...packet, record: { ...packet.record, slot: 0 } },
    { slot: 1, players: 3 },
    new Uint8Array(PACKET_BYTES_MAX),
  );

  expect(decode(bytes, frame)).toBeUndefined();
});

Deno.test("isNewer() goes by incarnation, then by what is confirmed, then by beat", () => {
  const inOrder = [
    // A beat that was passed 32 768 packets ago, or comes round again, decides nothing.
    { epoch: 0, confirmed: -1, beat: 0xffff },
    { epoch: 0, confirmed: 0, beat: 1 },
    { epoch: 0, confirmed: 40_000, beat: 40_001 },
    { epoch: 0, confirmed: 40_001, beat: 0xfffe },
    { epoch: 0, confirmed: 40_001, beat: 0xffff },
    { epoch: 0, confirmed: 40_001, beat: 0 },
    { epoch: 0, confirmed: 40_001, beat: 0x7ffd },
    { epoch: 1, confirmed: 0, beat: 0xffff },
    { epoch: 255, confirmed: 0, beat: 0 },
  ];

  for (const [i, a] of inOrder.entries()) {
    for (const [j, b] of inOrder.entries()) {
      expect({ a, b, isNewer: isNewer(a, b) })
        .toEqual({ a, b, isNewer: i > j });
    }
  }
});
