/**
 * What a member says to some and not to others, though its network sends every packet to all.
 *
 * @module
 */

/** Whom the packets of one turn are for; to be asked by the network while they are sent. */
export class TwoFaced {
  #packets: Uint8Array[] = [];
  /** Of the packets that are still to be sent, the next one first. */
  #audiences: ((slot: number) => boolean)[] = [];

  /** A packet for some: a copy is kept until the turn is over. */
  say(packet: Uint8Array, isFor: (slot: number) => boolean): void {
    this.#packets.push(packet);
    this.#audiences.push(isFor);
  }

  /** Returns what was said in this turn, to be sent in this order. */
  take(): readonly Uint8Array[] {
    return this.#packets.splice(0);
  }

  /** Whether the packet that is being sent doesn't get to a slot. */
  isUnheard(slot: number): boolean {
    return this.#audiences.length > 0 && !this.#audiences[0](slot);
  }

  /** A packet was sent. */
  next(): void {
    this.#audiences.shift();
  }
}
