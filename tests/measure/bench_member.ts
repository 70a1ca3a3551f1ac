/**
 * The processes between which `bench_transport.ts` measures; each is started with its role.
 *
 * `send` and `receive` open every path, then obey the lines on standard input: `send <path> <count>`
 * sends packets at the game's pace, `collect <path>` answers with the one-way times that were seen.
 * `copy` stands between them, and says its port.
 *
 * @module
 */
import { connect } from "amqplib";
import { Buffer } from "node:buffer";
import { createPublicKey } from "node:crypto";
import { TICK_MS } from "../../game/court.ts";
import { EXCHANGE } from "../../net/lobby/protocol.ts";
import type { Transport } from "../../net/match/transport.ts";
import { openAmqp } from "../../net/transport/amqp.ts";
import { signed } from "../../net/transport/signed.ts";
import {
  KEY_SEED_BYTES,
  privateKeyOf,
} from "../../net/transport/signing_keys.ts";
import { last } from "../support/waiting.ts";
import { answer, readLines } from "./ordered_process.ts";
import { takeSeat } from "./taken_seat.ts";

/** What a packet of play typically has; the first 8 bytes are the time of sending. */
const PACKET_BYTES = 30;

/** Where the paths go through. A broker's paths are left out without `brokerUrl`. */
export interface BenchPlaces {
  readonly copyPort: number;
  readonly lobbyPort: number;
  readonly brokerUrl: string | undefined;
}

/** One process's end of a path. */
interface End {
  send(packet: Uint8Array): void;
  /** One-way times of what has arrived since the last call, in ms. */
  collect(): readonly number[];
}

/** The floor: passes bytes from the member that says 0 to the one that says 1. */
async function copy(): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  answer(listener.addr.port);
  const ends = new Map<number, Deno.TcpConn>();
  while (ends.size < 2) {
    const conn = await listener.accept();
    conn.setNoDelay(true);
    const slot = new Uint8Array(1);
    await conn.read(slot);
    ends.set(slot[0], conn);
  }
  const bytes = new Uint8Array(4096);
  while (true) {
    const length = await ends.get(0)?.read(bytes);
    if (typeof length !== "number") return;
    await ends.get(1)?.write(bytes.subarray(0, length));
  }
}

async function obey(
  slot: number,
  { copyPort, lobbyPort, brokerUrl: url }: BenchPlaces,
): Promise<void> {
  const { transport } = await takeSeat(lobbyPort);
  const ends = new Map([
    ["tcp", await openTcp(slot, copyPort)],
    ["relay", endOf(transport)],
  ]);
  if (url !== undefined) {
    const open = (match: string) => openAmqpMember({ slot, match, url });
    ends.set("amqplib", await openAmqplib(slot, url));
    ends.set("amqp", endOf(await open("bench")));
    ends.set("amqp-signed", endOf(sign(slot, await open("signed"))));
  }
  answer("ready");
  for await (const line of readLines(Deno.stdin.readable)) {
    const [order, path, count] = line.split(" ");
    const end = ends.get(path);
    if (end === undefined) throw new TypeError(`Cannot obey "${line}"`);
    if (order === "send") await sendPaced(end, Number(count));
    answer(end.collect());
  }
  Deno.exit();
}

/** Sends at the pace of the game, as late as the timer is. */
async function sendPaced(end: End, count: number): Promise<void> {
  const packet = new Uint8Array(PACKET_BYTES);
  const startMs = performance.now();
  for (let i = 1; i <= count; i++) {
    await last(Math.max(0, startMs + i * TICK_MS - performance.now()));
    new DataView(packet.buffer).setFloat64(0, sharedNowMs());
    end.send(packet);
  }
}

/** The monotonic clock, moved so that the processes of one machine agree on it. */
function sharedNowMs(): number {
  return performance.timeOrigin + performance.now();
}

function oneWayMs(packet: Uint8Array, arrivedMs = sharedNowMs()): number {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  return arrivedMs - view.getFloat64(0);
}

async function openTcp(slot: number, port: number): Promise<End> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  await conn.write(Uint8Array.of(slot));
  const times: number[] = [];
  const listen = async () => {
    const bytes = new Uint8Array(PACKET_BYTES);
    for (let filled = 0;;) {
      const length = await conn.read(bytes.subarray(filled));
      if (length === null) return;
      filled = (filled + length) % PACKET_BYTES;
      if (filled === 0) times.push(oneWayMs(bytes));
    }
  };
  void listen();
  return {
    send: (packet) => void conn.write(packet.slice()),
    collect: () => times.splice(0),
  };
}

/** The floor of RabbitMQ through this client: no confirms, and nothing beside the library. */
async function openAmqplib(slot: number, url: string): Promise<End> {
  const connection = await connect(`${url}?heartbeat=2`, { noDelay: true });
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue("", {
    ...{ exclusive: true, autoDelete: true, durable: false },
  });
  await channel.bindQueue(queue, EXCHANGE, `bare.${1 - slot}`);
  const times: number[] = [];
  await channel.consume(queue, (message) => {
    if (message) times.push(oneWayMs(message.content));
  }, { noAck: true });
  return {
    send: (packet) =>
      void channel.publish(EXCHANGE, `bare.${slot}`, Buffer.from(packet), {
        persistent: false,
      }),
    collect: () => times.splice(0),
  };
}

function openAmqpMember(
  { slot, match, url }: {
    readonly slot: number;
    readonly match: string;
    readonly url: string;
  },
): Promise<Transport> {
  const peers = [0, 1].map((slot) => ({ id: `p${slot}`, slot }));
  const exchange = EXCHANGE;
  return openAmqp({ ...peers[slot], epoch: 0, url, exchange, match, peers });
}

function sign(slot: number, transport: Transport): Transport {
  const keys = [0, 1].map((slot) =>
    privateKeyOf(new Uint8Array(KEY_SEED_BYTES).fill(slot))
  );
  return signed(transport, {
    ...{ match: "signed", slot, epoch: 0, privateKey: keys[slot] },
    publicKeys: new Map(keys.map((key, slot) => [slot, createPublicKey(key)])),
  });
}

function endOf(transport: Transport): End {
  return {
    send: (packet) => transport.send(packet),
    collect: () =>
      transport.receive().map(({ packet, atMs }) =>
        oneWayMs(packet, performance.timeOrigin + atMs)
      ),
  };
}

if (import.meta.main) {
  const [role, places] = Deno.args;
  if (role === "copy") await copy();
  else await obey(role === "send" ? 0 : 1, JSON.parse(places));
}
