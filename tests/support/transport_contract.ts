/**
 * What every transport promises, checked alike for each adapter.
 *
 * A test file of an adapter calls `testTransport` with a function that opens two members of one
 * match. Transports may lose packets; a pair opened here must have no reason to, for it has no
 * faults and stays far below every limit.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  PACKET_BYTES_MAX,
  type Received,
  type Transport,
} from "../../net/match/transport.ts";
import { last, until } from "./waiting.ts";

/** Two members of one match, both open: `a` holds slot 0, `b` slot 1. */
export interface TransportPair extends AsyncDisposable {
  readonly a: Transport;
  readonly b: Transport;
  /** Epochs that the pair was opened with, by slot; all 0 when absent. */
  readonly epochs?: readonly [number, number];
  /** Moves an adapter in virtual time on; called between polls. */
  readonly pump?: () => void | Promise<void>;
  /** The clock of `atMs`; `performance.now()` when absent. */
  readonly nowMs?: () => number;
}

/** How long a poll waits before the next one where real time passes. */
const POLL_MS = 2;

/** Registers the contract's tests for one adapter; `open` is called once a test. */
export function testTransport(
  name: string,
  open: () => Promise<TransportPair>,
  { ignore = false, packetBytesMax = PACKET_BYTES_MAX }: {
    readonly ignore?: boolean;
    /** Largest packet that it carries. */
    readonly packetBytesMax?: number;
  } = {},
): void {
  const test = (
    promise: string,
    check: (pair: TransportPair) => Promise<void>,
  ) =>
    Deno.test(`${name} ${promise}`, { ignore }, async () => {
      await using pair = await open();
      await check(pair);
    });

  test("delivers packets both ways", async (pair) => {
    pair.a.send(Uint8Array.of(1));
    pair.b.send(Uint8Array.of(2));

    expect(await nextBytes(pair.b, 1, pair)).toEqual([[1]]);
    expect(await nextBytes(pair.a, 1, pair)).toEqual([[2]]);
  });

  test("says who sent a packet by what it knows, not by the bytes", async (pair) => {
    const [epochA, epochB] = pair.epochs ?? [0, 0];

    pair.a.send(Uint8Array.of(1, 1, 1, 1));
    pair.b.send(Uint8Array.of(0, 0, 0, 0));

    expect((await nextPacket(pair.b, pair)).from)
      .toEqual({ slot: 0, epoch: epochA });
    expect((await nextPacket(pair.a, pair)).from)
      .toEqual({ slot: 1, epoch: epochB });
  });

  test("carries packets of every allowed size intact", async (pair) => {
    const sizes = [1, 2, 255, 256, packetBytesMax - 1, packetBytesMax];
    const sent = sizes.map((size) =>
      Uint8Array.from({ length: size }, (_, i) => (i * 31 + size) & 255)
    );

    for (const packet of sent) pair.a.send(packet);

    expect(await nextBytes(pair.b, sent.length, pair))
      .toEqual(sent.map((packet) => [...packet]));
  });

  test("neither merges nor cuts packets sent at once, and keeps their order", async (pair) => {
    const sent = Array.from(
      { length: 200 },
      (_, i) => new Uint8Array(1 + ((i * 37) % 90)).fill(i),
    );

    for (const packet of sent) pair.a.send(packet);

    expect(await nextBytes(pair.b, sent.length, pair))
      .toEqual(sent.map((packet) => [...packet]));
  });

  test("copies a packet when it is sent", async (pair) => {
    const packet = Uint8Array.of(7, 7, 7);

    pair.a.send(packet);
    packet.fill(9);
    pair.a.send(packet.subarray(1, 2));
    packet.fill(0);

    expect(await nextBytes(pair.b, 2, pair)).toEqual([[7, 7, 7], [9]]);
  });

  test("gives each received packet bytes of its own", async (pair) => {
    pair.a.send(Uint8Array.of(1, 1));
    pair.a.send(Uint8Array.of(2, 2));

    const [first, second] = await nextPackets(pair.b, 2, pair);
    first.packet.fill(255);
    expect([...second.packet]).toEqual([2, 2]);
  });

  test("stamps arrivals on the monotonic clock, in order", async (pair) => {
    const now = pair.nowMs ?? (() => performance.now());
    const beforeMs = now();

    for (let i = 0; i < 20; i++) {
      pair.a.send(Uint8Array.of(i));
      await pause(pair);
    }

    const got = await nextPackets(pair.b, 20, pair);
    const stamps = [beforeMs, ...got.map(({ atMs }) => atMs), now()];
    expect(stamps).toEqual(stamps.toSorted((x, y) => x - y));
  });

  test("gives a packet only once, and none to its sender", async (pair) => {
    pair.a.send(Uint8Array.of(1));
    await nextPacket(pair.b, pair);
    // Whatever of the first packet is still under way arrives before this answer.
    pair.b.send(Uint8Array.of(2));

    expect(await nextBytes(pair.a, 1, pair)).toEqual([[2]]);
    expect([pair.a.receive(), pair.b.receive()]).toEqual([[], []]);
  });

  test("is up while packets get through", async (pair) => {
    pair.a.send(Uint8Array.of(1));
    await nextPacket(pair.b, pair);

    for (const { link } of [pair.a, pair.b]) {
      expect(link).toEqual({ up: true, detail: "" });
    }
  });

  for (const size of [0, packetBytesMax + 1]) {
    test(`refuses to send ${size} bytes, a bug of the caller`, async (pair) => {
      expect(() => pair.a.send(new Uint8Array(size))).toThrow(RangeError);

      pair.a.send(Uint8Array.of(5));
      expect(await nextBytes(pair.b, 1, pair)).toEqual([[5]]);
    });
  }

  test("can be disposed twice, and then has ended by this side's wish", async (pair) => {
    const dispose = () => pair.a[Symbol.asyncDispose]();
    await Promise.all([dispose(), dispose()]);
    await dispose();

    expect(await pair.a.closed).toEqual({ kind: "local" });
    expect(pair.a.link.up).toBe(false);
    expect(pair.a.link.detail).not.toBe("");
  });

  test("sends nothing and receives nothing once disposed", async (pair) => {
    await pair.a[Symbol.asyncDispose]();

    pair.a.send(Uint8Array.of(1));
    pair.b.send(Uint8Array.of(2));
    for (let i = 0; i < 20; i++) await pause(pair);

    expect([pair.a.receive(), pair.b.receive()]).toEqual([[], []]);
  });
}

