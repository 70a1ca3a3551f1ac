/**
 * A broker in memory that speaks as much of AMQP 0-9-1 as the game needs, and does what a test
 * wants: answers late or never, blocks, refuses, or dies. All connections of `amqplib` end at it.
 *
 * Only what it is told by a client is understood; a real RabbitMQ shows the rest.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import net from "node:net";
import { Duplex } from "node:stream";
import type { VirtualTime } from "./virtual_time.ts";

/** Class and method of AMQP, as `class << 16 | method`. */
const METHOD = (number: number, method: number) => number << 16 | method;
const START = METHOD(10, 10);
const BLOCKED = METHOD(10, 60);
const UNBLOCKED = METHOD(10, 61);
const CHANNEL_CLOSE = METHOD(20, 40);
const QUEUE_DECLARE = METHOD(50, 10);
const BIND = METHOD(50, 20);
const CONSUME = METHOD(60, 20);
const CANCEL = METHOD(60, 30);
const PUBLISH = METHOD(60, 40);
const DELIVER = METHOD(60, 60);
const ACK = METHOD(60, 80);

const NOTHING = Buffer.alloc(0);
const QUEUED = Buffer.concat([short("q"), Buffer.alloc(8)]);

/** What is answered at once to what, with which arguments. */
const ANSWERS: ReadonlyMap<number, readonly [number, Buffer]> = new Map([
  [METHOD(10, 11), [METHOD(10, 30), Buffer.from("07ff000200000002", "hex")]],
  [METHOD(10, 40), [METHOD(10, 41), short("")]],
  [METHOD(10, 50), [METHOD(10, 51), NOTHING]],
  [METHOD(20, 10), [METHOD(20, 11), Buffer.alloc(4)]],
  [CHANNEL_CLOSE, [METHOD(20, 41), NOTHING]],
  [METHOD(40, 10), [METHOD(40, 11), NOTHING]],
  [QUEUE_DECLARE, [METHOD(50, 11), QUEUED]],
  [BIND, [METHOD(50, 21), NOTHING]],
  [CONSUME, [METHOD(60, 21), short("tag")]],
  [METHOD(85, 10), [METHOD(85, 11), NOTHING]],
]);

export class FakeBroker implements Disposable {
  /** Whether it takes connections and says nothing. */
  isSilent = false;
  /** Whether it lets nobody have a queue, without a word. */
  isStalling = false;
  /** Whether it confirms what is published. */
  isConfirming = true;
  /** What connecting fails with. */
  refusal: Error | undefined;
  /** When somebody tried to connect, and how often somebody said goodbye. */
  readonly attempts: number[] = [];
  /** The hosts to which they tried. */
  readonly hosts: string[] = [];
  goodbyes = 0;
  readonly published: {
    readonly key: string;
    readonly content: readonly number[];
  }[] = [];
  /** Keys of all bindings, and the arguments of queues, as their bytes read. */
  readonly bindings: string[] = [];
  readonly queues: string[] = [];
  readonly #peers = new Set<Peer>();
  readonly #time: VirtualTime;
  readonly #realConnect = net.connect;

