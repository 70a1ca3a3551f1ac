/**
 * The way of packets from one slot to another, as a datagram or a TCP connection goes it.
 *
 * A datagram is lost, doubled or overtaken by itself, or lost in a burst: Gilbert's and Elliott's
 * model, in which a way is good or bad for some packets in a row. TCP loses nothing, but a lost
 * segment comes a round trip later, and holds up all behind it.
 *
 * @module
 */
import { drawWaysMs, type LinkFaults } from "../transport/link_faults.ts";

/** When losses come in bursts: some time is bad, and then `loss` of the packets are lost. */
export interface Bursts {
  /** How many packets a bad time takes in the mean. */
  readonly meanPackets: number;
  /** Which part of all packets falls into bad times; below 1. */
  readonly share: number;
  readonly loss: number;
}

/** What happens to packets on one way. */
export interface WayFaults extends LinkFaults {
  /** None, if not given. */
  readonly bursts?: Bursts | undefined;
  /** Whether it is a TCP connection. */
  readonly isOrdered?: boolean;
}

/** How much longer than a round trip a sender waits until it sends a lost segment again. */
const RETRANSMIT_MS = 50;

/** One way; remembers whether its time is bad, and what holds up the packets behind. */
export class Way {
  #isBad = false;
  #heldUpUntilMs = -Infinity;

  /** Draws when the copies of a packet arrive that is sent now; none where it is lost. */
  arrivalsMs(
    nowMs: number,
    faults: WayFaults,
    random: () => number,
  ): readonly number[] {
    const { bursts, loss } = faults;
    const isLost = bursts !== undefined && this.#isInBurst(bursts, random);
    if (!faults.isOrdered) {
      if (isLost) return [];
      const arrivalsMs = drawWaysMs(faults, random);
      for (let copy = 0; copy < arrivalsMs.length; copy++) {
        arrivalsMs[copy] += nowMs;
      }
      return arrivalsMs;
    }
    const { delayMs, jitterMs } = faults;
    let atMs = nowMs + delayMs + random() * jitterMs;
    let waitMs = 2 * delayMs + jitterMs + RETRANSMIT_MS;
    for (let again = isLost; again || random() < loss; again = false) {
      atMs += waitMs;
      waitMs *= 2;
    }
    this.#heldUpUntilMs = Math.max(this.#heldUpUntilMs, atMs);
    return [this.#heldUpUntilMs];
  }

  #isInBurst(
    { meanPackets, share, loss }: Bursts,
    random: () => number,
  ): boolean {
    const change = this.#isBad ? 1 : share / (1 - share);
    if (random() < change / meanPackets) this.#isBad = !this.#isBad;
    return this.#isBad && random() < loss;
  }
}
