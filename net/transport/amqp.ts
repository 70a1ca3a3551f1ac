/**
 * The transport over RabbitMQ, or any broker that speaks AMQP 0-9-1.
 *
 * One topic exchange carries all matches. A player publishes under the routing key
 * `<match>.<player id>.<epoch>`, and has a queue of its own, bound to the keys of the others in any
 * epoch; the queue dies with the connection. A watcher has such a queue, too, and publishes
 * nothing. A message is one packet and nothing else: its routing key tells who sent it. Whoever may
 * publish can use any key, so a match signs its packets. Nothing is stored, acknowledged or sent
 * again, for every packet repeats what matters; publisher confirms only tell whether the broker
 * lives.
 *
 * Publishing and consuming have a channel each, because a refused publish closes its channel.
 *
 * @module
 */
import type { ChannelModel, ConsumeMessage } from "amqplib";
import { Buffer } from "node:buffer";
import { EXCHANGE } from "../lobby/protocol.ts";
import { BARRIER_MS_MAX } from "../match/barrier.ts";
import {
  type Listening,
  PACKET_BYTES_MAX,
  type Received,
  requirePacket,
  type Sender,
  type Transport,
} from "../match/transport.ts";
import type { Channels, ConnectionLife } from "./amqp_connection.ts";
import { type AmqpLink, keepAmqpLink } from "./amqp_link.ts";
import { watchConfirms } from "./confirm_watch.ts";
import { Inbox } from "./inbox.ts";

/** A player of the match, in whatever epoch. */
export interface AmqpMember {
  readonly slot: number;
  /** Unique in the match; letters, digits, `_` and `-`, for it is a word of a routing key. */
  readonly id: string;
}

/** A match over a broker, as a watcher knows it. */
export interface AmqpWatchOptions {
  /** The broker's address, `amqp://user:password@host:port/vhost`. */
  readonly url: string;
  /** In PEM: the only authorities whose certificates count; those that the system knows if absent. */
  readonly ca?: string | undefined;
  readonly exchange: string;
  /** Unique among the matches on the broker; of the same letters as an `id`. */
  readonly match: string;
  /** The players to listen to. */
  readonly peers: readonly AmqpMember[];
  /** Gives up opening, or ends the transport as disposing does. */
  readonly signal?: AbortSignal;
  /** Opening has failed, and is tried again: why, in a sentence. */
  readonly onTrouble?: ((why: string) => void) | undefined;
}

/** A match over a broker and the own place in it; the own player may be among `peers`. */
export interface AmqpOptions extends AmqpWatchOptions, AmqpMember {
  /** Of the own seat, 0 to 255. */
  readonly epoch: number;
}

/** How often the lobby declares the exchange again, should it be gone: within a match's patience. */
const DECLARE_MS = 1_000;

/** How often overdue confirms are looked for: a fraction of the 400 ms that they may take. */
const LOOK_MS = 50;

/**
 * How many messages may be unconfirmed: 4 s of play. Packets beyond that are dropped, for they
 * would only pile up before a broker that can't keep pace.
 */
const UNCONFIRMED_MAX = 256;

/** How many messages the broker keeps for somebody who doesn't read; then it drops the oldest. */
const QUEUE_MESSAGES_MAX = 256;

/** One word of a routing key: no wildcard can hide in it. */
const KEY_WORD = /^[\w-]{1,64}$/;

/** An epoch as the last word of a routing key; without leading zeros it has only one spelling. */
const KEY_EPOCH = /^(?:0|[1-9]\d{0,2})$/;
const EPOCH_MAX = 255;

/**
 * Opens this player's end; resolves when packets can flow both ways.
 *
 * @throws {NetworkError} When the broker can't be reached, refuses the user, or has no exchange.
 * @throws {TypeError} When the match, an ID or the epoch can't be a word of a routing key.
 */
