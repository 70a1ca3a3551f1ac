import { expect } from "@std/expect";
import fc from "fast-check";
import { NetworkError } from "../../net/link/network_error.ts";
import { PACKET_BYTES_MAX, type Transport } from "../../net/match/transport.ts";
import { openRelay } from "../../net/transport/relay.ts";
import { FrameQueue, FrameReader } from "../../net/transport/relay_frames.ts";
import {
  FOREVER,
  openLobby,
  RawClient,
  startMatch,
  temporaryFolder,
} from "../support/lobby.ts";
import {
  nextPacket,
  nextPackets,
  testTransport,
} from "../support/transport_contract.ts";
import { soon, until } from "../support/waiting.ts";

interface Where {
  readonly port: number;
}

function relay(lobby: Where, token: string): Promise<Transport> {
  return openRelay({
    hostname: "127.0.0.1",
    port: lobby.port,
    token,
    signal: FOREVER,
  });
}

/** Opens a relay connection by hand; frames go both ways from there. */
async function rawRelay(lobby: Where, token: string): Promise<RawClient> {
  const raw = await RawClient.connect(lobby);
  await raw.say(`relay ${token}\n`);
  expect((await raw.message()).type).toBe("relay");
  return raw;
}

function frame(...packet: number[]): Uint8Array {
  return Uint8Array.of(0, packet.length + 1, 0xff, ...packet);
}

testTransport("relay", async () => {
  const lobby = await openLobby();
  const match = await startMatch(lobby);
  const [a, b] = await Promise.all(
    match.tokens.map((token) => relay(lobby, token)),
  );
  return {
    a,
    b,
    async [Symbol.asyncDispose]() {
      await a[Symbol.asyncDispose]();
      await b[Symbol.asyncDispose]();
      await match[Symbol.asyncDispose]();
      await lobby[Symbol.asyncDispose]();
    },
  };
});

Deno.test("relay reaches every other of four players, and nobody of another match", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby, { players: 4 });
  await using other = await startMatch(lobby);
  const members = await Promise.all(
    [...match.tokens, other.tokens[0]].map((token) => relay(lobby, token)),
  );
  const [first, ...rest] = members;

  first.send(Uint8Array.of(42));

  for (const member of rest.slice(0, 3)) {
    const { from, packet } = await nextPacket(member);
    expect([from.slot, ...packet]).toEqual([0, 42]);
  }
  expect(rest[3].receive()).toEqual([]);
  for (const member of members) await member[Symbol.asyncDispose]();
});

Deno.test("relay frames come out the same however the stream is cut", () => {
  const packet = fc.uint8Array({ minLength: 1, maxLength: PACKET_BYTES_MAX });
  fc.assert(fc.property(
    fc.array(packet, { maxLength: 8 }),
    fc.array(fc.nat(10_000), { maxLength: 30 }),
    (packets, cuts) => {
      const queue = new FrameQueue();
      for (const packet of packets) queue.pushPacket(3, packet);
      const stream = queue.take() ?? new Uint8Array(0);
      const ends = [...cuts, 0, stream.length]
        .filter((end) => end <= stream.length).toSorted((a, b) => a - b);
      const reader = new FrameReader(new Uint8Array(0));
      const got: number[][] = [];
      for (const [i, end] of ends.slice(1).entries()) {
        const chunk = stream.subarray(ends[i], end);
        reader.free().set(chunk);
        reader.filled(chunk.length);
        while (reader.next() === "frame") {
          const { bytes, frameStart, frameEnd } = reader;
          got.push([...bytes.subarray(frameStart + 3, frameEnd)]);
        }
      }

      expect(got).toEqual(packets.map((packet) => [...packet]));
    },
  ));
});

Deno.test("a frame queue keeps the newest frames, whole and in order", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 60 }),
    fc.integer({ min: 1, max: 8 }),
    (sizes, framesMax) => {
      const queue = new FrameQueue(framesMax);
      for (const [i, size] of sizes.entries()) {
        queue.pushPacket(1, new Uint8Array(size).fill(i));
      }
      const reader = new FrameReader(queue.take() ?? new Uint8Array(0));
      const got: number[] = [];
      while (reader.next() === "frame") {
        expect(reader.frameEnd - reader.frameStart - 3)
          .toBe(sizes[reader.bytes[reader.frameStart + 3]]);
        got.push(reader.bytes[reader.frameStart + 3]);
      }

      expect(got).toEqual([...sizes.keys()].slice(-framesMax));
      expect(queue.dropped).toBe(Math.max(0, sizes.length - framesMax));
    },
  ));
});

