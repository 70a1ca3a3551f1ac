/**
 * Serves the page, and carries views, states and messages.
 *
 * It listens on 127.0.0.1, and on the network only where that was asked for. A foreign website that
 * the player has open could still reach that address, so the server checks what such a site can't
 * forge: `Host` (against foreign names that resolve to this address), and, before a WebSocket may
 * see or steer the game, `Origin` and a secret token. Without the token, other machines get nothing
 * but the page's code.
 *
 * Several pages may be open at once: all see the game, and whoever steered last steers.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import type { State } from "../../game/state.ts";
import { encodeStates } from "../../game/state_bytes.ts";
import type { Asset, Assets } from "./assets.ts";
import { type PageMessage, parsePageMessage } from "./message.ts";
import type { View } from "./protocol.ts";

const logger = getLogger(["pong", "page"]);

/** Pages open at once. A player has one or two; more would only cost everybody bandwidth. */
const PAGES_MAX = 8;
/** Longest message from a page. An input takes 30 bytes. */
const MESSAGE_BYTES_MAX = 1024;
/** Most messages a page may send a second: an analogue stick at 144 Hz takes half of it. */
const MESSAGES_PER_SECOND_MAX = 300;
/** Malformed messages after which a page is cut off: it is not our page. */
const MALFORMED_MAX = 20;
const NO_TOKEN = "The address lacks its token.";
const USED_TICKET = "This address opens the game once, and has done so or is " +
  "too old. Open the one that the terminal shows.";
/** After this a ticket is worth nothing: a browser that starts slowly takes half a minute. */
const TICKET_MS = 120_000;
/** With more than this waiting for a slow page, its states are skipped: only the newest counts. */
const BUFFERED_BYTES_MAX = 16 * 1024;

/** What a page says, other than to steer or to inspect, which the server sees to itself. */
export type PageRequest = Exclude<
  PageMessage,
  { readonly kind: "input" | "inspect" }
>;

/** What to serve, where, and who hears what pages say. */
export interface PageServerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Addresses under which other machines may open the page; none for this machine only. */
  readonly lanAddresses?: readonly string[];
  readonly assets: Assets;
  /** What a page must know to open its WebSocket; unguessable. */
  readonly token: string;
  /** What opens the page once, without the token; unguessable. */
  readonly ticket: string;
  /** Ends the server as disposal does. */
  readonly signal: AbortSignal;
  /** A page steers: −127…127. Called with 0 when the page that steered last is closed. */
  readonly onInput: (axis: number) => void;
  /** A page asks for something else; parsed, but not checked against what is going on. */
  readonly onRequest?: (request: PageRequest) => void;
  /** The answer to `GET /status`, as JSON. */
  readonly status: () => unknown;
  /** By path: what only a page with the token may fetch, as it is at that moment. */
  readonly downloads?: ReadonlyMap<string, () => Asset | undefined>;
}

/** A listening server. Disposal closes it and the sockets of all pages. */
export interface PageServer extends AsyncDisposable {
  readonly port: number;
  /** The address to open in a browser. Holds the token, so it doesn't belong in logs. */
  readonly url: string;
  /** Good for one use: what a program is given to open stands in the list of processes. */
  readonly openUrl: string;
  /** The same for another machine; empty where none may open it. */
  readonly lanUrl: string;
  /** How many messages from pages were dropped. */
  readonly rejected: number;
  /** Whether any page shows the inspector. */
  readonly isInspected: boolean;
  /** Shows a view on all pages, and on those that open later. */
  push(view: View): void;
  /** Shows states, the newest last, on all pages and, as they then are, on those that open later. */
  pushStates(statesNow: () => readonly State[]): void;
}

/** An open page, in one browser tab. */
interface Page {
  readonly socket: WebSocket;
  /** The newest view wasn't sent yet, for example because the page is slow. */
  viewDue: boolean;
  isInspecting: boolean;
  malformed: number;
  /** The second being counted, and how many messages came in it. */
  second: number;
  messages: number;
}

/** Starts serving. Rejects with an `Error` when the port is in use or may not be used. */
export function servePage(options: PageServerOptions): Promise<PageServer> {
  return Promise.try(startServer, options);
}

