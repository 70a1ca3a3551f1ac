import { expect } from "@std/expect";
import {
  SimulatedNetwork,
  type SimulatedNetworkOptions,
} from "../../net/simulation/simulated.ts";
import type { WayFaults } from "../../net/simulation/way.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import { createRandom } from "../support/simulation.ts";
import { testTransport } from "../support/transport_contract.ts";

/** A network of two, and its ends. */
function openPair(options: Partial<SimulatedNetworkOptions> = {}) {
  const faults = () => NO_FAULTS;
  const random = createRandom(2);
  const network = new SimulatedNetwork({ random, faults, ...options });
  const [a, b] = [0, 1].map((slot) => network.open({ slot, epoch: 0 }));
  return { network, a, b };
}

testTransport("simulated", () => {
  const { network, a, b } = openPair();
  return Promise.resolve({
    ...{ a, b, nowMs: () => network.nowMs },
    pump: () => {
      network.nowMs++;
    },
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  });
});

/** Sends 2 000 numbered packets, one a millisecond, and returns which came, and after how long. */
function send2000(
  faults: Partial<WayFaults>,
  isCut: SimulatedNetworkOptions["isCut"] = () => false,
): { readonly n: number; readonly wayMs: number }[] {
  const all = { ...NO_FAULTS, ...faults };
  const { network, a, b } = openPair({ faults: () => all, isCut });
  const arrived = [];
  for (let sent = 0; sent < 3000; sent++) {
    if (sent < 2000) a.send(Uint8Array.of(sent >> 8, sent));
    for (const { packet: [high, low], atMs } of b.receive()) {
      const n = high * 256 + low;
      arrived.push({ n, wayMs: atMs - n });
    }
    network.nowMs++;
  }
  return arrived;
}

Deno.test("simulated delays each packet by the delay and up to the jitter", () => {
  const waysMs = send2000({ delayMs: 80, jitterMs: 20 })
    .map(({ wayMs }) => wayMs);

  expect(Math.min(...waysMs)).toBeGreaterThanOrEqual(80);
  expect(Math.max(...waysMs)).toBeLessThan(100);
  expect(Math.max(...waysMs)).toBeGreaterThan(98);
});

/** How many of 2 000 come, at least and at most. */
const COUNTS = {
  "loses about as many packets as it should": [{ loss: 0.2 }, 1500, 1700],
  "doubles about as many packets as it should": [
    { duplication: 0.1 },
    2150,
    2250,
  ],
  "loses only some of a burst where it is told so": [
    { bursts: { meanPackets: 20, share: 0.2, loss: 0.5 } },
    1700,
    1900,
  ],
} as const;

for (const [what, [faults, least, most]] of Object.entries(COUNTS)) {
  Deno.test(`simulated ${what}`, () => {
    const { length } = send2000(faults);

    expect(length).toBeGreaterThan(least);
    expect(length).toBeLessThan(most);
  });
}

Deno.test("simulated reorders, and keeps the order without that fault", () => {
  const inOrder = (arrived: readonly { readonly n: number }[]) =>
    arrived.every(({ n }, i) => i === 0 || n > arrived[i - 1].n);

  expect(inOrder(send2000({ delayMs: 30 }))).toBe(true);
  expect(inOrder(send2000({ delayMs: 30, reordering: 0.1 }))).toBe(false);
});

Deno.test("simulated cuts one way while it is told to", () => {
  const arrived = send2000(
    {},
    (from, to, nowMs) => from === 0 && to === 1 && nowMs >= 500 && nowMs < 900,
  );

  expect(arrived.length).toBe(1600);
  expect(arrived.some(({ n }) => n >= 500 && n < 900)).toBe(false);
});

Deno.test("simulated loses in bursts: as many as it should, and as many in a row", () => {
  const bursts = { meanPackets: 20, share: 0.2, loss: 1 };
  const came = new Set(send2000({ bursts }).map(({ n }) => n));
  const lost = Array.from({ length: 2000 }, (_, n) => !came.has(n));
  const begun = lost.filter((isLost, n) => isLost && !lost[n - 1]).length;
  const count = lost.filter((isLost) => isLost).length;

  expect(count).toBeGreaterThan(250);
  expect(count).toBeLessThan(650);
  expect(count / begun).toBeGreaterThan(12);
  expect(count / begun).toBeLessThan(30);
});

Deno.test("simulated holds up all behind a lost segment of TCP, and loses none", () => {
  const delayMs = 40;
  const arrived = send2000({ delayMs, loss: 0.02, isOrdered: true });
  const held = arrived.map(({ wayMs }) => wayMs)
    .filter((wayMs) => wayMs > delayMs);

  expect(arrived.map(({ n }) => n))
    .toEqual(Array.from({ length: 2000 }, (_, n) => n));
  // Once a round trip and 50 ms later, but for those that are lost again.
  expect(Math.min(...held)).toBeLessThan(delayMs + 10);
  expect(held.filter((wayMs) => wayMs === 3 * delayMs + 50).length)
    .toBeGreaterThan(10);
  expect(held.length).toBeGreaterThan(500);
});

Deno.test("simulated keeps the oldest and the newest that wait for a sleeper", () => {
  const { a, b } = openPair({ waitingMax: 10 });
  for (let n = 0; n < 20; n++) a.send(Uint8Array.of(n));

  expect(b.receive().map(({ packet: [n] }) => n))
    .toEqual([0, 1, 2, 3, 4, 15, 16, 17, 18, 19]);
});
