/**
 * A network in memory, in virtual time, with every fault on demand.
 *
 * Nothing here waits: whoever drives it sets `nowMs`, and a packet is received once its time has
 * come. Which packets are lost, doubled or late follows from the random source alone, so one seed
 * is one history.
 *
 * @module
 */
import {
  type CloseReason,
  type LinkState,
  type Received,
  requirePacket,
  type Sender,
  type Transport,
} from "../match/transport.ts";
import { Way, type WayFaults } from "./way.ts";

/**
 * Most packets that wait for one member. What comes to one that sleeps waits in two places: its
 * system keeps the oldest, a relay the newest; so beyond it one from the middle is lost.
 */
export const WAITING_MAX = 4096;

export interface SimulatedNetworkOptions {
  /** Returns numbers from 0 (inclusive) to 1; the only source of chance. */
  readonly random: () => number;
  /** What happens to packets that are sent now from one slot to another. */
  readonly faults: (from: number, to: number) => WayFaults;
  /** Whether the way from one slot to another is broken at this moment; never, if not given. */
  readonly isCut?: (from: number, to: number, nowMs: number) => boolean;
  /** Instead of `WAITING_MAX`; a negative control. */
  readonly waitingMax?: number | undefined;
  /** Until when packets of this way are held back, to come all at once; never, if not given. */
  readonly heldUntilMs?: (from: number, to: number, nowMs: number) => number;
}

/** The network of one match; its members join by `open`. */
export class SimulatedNetwork {
  /** Virtual time, set by the driver; never goes back. */
  nowMs = 0;

  readonly #options: SimulatedNetworkOptions;
  readonly #members = new Map<number, SimulatedTransport>();
  /** By sender and receiver. */
  readonly #ways: Way[][] = [];

  constructor(options: SimulatedNetworkOptions) {
    this.#options = options;
  }

  /** Joins as `sender`. What was sent to its slot before this moment never arrives. */
  open(sender: Sender): SimulatedTransport {
    const { waitingMax = WAITING_MAX } = this.#options;
    const transport = new SimulatedTransport(this, sender, waitingMax);
    this.#members.set(sender.slot, transport);
    return transport;
  }

  /** For `SimulatedTransport`: sends one copy to everybody else, who only read it. */
  broadcast(from: Sender, bytes: Uint8Array): void {
    const { random, faults, isCut, heldUntilMs } = this.#options;
    const packet = bytes.slice();
    for (const [slot, member] of this.#members) {
      if (slot === from.slot || isCut?.(from.slot, slot, this.nowMs)) continue;
      const heldMs = heldUntilMs?.(from.slot, slot, this.nowMs) ?? 0;
      const arrivalsMs = this.#way(from.slot, slot)
        .arrivalsMs(this.nowMs, faults(from.slot, slot), random);
      for (const arrivalMs of arrivalsMs) {
        const atMs = Math.max(heldMs, arrivalMs);
        member.deliver({ from, atMs, packet });
      }
    }
  }

  /** For `SimulatedTransport`: forgets a member that has left. */
  leave(member: SimulatedTransport): void {
    const { slot } = member.sender;
    if (this.#members.get(slot) === member) this.#members.delete(slot);
  }

  #way(from: number, to: number): Way {
    return (this.#ways[from] ??= [])[to] ??= new Way();
  }
}

/** One member's end of the network; `link` says what a test makes it say. */
export class SimulatedTransport implements Transport {
  link: LinkState = { up: true, detail: "" };
  readonly rejected = 0;
  readonly closed: Promise<CloseReason>;
  readonly sender: Sender;

  readonly #network: SimulatedNetwork;
  readonly #close: (reason: CloseReason) => void;
  readonly #waitingMax: number;
  #isOpen = true;
  /** In the order of arrival; of packets that arrive together, in that of sending. */
  readonly #waiting: Received[] = [];

  /** Made by `SimulatedNetwork.open`. */
  constructor(network: SimulatedNetwork, sender: Sender, waitingMax: number) {
    const { promise, resolve } = Promise.withResolvers<CloseReason>();
    this.#network = network;
    this.sender = sender;
    this.#waitingMax = waitingMax;
    this.closed = promise;
    this.#close = resolve;
  }

  /** How many packets are under way to this member, or wait for it. */
  get waiting(): number {
    return this.#waiting.length;
  }

  send(packet: Uint8Array): void {
    requirePacket(packet);
    if (this.#isOpen) this.#network.broadcast(this.sender, packet);
  }

  receive(): readonly Received[] {
    const { nowMs } = this.#network;
    let due = 0;
    while (due < this.#waiting.length && this.#waiting[due].atMs <= nowMs) {
      due++;
    }
    return this.#waiting.splice(0, due);
  }

  /** For `SimulatedNetwork`: a packet is under way to this member. */
  deliver(received: Received): void {
    const waiting = this.#waiting;
    let at = waiting.length;
    while (at > 0 && waiting[at - 1].atMs > received.atMs) at--;
    waiting.splice(at, 0, received);
    if (waiting.length > this.#waitingMax) {
      waiting.splice(this.#waitingMax / 2, 1);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    this.link = { up: false, detail: "Closed by this side." };
    this.#network.leave(this);
    this.#close({ kind: "local" });
    return Promise.resolve();
  }
}