Deno.test("relay takes frames that arrive byte by byte, and with the token", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby);
  const [mia, ben] = match.tokens;
  await using transport = await relay(lobby, mia);
  using raw = await RawClient.connect(lobby);
  const hello = new TextEncoder().encode(`relay ${ben}\n`);

  await raw.say(Uint8Array.of(...hello, ...frame(1, 2), ...frame(3)));
  for (const byte of frame(4, 5, 6)) await raw.say(Uint8Array.of(byte));

  const packets = await nextPackets(transport, 3);
  expect(packets.map(({ packet }) => [...packet]))
    .toEqual([[1, 2], [3], [4, 5, 6]]);
  expect(packets.every(({ from }) => from.slot === 1)).toBe(true);
});

Deno.test("relay answers a sign of life and doesn't forward it", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby);
  const [mia, ben] = match.tokens;
  await using transport = await relay(lobby, mia);
  using raw = await rawRelay(lobby, ben);

  await raw.say(frame());
  await raw.say(frame(7));

  const echo = await soon(raw.bytes(), "The answer");
  expect([...echo ?? []].slice(0, 3)).toEqual([0, 1, 1]);
  expect([...(await nextPacket(transport)).packet]).toEqual([7]);
});

Deno.test("relay drops the oldest for a slow receiver, and delays nobody else", async () => {
  await using lobby = await openLobby({
    relayFrames: { perSecond: 1e6, burst: 1e6 },
    relayQueueFrames: 64,
  });
  await using match = await startMatch(lobby, { players: 3 });
  const [mia, ben, ada] = match.tokens;
  await using sender = await relay(lobby, mia);
  using slow = await rawRelay(lobby, ben);
  await using quick = await relay(lobby, ada);

  // More than the system's own buffers take: 12 MB, in packets that carry their number.
  const count = 10_000;
  let seen = -1;
  for (let i = 0; i < count; i++) {
    const packet = new Uint8Array(PACKET_BYTES_MAX);
    new DataView(packet.buffer).setUint32(0, i);
    sender.send(packet);
    if (i % 32 === 31 || i === count - 1) {
      await until(() => {
        for (const { packet } of quick.receive()) {
          const number = new DataView(packet.buffer).getUint32(0);
          expect(number).toBe(++seen);
        }
        return seen === i;
      }, () => `the quick one has ${seen} of ${i}`);
    }
  }

  const numbers = await readNumbers(slow, count - 1);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  expect(numbers.length).toBeLessThan(count);
  expect(numbers.slice(-64))
    .toEqual(Array.from({ length: 64 }, (_, i) => count - 64 + i));
});

/** Reads whole frames until the one with that number. */
async function readNumbers(raw: RawClient, last: number): Promise<number[]> {
  const numbers: number[] = [];
  const size = 3 + PACKET_BYTES_MAX;
  let left = new Uint8Array(0);
  while (numbers.at(-1) !== last) {
    const bytes = await soon(raw.bytes(), `Frame ${last}`);
    if (bytes === undefined) throw new Error("The relay closed the slow one");
    const joined = new Uint8Array([...left, ...bytes]);
    const view = new DataView(joined.buffer);
    const frames = Math.floor(joined.length / size);
    for (let i = 0; i < frames; i++) numbers.push(view.getUint32(i * size + 3));
    left = joined.slice(frames * size);
  }
  return numbers;
}

Deno.test("relay connects again by itself after the connection broke", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby);
  const [mia, ben] = match.tokens;
  await using a = await relay(lobby, mia);
  await using b = await relay(lobby, ben);

  // A second connection for the same seat pushes the first one out, until that comes back.
  using thief = await rawRelay(lobby, mia);
  await until(() => !a.link.up, "Noticing");
  expect(a.link.detail).toContain("Connecting again");
  await until(() => a.link.up, "Coming back");

  b.send(Uint8Array.of(9));
  expect([...(await nextPacket(a)).packet]).toEqual([9]);
  while (await soon(thief.bytes(), "The former one's end") !== undefined);
});

Deno.test("relay goes on by itself after the lobby was restarted in mid-match", async () => {
  await using folder = await temporaryFolder();
  const stateFolder = folder.path;
  const lobby = await openLobby({}, { stateFolder });
  await using match = await startMatch(lobby, { players: 3 });
  const [a, b, c] = await Promise.all(
    match.tokens.map((token) => relay(lobby, token)),
  );
  await using ends = new AsyncDisposableStack();
  for (const end of [a, b, c]) ends.use(end);

  await lobby[Symbol.asyncDispose]();
  await until(() => !a.link.up && !b.link.up, "Noticing");
  await using next = await openLobby({}, { port: lobby.port, stateFolder });
  await until(() => next.counts().relays === 3, "Coming back");

  await until(() => [a, b, c].every(({ link }) => link.up), "Answering");
  a.send(Uint8Array.of(1));
  c.send(Uint8Array.of(3));
  const atB = await nextPackets(b, 2);
  expect(atB.map(({ from, packet }) => [from.slot, ...packet]).toSorted())
    .toEqual([[0, 1], [2, 3]]);
  expect([...(await nextPacket(a)).packet]).toEqual([3]);
  expect(next.counts().matches).toBe(1);
});