function startServer(options: PageServerOptions): PageServer {
  const { assets, token, onInput, onRequest, status, lanAddresses = [] } =
    options;
  const pages = new Set<Page>();
  let view = "";
  let statesNow: (() => readonly State[]) | undefined;
  let steering: Page | undefined;
  let ticket = options.ticket;
  const ticketEndsMs = performance.now() + TICKET_MS;
  let rejected = 0;

  const ending = new AbortController();
  const server = listen({
    port: options.port,
    hostname: lanAddresses.length > 0 ? "0.0.0.0" : "127.0.0.1",
    signal: ending.signal,
  }, answer);
  const port = server.addr.port;
  const hosts = ["127.0.0.1", "localhost", ...lanAddresses]
    .map((name) => `${name}:${port}`);
  const security = securityHeaders(hosts);

  function answer(
    request: Request,
    { remoteAddr }: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Response {
    if (!hosts.includes(request.headers.get("host") ?? "")) {
      return text(403, "This address is not the game's.");
    }
    const { pathname, searchParams } = new URL(request.url);
    const given = searchParams.get("token");
    if (pathname === "/socket") return openSocket(request, given);
    if (request.method !== "GET") return text(405, "Only GET is answered.");
    if (pathname === "/open") return open(searchParams.get("ticket"));
    const isNear = remoteAddr.hostname.startsWith("127.");
    const isKnown = given === token;
    const download = options.downloads?.get(pathname);
    const mustKnow = download !== undefined ||
      (!isNear && (pathname === "/" || pathname === "/status"));
    if (mustKnow && !isKnown) return text(403, NO_TOKEN);
    if (pathname === "/status") return Response.json(status(), security);
    const asset = download === undefined ? assets.get(pathname) : download();
    return asset === undefined
      ? text(404, "There is no such page.")
      : file(asset);
  }

  /** Swaps the ticket for the secret address. */
  function open(given: string | null): Response {
    const isGood = ticket !== "" && given === ticket &&
      performance.now() < ticketEndsMs;
    if (!isGood) return text(410, USED_TICKET);
    ticket = "";
    const headers = new Headers(security.headers);
    headers.set("location", urlAt(hosts[0]));
    return new Response(null, { status: 303, headers });
  }

  function file({ body, type, name }: Asset): Response {
    const headers = new Headers(security.headers);
    headers.set("content-type", type);
    if (name !== undefined) {
      headers.set("content-disposition", `attachment; filename="${name}"`);
    }
    return new Response(body, { headers });
  }

  function urlAt(host: string): string {
    return `http://${host}/?token=${encodeURIComponent(token)}`;
  }

  function text(code: number, body: string): Response {
    return new Response(body, { status: code, headers: security.headers });
  }

  function openSocket(request: Request, given: string | null): Response {
    const origin = request.headers.get("origin") ?? "";
    if (!hosts.some((host) => origin === `http://${host}`)) {
      return text(403, "Only the game's own page may connect.");
    }
    if (given !== token) return text(403, NO_TOKEN);
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return text(426, "This address speaks WebSocket.");
    }
    if (pages.size >= PAGES_MAX) return text(503, "Too many pages are open.");
    const { socket, response } = Deno.upgradeWebSocket(request);
    attend(socket);
    return response;
  }

  function attend(socket: WebSocket): void {
    const page: Page = {
      socket,
      viewDue: view !== "",
      isInspecting: false,
      malformed: 0,
      second: 0,
      messages: 0,
    };
    pages.add(page);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      sendView(page);
      if (statesNow) sendStates(page, encode(statesNow));
    };
    socket.onmessage = (event) => take(page, event.data);
    // A socket that fails also closes, and `onclose` deals with that.
    socket.onerror = () => logger.debug("A page's socket failed.");
    socket.onclose = () => forget(page);
  }

  function forget(page: Page): void {
    if (!pages.delete(page)) return;
    if (steering !== page) return;
    steering = undefined;
    onInput(0);
  }

  function take(page: Page, data: unknown): void {
    // Messages that were on their way when the socket was told to close no longer count.
    if (!pages.has(page)) return;
    if (isFlood(page)) return cutOff(page, 1008, "too many messages");
    // UTF-8 has at least as many bytes as UTF-16 has units, so this bound is never too strict.
    const length = typeof data === "string" ? data.length : Infinity;
    if (length > MESSAGE_BYTES_MAX) return cutOff(page, 1009, "too large");
    const message = parsePageMessage(data);
    if (message === undefined) {
      rejected++;
      if (++page.malformed > MALFORMED_MAX) cutOff(page, 1008, "malformed");
      return;
    }
    switch (message.kind) {
      case "input":
        steering = page;
        return onInput(message.axis);
      case "inspect":
        page.isInspecting = message.isOn;
        return;
      default:
        onRequest?.(message);
    }
  }

  function cutOff(page: Page, code: number, reason: string): void {
    rejected++;
    logger.warn("Closed a page's socket: {reason}.", { reason });
    page.socket.close(code, reason);
    forget(page);
  }

  function sendView(page: Page): void {
    if (!page.viewDue || !isWritable(page.socket)) return;
    page.viewDue = false;
    page.socket.send(view);
  }

  function sendStates(page: Page, bytes: Uint8Array<ArrayBuffer>): void {
    if (isWritable(page.socket)) page.socket.send(bytes);
  }

  let disposed: Promise<void> | undefined;
  async function dispose(): Promise<void> {
    options.signal.removeEventListener("abort", onAbort);
    const closed = [...pages].map((page) => closeSocket(page.socket));
    await Promise.all(closed);
    // Not shutdown(): that would wait for as long as a page keeps its connection.
    ending.abort();
    await server.finished;
  }
  const disposeOnce = () => disposed ??= dispose();
  const onAbort = () => void disposeOnce();
  if (options.signal.aborted) onAbort();
  else options.signal.addEventListener("abort", onAbort);

  return {
    port,
    url: urlAt(hosts[0]),
    openUrl: `http://${hosts[0]}/open?ticket=${
      encodeURIComponent(options.ticket)
    }`,
    lanUrl: lanAddresses.length > 0 ? urlAt(hosts[2]) : "",
    get isInspected() {
      return [...pages].some(({ isInspecting }) => isInspecting);
    },
    get rejected() {
      return rejected;
    },
    push(next: View): void {
      view = JSON.stringify(next);
      for (const page of pages) {
        page.viewDue = true;
        sendView(page);
      }
    },
    pushStates(next: () => readonly State[]): void {
      statesNow = next;
      if (pages.size === 0) return;
      const states = encode(next);
      for (const page of pages) {
        sendView(page);
        sendStates(page, states);
      }
    },
    [Symbol.asyncDispose]: disposeOnce,
  };
}

