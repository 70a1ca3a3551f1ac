// The lobby's relay, over wires in memory: who hears whom, who is closed, and what is lost.
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
const NO_LIMIT = { perSecond: 1e6, burst: 1e6 };

/** Somebody's end of a relay connection. */
class End {
  /** The line with which the relay begins. */
  confirmation = "";
  readonly far: WireEnd;
  readonly #time: VirtualTime;
  #left = NOTHING;

  constructor(far: WireEnd, time: VirtualTime) {
    this.far = far;
    this.#time = time;
  }

  /** What has come since the last time: of each frame its sender byte and its packet. */
  async hear(): Promise<number[][]> {
    let bytes = this.#left;
    for (;;) {
      await this.#time.settle();
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
    for (;;) {
      const end = bytes.length < 2 ? Infinity : 2 + (bytes[0] << 8 | bytes[1]);
      this.#left = bytes;
      if (end > bytes.length) return frames;
      frames.push([...bytes.subarray(2, end)]);
      bytes = bytes.slice(end);
    }
  }

  /** The packets alone. */
  async hearPackets(): Promise<number[][]> {
    return (await this.hear()).map(([, ...packet]) => packet);
  }

  async say(packet: readonly number[]): Promise<void> {
    await this.far.write(Uint8Array.from(frame(packet)));
  }
}

/** A frame whose sender byte is a lie. */
function frame(packet: readonly number[]): number[] {
  const length = packet.length + 1;
  return [length >> 8, length & 255, 0xff, ...packet];
}

/** Whether the relay has closed these ends. */
async function areOver(...ends: readonly End[]): Promise<boolean[]> {
  for (const end of ends) await end.hear();
  return ends.map(({ far }) => far.isOver);
}

function openHub(limits: Partial<RelayLimits> = {}) {
  const time = new VirtualTime();
  const hub = new RelayHub({
    ...{ rate: NO_LIMIT, watcherRate: NO_LIMIT, silenceMs: 10_000 },
    ...limits,
  });
  return {
    ...{ time, hub },
    play(
      slot: number,
      { match = "1", epoch = 5, rest = NOTHING, roomBytes = Infinity } = {},
    ): End {
      const [near, far] = WireEnd.pair(roomBytes);
      const seat = { match, slot, epoch };
      void hub.serve({ conn: near.conn, rest, seat });
      return new End(far, time);
    },
    watch(
      {
        match = "1",
        signal = new AbortController().signal,
        roomBytes = Infinity,
      } = {},
    ): End {
      const [near, far] = WireEnd.pair(roomBytes);
      void hub.watch({ conn: near.conn, rest: NOTHING, match, signal });
      return new End(far, time);
    },
    [Symbol.dispose]() {
      hub.close();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("relay reaches every other of four players and who watches, and nobody of another match", async () => {
  using relay = openHub();
  const players = [0, 1, 2, 3].map((slot) => relay.play(slot));
  const watchers = [relay.watch(), relay.watch()];
  const strangers = [
    relay.play(1, { match: "2" }),
    relay.watch({ match: "2" }),
  ];
  for (const [slot, player] of players.entries()) await player.say([10 + slot]);

  const sent = [0, 1, 2, 3]
    .map((slot) => [senderByteOf({ slot, epoch: 5 }), 10 + slot]);
  for (const [slot, player] of players.entries()) {
    expect(await player.hear()).toEqual(sent.toSpliced(slot, 1));
    expect(JSON.parse(player.confirmation))
      .toEqual({ type: "relay", slot, epoch: 5 });
  }
  for (const watcher of watchers) {
    expect(await watcher.hear()).toEqual(sent);
    expect(watcher.confirmation).toBe('{"type":"watch"}');
  }
  for (const stranger of strangers) expect(await stranger.hear()).toEqual([]);
  expect(relay.hub.connections).toBe(5);
});

Deno.test("relay takes frames that arrive byte by byte, and with the token", async () => {
  using relay = openHub();
  const other = relay.play(0);
  const rest = Uint8Array.of(...frame([1, 2]), ...frame([3]));
  const { far } = relay.play(1, { rest });

  for (const byte of frame([4, 5, 6])) await far.write(Uint8Array.of(byte));

  const sender = senderByteOf({ slot: 1, epoch: 5 });
  expect(await other.hear())
    .toEqual([[sender, 1, 2], [sender, 3], [sender, 4, 5, 6]]);
});

Deno.test("a relay connection's confirmation goes first, whatever is said meanwhile", async () => {
  using relay = openHub();
  const [sender, slow] = [relay.play(0), relay.play(1, { roomBytes: 10 })];

  await sender.say([7]);

  expect(await slow.hearPackets()).toEqual([[7]]);
  expect(slow.confirmation).toBe('{"type":"relay","slot":1,"epoch":5}');
});

Deno.test("relay answers a sign of life and doesn't forward it", async () => {
  using relay = openHub();
  const [player, other, watcher] = [
    relay.play(1),
    relay.play(0),
    relay.watch(),
  ];

  for (const end of [player, watcher]) await end.say([]);

  expect(await player.hear()).toEqual([[senderByteOf({ slot: 1, epoch: 5 })]]);
  expect(await watcher.hear()).toEqual([[0]]);
  expect(await other.hear()).toEqual([]);
});

/** What closes whoever sends it. */
const UNWANTED = {
  "an empty frame": 0,
  "a frame that is too long": PACKET_BYTES_MAX + 2,
};

for (const [what, length] of Object.entries(UNWANTED)) {
  Deno.test(`relay closes who sends ${what}, player or watcher, and nobody else`, async () => {
    using relay = openHub();
    const others = [relay.play(0), relay.watch()];
    const senders = [relay.play(1), relay.watch()];

    for (const { far } of senders) {
      await far.write(Uint8Array.of(length >> 8, length & 255));
    }

    expect(await areOver(...senders)).toEqual([true, true]);
    for (const other of others) expect(await other.hear()).toEqual([]);
    expect(await areOver(...others)).toEqual([false, false]);
    expect(relay.hub.connections).toBe(1);
  });
}

Deno.test("who watches and sends a packet is closed, and nobody hears it", async () => {
  using relay = openHub();
  const [watcher, player] = [relay.watch(), relay.play(0)];

  await watcher.say([42]);

  expect(await areOver(watcher)).toEqual([true]);
  expect(await player.hear()).toEqual([]);
});

Deno.test("relay reads a seat no faster than its rate, over any number of connections, and all others as ever", async () => {
  using relay = openHub({ rate: { perSecond: 10, burst: 10 } });
  const { hub, time, play } = relay;
  const [listener, other] = [play(0), play(1)];
  const heardFrom = async (ends: readonly End[], packet: number[] = [7]) => {
    for (const end of ends) await end.say(packet).catch(() => {});
    return (await listener.hear()).length;
  };
  const again = () => new Array(30).fill(play(2));

  expect(await heardFrom(again())).toBe(10);
  expect(await heardFrom(new Array(9).fill(other))).toBe(9);
  for (let i = 0; i < 3; i++) expect(await heardFrom(again())).toBe(0);
  const fast = again();
  expect(await heardFrom(fast)).toBe(0);
  await time.pass(1_000);
  expect((await listener.hear()).length).toBe(10);
  await time.pass(2_000);
  expect((await listener.hear()).length).toBe(20);
  // Nobody is closed for it; and what is as good as new is forgotten, not what is owed.
  expect(await areOver(...fast, other)).not.toContain(true);
  fast[0].far.close();
  await time.pass(500);
  hub.sweep(time.nowMs);
  expect(await heardFrom(again())).toBe(5);
  // The largest packet counts four times.
  await time.pass(10_000);
  hub.sweep(time.nowMs);
  await listener.hear();
  expect(await heardFrom(again(), new Array(PACKET_BYTES_MAX).fill(1))).toBe(3);
  hub.close();
  await time.pass(50);
});

Deno.test("who floods a slow receiver loses frames of its own, and delays others by one turn", async () => {
  using relay = openHub();
  const [flood, calm] = [relay.play(0), relay.play(1)];
  const slow = [
    relay.play(2, { roomBytes: 80 }),
    relay.watch({ roomBytes: 80 }),
  ];
  for (const end of slow) await end.hear();
  for (let i = 0; i < 900; i++) await flood.say(new Array(200).fill(1));
  for (let i = 0; i < 200; i++) await calm.say([i]);

  for (const end of slow) {
    const senders = (await end.hear()).map(([sender, what]) =>
      sender === senderByteOf({ slot: 1, epoch: 5 }) ? what : "flood"
    );
    const calmOnes = senders.filter((what) => what !== "flood");
    expect(calmOnes).toEqual(Array.from({ length: 200 }, (_, i) => i));
    // A packet was on its way, and no more than one turn of the flood, of 64 KiB, came before.
    expect(senders.indexOf(0)).toBeLessThan(330);
    expect(senders.length).toBeLessThan(200 + 2 * 330);
  }
});

Deno.test("relay closes a connection without a whole frame for too long", async () => {
  using relay = openHub({ silenceMs: 800 });
  const { hub, time, play, watch } = relay;
  const silent = [play(0), watch(), play(2)];
  const alive = [play(1), watch()];
  const pass = async (ms: number) => {
    await time.pass(ms);
    hub.sweep(time.nowMs);
  };
  await pass(500);
  for (const end of alive) await end.say([]);
  await silent[2].far.write(Uint8Array.of(0));
  await pass(299);
  expect(await areOver(...silent, ...alive)).not.toContain(true);

  await pass(1);

  expect(await areOver(...silent, ...alive))
    .toEqual([true, true, true, false, false]);
});

Deno.test("relay drops the oldest for who is slow, player or watcher, and delays nobody else", async () => {
  using relay = openHub();
  const [sender, quick] = [relay.play(0), relay.play(1)];
  const slow = [
    relay.play(2, { roomBytes: 80 }),
    relay.watch({ roomBytes: 80 }),
  ];
  for (const end of slow) await end.hear();
  const numbers = async (end: End) =>
    (await end.hearPackets()).map(([high, low]) => high << 8 | low);

  for (let i = 0; i < 400; i++) await sender.say([i >> 8, i & 255]);

  const all = Array.from({ length: 400 }, (_, i) => i);
  expect(await numbers(quick)).toEqual(all);
  for (const end of slow) {
    const got = await numbers(end);
    expect(got.slice(-256)).toEqual(all.slice(-256));
    expect(got).toEqual(all.filter((i) => got.includes(i)));
    // What was on the way when the queue filled, and no more.
    expect(got.length).toBeLessThan(256 + 25);
  }
});

Deno.test("a player's newest relay connection takes the former's place", async () => {
  using relay = openHub();
  const [former, other] = [relay.play(0), relay.play(1)];
  await relay.time.settle();

  const newest = relay.play(0, { epoch: 6 });
  await former.say([1]).catch(() => {});
  await newest.say([2]);

  expect(await other.hear()).toEqual([[
    senderByteOf({ slot: 0, epoch: 6 }),
    2,
  ]]);
  expect(await areOver(former)).toEqual([true]);
  expect(relay.hub.connections).toBe(2);
});

Deno.test("packets of a seat's former process end when the seat is taken again", async () => {
  using relay = openHub();
  const { hub, play } = relay;
  const ends = [play(0), play(1), play(1, { match: "2" })];

  hub.dropOlder({ match: "1", slot: 1, epoch: 5 });
  expect(await areOver(...ends)).toEqual([false, false, false]);
  hub.dropOlder({ match: "1", slot: 1, epoch: 6 });

  expect(await areOver(...ends)).toEqual([false, true, false]);
  expect(hub.connections).toBe(2);
});

Deno.test("watching ends with its signal, and players go on", async () => {
  using relay = openHub();
  const stop = new AbortController();
  const { signal } = stop;
  const [a, b, watcher] = [
    relay.play(0),
    relay.play(1),
    relay.watch({ signal }),
  ];
  await watcher.hear();

  stop.abort();

  expect(await areOver(watcher, relay.watch({ signal }))).toEqual([true, true]);
  await a.say([1]);
  expect(await b.hearPackets()).toEqual([[1]]);
});

Deno.test("a relay that closes ends all of its connections", async () => {
  using relay = openHub();
  const { hub, time, play, watch } = relay;
  const ends = [play(0), watch(), play(0, { match: "2" })];
  await time.settle();

  hub.close();

  expect(await areOver(...ends)).toEqual([true, true, true]);
  expect(hub.connections).toBe(0);
});