Deno.test("relay gives up when the lobby doesn't know the seat any more", async () => {
  const lobby = await openLobby();
  const match = await startMatch(lobby);
  await using transport = await relay(lobby, match.tokens[0]);
  await match[Symbol.asyncDispose]();
  await lobby[Symbol.asyncDispose]();
  await using _stranger = await openLobby({}, { port: lobby.port });

  const reason = await soon(transport.closed, "The end");

  expect(reason.kind === "failed" && reason.message)
    .toContain("it isn't of this lobby");
  expect(transport.link.up).toBe(false);
});

Deno.test("a lobby forgets a match of its former life when nobody is there any more", async () => {
  await using folder = await temporaryFolder();
  const stateFolder = folder.path;
  const lobby = await openLobby({}, { stateFolder });
  const match = await startMatch(lobby);
  await match[Symbol.asyncDispose]();
  await lobby[Symbol.asyncDispose]();
  await using next = await openLobby({ matchLingerMs: 50 }, { stateFolder });
  const transport = await relay(next, match.tokens[0]);
  expect(next.counts()).toMatchObject({ matches: 1, relays: 1 });

  await transport[Symbol.asyncDispose]();

  await until(() => next.counts().matches === 0, "Forgetting");
});

Deno.test("relay refuses a foreign token", async () => {
  await using lobby = await openLobby();
  await using _match = await startMatch(lobby);

  const opening = relay(lobby, "0123456789abcdef0123456789abcdef");

  await expect(opening).rejects.toThrow(NetworkError);
  await expect(opening).rejects.toThrow(/Cannot relay .* isn't of this lobby/);
});

for (
  const [what, bytes] of [
    ["an empty frame", [0, 0]],
    ["a frame that is too long", [PACKET_BYTES_MAX + 2 >> 8, 255]],
  ] as const
) {
  Deno.test(`relay closes who sends ${what}, and nobody else`, async () => {
    await using lobby = await openLobby();
    await using match = await startMatch(lobby, { players: 3 });
    const [mia, ben, ada] = match.tokens;
    await using a = await relay(lobby, mia);
    await using b = await relay(lobby, ben);
    using raw = await rawRelay(lobby, ada);

    await raw.say(Uint8Array.from(bytes));

    while (await soon(raw.bytes(), "The end") !== undefined);
    a.send(Uint8Array.of(1));
    expect([...(await nextPacket(b)).packet]).toEqual([1]);
  });
}

Deno.test("relay closes who sends too many frames, and nobody else", async () => {
  await using lobby = await openLobby({
    relayFrames: { perSecond: 1, burst: 10 },
  });
  await using match = await startMatch(lobby);
  const [mia, ben] = match.tokens;
  using raw = await rawRelay(lobby, mia);
  await using b = await relay(lobby, ben);

  for (let i = 0; i < 11; i++) await raw.say(frame(i)).catch(() => {});

  while (await soon(raw.bytes(), "The end") !== undefined);
  expect((await nextPackets(b, 10)).map(({ packet }) => packet[0]))
    .toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(b.link.up).toBe(true);
});

Deno.test("relay closes a connection that is silent for too long", async () => {
  await using lobby = await openLobby({ relaySilenceMs: 300 });
  await using match = await startMatch(lobby);
  using raw = await rawRelay(lobby, match.tokens[0]);

  expect(await soon(raw.bytes(), "The end")).toBe(undefined);
  await until(() => lobby.counts().relays === 0, "Forgetting");
});

Deno.test("relay leaves a lobby that answers nothing any more", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const opening = relay(listener.addr, "0123456789abcdef");
  using silent = new RawClient(await listener.accept());
  expect(await silent.line()).toBe("relay 0123456789abcdef");
  await silent.say({ type: "relay", slot: 0, epoch: 0 });

  await using transport = await opening;

  await until(() => !transport.link.up, "Noticing");
  using _again = new RawClient(await listener.accept());
});

Deno.test("relay counts what is no frame, and connects again", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const opening = relay(listener.addr, "0123456789abcdef");
  using broken = new RawClient(await listener.accept());
  expect(await broken.line()).toBe("relay 0123456789abcdef");
  await broken.say({ type: "relay", slot: 0, epoch: 0 });
  await using transport = await opening;

  await broken.say(Uint8Array.of(0, 0));

  await until(() => transport.rejected === 1, "Counting");
  using _again = new RawClient(await listener.accept());
});

Deno.test("opening a relay ends at once when its signal aborts", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const stop = new AbortController();
  const opening = openRelay({
    hostname: "127.0.0.1",
    port: listener.addr.port,
    token: "x",
    signal: stop.signal,
  });
  using _conn = await listener.accept();

  stop.abort();

  await expect(soon(opening, "Ending")).rejects.toThrow("aborted");
});
