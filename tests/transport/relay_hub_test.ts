/**
 * The lobby's relay, over wires in memory: who hears whom, who is closed, and what is lost.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  RelayHub,
  type RelayLimits,
} from "../../net/lobby_server/relay_hub.ts";
import { PACKET_BYTES_MAX } from "../../net/match/transport.ts";
import { senderByteOf } from "../../net/transport/relay_frames.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { WireEnd } from "../support/wire.ts";

const NOTHING = new Uint8Array(0);

/** Somebody's end of a relay connection. */
class End {
  /** The line with which the relay begins. */
  confirmation = "";
  readonly far: WireEnd;
  #left = NOTHING;

  constructor(far: WireEnd) {
    this.far = far;
  }

  /** What has come since the last time: of each frame its sender byte and its packet. */
  async hear(time: VirtualTime): Promise<number[][]> {
    let bytes = this.#left;
    for (;;) {
      await time.settle();
      const more = this.far.take();
      if (more.length === 0) break;
      bytes = Uint8Array.of(...bytes, ...more);
    }
    if (this.confirmation === "") {
      const end = bytes.indexOf(10);
      this.confirmation = new TextDecoder().decode(bytes.subarray(0, end));
      bytes = bytes.slice(end + 1);
    }
    const frames: number[][] = [];
    for (let at = 0; at < bytes.length;) {
      const end = at + 2 + (bytes[at] << 8 | bytes[at + 1]);
      if (end > bytes.length) {
        this.#left = bytes.slice(at);
        return frames;
      }
      frames.push([...bytes.subarray(at + 2, end)]);
      at = end;
    }
    this.#left = NOTHING;
    return frames;
  }

  async say(...packet: number[]): Promise<void> {
    await this.far.write(frame(packet));
  }
}

/** A frame whose sender byte is a lie. */
function frame(packet: readonly number[]): Uint8Array {
  const length = packet.length + 1;
  return Uint8Array.of(length >> 8, length & 255, 0xff, ...packet);
}

function openHub(limits: Partial<RelayLimits> = {}) {
  const hub = new RelayHub({
    ...{ rate: { perSecond: 1e6, burst: 1e6 }, silenceMs: 10_000 },
    ...limits,
  });
  return {
    hub,
    play(
      slot: number,
      { match = "1", epoch = 5, rest = NOTHING, roomBytes = Infinity } = {},
    ): End {
      const [near, far] = WireEnd.pair(roomBytes);
      const seat = { match, slot, epoch };
      void hub.serve({ conn: near.conn, rest, seat });
      return new End(far);
    },
    watch(
      { match = "1", signal, roomBytes = Infinity }: {
        readonly match?: string;
        readonly signal?: AbortSignal;
        readonly roomBytes?: number;
      } = {},
    ): End {
      const [near, far] = WireEnd.pair(roomBytes);
      const stop = signal && { signal };
      void hub.watch({ conn: near.conn, rest: NOTHING, match, ...stop });
      return new End(far);
    },
  };
}

Deno.test("relay reaches every other of four players and who watches, and nobody of another match", async () => {
  using time = new VirtualTime();
  const { hub, play, watch } = openHub();
  const players = [0, 1, 2, 3].map((slot) => play(slot));
  const watchers = [watch(), watch()];
  const strangers = [play(1, { match: "2" }), watch({ match: "2" })];
  for (const [i, player] of players.entries()) await player.say(10 + i);

  for (const [slot, player] of players.entries()) {
    const others = [0, 1, 2, 3].filter((other) => other !== slot);
    expect(await player.hear(time)).toEqual(
      others.map((slot) => [senderByteOf({ slot, epoch: 5 }), 10 + slot]),
    );
    expect(JSON.parse(player.confirmation))
      .toEqual({ type: "relay", slot, epoch: 5 });
  }
  for (const watcher of watchers) {
    expect((await watcher.hear(time)).map(([, packet]) => packet))
      .toEqual([10, 11, 12, 13]);
    expect(watcher.confirmation).toBe('{"type":"watch"}');
  }
  for (const stranger of strangers) {
    expect(await stranger.hear(time)).toEqual([]);
  }
  expect(hub.connections).toBe(5);
  hub.close();
});

