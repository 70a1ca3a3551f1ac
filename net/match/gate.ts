/**
 * Lets in packets of the match's players, and counts what comes.
 *
 * Who sent a packet is what the transport says, not the packet. A *seat* is the right to a slot, as
 * the lobby gives it to one process; each time it does, the seat's epoch grows, and packets of the
 * former process are rejected. So is what can't be true, whoever says it.
 *
 * @module
 */
import type { Beats } from "./clock/beats.ts";
import { isPlausible } from "./plausible.ts";
import type { Received } from "./transport.ts";
import type { SlotRecord } from "./wire/record.ts";
import { decode, type Packet } from "./wire/wire.ts";

export interface GateOptions {
  readonly slot: number;
  readonly players: number;
  /** Epoch of each seat as the lobby gave it, by slot. */
  readonly epochs: readonly number[];
  readonly beats: Beats;
}

/** Decodes packets and drops what no member's present process can have sent. */
export class Gate {
  /** Admitted so far, and their bytes. */
  packets = 0;
  bytes = 0;
  /** Packets that were malformed, impossible, or not from a member's present incarnation. */
  rejected = 0;

  readonly #options: GateOptions;
  /** By slot: newest epoch that the transport has shown. */
  readonly #epochs: number[];

  constructor(options: GateOptions) {
    this.#options = options;
    this.#epochs = options.epochs.slice();
  }

  /** Newest epoch of a seat. */
  epochOf(slot: number): number {
    return this.#epochs[slot];
  }

  /**
   * Returns the packet, or `undefined` for what is to be ignored. Never throws. `known`: by slot,
   * the newest records so far, as `decode` takes them.
   */
  admit(
    { from, packet: bytes }: Received,
    known?: readonly (SlotRecord | undefined)[],
  ): Packet | undefined {
    const { slot, players, beats } = this.#options;
    const isMember = from.slot < players && from.slot !== slot &&
      from.epoch >= this.#epochs[from.slot];
    const packet = isMember
      ? decode(bytes, { slot: from.slot, players }, known)
      : undefined;
    if (!packet || incarnationOf(packet) >> 4 !== from.epoch) return undefined;
    if (!isPlausible(packet, players)) return undefined;
    if (from.epoch > this.#epochs[from.slot]) {
      // Another process: what was learned of the former one's clock is of no use.
      this.#epochs[from.slot] = from.epoch;
      beats.forget(from.slot);
    }
    this.packets++;
    this.bytes += bytes.length;
    return packet;
  }
}

function incarnationOf(packet: Packet): number {
  return packet.kind === "hello" ? packet.epoch : packet.record.epoch;
}
