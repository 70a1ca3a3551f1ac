import { expect } from "@std/expect";
import { Beats } from "../../net/match/clock/beats.ts";
import { Gate } from "../../net/match/gate.ts";
import { encode } from "../../net/match/wire/wire.ts";
import { recordOf } from "../support/slot_record.ts";

/** A packet of slot 1 in a match of two, of this incarnation. */
function packetOf(epoch: number): Uint8Array {
  const record = recordOf(1, { epoch, members: 3, hears: 3, have: [-1, -1] });
  const rest = { echoes: [undefined, undefined], relayed: [], runs: [] };
  const packet = { kind: "play", record, ...rest } as const;
  return encode(packet, { slot: 1, players: 2 }, new Uint8Array(100));
}

/** The gate of slot 0, and whether it lets something in. */
function createGate(epochs: readonly number[]) {
  const beats = new Beats(2);
  const gate = new Gate({ slot: 0, players: 2, epochs, beats });
  const admits = (slot: number, epoch: number, packet: Uint8Array) =>
    gate.admit({ from: { slot, epoch }, atMs: 0, packet }) !== undefined;
  return { beats, gate, admits };
}

Deno.test("packets of a seat's former process are not let in, nor of a stranger", () => {
  const { beats, gate, ...given } = createGate([0, 3]);
  const admits = (slot: number, epoch: number, incarnation = epoch << 4) =>
    given.admits(slot, epoch, packetOf(incarnation));
  const [, known] = beats.clocks;

  // Of the process before, of this one, and of its returns.
  expect([admits(1, 2), admits(1, 3), admits(1, 3, 3 << 4 | 7)])
    .toEqual([false, true, true]);
  // The transport and the packet name different processes.
  expect([admits(1, 3, 4 << 4), admits(1, 4, 3 << 4)]).toEqual([false, false]);
  // Of this host itself, and of nobody.
  expect([admits(0, 3), admits(2, 3)]).toEqual([false, false]);
  expect(beats.clocks[1]).toBe(known);
  // Of the next process, whose clock is another; then of the one before again.
  expect([admits(1, 5), admits(1, 3)]).toEqual([true, false]);
  expect(beats.clocks[1]).not.toBe(known);
  expect([gate.epochOf(0), gate.epochOf(1)]).toEqual([0, 5]);
});

Deno.test("what is let in is counted, and a malformed packet is not let in", () => {
  const { gate, admits } = createGate([0, 0]);
  const packet = packetOf(0);

  expect([admits(1, 0, packet), admits(1, 0, packet.slice(1))])
    .toEqual([true, false]);
  expect(admits(1, 1, packet)).toBe(false);
  expect([gate.packets, gate.bytes, gate.epochOf(1)])
    .toEqual([1, packet.length, 0]);
});