Deno.test("relay takes frames that arrive byte by byte, and with the token", async () => {
  using time = new VirtualTime();
  const { hub, play } = openHub();
  const other = play(0);
  const rest = Uint8Array.of(...frame([1, 2]), ...frame([3]));
  const { far } = play(1, { rest });

  for (const byte of frame([4, 5, 6])) await far.write(Uint8Array.of(byte));

  const sender = senderByteOf({ slot: 1, epoch: 5 });
  expect(await other.hear(time))
    .toEqual([[sender, 1, 2], [sender, 3], [sender, 4, 5, 6]]);
  hub.close();
});

Deno.test("a relay connection's confirmation goes first, whatever is said meanwhile", async () => {
  using time = new VirtualTime();
  const { hub, play } = openHub();
  const [sender, slow] = [play(0), play(1, { roomBytes: 10 })];

  await sender.say(7);

  expect((await slow.hear(time)).map(([, packet]) => packet)).toEqual([7]);
  expect(slow.confirmation).toBe('{"type":"relay","slot":1,"epoch":5}');
  hub.close();
});

Deno.test("relay answers a sign of life and doesn't forward it", async () => {
  using time = new VirtualTime();
  const { hub, play, watch } = openHub();
  const [player, other, watcher] = [play(1), play(0), watch()];

  for (const end of [player, watcher]) await end.say();

  expect(await player.hear(time)).toEqual([[
    senderByteOf({ slot: 1, epoch: 5 }),
  ]]);
  expect(await watcher.hear(time)).toEqual([[0]]);
  expect(await other.hear(time)).toEqual([]);
  hub.close();
});

/** What closes whoever sends it. */
const UNWANTED = {
  "an empty frame": [0, 0],
  "a frame that is too long": [
    PACKET_BYTES_MAX + 2 >> 8,
    PACKET_BYTES_MAX + 2 & 255,
  ],
};

for (const [what, bytes] of Object.entries(UNWANTED)) {
  Deno.test(`relay closes who sends ${what}, player or watcher, and nobody else`, async () => {
    using time = new VirtualTime();
    const { hub, play, watch } = openHub();
    const others = [play(0), watch()];
    const [player, watcher] = [play(1), watch()];

    for (const { far } of [player, watcher]) {
      await far.write(Uint8Array.from(bytes));
    }
    await player.hear(time);
    await watcher.hear(time);

    expect([player, watcher].map(({ far }) => far.isOver)).toEqual([
      true,
      true,
    ]);
    for (const other of others) {
      expect(await other.hear(time)).toEqual([]);
      expect(other.far.isOver).toBe(false);
    }
    expect(hub.connections).toBe(1);
    hub.close();
  });
}

Deno.test("who watches and sends a packet is closed, and nobody hears it", async () => {
  using time = new VirtualTime();
  const { hub, play, watch } = openHub();
  const [watcher, player] = [watch(), play(0)];

  await watcher.say(42);

  await watcher.hear(time);
  expect(watcher.far.isOver).toBe(true);
  expect(await player.hear(time)).toEqual([]);
  hub.close();
});

Deno.test("relay closes who sends too many frames, and nobody else", async () => {
  using time = new VirtualTime();
  const { hub, play } = openHub({ rate: { perSecond: 1, burst: 10 } });
  const [fast, other] = [play(0), play(1)];
  for (let i = 0; i < 10; i++) await fast.say(i);
  await time.pass(1_000);
  await fast.say(10);
  expect((await other.hear(time)).map(([, packet]) => packet))
    .toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);

  await fast.say(11);

  expect(await other.hear(time)).toEqual([]);
  await fast.hear(time);
  expect([fast, other].map(({ far }) => far.isOver)).toEqual([true, false]);
  hub.close();
});

