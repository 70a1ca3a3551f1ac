import { expect } from "@std/expect";
import { Beats } from "../../net/match/clock/beats.ts";
import { Gate } from "../../net/match/gate.ts";
import { encode, type PlayPacket } from "../../net/match/wire/wire.ts";
import { recordOf } from "./membership_case.ts";

/** A packet of slot 1 in a match of two, of this incarnation. */
function packetOf(epoch: number): Uint8Array {
  const packet: PlayPacket = {
    kind: "play",
    record: recordOf(1, { epoch, members: 3, hears: 3, have: [-1, -1] }),
    echoes: [undefined, undefined],
    relayed: [],
    runs: [],
  };
  return encode(packet, { slot: 1, players: 2 }, new Uint8Array(100));
}

Deno.test("packets of a seat's former process are not let in, nor of a stranger", () => {
  const beats = new Beats(2);
  const gate = new Gate({ slot: 0, players: 2, epochs: [0, 3], beats });
  const admits = (slot: number, epoch: number, incarnation = epoch << 4) =>
    gate.admit({
      from: { slot, epoch },
      atMs: 0,
      packet: packetOf(incarnation),
    }) !== undefined;
  const clock = () => beats.clocks[1];
  const known = clock();

  // Of the process before, of this one, and of its returns.
  expect([admits(1, 2), admits(1, 3), admits(1, 3, 3 << 4 | 7)])
    .toEqual([false, true, true]);
  // The transport and the packet name different processes.
  expect([admits(1, 3, 4 << 4), admits(1, 4, 3 << 4)]).toEqual([false, false]);
  // Of this host itself, and of nobody.
  expect([admits(0, 3), admits(2, 3)]).toEqual([false, false]);
  expect(clock()).toBe(known);
  // Of the next process, whose clock is another; then of the one before again.
  expect([admits(1, 5), admits(1, 3)]).toEqual([true, false]);
  expect(clock()).not.toBe(known);
  expect([gate.epochOf(0), gate.epochOf(1)]).toEqual([0, 5]);
});

Deno.test("what is let in is counted, and a malformed packet is not let in", () => {
  const gate = new Gate({
    slot: 0,
    players: 2,
    epochs: [0, 0],
    beats: new Beats(2),
  });
  const packet = packetOf(0);
  const from = { slot: 1, epoch: 0 };

  expect(gate.admit({ from, atMs: 0, packet })?.kind).toBe("play");
  expect(gate.admit({ from, atMs: 0, packet: packet.slice(1) }))
    .toBeUndefined();
  expect(gate.admit({ from: { slot: 1, epoch: 1 }, atMs: 0, packet }))
    .toBeUndefined();

  expect([gate.packets, gate.bytes]).toEqual([1, packet.length]);
  expect(gate.epochOf(1)).toBe(0);
});