/** A pair whose packets travel through a simulated network, a millisecond from poll to poll. */
export function pairOver(
  network: { nowMs: number },
  [a, b]: readonly [Transport, Transport],
): TransportPair {
  return {
    ...{ a, b, nowMs: () => network.nowMs },
    pump: () => void network.nowMs++,
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
    },
  };
}

async function nextBytes(
  transport: Transport,
  count: number,
  pair: TransportPair,
): Promise<readonly (readonly number[])[]> {
  const got = await nextPackets(transport, count, pair);
  return got.map(({ packet }) => [...packet]);
}

/** Polls until `transport` has received a packet. Packets that came with it are lost. */
export async function nextPacket(
  transport: Transport,
  options: Pick<TransportPair, "pump"> = {},
): Promise<Received> {
  const [packet] = await nextPackets(transport, 1, options);
  return packet;
}

/** Polls until `transport` has received `count` packets, and returns all that came. */
export async function nextPackets(
  transport: Transport,
  count: number,
  options: Pick<TransportPair, "pump"> = {},
): Promise<readonly Received[]> {
  const got: Received[] = [];
  await until(
    async () => {
      got.push(...transport.receive());
      if (got.length >= count) return true;
      await options.pump?.();
      return false;
    },
    () => `only ${got.length} of ${count} packets arrived`,
    options.pump ? 0 : POLL_MS,
  );
  return got;
}

async function pause({ pump }: TransportPair): Promise<void> {
  await (pump ? pump() : last(POLL_MS));
}
