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
import { drawWaysMs, type LinkFaults } from "../transport/link_faults.ts";

/** Most packets under way to one member; beyond it the oldest is lost, as in every inbox. */
const WAITING_MAX = 4096;

export interface SimulatedNetworkOptions {
  /** Returns numbers from 0 (inclusive) to 1; the only source of chance. */
  readonly random: () => number;
  readonly faults: LinkFaults;
  /** Whether the way from one slot to another is broken at this moment; never, if not given. */
  readonly isCut?: (from: number, to: number, nowMs: number) => boolean;
  /** Until when packets of this way are held back, to come all at once; never, if not given. */
  readonly heldUntilMs?: (from: number, to: number, nowMs: number) => number;
}

interface PacketUnderWay extends Received {
  /** Order of sending, so that equal arrival times keep it. */
  readonly order: number;
}

/** The network of one match; its members join by `open`. */
export class SimulatedNetwork {
  /** Virtual time, set by the driver; never goes back. */
  nowMs = 0;

  readonly #options: SimulatedNetworkOptions;
  readonly #members = new Map<number, SimulatedTransport>();
  #sent = 0;

  constructor(options: SimulatedNetworkOptions) {
    this.#options = options;
  }

  /** Joins as `sender`. What was sent to its slot before this moment never arrives. */
  open(sender: Sender): SimulatedTransport {
    const transport = new SimulatedTransport(this, sender);
    this.#members.set(sender.slot, transport);
    return transport;
  }

  /** For `SimulatedTransport`: sends a copy to everybody else. */
  broadcast(from: Sender, packet: Uint8Array): void {
    const { random, faults, isCut, heldUntilMs } = this.#options;
    for (const [slot, member] of this.#members) {
      if (slot === from.slot) continue;
      for (const wayMs of drawWaysMs(faults, random)) {
        if (isCut?.(from.slot, slot, this.nowMs)) continue;
        const heldMs = heldUntilMs?.(from.slot, slot, this.nowMs) ?? 0;
        const atMs = Math.max(heldMs, this.nowMs + wayMs);
        const order = this.#sent++;
        member.deliver({ from, atMs, packet: packet.slice(), order });
      }
    }
  }

  /** For `SimulatedTransport`: forgets a member that has left. */
  leave(member: SimulatedTransport): void {
    const { slot } = member.sender;
    if (this.#members.get(slot) === member) this.#members.delete(slot);
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
  #isOpen = true;
  #inbox: PacketUnderWay[] = [];

  /** Made by `SimulatedNetwork.open`. */
  constructor(network: SimulatedNetwork, sender: Sender) {
    const { promise, resolve } = Promise.withResolvers<CloseReason>();
    this.#network = network;
    this.sender = sender;
    this.closed = promise;
    this.#close = resolve;
  }

  send(packet: Uint8Array): void {
    requirePacket(packet);
    if (this.#isOpen) this.#network.broadcast(this.sender, packet);
  }

  receive(): readonly Received[] {
    const { nowMs } = this.#network;
    const due = this.#inbox.filter(({ atMs }) => atMs <= nowMs);
    if (due.length === 0) return due;
    this.#inbox = this.#inbox.filter(({ atMs }) => atMs > nowMs);
    return due.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  }

  /** For `SimulatedNetwork`: a packet is under way to this member. */
  deliver(waiting: PacketUnderWay): void {
    this.#inbox.push(waiting);
    if (this.#inbox.length > WAITING_MAX) this.#inbox.shift();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    this.link = { up: false, detail: "Closed by this side." };
    this.#network.leave(this);
    this.#close({ kind: "local" });
    return Promise.resolve();
  }
}
