/**
 * Makes a good network bad, for people to try and for tests.
 *
 * The faults befall each packet that is sent and, drawn separately, each that is received. There is
 * no timer: a packet whose time has come goes out, or comes in, with the next `send` or `receive`,
 * which a match calls sixty times a second.
 *
 * @module
 */
import {
  type Received,
  requirePacket,
  type Transport,
} from "../match/transport.ts";
import { drawWaysMs, type LinkFaults, NO_FAULTS } from "./link_faults.ts";

/** In which direction nothing gets through. */
export const CUTS = ["none", "in", "out", "both"] as const;
export type Cut = typeof CUTS[number];

/** What happens to packets, alike in both directions except for `cut`. */
export interface TransportFaults extends LinkFaults {
  readonly cut: Cut;
}

export const NO_TRANSPORT_FAULTS: TransportFaults = {
  ...NO_FAULTS,
  cut: "none",
};

/** A transport whose faults can be changed at any time, for packets from then on. */
export interface FaultyTransport extends Transport {
  faults: TransportFaults;
}

/** How to make a transport worse. */
export interface FaultyOptions {
  readonly faults: TransportFaults;
  /** Returns numbers from 0 (inclusive) to 1; the only source of chance. */
  readonly random: () => number;
  /** The clock that stamps arrivals (`atMs`). */
  readonly nowMs: () => number;
}

/** How many delayed packets wait in each direction; beyond that the oldest are dropped. */
const WAITING_MAX = 4096;

/**
 * Makes a bad transport of a good one, which it then owns. Disposing it sends at once what is still
 * delayed, for a real network would deliver that, too.
 */
export function faulty(
  transport: Transport,
  { faults, random, nowMs }: FaultyOptions,
): FaultyTransport {
  const outgoing = new DelayQueue<Uint8Array>();
  const incoming = new DelayQueue<Received>();

  const sendDue = (untilMs: number) => {
    for (const { item } of outgoing.takeUntil(untilMs)) transport.send(item);
  };

  return {
    faults,
    send(packet) {
      requirePacket(packet);
      const sentMs = nowMs();
      if (allows(this.faults.cut, "out")) {
        for (const wayMs of drawWaysMs(this.faults, random)) {
          outgoing.add(sentMs + wayMs, packet.slice());
        }
      }
      sendDue(sentMs);
    },
    receive() {
      sendDue(nowMs());
      for (const received of transport.receive()) {
        if (!allows(this.faults.cut, "in")) continue;
        for (const wayMs of drawWaysMs(this.faults, random)) {
          const packet = received.packet.slice();
          incoming.add(received.atMs + wayMs, { ...received, packet });
        }
      }
      return incoming.takeUntil(nowMs())
        .map(({ dueMs, item }) => ({ ...item, atMs: dueMs }));
    },
    get link() {
      return transport.link;
    },
    get rejected() {
      return transport.rejected;
    },
    closed: transport.closed,
    async [Symbol.asyncDispose]() {
      sendDue(Infinity);
      incoming.takeUntil(Infinity);
      await transport[Symbol.asyncDispose]();
    },
  };
}

function allows(cut: Cut, way: "in" | "out"): boolean {
  return cut !== way && cut !== "both";
}

interface Due<T> {
  readonly dueMs: number;
  readonly item: T;
}

/** Delayed packets, each with the time at which it is due. */
class DelayQueue<T> {
  #items: Due<T>[] = [];

  add(dueMs: number, item: T): void {
    if (this.#items.length === WAITING_MAX) this.#items.shift();
    this.#items.push({ dueMs, item });
  }

  /** Takes out what is due, in the order of due times and, where these are equal, of adding. */
  takeUntil(nowMs: number): readonly Due<T>[] {
    const due = this.#items.filter(({ dueMs }) => dueMs <= nowMs);
    if (due.length === 0) return due;
    this.#items = this.#items.filter(({ dueMs }) => dueMs > nowMs);
    return due.sort((a, b) => a.dueMs - b.dueMs);
  }
}
