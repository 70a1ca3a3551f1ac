import { expect } from "@std/expect";
import fc from "fast-check";
import { PACKET_BYTES_MAX } from "../../net/match/transport.ts";
import { ByteReader, ByteWriter } from "../../net/match/wire/bytes.ts";
import { isNewer, type SlotRecord } from "../../net/match/wire/record.ts";
import { stampDifferenceMs, stampOf } from "../../net/match/wire/stamp.ts";
import { termsOf } from "../../net/match/wire/terms.ts";
import {
  decode,
  encode,
  type InputRun,
  type Packet,
} from "../../net/match/wire/wire.ts";
import { recordOf, type Saying } from "../support/slot_record.ts";
import { attempts } from "./membership_case.ts";
import {
  hellosOf,
  playsOf,
  senders,
  type Sent,
  sent,
  snapshotsOf,
} from "./packets.ts";

const NOTHING_MORE = { echoes: [], relayed: [], runs: [] };
const plays = sent(playsOf);
const hellos = sent(hellosOf);
const snapshots = sent(snapshotsOf);

function encoded({ frame, packet }: Sent<Packet>): Uint8Array {
  return encode(packet, frame, new Uint8Array(PACKET_BYTES_MAX));
}

Deno.test("decode() gives back what encode() was given", () => {
  fc.assert(fc.property(fc.oneof(plays, hellos, snapshots), (sent) => {
    expect(decode(encoded(sent), sent.frame)).toEqual(sent.packet);
  }));
});

Deno.test("decode() gives undefined for any packet that was cut or lengthened", () => {
  fc.assert(fc.property(hellos, fc.nat(200), (sent, cut) => {
    const { frame, packet } = sent;
    const bytes = encoded(sent);
    for (const length of [cut % bytes.length, bytes.length - 1]) {
      expect(decode(bytes.slice(0, length), frame)).toBeUndefined();
      expect(() => encode(packet, frame, new Uint8Array(length)))
        .toThrow(RangeError);
    }
    expect(decode(Uint8Array.of(...bytes, 0), frame)).toBeUndefined();
  }));
});

