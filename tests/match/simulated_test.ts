import { expect } from "@std/expect";
import type { Received } from "../../net/match/transport.ts";
import { SimulatedNetwork } from "../../net/simulation/simulated.ts";
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
    pump: () => {
      network.nowMs++;
    },
    nowMs: () => network.nowMs,
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  });
});

/** Sends 2 000 numbered packets, one a millisecond, and returns what came when. */
function send2000(
  faults: Partial<typeof NO_FAULTS>,
  isCut?: (from: number, to: number, nowMs: number) => boolean,
): {
  readonly sent: number;
  readonly received: Received;
  readonly n: number;
}[] {
  const network = new SimulatedNetwork({
    random: createRandom(2),
    faults: () => ({ ...NO_FAULTS, ...faults }),
    ...(isCut && { isCut }),
  });
  const a = network.open({ slot: 0, epoch: 0 });
  const b = network.open({ slot: 1, epoch: 0 });
  const arrived = [];
  for (let n = 0; n < 3000; n++) {
    if (n < 2000) a.send(Uint8Array.of(n >> 8, n));
    for (const received of b.receive()) {
      const [high, low] = received.packet;
      arrived.push({ sent: network.nowMs, received, n: high * 256 + low });
    }
    network.nowMs++;
  }
  return arrived;
}

Deno.test("simulated delays each packet by the delay and up to the jitter", () => {
  const waysMs = send2000({ delayMs: 80, jitterMs: 20 })
    .map(({ received, n }) => received.atMs - n);

  expect(Math.min(...waysMs)).toBeGreaterThanOrEqual(80);
  expect(Math.max(...waysMs)).toBeLessThan(100);
  expect(Math.max(...waysMs)).toBeGreaterThan(98);
});

Deno.test("simulated loses about as many packets as it should", () => {
  const { length } = send2000({ loss: 0.2 });

  expect(length).toBeGreaterThan(1500);
  expect(length).toBeLessThan(1700);
});

Deno.test("simulated doubles about as many packets as it should", () => {
  const { length } = send2000({ duplication: 0.1 });

  expect(length).toBeGreaterThan(2150);
  expect(length).toBeLessThan(2250);
});

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
