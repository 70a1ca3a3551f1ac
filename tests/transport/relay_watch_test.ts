/**
 * The relay for those who watch: they hear all that the members send, say nothing, and hold up
 * nobody.
 *
 * @module
 */
import { expect } from "@std/expect";
import { LineConnection } from "../../net/link/line_connection.ts";
import { NetworkError } from "../../net/link/network_error.ts";
import { LINE_BYTES_MAX } from "../../net/lobby/protocol.ts";
import {
  RelayHub,
  type RelayLimits,
} from "../../net/lobby_server/relay_hub.ts";
import {
  type Listening,
  PACKET_BYTES_MAX,
  type Received,
} from "../../net/match/transport.ts";
import { openRelay, openRelayWatch } from "../../net/transport/relay.ts";
import { until } from "../support/waiting.ts";

const signal = new AbortController().signal;

/** A hub behind a door that takes `relay <slot>` and `watch <match>`; all members are of match 1. */
interface Door extends AsyncDisposable {
  readonly hub: RelayHub;
  readonly port: number;
  /** Ends all watching. */
  stop(): void;
}

function openDoor(limits: Partial<RelayLimits> = {}): Door {
  const hub = new RelayHub({
    rate: { perSecond: 1e6, burst: 1e6 },
    silenceMs: 10_000,
    ...limits,
  });
  const stop = new AbortController();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving: Promise<void>[] = [];
  const serve = async (conn: Deno.TcpConn) => {
    const lines = new LineConnection(conn, { lineBytesMax: LINE_BYTES_MAX });
    const event = await lines.read();
    const [verb, word] = event?.kind === "line" ? event.text.split(" ") : [];
    const detached = lines.detach();
    if (detached === undefined) return;
    const seat = { match: "1", slot: Number(word), epoch: 5 };
    if (verb === "relay") await hub.serve({ ...detached, seat });
    else await hub.watch({ ...detached, match: word, signal: stop.signal });
  };
  const accepting = (async () => {
    for await (const conn of listener) serving.push(serve(conn));
  })();
  return {
    hub,
    port: listener.addr.port,
    stop: () => stop.abort(),
    async [Symbol.asyncDispose]() {
      listener.close();
      hub.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}

function enter({ port }: Door, slot: number) {
  return openRelay({ hostname: "127.0.0.1", port, token: `${slot}`, signal });
}

function watch({ port }: Door, match = "1"): Promise<Listening> {
  return openRelayWatch({ hostname: "127.0.0.1", port, token: match, signal });
}

/** Watches by hand, and reads nothing but the confirmation. */
async function watchRaw({ port }: Door): Promise<Deno.TcpConn> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode("watch 1\n"));
  const line = new Uint8Array(100);
  const bytes = await conn.read(line);
  expect(new TextDecoder().decode(line.subarray(0, bytes ?? 0)))
    .toBe('{"type":"watch"}\n');
  return conn;
}

/** Reads to the end, even a rude one. */
async function readAll(conn: Deno.TcpConn): Promise<number> {
  const buffer = new Uint8Array(65536);
  let count = 0;
  try {
    let bytes = await conn.read(buffer);
    while (bytes !== null) {
      count += bytes;
      bytes = await conn.read(buffer);
    }
  } catch {
    // Reset: an end, too.
  }
  return count;
}

async function take(from: Listening, count: number): Promise<Received[]> {
  const got: Received[] = [];
  await until(() => {
    got.push(...from.receive());
    return got.length >= count;
  }, () => `${got.length} of ${count} packets came`);
  return got;
}

Deno.test("who watches gets every packet of every member, in order and with its sender", async () => {
  await using door = openDoor();
  await using a = await enter(door, 0);
  await using b = await enter(door, 1);
  await using first = await watch(door);
  await using second = await watch(door);
  await using elsewhere = await watch(door, "2");

  for (let i = 0; i < 100; i++) {
    a.send(Uint8Array.of(0, i));
    b.send(Uint8Array.of(1, i));
  }

  for (const watcher of [first, second]) {
    const got = await take(watcher, 200);
    for (const slot of [0, 1]) {
      const own = got.filter(({ from }) => from.slot === slot);
      expect(own.map(({ packet }) => [...packet]))
        .toEqual(Array.from({ length: 100 }, (_, i) => [slot, i]));
      expect(own.every(({ from }) => from.epoch === 5)).toBe(true);
    }
  }
  expect((await take(a, 100)).length).toBe(100);
  expect(elsewhere.receive()).toEqual([]);
  expect(door.hub.connections).toBe(2);
});