  constructor(time: VirtualTime) {
    this.#time = time;
    const connect = (
      { host, signal }: {
        readonly host: string;
        readonly signal?: AbortSignal;
      },
      onConnect: () => void,
    ) => {
      this.attempts.push(time.nowMs);
      this.hosts.push(host);
      const peer = new Peer(this, signal);
      const { refusal } = this;
      if (refusal) queueMicrotask(() => peer.socket.destroy(refusal));
      else {
        this.#peers.add(peer);
        peer.socket.once("close", () => this.#peers.delete(peer));
        queueMicrotask(onConnect);
      }
      return peer.socket;
    };
    Object.assign(net, { connect });
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#peers.size;
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    for (let i = 0; i < 8; i++) await this.#time.settle();
  }

  block(reason: string): void {
    for (const peer of this.#peers) peer.say(0, BLOCKED, short(reason));
  }

  unblock(): void {
    for (const peer of this.#peers) peer.say(0, UNBLOCKED, NOTHING);
  }

  /** Delivers a message to all who consume. */
  deliver(exchange: string, key: string, content: Uint8Array): void {
    for (const peer of this.#peers) peer.deliver(exchange, key, content);
  }

  /** Deletes the queues of all who consume. */
  cancel(): void {
    for (const peer of this.#peers) peer.cancel();
  }

  /** Closes a channel of each connection, as if what was done there were refused. */
  refuse(code: number, why: string): void {
    const codeBytes = Buffer.from([code >> 8, code & 255]);
    const args = Buffer.concat([codeBytes, short(why), Buffer.alloc(4)]);
    for (const peer of this.#peers) peer.say(1, CHANNEL_CLOSE, args);
  }

  /** Breaks all connections. */
  kill(): void {
    for (const { socket } of this.#peers) socket.push(null);
  }

  [Symbol.dispose](): void {
    Object.assign(net, { connect: this.#realConnect });
  }
}

/** One connection, from the broker's side. */
class Peer {
  /** The client's end, with what of a socket the library uses. */
  readonly socket: Duplex;
  readonly #broker: FakeBroker;
  #bytes = Buffer.alloc(0);
  #key = "";
  #consumer: number | undefined;
  #tag = 0;

  constructor(broker: FakeBroker, signal: AbortSignal | undefined) {
    this.#broker = broker;
    this.socket = new Duplex({
      read() {},
      write: (bytes, _encoding, done) => {
        this.#take(bytes);
        done();
      },
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.socket.once("close", () => clearTimeout(timer));
    // As a real socket, which the signal destroys.
    signal?.addEventListener("abort", () => this.socket.destroy(signal.reason));
    Object.assign(this.socket, {
      setNoDelay() {},
      setTimeout(ms: number, onTimeout: () => void) {
        clearTimeout(timer);
        if (ms > 0) timer = setTimeout(onTimeout, ms);
      },
    });
  }

  say(channel: number, method: number, args: Buffer): void {
    const payload = Buffer.concat([Buffer.alloc(4), args]);
    payload.writeUInt32BE(method);
    this.#frame(1, channel, payload);
  }

  deliver(exchange: string, key: string, content: Uint8Array): void {
    if (this.#consumer === undefined) return;
    const args = [short("tag"), Buffer.alloc(9), short(exchange), short(key)];
    this.say(this.#consumer, DELIVER, Buffer.concat(args));
    const header = Buffer.alloc(14);
    header.writeUInt16BE(60);
    header.writeUInt32BE(content.length, 8);
    this.#frame(2, this.#consumer, header);
    if (content.length === 0) return;
    this.#frame(3, this.#consumer, Buffer.from(content));
  }

  cancel(): void {
    if (this.#consumer === undefined) return;
    const args = Buffer.concat([short("tag"), Buffer.of(1)]);
    this.say(this.#consumer, CANCEL, args);
  }

  #frame(type: number, channel: number, payload: Buffer): void {
    const head = Buffer.alloc(7);
    head.writeUInt8(type);
    head.writeUInt16BE(channel, 1);
    head.writeUInt32BE(payload.length, 3);
    this.socket.push(Buffer.concat([head, payload, Buffer.of(0xce)]));
  }

  #take(bytes: Buffer): void {
    if (this.#broker.isSilent) return;
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (this.#bytes.subarray(0, 4).toString("latin1") === "AMQP") {
      this.#bytes = this.#bytes.subarray(8);
      const args = [Buffer.of(0, 9, 0, 0, 0, 0), long("PLAIN"), long("en_US")];
      this.say(0, START, Buffer.concat(args));
    }
    while (this.#bytes.length >= 7) {
      const end = 7 + this.#bytes.readUInt32BE(3);
      if (this.#bytes.length <= end) return;
      const [type, channel] = [this.#bytes[0], this.#bytes.readUInt16BE(1)];
      const payload = this.#bytes.subarray(7, end);
      this.#bytes = this.#bytes.subarray(end + 1);
      if (type === 1) this.#act(channel, payload.readUInt32BE(), payload);
      if (type === 3) this.#publish(channel, payload);
      if (type === 8) this.#frame(8, 0, payload); // Alive, both of us.
    }
  }

  #act(channel: number, method: number, payload: Buffer): void {
    const text = payload.toString("latin1");
    if (method === CONSUME) this.#consumer = channel;
    if (method === BIND) this.#broker.bindings.push(textsIn(payload, 6)[2]);
    if (method === QUEUE_DECLARE) this.#broker.queues.push(text);
    if (method === PUBLISH) this.#key = textsIn(payload, 6)[1];
    if (method === METHOD(10, 50)) this.#broker.goodbyes++;
    if (method === QUEUE_DECLARE && this.#broker.isStalling) return;
    const answer = ANSWERS.get(method);
    if (answer !== undefined) this.say(channel, ...answer);
  }

  #publish(channel: number, content: Buffer): void {
    this.#broker.published.push({ key: this.#key, content: [...content] });
    this.#tag++;
    if (!this.#broker.isConfirming) return;
    const args = Buffer.alloc(9);
    args.writeUInt32BE(this.#tag, 4);
    this.say(channel, ACK, args);
  }
}

function short(text: string): Buffer {
  return Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
}

function long(text: string): Buffer {
  return Buffer.concat([Buffer.of(0, 0, 0, text.length), Buffer.from(text)]);
}

/** The short texts that stand one after the other in a method's arguments. */
function textsIn(payload: Buffer, from: number): readonly string[] {
  const texts: string[] = [];
  for (let at = from; at < payload.length && texts.length < 3;) {
    texts.push(payload.subarray(at + 1, at + 1 + payload[at]).toString());
    at += 1 + payload[at];
  }
  return texts;
}
