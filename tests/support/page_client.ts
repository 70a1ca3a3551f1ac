/**
 * Clients of the page's server for tests: as the page is one, and as a stranger may be.
 *
 * @module
 */
import type { Asset, Assets } from "../../net/page/assets.ts";
import { DEFAULT_PREFERENCES } from "../../net/page/message.ts";
import type { View } from "../../net/page/protocol.ts";
import {
  type PageRequest,
  type PageServer,
  type PageServerOptions,
  servePage,
} from "../../net/page/server.ts";
import { EMPTY_VIEW } from "../../net/page/stage.ts";
import { soon, until } from "./waiting.ts";

export const TOKEN = "a token";
export const ASSETS: Assets = new Map([["/", {
  type: "text/html",
  body: new TextEncoder().encode("<!DOCTYPE html>"),
}]]);
export const VIEW: View = {
  ...EMPTY_VIEW,
  phase: "lobby",
  me: 0,
  room: "KMPQRA",
  invite: "pong play --host 192.168.1.20 --room KMPQRA",
  transport: "relay",
  phoneUrl: "",
  preferences: DEFAULT_PREFERENCES,
};

const RECORDING: Asset = {
  type: "application/octet-stream",
  body: new TextEncoder().encode("recorded"),
  name: "a.pong-replay",
};

/** A running server and what its pages send. */
export interface Served extends AsyncDisposable {
  readonly server: PageServer;
  /** The next axis that a page sends, and the next of its requests. */
  nextAxis(): Promise<number>;
  nextRequest(): Promise<PageRequest>;
}

/** Serves a page without content on any port. */
export async function serve(
  options: Pick<PageServerOptions, "lanAddresses"> = {},
): Promise<Served> {
  const axes = createInbox<number>();
  const requests = createInbox<PageRequest>();
  const server = await servePage({
    ...{ port: 0, assets: ASSETS, token: TOKEN, ticket: "once" },
    signal: new AbortController().signal,
    ...{ onInput: axes.put, onRequest: requests.put },
    status: () => ({ phase: "lobby" }),
    downloads: new Map<string, () => Asset | undefined>([
      ["/replay", () => RECORDING],
      ["/qr.svg", () => undefined],
    ]),
    ...options,
  });
  return {
    server,
    nextAxis: axes.next,
    nextRequest: requests.next,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** A page's end of the socket. */
export interface Client extends AsyncDisposable {
  readonly socket: WebSocket;
  nextMessage(): Promise<unknown>;
  /** Resolves with the code of the close. */
  readonly closed: Promise<number>;
}

/** Connects as the page does. */
export async function openPage(
  { server }: { readonly server: Pick<PageServer, "url"> },
): Promise<Client> {
  const socket = connectTo(server.url);
  socket.binaryType = "arraybuffer";
  const messages = createInbox<unknown>();
  socket.onmessage = (event) => messages.put(event.data);
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", (event) => resolve(event.code));
  });
  const opened = new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("The socket was refused."));
  });
  await soon(opened, "Opening the socket");
  return {
    socket,
    closed: soon(closed, "Closing the socket"),
    nextMessage: messages.next,
    async [Symbol.asyncDispose]() {
      socket.close();
      await closed;
    },
  };
}

/** Somebody who looks at a page, whose address may still have to come, until disposed. */
export function lookAt(url: Promise<string>): Disposable {
  let socket: WebSocket | undefined;
  // A process that has no page has ended, which its test will find out.
  url.then((url) => socket = connectTo(url)).catch(() => {});
  const timer = setInterval(() => {
    const isOpen = socket?.readyState === WebSocket.OPEN;
    if (isOpen) socket?.send(JSON.stringify({ kind: "alive" }));
  }, 300);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      socket?.close();
    },
  };
}

function connectTo(url: string): WebSocket {
  const address = url.replace("http:", "ws:").replace("/?", "/socket?");
  return new WebSocket(address, { headers: { origin: new URL(url).origin } });
}

/** A queue whose `next` waits for what is not there yet. */
function createInbox<T>() {
  const items: T[] = [];
  return {
    put: (item: T) => void items.push(item),
    async next(): Promise<T> {
      await until(() => items.length > 0, "A message");
      return items.splice(0, 1)[0];
    },
  };
}

interface RawRequest {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request with headers that `fetch` would not let us choose; returns the status code. */
export async function request(
  port: number,
  asked: RawRequest,
): Promise<number> {
  const { connection, code } = await openRaw(port, asked);
  connection.close();
  return code;
}

/** Sends a request, and hands over the connection once the answer's head has come. */
export async function openRaw(
  port: number,
  { path = "/", headers = {} }: RawRequest,
): Promise<{ readonly connection: Deno.TcpConn; readonly code: number }> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const host = `127.0.0.1:${port}`;
  const lines = Object.entries({ host, connection: "close", ...headers })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
  await connection.write(new TextEncoder().encode(text));
  const answer = new Uint8Array(1024);
  await soon(connection.read(answer), "An answer");
  const code = Number(new TextDecoder().decode(answer).split(" ")[1]);
  return { connection, code };
}

/** The headers with which a browser asks for a WebSocket; no origin for "". */
export function handshake(origin: string): Record<string, string> {
  return {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    ...(origin === "" ? {} : { origin }),
  };
}