Deno.test("decode() never throws, whatever comes", () => {
  const noises = fc.uint8Array({ maxLength: 300 });
  const kinds = fc.constantFrom(0x51, 0x52, 0x53);
  fc.assert(
    fc.property(noises, kinds, senders, (noise, kind, frame) => {
      decode(noise, frame);
      decode(Uint8Array.of(kind, ...noise), frame);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("decode() never throws for an honest packet with flipped bytes", () => {
  const flip = fc.tuple(fc.nat(1199), fc.nat(255));
  fc.assert(
    fc.property(plays, fc.array(flip, { maxLength: 8 }), (sent, flips) => {
      const bytes = encoded(sent);
      for (const [at, value] of flips) bytes[at % bytes.length] = value;
      decode(bytes, sent.frame);
    }),
  );
});

Deno.test("decode() puts known records in the place of those that are no newer", () => {
  fc.assert(
    fc.property(plays, fc.integer({ min: -1, max: 1 }), (sent, ahead) => {
      const { frame, packet } = sent;
      const bytes = encoded(sent);
      const known: (SlotRecord | undefined)[] = [];
      for (const record of packet.relayed) {
        const confirmed = record.confirmed + ahead;
        known[record.slot] = { ...record, confirmed, change: undefined };
      }

      const decoded = decode(bytes, frame, known);

      const relayed = packet.relayed.map((record) =>
        ahead < 0 || record.change ? record : known[record.slot]
      );
      expect(decoded).toEqual({ ...packet, relayed });
      for (let length = 0; length < bytes.length; length += 7) {
        const cut = decode(bytes.slice(0, length), frame, known);
        // Where it was cut between two runs it is whole.
        if (cut?.kind !== "play") expect(cut).toBeUndefined();
        else expect(cut.runs.length).toBeLessThan(packet.runs.length);
      }
    }),
  );
});

Deno.test("decode() refuses a record that claims to be of the sender itself, relayed", () => {
  const [relayed, record] = [0, 1].map((slot) =>
    recordOf(slot, { members: 7, hears: 7 })
  );
  const all = { ...NOTHING_MORE, record, relayed: [relayed] };
  const [ours, honest] = [0, 1].map((slot) => ({ slot, players: 3 }));
  const bytes = encoded({ frame: honest, packet: { kind: "play", ...all } });

  expect(decode(bytes, honest)).toBeDefined();
  expect(decode(bytes, ours)).toBeUndefined();
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
      expect([a, b, isNewer(a, b)]).toEqual([a, b, i > j]);
    }
  }
});

Deno.test("a stamp is in quarter milliseconds, modulo 2^24, and so are differences", () => {
  const last = 2 ** 24 - 1;
  expect([0, 0.25, 0.2, 1.1, 2 ** 22 - 0.25, 2 ** 22, -0.25].map(stampOf))
    .toEqual([0, 1, 1, 4, last, 0, last]);

  expect(stampDifferenceMs(0, last)).toBe(0.25);
  expect(stampDifferenceMs(last, 0)).toBe(-0.25);
  expect(stampDifferenceMs(2 ** 23 - 1, 0)).toBe(2 ** 21 - 0.25);
  expect(stampDifferenceMs(2 ** 23, 0)).toBe(-(2 ** 21));
});

Deno.test("terms are the rules, the clock, and the FNV-1a hash of the match's ID", () => {
  const rules = { players: 3, points: 9, lives: 5 };
  const terms = { protocol: 1, ticksPerSecond: 60, window: 15, ...rules };

  expect(termsOf(rules, "")).toEqual({ ...terms, match: 0x811c9dc5 });
  expect(termsOf(rules, "foobar")).toEqual({ ...terms, match: 0xbf9cf968 });
});

Deno.test("decode() takes a state of up to 512 bytes, in whole words", () => {
  const [{ frame, packet }] = fc.sample(snapshots, { numRuns: 1, seed: 1 });
  const takes = (words: number, end?: number) => {
    const long = { ...packet, state: new Int32Array(words) };
    const bytes = encoded({ frame, packet: long });
    return decode(bytes.slice(0, end), frame) !== undefined;
  };

  expect([takes(128), takes(129), takes(9, -1)]).toEqual([true, false, false]);
});

Deno.test("encode() leaves out runs that might not fit", () => {
  const [{ frame, packet }] = fc.sample(plays, { numRuns: 1, seed: 1 });
  const { slot, confirmed } = packet.record;
  const run = { slot, start: confirmed, inputs: [1, 1] };
  const lengthIn = (length: number, runs: readonly InputRun[]) =>
    encode({ ...packet, runs }, frame, new Uint8Array(length)).length;
  const without = lengthIn(PACKET_BYTES_MAX, []);

  // Equal inputs take no more than one, but that is found out too late.
  expect([5, 6].map((room) => lengthIn(without + room, [run]) - without))
    .toEqual([0, 4]);
});

Deno.test("a writer and a reader remember what was too much for them", () => {
  const writer = new ByteWriter(new Uint8Array(3));
  const fits = (read: (reader: ByteReader) => void, last: number) => {
    const reader = new ByteReader(Uint8Array.of(255, 255, 255, 255, last));
    read(reader);
    return reader.fits;
  };

  writer.bytes(Uint8Array.of(1, 2, 3));
  expect(writer.fits).toBe(true);
  writer.bytes(Uint8Array.of(4));
  expect([writer.fits, ...writer.written]).toEqual([false, 1, 2, 3]);
  for (const most of [5, 6]) {
    expect(fits((reader) => reader.skip(most), 0)).toBe(most === 5);
    expect(fits((reader) => reader.bytes(most), 0)).toBe(most === 5);
  }
  expect([7, 8].map((last) => fits((reader) => reader.varint(), last)))
    .toEqual([true, false]);
});

Deno.test("decode() refuses players that there aren't, and more than a presence can be", () => {
  const frame = { slot: 1, players: 3 };
  const takes = (saying: Saying, flags = 0) => {
    const record = recordOf(1, { members: 7, hears: 7, ...saying });
    const bytes = encoded({
      frame,
      packet: { kind: "play", record, ...NOTHING_MORE },
    });
    bytes[9] |= flags;
    return decode(bytes, frame) !== undefined;
  };
  const changes = ([segments, drop, slot]: readonly number[]) => {
    const presence = Array(segments).fill({ epoch: 0, from: 0, to: 9 });
    const presences = [presence, presence, presence];
    return takes({
      presences,
      ...attempts(1, drop, { join: { slot, epoch: 0 } }),
    });
  };

  expect([takes({}), takes({ members: 8 }), takes({ hears: 8 })])
    .toEqual([true, false, false]);
  // A farewell that there isn't, and a flag.
  expect([takes({}, 2), takes({}, 3), takes({}, 16)])
    .toEqual([true, false, false]);
  expect([[3, 7, 2], [0, 7, 2], [4, 7, 2], [3, 8, 2], [3, 7, 3]].map(changes))
    .toEqual([true, false, false, false, false]);
});
