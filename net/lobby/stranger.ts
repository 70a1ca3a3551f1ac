/**
 * What programs say that took a lobby for something else, or that somebody took for a lobby, told
 * by their first bytes.
 *
 * @module
 */
import { unbracketed } from "../link/address.ts";

/** What a TLS server says to whoever speaks without TLS, and to whoever speaks it wrongly. */
const TLS_ALERT = 0x15;
const TLS_HANDSHAKE = 0x16;

/** TLS 1.0, as all understand it: fatal alert, protocol version. */
const NO_TLS = Uint8Array.of(TLS_ALERT, 3, 1, 0, 2, 2, 70);

const REQUEST = /^[A-Z]{3,16} \S+ HTTP\/\d/;
const HOST = /^host:\s*(\S{1,255})\s*$/im;

/** Who answers, by how it begins. */
const SERVERS: readonly (readonly [beginning: RegExp, name: string])[] = [
  [/^HTTP\/|^\s*</, "a web server"],
  [/^SSH-/, "an SSH server"],
  [/^AMQP/, "a RabbitMQ broker, which a lobby is given with --broker,"],
  [/^220[ -]/, "a mail or file server"],
];

/** Returns what to answer to somebody who begins like this; `undefined` if it may be a player. */
export function answerStranger(
  beginning: Uint8Array,
): Uint8Array | undefined {
  if (beginning[0] === TLS_HANDSHAKE) return NO_TLS;
  const text = textOf(beginning);
  if (!REQUEST.test(text)) return undefined;
  const body = "This is the lobby of a Pong match, not a web page. " +
    `Type: pong play ${wordsFor(HOST.exec(text)?.[1])}\n`;
  const head = [
    ...["HTTP/1.1 400 Bad Request", "Content-Type: text/plain; charset=utf-8"],
    ...[`Content-Length: ${body.length}`, "Connection: close", "", body],
  ];
  return new TextEncoder().encode(head.join("\r\n"));
}

/** Says who answers where a lobby should; `undefined` if it begins as a lobby does. */
export function nameStranger(beginning: Uint8Array): string | undefined {
  const text = textOf(beginning);
  if (text === "" || text.startsWith("{")) return undefined;
  if (beginning[0] === TLS_ALERT) return "a server that wants TLS";
  const known = SERVERS.find(([pattern]) => pattern.test(text));
  return known?.[1] ?? "something else";
}

/** The options that name the host of a request, which is what a browser was given. */
function wordsFor(host: string | undefined): string {
  const url = host === undefined ? null : URL.parse(`http://${host}`);
  if (!url?.hostname) return "--host with the name of this computer";
  const hostname = unbracketed(url.hostname);
  return `--host ${hostname}${url.port === "" ? "" : ` --port ${url.port}`}`;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
