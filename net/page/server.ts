/**
 * Serves the page, and carries views, states and messages.
 *
 * It listens on 127.0.0.1, and on the network only where that was asked for. `answers.ts` decides
 * who gets what, `door.ts` bounds who connects, and nothing that either does ends the process.
 *
 * Several pages may be open at once: all see the game, and whoever steered last steers.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import type { State } from "../../game/state.ts";
import { encodeStates } from "../../game/state_bytes.ts";
import { createAnswer } from "./answers.ts";
import type { Asset, Assets } from "./assets.ts";
import { Door, type DoorOptions, type PageGuest } from "./door.ts";
import { answerHead, readRequest, writeAnswer } from "./http.ts";
import { type PageMessage, parsePageMessage } from "./message.ts";
import { PageSocket, type PageSocketOptions } from "./page_socket.ts";
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
/** After this a ticket is worth nothing: a browser that starts slowly takes half a minute. */
const TICKET_MS = 120_000;
/** With more than this waiting for a slow page, its states are skipped: only the newest counts. */
const BUFFERED_BYTES_MAX = 16 * 1024;

/** What a page asks for: all that it says but how it steers, that it is seen, and what it shows. */
export type PageRequest = Exclude<
  PageMessage,
  { readonly kind: "input" | "alive" | "inspect" }
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
  /** Somebody sees a page; `isSteering` is whether it is the one that steered last. */
  readonly onAlive?: (isSteering: boolean) => void;
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
  readonly socket: PageSocket;
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
  const { assets, token, onInput, status, lanAddresses = [] } = options;
  const pages = new Set<Page>();
  let view = "";
  let statesNow: (() => readonly State[]) | undefined;
  let steering: Page | undefined;
  let ticket: string | undefined = options.ticket;
  const ticketEndsMs = performance.now() + TICKET_MS;
  let rejected = 0;

  const door = openDoor({
    port: options.port,
    hostname: lanAddresses.length > 0 ? "0.0.0.0" : "127.0.0.1",
    serve,
  });
  const { port } = door;
  const hosts = ["127.0.0.1", "localhost", ...lanAddresses]
    .map((name) => `${name}:${port}`);
  const answer = createAnswer({
    ...{ hosts, token, assets, status, takeTicket },
    downloads: options.downloads ?? new Map(),
  });

  async function serve(conn: Deno.TcpConn, guest: PageGuest): Promise<void> {
    const heard = await readRequest(conn);
    if (heard === undefined) return;
    const answered = await answer(heard.request, guest.address);
    if (answered.code !== 101) return await writeAnswer(conn, answered);
    if (pages.size >= PAGES_MAX) {
      const body = new TextEncoder().encode("Too many pages are open.");
      return await writeAnswer(conn, { ...answered, code: 503, body });
    }
    guest.leave();
    await attend({
      conn,
      head: answerHead(101, answered.headers),
      rest: heard.rest,
    });
  }

  /** Whether that opens the page, which only the first who asks can do. */
  function takeTicket(given: string | null): boolean {
    const isGood = given === ticket && performance.now() < ticketEndsMs;
    if (isGood) ticket = undefined;
    return isGood;
  }

  function urlAt(host: string): string {
    return `http://${host}/?token=${encodeURIComponent(token)}`;
  }

  /** Shows a page what there is to see, until its socket has closed. */
  async function attend(
    connection: Pick<PageSocketOptions, "conn" | "head" | "rest">,
  ): Promise<void> {
    const page: Page = {
      socket: new PageSocket({
        ...connection,
        messageBytesMax: MESSAGE_BYTES_MAX,
        onFrame: () => countFrame(page),
        onText: (text) => take(page, text),
        onBroken: (reason) => drop(page, reason),
      }),
      viewDue: view !== "",
      isInspecting: false,
      malformed: 0,
      second: 0,
      messages: 0,
    };
    pages.add(page);
    sendView(page);
    if (statesNow) sendStates(page, encode(statesNow));
    try {
      await page.socket.closed;
    } finally {
      forget(page);
    }
  }

  function forget(page: Page): void {
    if (!pages.delete(page)) return;
    if (steering !== page) return;
    steering = undefined;
    onInput(0);
  }

  function countFrame(page: Page): void {
    if (pages.has(page) && isFlood(page)) cutOff(page, "too many messages");
  }

  function take(page: Page, text: string): void {
    // Messages that were on their way when the socket was told to close no longer count.
    if (!pages.has(page)) return;
    const message = parsePageMessage(text);
    if (message === undefined) {
      rejected++;
      if (++page.malformed > MALFORMED_MAX) cutOff(page, "malformed");
      return;
    }
    switch (message.kind) {
      case "input":
        steering = page;
        return onInput(message.axis);
      case "alive":
        return options.onAlive?.(page === steering);
      case "inspect":
        page.isInspecting = message.isOn;
        return;
      default:
        options.onRequest?.(message);
    }
  }

  function cutOff(page: Page, reason: string): void {
    page.socket.close(1008, reason);
    drop(page, reason);
  }

  function drop(page: Page, reason: string): void {
    rejected++;
    logger.warn("Closed a page's socket: {reason}.", { reason });
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
    const closed = [...pages].map(({ socket }) => {
      socket.close(1001, "the game has ended");
      return socket.closed;
    });
    await door[Symbol.asyncDispose]();
    await Promise.allSettled(closed);
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

function openDoor(options: DoorOptions): Door {
  try {
    return new Door(options);
  } catch (cause) {
    const why = cause instanceof Deno.errors.AddrInUse
      ? "another program uses it. Choose another port, or 0 for any free one"
      : "it may not be used. Choose one above 1023, or 0 for any free one";
    throw new Error(`Cannot serve the page on port ${options.port}: ${why}.`, {
      cause,
    });
  }
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

function isWritable({ isOpen, queuedBytes }: PageSocket): boolean {
  return isOpen && queuedBytes <= BUFFERED_BYTES_MAX;
}