Deno.test("who watches stays connected by signs of life, which nobody else gets", async () => {
  await using door = openDoor({ silenceMs: 1_200 });
  await using member = await enter(door, 0);
  await using watcher = await watch(door);
  const conn = await watchRaw(door);
  using _conn = conn;
  // The one by hand says nothing, and gets nothing, until it is closed.
  let got: number | undefined;
  const silent = readAll(conn).then((bytes) => got = bytes);

  await until(() => {
    door.hub.sweep(performance.now());
    return got !== undefined;
  }, () => "the silent one is still there");

  expect(await silent).toBe(0);
  expect(watcher.link.up).toBe(true);
  expect(member.receive()).toEqual([]);
  member.send(Uint8Array.of(7));
  expect([...(await take(watcher, 1))[0].packet]).toEqual([7]);
});

const UNWANTED = {
  "a packet": [0, 2, 0, 42],
  "a frame of impossible length": [0, 0],
};

for (const [what, bytes] of Object.entries(UNWANTED)) {
  Deno.test(`who watches and sends ${what} is closed, and nobody hears it`, async () => {
    await using door = openDoor();
    await using a = await enter(door, 0);
    await using b = await enter(door, 1);
    await using other = await watch(door);
    const conn = await watchRaw(door);
    using _conn = conn;

    await conn.write(Uint8Array.from(bytes));

    await readAll(conn);
    b.send(Uint8Array.of(1));
    expect((await take(a, 1)).map(({ packet }) => [...packet])).toEqual([[1]]);
    expect((await take(other, 1)).map(({ packet }) => [...packet]))
      .toEqual([[1]]);
  });
}

Deno.test("who watches slowly loses the oldest packets, and holds up nobody", async () => {
  await using door = openDoor({ queueFrames: 64 });
  await using sender = await enter(door, 0);
  await using member = await enter(door, 1);
  await using watcher = await watch(door);
  const slow = await watchRaw(door);
  using _slow = slow;

  // More than the system's own buffers take: 12 MB.
  const count = 10_000;
  let seen = 0;
  let watched = 0;
  for (let sent = 1; sent <= count; sent++) {
    sender.send(new Uint8Array(PACKET_BYTES_MAX));
    if (sent % 32 !== 0 && sent < count) continue;
    await until(() => {
      seen += member.receive().length;
      watched += watcher.receive().length;
      return seen === sent && watched === sent;
    }, () => `${seen} and ${watched} of ${sent} came`);
  }

  door.stop();
  const bytes = await readAll(slow);
  expect(bytes).toBeLessThan(count * PACKET_BYTES_MAX);
});

Deno.test("watching ends with its signal, and members go on", async () => {
  await using door = openDoor();
  await using a = await enter(door, 0);
  await using b = await enter(door, 1);
  const conn = await watchRaw(door);
  using _conn = conn;

  door.stop();

  expect(await readAll(conn)).toBe(0);
  a.send(Uint8Array.of(1));
  expect([...(await take(b, 1))[0].packet]).toEqual([1]);
  expect(b.link.up).toBe(true);
});

Deno.test("watching ends where the lobby says that the token is no good", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using _listener = listener;
  const { port } = listener.addr;
  const opening = openRelayWatch({
    ...{ hostname: "127.0.0.1", port, token: "gone", signal },
  });
  // Awaited below; it must not count as unhandled before.
  opening.catch(() => {});

  const conn = await listener.accept();
  using lines = new LineConnection(conn, { lineBytesMax: LINE_BYTES_MAX });
  const first = await lines.read();
  const message = "It isn't of this lobby.";
  lines.send(JSON.stringify({ type: "error", code: "bad_token", message }));

  expect(first).toEqual({ kind: "line", text: "watch gone" });
  await expect(opening).rejects.toThrow(NetworkError);
  await expect(opening).rejects.toThrow(message);
});
