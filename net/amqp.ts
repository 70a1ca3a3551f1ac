/**
 * The transport over RabbitMQ, or any broker that speaks AMQP 0-9-1.
 *
 * One topic exchange carries all matches. A player publishes under `<match>.<player id>.<epoch>` and
 * has a queue of its own, bound to the keys of the others in any epoch; the queue dies with the
 * connection. A message is one packet and nothing else: who sent it is told by the routing key.
 * Whoever may publish can use any key, so a match signs its packets. Nothing is stored, acknowledged or sent again, for every packet repeats what matters;
 * publisher confirms only tell whether the broker lives.
 *
 * Publishing and consuming have a channel each, because a refused publish closes its channel.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { ChannelModel, ConsumeMessage } from "amqplib";
import type { Channels, ConnectionLife } from "./amqp_connection.ts";
import { keepAmqpLink } from "./amqp_link.ts";
import { watchConfirms } from "./confirm_watch.ts";
import { Inbox } from "./inbox.ts";
import { EXCHANGE } from "./lobby_protocol.ts";
import {
  PACKET_BYTES_MAX,
  requirePacket,
  type Sender,
  type Transport,
} from "./transport.ts";

/** A player of the match, in whatever epoch. */
export interface AmqpMember {
  readonly slot: number;
  /** Unique in the match; letters, digits, `_` and `-`, for it is a word of a routing key. */
  readonly id: string;
}

/** This player's place in a match over a broker. */
export interface AmqpOptions extends AmqpMember {
  /** The broker's address, `amqp://user:password@host:port/vhost`. */
  readonly url: string;
  readonly exchange: string;
  /** Unique among the matches on the broker; of the same letters as an `id`. */
  readonly match: string;
  /** Of this process, 0 to 255. */
  readonly epoch: number;
  /** The other members; this one may be among them. */
  readonly peers: readonly AmqpMember[];
  /** Gives up opening, or ends the transport as disposing does. */
  readonly signal?: AbortSignal;
}

/** For how long opening waits for a broker, and for a lobby to declare the exchange there. */
const OPEN_MS_MAX = 5_000;

/** How often the confirms are looked at: a fraction of the 400 ms after which they are overdue. */
const LOOK_MS = 50;

/**
 * How many messages may be unconfirmed, 4 s of play. More would only pile up before a broker that
 * can't follow; what comes on top is dropped.
 */
const UNCONFIRMED_MAX = 256;

/** How many messages wait in the queue of a player that doesn't read, before the oldest go. */
const QUEUE_MESSAGES_MAX = 256;

/** One word of a routing key: no wildcard can hide in it. */
const KEY_WORD = /^[\w-]{1,64}$/;

/** An epoch as the last word of a routing key, in the only way to write it. */
const KEY_EPOCH = /^(?:0|[1-9]\d{0,2})$/;
const EPOCH_MAX = 255;

/**
 * Opens this player's end; resolves when packets can flow both ways.
 *
 * @throws {TransportError} When the broker can't be reached, refuses the user, or has no exchange.
 * @throws {TypeError} When the match, an ID or the epoch can't be a word of a routing key.
 */
export async function openAmqp(options: AmqpOptions): Promise<Transport> {
  const { url, exchange, signal } = options;
  const ownKey = `${keyPrefix(options.match, options.id)}${options.epoch}`;
  if (parseEpoch(`${options.epoch}`) === undefined) {
    throw new TypeError(`Cannot make a routing key of epoch ${options.epoch}`);
  }
  const slots = new Map(
    options.peers
      .filter(({ id }) => id !== options.id)
      .map(({ id, slot }) => [keyPrefix(options.match, id), slot]),
  );
  const inbox = new Inbox();
  let rejected = 0;

  const take = ({ fields, content }: ConsumeMessage) => {
    const atMs = performance.now();
    // The exchange, too: the default one lets anybody write into a queue under any key.
    const from = fields.exchange === exchange
      ? senderOf(fields.routingKey, slots)
      : undefined;
    const fits = content.length > 0 && content.length <= PACKET_BYTES_MAX;
    if (from === undefined || !fits) {
      rejected++;
      return;
    }
    inbox.push({ from, atMs, packet: new Uint8Array(content) });
  };

  const link = await keepAmqpLink({
    url,
    ...(signal && { signal }),
    openMsMax: OPEN_MS_MAX,
    setUp: async (connection, life) => {
      const keys = [...slots.keys()].map((prefix) => `${prefix}*`);
      await startConsuming(connection, { life, exchange, keys, take });
      return await startPublishing(connection, { life, exchange, ownKey });
    },
  });

  return {
    send(packet) {
      requirePacket(packet);
      link.current?.publish(packet);
    },
    receive() {
      return inbox.take();
    },
    get link() {
      return link.state;
    },
    get rejected() {
      return rejected;
    },
    closed: link.closed.then(() => ({ kind: "local" })),
    async [Symbol.asyncDispose]() {
      await link[Symbol.asyncDispose]();
      inbox.take();
    },
  };
}

/**
 * Declares the exchange of all matches, now and whenever the broker is back, until disposed. Only
 * the lobby does so; players need no right to declare anything but their queue.
 *
 * @throws {TransportError} When the first attempt fails.
 */
export async function keepExchange(
  { url, signal }: {
    readonly url: string;
    readonly signal?: AbortSignal;
  },
): Promise<AsyncDisposable> {
  return await keepAmqpLink({
    url,
    ...(signal && { signal }),
    openMsMax: 0,
    setUp: async (connection, { drop }) => {
      const channel = await connection.createChannel();
      channel.on("error", (error) => drop(error.message));
      await channel.assertExchange(EXCHANGE, "topic", { durable: true });
      return { flushed: () => Promise.resolve() };
    },
  });
}

async function startConsuming(
  connection: ChannelModel,
  { life, exchange, keys, take }: {
    readonly life: ConnectionLife;
    readonly exchange: string;
    readonly keys: readonly string[];
    readonly take: (message: ConsumeMessage) => void;
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
  for (const key of keys) await channel.bindQueue(queue, exchange, key);
  await channel.consume(queue, (message) => {
    if (message === null) life.drop("it deleted this player's queue");
    else if (!life.ended.aborted) take(message);
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

/** Who publishes under that key; `undefined` when no other member does. */
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
