// The bad network on demand, in virtual time.
import { expect } from "@std/expect";
import type { Received } from "../../net/match/transport.ts";
import { SimulatedNetwork } from "../../net/simulation/simulated.ts";
import {
  faulty,
  NO_TRANSPORT_FAULTS,
  type TransportFaults,
} from "../../net/transport/faulty.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import { createRandom } from "../support/simulation.ts";
import { pairOver, testTransport } from "../support/transport_contract.ts";

testTransport("faulty without faults", () => {
  const { network, near, far } = openPair({});
  return Promise.resolve(pairOver(network, [near, far]));
});

for (const way of ["out", "in"] as const) {
  Deno.test(`faulty delays each packet that goes ${way} by the latency and up to the jitter`, () => {
    const waysMs = carry(way, { delayMs: 80, jitterMs: 20 })
      .map(({ received, n }) => received.atMs - n);

    expect(waysMs.length).toBe(PACKETS);
    expect(Math.min(...waysMs)).toBeGreaterThanOrEqual(80);
    expect(Math.max(...waysMs)).toBeGreaterThan(98);
    // What goes out waits for the next call, a millisecond at most here.
    expect(Math.max(...waysMs)).toBeLessThanOrEqual(101);
  });

  Deno.test(`faulty gives nothing that comes ${way} before its time, and that in order`, () => {
    const arrived = carry(way, { delayMs: 30, jitterMs: 50 });

    const stamps = arrived.map(({ received }) => received.atMs);
    expect(stamps).toEqual(stamps.toSorted((a, b) => a - b));
    expect(arrived.every(({ polledMs, received }) => received.atMs <= polledMs))
      .toBe(true);
  });

  for (
    const [does, faults, least, most] of [
      ["loses", { loss: 0.2 }, 0.75, 0.85],
      ["doubles", { duplication: 0.1 }, 1.075, 1.125],
    ] as const
  ) {
    Deno.test(`faulty ${does} about as many of what goes ${way} as it should`, () => {
      const share = carry(way, faults).length / PACKETS;

      expect(share).toBeGreaterThan(least);
      expect(share).toBeLessThan(most);
    });
  }

  Deno.test(`faulty reorders what goes ${way}, and keeps the order without that fault`, () => {
    const isInOrder = (faults: Partial<TransportFaults>) =>
      carry(way, faults).every(({ n }, i, all) => i === 0 || n > all[i - 1].n);

    expect(isInOrder({ delayMs: 30 })).toBe(true);
    expect(isInOrder({ delayMs: 30, reordering: 0.1 })).toBe(false);
  });
}

for (
  const [cut, leaves, comes] of [
    ["none", true, true],
    ["in", true, false],
    ["out", false, true],
    ["both", false, false],
  ] as const
) {
  Deno.test(`faulty with cut=${cut} lets ${leaves ? "" : "not "}out and ${comes ? "" : "not "}in`, () => {
    const { near, far } = openPair({ cut });

    near.send(Uint8Array.of(1));
    far.send(Uint8Array.of(2));

    expect(bytesOf(far.receive())).toEqual(leaves ? [1] : []);
    expect(bytesOf(near.receive())).toEqual(comes ? [2] : []);
  });
}

Deno.test("faulty's faults can be changed while it is open, for packets from then on", () => {
  const { network, near, far } = openPair({ delayMs: 10 });
  near.send(Uint8Array.of(1));
  near.faults = { ...near.faults, cut: "both" };
  near.send(Uint8Array.of(2));
  near.faults = NO_TRANSPORT_FAULTS;
  near.send(Uint8Array.of(3));

  const atOnce = far.receive();
  network.nowMs = 10;
  near.receive();
  const later = far.receive();

  expect(bytesOf(atOnce)).toEqual([3]);
  expect(bytesOf(later)).toEqual([1]);
});

Deno.test("faulty forgets the oldest of too many packets", () => {
  const { network, near, far } = openPair({ delayMs: 10 });
  const sent = 5000;
  for (let n = 0; n < sent; n++) {
    // In two halves, because the network in between forgets, too.
    network.nowMs = n < sent / 2 ? 0 : 5;
    near.send(Uint8Array.of(n >> 8, n));
  }

  const arrived = [10, 15].flatMap((nowMs) => {
    network.nowMs = nowMs;
    near.receive();
    return far.receive().map(numberOf);
  });

  expect([arrived.length, arrived[0]]).toEqual([4096, sent - 4096]);
});

Deno.test("faulty has bytes of its own while a packet waits, and gives each copy its own", () => {
  const { network, near, far } = openPair({ delayMs: 10, duplication: 1 });
  const packet = Uint8Array.of(1);
  near.send(packet);
  packet.fill(9);
  far.send(Uint8Array.of(2));
  near.receive();

  network.nowMs = 10;
  const [first, second] = near.receive();
  first.packet.fill(9);

  expect(bytesOf(far.receive())).toEqual([1, 1]);
  expect(bytesOf([second])).toEqual([2]);
});

Deno.test("faulty refuses at once what no transport carries", () => {
  const { near } = openPair({ delayMs: 10 });

  expect(() => near.send(new Uint8Array(0))).toThrow(RangeError);
});

Deno.test("faulty sends what was under way when it is disposed, and gives nothing any more", async () => {
  const { network, near, far } = openPair({ delayMs: 10_000 });
  near.send(Uint8Array.of(1));
  far.send(Uint8Array.of(2));
  near.receive();

  await near[Symbol.asyncDispose]();

  expect(bytesOf(far.receive())).toEqual([1]);
  network.nowMs = 10_000;
  expect(near.receive()).toEqual([]);
});

const PACKETS = 2000;

/** A faulty transport and the good one at the other end. */
function openPair(faults: Partial<TransportFaults>) {
  const network = new SimulatedNetwork({
    random: createRandom(1),
    faults: () => NO_FAULTS,
  });
  const near = faulty(network.open({ slot: 0, epoch: 0 }), {
    faults: { ...NO_TRANSPORT_FAULTS, ...faults },
    random: createRandom(2),
    nowMs: () => network.nowMs,
  });
  return { network, near, far: network.open({ slot: 1, epoch: 0 }) };
}

/** Sends numbered packets through the faults, one a millisecond; returns what came when. */
function carry(way: "in" | "out", faults: Partial<TransportFaults>): {
  readonly polledMs: number;
  readonly received: Received;
  readonly n: number;
}[] {
  const { network, near, far } = openPair(faults);
  const [from, to] = way === "out" ? [near, far] : [far, near];
  const arrived = [];
  for (let n = 0; n < PACKETS + 500; n++, network.nowMs++) {
    if (n < PACKETS) from.send(Uint8Array.of(n >> 8, n));
    // An open transport is polled all the time, at both ends.
    if (from === near) near.receive();
    for (const received of to.receive()) {
      const polledMs = network.nowMs;
      arrived.push({ polledMs, received, n: numberOf(received) });
    }
  }
  return arrived;
}

function numberOf({ packet: [high, low] }: Received): number {
  return high << 8 | low;
}

function bytesOf(received: readonly Received[]): readonly number[] {
  return received.map(({ packet }) => packet[0]);
}
