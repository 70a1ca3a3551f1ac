import { expect } from "@std/expect";
import { SimulatedNetwork } from "../../net/simulation/simulated.ts";
import type { WayFaults } from "../../net/simulation/way.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import { createRandom } from "../support/simulation.ts";
import { testTransport } from "../support/transport_contract.ts";

testTransport("simulated", () => {
  const network = new SimulatedNetwork({
    random: createRandom(1),
    faults: () => NO_FAULTS,
  });
  const a = network.open({ slot: 0, epoch: 0 });
  const b = network.open({ slot: 1, epoch: 0 });
  return Promise.resolve({
    a,
    b,
    pump: () => void network.nowMs++,
    nowMs: () => network.nowMs,
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  });
});

/** Sends 2 000 numbered packets, one a millisecond, and returns what came when. */
function send2000(
  faults: Partial<WayFaults>,
  isCut?: (from: number, to: number, nowMs: number) => boolean,
) {
  const network = new SimulatedNetwork({
    random: createRandom(2),
    faults: () => ({ ...NO_FAULTS, ...faults }),
    ...(isCut && { isCut }),
  });
  const a = network.open({ slot: 0, epoch: 0 });
  const b = network.open({ slot: 1, epoch: 0 });
  const arrived: { readonly atMs: number; readonly n: number }[] = [];
  for (let n = 0; n < 3000; n++) {
    if (n < 2000) a.send(Uint8Array.of(n >> 8, n));
    for (const { atMs, packet: [high, low] } of b.receive()) {
      arrived.push({ atMs, n: high * 256 + low });
    }
    network.nowMs++;
  }
  return arrived;
}

Deno.test("simulated delays each packet by the delay and up to the jitter", () => {
  const waysMs = send2000({ delayMs: 80, jitterMs: 20 })
    .map(({ atMs, n }) => atMs - n);

  expect(Math.min(...waysMs)).toBeGreaterThanOrEqual(80);
  expect(Math.max(...waysMs)).toBeLessThan(100);
  expect(Math.max(...waysMs)).toBeGreaterThan(98);
});

const burst = (loss: number) => ({
  bursts: { meanPackets: 20, share: 0.2, loss },
});

for (
  const [what, faults, least, most] of [
    ["loses about as many packets as it should", { loss: 0.2 }, 1500, 1700],
    [
      "doubles about as many packets as it should",
      { duplication: 0.1 },
      2150,
      2250,
    ],
    ["loses only some of a burst where it is told so", burst(0.5), 1700, 1900],
  ] as const
) {
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
  const came = new Set(send2000(burst(1)).map(({ n }) => n));
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
  const waysMs = arrived.map(({ atMs, n }) => atMs - n);
  const held = waysMs.filter((wayMs) => wayMs > delayMs);

  expect(arrived.map(({ n }) => n)).toEqual(
    Array.from({ length: 2000 }, (_, n) => n),
  );
  // Once a round trip and 50 ms later, but for those that are lost again.
  expect(Math.min(...held)).toBeLessThan(delayMs + 10);
  expect(held.filter((wayMs) => wayMs === 3 * delayMs + 50).length)
    .toBeGreaterThan(10);
  expect(held.length).toBeGreaterThan(500);
});

Deno.test("simulated keeps the oldest and the newest that wait for a sleeper", () => {
  const network = new SimulatedNetwork({
    random: createRandom(3),
    faults: () => NO_FAULTS,
    waitingMax: 10,
  });
  const a = network.open({ slot: 0, epoch: 0 });
  const b = network.open({ slot: 1, epoch: 0 });
  for (let n = 0; n < 20; n++) a.send(Uint8Array.of(n));

  expect(b.receive().map(({ packet: [n] }) => n))
    .toEqual([0, 1, 2, 3, 4, 15, 16, 17, 18, 19]);
});