export async function openAmqp(options: AmqpOptions): Promise<Transport> {
  const { match, id, epoch, exchange, peers } = options;
  const ownKey = `${keyPrefix(match, id)}${epoch}`;
  if (parseEpoch(`${epoch}`) === undefined) {
    throw new TypeError(`Cannot make a routing key of epoch ${epoch}`);
  }
  const others = peers.filter((peer) => peer.id !== id);
  const ear = new Ear({ match, exchange, peers: others });
  const link = await keepAmqpLink({
    ...linkOptionsOf(options),
    setUp: async (connection, life) => {
      await declareExchange(connection, exchange);
      await startConsuming(connection, { life, ear });
      return await startPublishing(connection, { life, exchange, ownKey });
    },
  });
  const send = (packet: Uint8Array) => {
    requirePacket(packet);
    link.current?.publish(packet);
  };
  return Object.assign(listen(link, ear), { send });
}

/**
 * Opens a watcher's end, which only receives; resolves when packets can come.
 *
 * @throws {NetworkError} When the broker can't be reached, refuses the user, or has no exchange.
 * @throws {TypeError} When the match or an ID can't be a word of a routing key.
 */
export async function openAmqpWatch(
  options: AmqpWatchOptions,
): Promise<Listening> {
  const ear = new Ear(options);
  const link = await keepAmqpLink({
    ...linkOptionsOf(options),
    setUp: async (connection, life) => {
      await declareExchange(connection, options.exchange);
      await startConsuming(connection, { life, ear });
      return { flushed: () => Promise.resolve() };
    },
  });
  return listen(link, ear);
}

/** Takes in what some players of a match publish; outlives the connections. */
class Ear {
  readonly exchange: string;
  rejected = 0;
  readonly #inbox = new Inbox();
  readonly #slots: ReadonlyMap<string, number>;

