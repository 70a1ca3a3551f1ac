import { expect } from "@std/expect";
import fc from "fast-check";
import { PACKET_BYTES_MAX } from "../../net/match/transport.ts";
import { isNewer, type SlotRecord } from "../../net/match/wire/record.ts";
import { decode, encode } from "../../net/match/wire/wire.ts";
import { hellosOf, playsOf, senders, sent, snapshotsOf } from "./packets.ts";

const plays = sent(playsOf);
const hellos = sent(hellosOf);
const snapshots = sent(snapshotsOf);

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
      senders,
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

Deno.test("decode() puts known records in the place of those that are no newer", () => {
  fc.assert(
    fc.property(
      plays,
      fc.integer({ min: -1, max: 1 }),
      ({ frame, packet }, ahead) => {
        const bytes = encode(packet, frame, new Uint8Array(PACKET_BYTES_MAX));
        const known: (SlotRecord | undefined)[] = [];
        for (const record of packet.relayed) {
          const { slot, confirmed } = record;
          known[slot] = {
            ...record,
            confirmed: confirmed + ahead,
            change: undefined,
          };
        }

        const decoded = decode(bytes, frame, known);

        const relayed = packet.relayed.map((record) =>
          ahead < 0 || record.change ? record : known[record.slot]
        );
        expect(decoded).toEqual({ ...packet, relayed });
        for (let length = 0; length < bytes.length; length += 7) {
          const cut = decode(bytes.slice(0, length), frame, known);
          // Where it was cut between two runs it is whole.
          if (cut?.kind === "play") {
            expect(cut.runs.length).toBeLessThan(
              packet.runs.length,
            );
          } else expect(cut).toBeUndefined();
        }
      },
    ),
  );
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