function listen(
  { port, hostname, signal }: {
    readonly port: number;
    readonly hostname: string;
    readonly signal: AbortSignal;
  },
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ port, hostname, signal, onListen() {} }, handler);
  } catch (cause) {
    const why = cause instanceof Deno.errors.AddrInUse
      ? "another program uses it. Choose another port, or 0 for any free one"
      : "it may not be used. Choose one above 1023, or 0 for any free one";
    throw new Error(`Cannot serve the page on port ${port}: ${why}.`, {
      cause,
    });
  }
}

/** Headers of every answer. Browsers differ in whether 'self' covers ws:, so it is spelled out. */
function securityHeaders(
  hosts: readonly string[],
): { readonly headers: Record<string, string> } {
  const sockets = hosts.map((host) => `ws://${host}`).join(" ");
  return {
    headers: {
      "content-security-policy": [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        `connect-src 'self' ${sockets}`,
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].join("; "),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    },
  };
}

/** Counts a message and returns whether the page has sent too many in this second. */
function isFlood(page: Page): boolean {
  const second = Math.floor(performance.now() / 1000);
  if (second !== page.second) {
    page.second = second;
    page.messages = 0;
  }
  return ++page.messages > MESSAGES_PER_SECOND_MAX;
}

function encode(statesNow: () => readonly State[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encodeStates(statesNow()));
}

function isWritable(socket: WebSocket): boolean {
  return socket.readyState === WebSocket.OPEN &&
    socket.bufferedAmount <= BUFFERED_BYTES_MAX;
}

/** Resolves when the socket has closed; a page that doesn't answer is not waited for long. */
function closeSocket(socket: WebSocket): Promise<void> {
  if (socket.readyState === WebSocket.CLOSED) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 500);
    socket.addEventListener("close", () => {
      clearTimeout(timer);
      resolve();
    });
    socket.close(1001, "the game has ended");
  });
}