  constructor(
    { match, exchange, peers }: Pick<
      AmqpWatchOptions,
      "match" | "exchange" | "peers"
    >,
  ) {
    this.exchange = exchange;
    this.#slots = new Map(
      peers.map(({ id, slot }) => [keyPrefix(match, id), slot]),
    );
  }

  /** The binding keys for what these players publish, in any epoch. */
  get keys(): readonly string[] {
    return [...this.#slots.keys()].map((prefix) => `${prefix}*`);
  }

  hear({ fields, content }: ConsumeMessage): void {
    const atMs = performance.now();
    // The exchange counts, too: the default one lets anybody write into a queue under any key.
    const from = fields.exchange === this.exchange
      ? senderOf(fields.routingKey, this.#slots)
      : undefined;
    const fits = content.length > 0 && content.length <= PACKET_BYTES_MAX;
    if (from === undefined || !fits) {
      this.rejected++;
      return;
    }
    this.#inbox.push({ from, atMs, packet: new Uint8Array(content) });
  }

  take(): readonly Received[] {
    return this.#inbox.take();
  }
}

function linkOptionsOf({ url, ca, signal, onTrouble }: AmqpWatchOptions) {
  return {
    ...{ url, ca, onTrouble },
    ...(signal && { signal }),
    openMsMax: BARRIER_MS_MAX,
  };
}

function listen(link: AmqpLink<Channels>, ear: Ear): Listening {
  return {
    receive() {
      return ear.take();
    },
    get link() {
      return link.state;
    },
    get rejected() {
      return ear.rejected;
    },
    closed: link.closed.then(() => ({ kind: "local" })),
    async [Symbol.asyncDispose]() {
      await link[Symbol.asyncDispose]();
      ear.take();
    },
  };
}

/**
 * Keeps the exchange of all matches declared, even if somebody deletes it, until disposed. Players
 * do so, too, whenever they connect; those who may not depend on the lobby, which does it here.
 *
 * @throws {NetworkError} When the first attempt fails.
 */
export async function keepExchange(
  { url, ca, signal }: {
    readonly url: string;
    readonly ca?: string | undefined;
    readonly signal?: AbortSignal;
  },
): Promise<AsyncDisposable> {
  return await keepAmqpLink({
    ...{ url, ca, ...(signal && { signal }) },
    openMsMax: 0,
    setUp: async (connection, { drop, ended }) => {
      const channel = await connection.createChannel();
      channel.on("error", (error) => drop(error.message));
      const declare = () => channel.assertExchange(EXCHANGE, ...TOPIC);
      await declare();
      // A failure ends the channel, of which its "error" tells.
      const timer = setInterval(() => declare().catch(() => {}), DECLARE_MS);
      ended.addEventListener("abort", () => clearInterval(timer));
      return { flushed: () => Promise.resolve() };
    },
  });
}

/** Declares the exchange, or leaves that to the lobby where this user may not. */
async function declareExchange(
  connection: ChannelModel,
  exchange: string,
): Promise<void> {
  const channel = await connection.createChannel();
  // The promise below tells it, too; without a listener it would end the program.
  channel.on("error", () => {});
  try {
    await channel.assertExchange(exchange, ...TOPIC);
    await channel.close();
  } catch (error) {
    const isForbidden = error instanceof Error && "code" in error &&
      error.code === 403;
    if (!isForbidden) throw error;
  }
}

/** How the exchange is declared, which must be the same everywhere. */
const TOPIC = ["topic", { durable: true }] as const;

async function startConsuming(
  connection: ChannelModel,
  { life, ear }: {
    readonly life: ConnectionLife;
    readonly ear: Ear;
  },
): Promise<void> {
  const channel = await connection.createChannel();
  channel.on("error", (error) => life.drop(error.message));
  const { queue } = await channel.assertQueue("", {
    exclusive: true,
    autoDelete: true,
    durable: false,
    maxLength: QUEUE_MESSAGES_MAX,
    overflow: "drop-head",
  });
  for (const key of ear.keys) {
    await channel.bindQueue(queue, ear.exchange, key);
  }
  await channel.consume(queue, (message) => {
    if (message === null) life.drop("it deleted this program's queue");
    else if (!life.ended.aborted) ear.hear(message);
  }, { noAck: true });
}

interface Publisher extends Channels {
  publish(packet: Uint8Array): void;
}

async function startPublishing(
  connection: ChannelModel,
  { life, exchange, ownKey }: {
    readonly life: ConnectionLife;
    readonly exchange: string;
    readonly ownKey: string;
  },
): Promise<Publisher> {
  const channel = await connection.createConfirmChannel();
  channel.on("error", (error) => life.drop(error.message));
  const watch = watchConfirms(performance.now());

  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (life.blockedBy !== undefined) watch.forgive(nowMs);
    if (watch.isOverdue(nowMs)) life.drop("it stopped answering");
  }, LOOK_MS);
  life.ended.addEventListener("abort", () => clearInterval(timer));

  const onConfirm = () => watch.confirmed(performance.now());
  return {
    publish(packet) {
      if (watch.pending >= UNCONFIRMED_MAX) return;
      watch.sent(performance.now());
      const content = Buffer.from(packet);
      channel.publish(exchange, ownKey, content, TRANSIENT, onConfirm);
    },
    flushed: () => channel.waitForConfirms(),
  };
}

/** How messages are published: kept in memory only. */
const TRANSIENT = { persistent: false } as const;

/** Who publishes under that key; `undefined` when no other player does. */
function senderOf(
  key: string,
  slots: ReadonlyMap<string, number>,
): Sender | undefined {
  const end = key.lastIndexOf(".") + 1;
  const slot = slots.get(key.slice(0, end));
  const epoch = parseEpoch(key.slice(end));
  return slot === undefined || epoch === undefined
    ? undefined
    : { slot, epoch };
}

function parseEpoch(word: string): number | undefined {
  const epoch = Number(word);
  return KEY_EPOCH.test(word) && epoch <= EPOCH_MAX ? epoch : undefined;
}

function keyPrefix(match: string, id: string): string {
  if (!KEY_WORD.test(match) || !KEY_WORD.test(id)) {
    throw new TypeError(`Cannot make a routing key of "${match}" and "${id}"`);
  }
  return `${match}.${id}.`;
}