Deno.test("relay closes a connection without a whole frame for too long", async () => {
  using time = new VirtualTime();
  const { hub, play, watch } = openHub({ silenceMs: 800 });
  const silent = [play(0), watch(), play(2)];
  const alive = [play(1), watch()];
  const areOver = async (ends: readonly End[]) => {
    for (const end of ends) await end.hear(time);
    return ends.map(({ far }) => far.isOver);
  };
  await time.pass(500);
  hub.sweep(time.nowMs);
  for (const end of alive) await end.say();
  await silent[2].far.write(Uint8Array.of(0));
  await time.pass(299);
  hub.sweep(time.nowMs);
  expect(await areOver([...silent, ...alive])).not.toContain(true);

  await time.pass(1);
  hub.sweep(time.nowMs);

  expect(await areOver(silent)).toEqual([true, true, true]);
  expect(await areOver(alive)).toEqual([false, false]);
  hub.close();
});

Deno.test("relay drops the oldest for who is slow, player or watcher, and delays nobody else", async () => {
  using time = new VirtualTime();
  const { hub, play, watch } = openHub();
  const [sender, quick] = [play(0), play(1)];
  const slow = [play(2, { roomBytes: 80 }), watch({ roomBytes: 80 })];
  for (const end of slow) await end.hear(time);
  const numbers = async (end: End) =>
    (await end.hear(time)).map(([, high, low]) => high << 8 | low);

  for (let i = 0; i < 400; i++) await sender.say(i >> 8, i & 255);

  const all = Array.from({ length: 400 }, (_, i) => i);
  expect(await numbers(quick)).toEqual(all);
  for (const end of slow) {
    const got = await numbers(end);
    expect(got.slice(-256)).toEqual(all.slice(-256));
    expect(got).toEqual(all.filter((i) => got.includes(i)));
    // What was on the way when the queue filled, and no more.
    expect(got.length).toBeLessThan(256 + 25);
  }
  hub.close();
});

Deno.test("a player's newest relay connection takes the former's place", async () => {
  using time = new VirtualTime();
  const { hub, play } = openHub();
  const [former, other] = [play(0), play(1)];
  await time.settle();

  const newest = play(0, { epoch: 6 });
  await former.say(1).catch(() => {});
  await newest.say(2);

  expect(await other.hear(time)).toEqual([[
    senderByteOf({ slot: 0, epoch: 6 }),
    2,
  ]]);
  await former.hear(time);
  expect([former.far.isOver, hub.connections]).toEqual([true, 2]);
  hub.close();
});

Deno.test("packets of a seat's former process end when the seat is taken again", async () => {
  using time = new VirtualTime();
  const { hub, play } = openHub();
  const ends = [play(0), play(1), play(1, { match: "2" })];
  const areOver = async () => {
    for (const end of ends) await end.hear(time);
    return ends.map(({ far }) => far.isOver);
  };

  hub.dropOlder({ match: "1", slot: 1, epoch: 5 });
  expect(await areOver()).toEqual([false, false, false]);
  hub.dropOlder({ match: "1", slot: 1, epoch: 6 });

  expect(await areOver()).toEqual([false, true, false]);
  expect(hub.connections).toBe(2);
  hub.close();
});

Deno.test("watching ends with its signal, and players go on", async () => {
  using time = new VirtualTime();
  const { hub, play, watch } = openHub();
  const stop = new AbortController();
  const [a, b] = [play(0), play(1)];
  const watcher = watch({ signal: stop.signal });
  await watcher.hear(time);

  stop.abort();
  const late = watch({ signal: stop.signal });

  for (const end of [watcher, late]) {
    expect(await end.hear(time)).toEqual([]);
    expect(end.far.isOver).toBe(true);
  }
  await a.say(1);
  expect((await b.hear(time)).length).toBe(1);
  hub.close();
});

Deno.test("a relay that closes ends all of its connections", async () => {
  using time = new VirtualTime();
  const { hub, play, watch } = openHub();
  const ends = [play(0), watch(), play(0, { match: "2" })];
  await time.settle();

  hub.close();

  for (const end of ends) await end.hear(time);
  expect(ends.map(({ far }) => far.isOver)).toEqual([true, true, true]);
  expect(hub.connections).toBe(0);
});
