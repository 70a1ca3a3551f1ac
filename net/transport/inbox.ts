/**
 * What has arrived on a transport and waits to be polled.
 *
 * @module
 */
import type { Received } from "../match/transport.ts";

/** How many packets may wait. Beyond that the oldest are lost; newer ones repeat what matters. */
const INBOX_PACKETS_MAX = 4096;

/** Packets between their arrival and the next poll. */
export class Inbox {
  #packets: Received[] = [];

  push(received: Received): void {
    if (this.#packets.length === INBOX_PACKETS_MAX) this.#packets.shift();
    this.#packets.push(received);
  }

  /** Returns all that waits, oldest first, and forgets it. */
  take(): readonly Received[] {
    const packets = this.#packets;
    if (packets.length > 0) this.#packets = [];
    return packets;
  }
}
