/**
 * Asks a broker once more why it has refused a connection, where the library doesn't tell.
 *
 * Of a refused virtual host the library drops the broker's words, which may tell of a limit
 * instead; and a port that speaks TLS hangs up on whoever doesn't. Both are found out over a
 * connection of its own, by hand. It is for a message only, so any failure means "unknown".
 *
 * @module
 */
import { Buffer } from "node:buffer";
import net from "node:net";
import tls from "node:tls";
import type { BrokerAddress } from "./broker_url.ts";

/** Time for all answers together. */
const PROBE_MS_MAX = 700;

/** Smallest frames and fewest channels, which no broker forbids; no heartbeat. */
const TUNED = Buffer.from("000100002000" + "0000", "hex");

const START_OK = 0x000a_000b;
const TUNE_OK = 0x000a_001f;
const OPEN = 0x000a_0028;
const CLOSE = 0x000a_0032;

/** Returns the words with which the broker refuses a connection; empty if it gives none. */
export async function askWhyRefused(
  broker: BrokerAddress,
  ca: string | undefined,
): Promise<string> {
  const { user, password, vhost, secure, host } = broker;
  const login = Buffer.from(`\0${user}\0${password}`);
  // The broker answers one after the other, so nothing has to wait for an answer.
  const opening = Buffer.concat([
    Buffer.from("AMQP\0\0\x09\x01", "latin1"),
    method(START_OK, [uint32(0), short("PLAIN"), long(login), short("en_US")]),
    method(TUNE_OK, [TUNED]),
    method(OPEN, [short(vhost), short(""), Buffer.of(0)]),
  ]);
  return await probe(broker, async (socket) => {
    const stream = secure ? tls.connect(tlsOver(socket, host, ca)) : socket;
    stream.write(opening);
    let bytes = Buffer.alloc(0);
    for await (const chunk of stream) {
      bytes = Buffer.concat([bytes, chunk]);
      const words = closeIn(bytes);
      if (words !== undefined) return words;
    }
    return "";
  }) ?? "";
}

/** Whether the port speaks TLS, with whatever certificate. */
export async function doesSpeakTls(broker: BrokerAddress): Promise<boolean> {
  return await probe(broker, (socket) => {
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    socket.once("close", reject);
    const stream = tls.connect({
      ...{ ...tlsOver(socket, broker.host), rejectUnauthorized: false },
    }, () => resolve(true));
    stream.on("error", reject);
    return promise;
  }) ?? false;
}

function tlsOver(socket: net.Socket, host: string, ca?: string) {
  const servername = net.isIP(host) ? {} : { servername: host };
  return { socket, host, ...servername, ...(ca && { ca }) };
}

/** Lends a socket to `ask`; returns `undefined` if anything goes wrong. */
async function probe<T>(
  { host, port }: BrokerAddress,
  ask: (socket: net.Socket) => Promise<T>,
): Promise<T | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = net.connect({ host, port }, resolve);
  socket.on("error", reject);
  socket.once("close", reject);
  const timer = setTimeout(() => socket.destroy(), PROBE_MS_MAX);
  try {
    await promise;
    return await ask(socket);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** Returns the text of the first `connection.close` among frames that have come in full. */
function closeIn(bytes: Buffer): string | undefined {
  for (let at = 0; at + 7 < bytes.length;) {
    const size = bytes.readUInt32BE(at + 3);
    const payload = bytes.subarray(at + 7, at + 7 + size);
    if (payload.length < size) return undefined;
    if (size >= 7 && payload.readUInt32BE() === CLOSE) {
      return payload.subarray(7, 7 + payload[6]).toString();
    }
    at += 7 + size + 1;
  }
  return undefined;
}

function method(id: number, args: readonly Buffer[]): Buffer {
  const payload = Buffer.concat([uint32(id), ...args]);
  const head = Buffer.concat([Buffer.of(1, 0, 0), uint32(payload.length)]);
  return Buffer.concat([head, payload, Buffer.of(0xce)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function short(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

function long(bytes: Buffer): Buffer {
  return Buffer.concat([uint32(bytes.length), bytes]);
}
