/**
 * As much of HTTP as a page needs: a request without a body, one answer, and the end.
 *
 * A browser may open a connection before it needs one, so a silent one is no error; but nobody has
 * it for long, however slowly bytes come or are read.
 *
 * @module
 */
import { writeAll } from "../link/line_connection.ts";
import { closeConn } from "./door.ts";

/** Of a request's head. Cookies of other programs on this machine come along. */
const HEAD_BYTES_MAX = 32 * 1024;
/** How long a request may take to come, and the next piece of an answer to be taken. */
const HEAD_MS = 5_000;
const PIECE_MS = 5_000;
const PIECE_BYTES = 64 * 1024;
/** How long the other side may take to read the end of an answer. */
const LAST_BYTES_MS = 500;

/** What was asked for. */
export interface HttpRequest {
  readonly method: string;
  /** With what was asked for as its path and query; its host means nothing. */
  readonly url: URL;
  readonly headers: Headers;
}

/** What is answered. */
export interface HttpAnswer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A request, and the bytes that came behind it. */
export interface HeardRequest {
  readonly request: HttpRequest;
  readonly rest: Uint8Array;
}

const HEAD_END = [...new TextEncoder().encode("\r\n\r\n")];

/**
 * Reads a request's head; `undefined` where none came in time, or something else. Rejects where the
 * connection breaks.
 */
export async function readRequest(
  conn: Deno.TcpConn,
): Promise<HeardRequest | undefined> {
  using _limit = limited(conn, HEAD_MS);
  const bytes = new Uint8Array(HEAD_BYTES_MAX);
  let filled = 0;
  while (filled < bytes.length) {
    const count = await conn.read(bytes.subarray(filled));
    if (count === null) return undefined;
    const from = Math.max(0, filled - HEAD_END.length + 1);
    filled += count;
    const end = indexOfEnd(bytes.subarray(0, filled), from);
    if (end === -1) continue;
    const request = parseHead(bytes.subarray(0, end));
    return request &&
      { request, rest: bytes.slice(end + HEAD_END.length, filled) };
  }
  return undefined;
}

/** Answers, and ends the connection so that the answer still arrives. */
export async function writeAnswer(
  conn: Deno.TcpConn,
  { code, headers, body }: HttpAnswer,
): Promise<void> {
  const head = answerHead(code, {
    ...headers,
    "content-length": `${body.length}`,
    connection: "close",
  });
  await write(conn, head);
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    await write(conn, body.subarray(at, at + PIECE_BYTES));
  }
  await conn.closeWrite();
  // To close while there is something to read would reset the connection, and lose the answer.
  using _limit = limited(conn, LAST_BYTES_MS);
  const unread = new Uint8Array(HEAD_BYTES_MAX);
  while (await conn.read(unread) !== null);
}

/** Returns the head of an answer as bytes. */
export function answerHead(
  code: number,
  headers: Readonly<Record<string, string>>,
): Uint8Array {
  const lines = Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return new TextEncoder()
    .encode(`HTTP/1.1 ${code} \r\n${lines.join("")}\r\n`);
}

async function write(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  using _limit = limited(conn, PIECE_MS);
  await writeAll(conn, bytes);
}

/** Closes the connection after this time, which ends whatever waits for it. */
function limited(conn: Deno.TcpConn, ms: number): Disposable {
  const timer = setTimeout(() => closeConn(conn), ms);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

function indexOfEnd(bytes: Uint8Array, from: number): number {
  for (let at = from; at <= bytes.length - HEAD_END.length; at++) {
    if (HEAD_END.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

function parseHead(bytes: Uint8Array): HttpRequest | undefined {
  const [first, ...lines] = new TextDecoder("latin1").decode(bytes)
    .split("\r\n");
  const [, method, target] = /^([A-Z]+) (\/\S*) HTTP\/1\.\d$/.exec(first) ?? [];
  if (method === undefined) return undefined;
  const headers = new Headers();
  try {
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers.append(line.slice(0, Math.max(colon, 0)), line.slice(colon + 1));
    }
    return { method, url: new URL(`http://page${target}`), headers };
  } catch {
    return undefined; // No header has such a name or value.
  }
}
