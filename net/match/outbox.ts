/**
 * The packets of one member on their way out: numbered, encoded, counted.
 *
 * @module
 */
import { SLOTS_MAX } from "../../game/court.ts";
import type { Beats } from "./clock/beats.ts";
import { PAYLOAD_BYTES_MAX } from "./transport.ts";
import type { Farewell } from "./wire/record.ts";
import { type Stamp, stampOf } from "./wire/stamp.ts";
import { type Echo, encode, type Packet } from "./wire/wire.ts";

/** What every packet says of the moment at which it is sent. */
export interface Said {
  readonly beat: number;
  readonly sentAt: Stamp;
  readonly farewell: Farewell;
  readonly echoes: readonly (Echo | undefined)[];
}

export interface OutboxOptions {
  readonly slot: number;
  readonly players: number;
  readonly beats: Beats;
}

/** Holds the packets of one `advance`; its buffers are used again for the next. */
export class Outbox {
  /** What the member's packets say last; "none" while it plays. */
  farewell: Farewell = "none";
  /** Put so far, and their bytes. */
  packets = 0;
  bytes = 0;

  readonly #options: OutboxOptions;
  readonly #outgoing: Uint8Array[] = [];
  /** One for each packet of an advance: play, hello, and a snapshot for each other slot. */
  readonly #buffers = Array.from(
    { length: SLOTS_MAX + 1 },
    () => new Uint8Array(PAYLOAD_BYTES_MAX),
  );

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Begins a new round; what the last one returned is no longer valid. */
  clear(): void {
    this.#outgoing.length = 0;
  }

  /** What was put since `clear`. Owned by this object. */
  get outgoing(): readonly Uint8Array[] {
    return this.#outgoing;
  }

  /** Returns what a packet that is put now says; call it once for each, as it takes a beat. */
  said(nowMs: number): Said {
    const { beats } = this.#options;
    return {
      beat: beats.take(nowMs),
      sentAt: stampOf(nowMs),
      farewell: this.farewell,
      echoes: beats.echoes(nowMs),
    };
  }

  /** Encodes a packet for this round, as one of at most `SLOTS_MAX` + 1. */
  put(packet: Packet): void {
    const buffer = this.#buffers[this.#outgoing.length];
    const bytes = encode(packet, this.#options, buffer);
    this.packets++;
    this.bytes += bytes.length;
    this.#outgoing.push(bytes);
  }
}
