/**
 * The page's line to the player process: one WebSocket that is opened again whenever it closes.
 *
 * The process sends its newest view and state on each connection, so nothing has to be remembered
 * here and the page may be reloaded at any time.
 *
 * @module
 */
import type { State } from "../../game/state.ts";
import { decodeStates } from "../../game/state_bytes.ts";
import { type Backoff, backoffMs } from "../../net/link/backoff.ts";
import type { PageMessage } from "../../net/page/message.ts";
import type { View } from "../../net/page/protocol.ts";

/** How the line is; `refused`: the process is there but doesn't accept this page's address. */
export type LineState = "connecting" | "open" | "gone" | "refused";

export interface ConnectionOptions {
  readonly location: Location;
  /** Whether somebody sees the page. */
  readonly isSeen: () => boolean;
  readonly onView: (view: View) => void;
  /** Confirmed one first, newest last. */
  readonly onStates: (states: readonly State[]) => void;
  readonly onLine: (line: LineState) => void;
}

export interface Connection {
  /** Sends the axis now, and again whenever a new connection opens. */
  sendAxis(axis: number): void;
  /** Tells that the page is seen, or was until now; while it is, that is told by itself. */
  sendAlive(): void;
  /** Sends any other message; lost where no connection is open. */
  send(message: PageMessage): void;
}

/**
 * Between signs of life. The process lets go of the paddle after three that didn't come
 * (`net/page/attention.ts`).
 */
const ALIVE_EVERY_MS = 300;
/** Between attempts to connect again. */
const BACKOFF: Backoff = { firstMs: 250, maxMs: 2_000 };

/** Connects, and keeps connecting for as long as the page lives. */
export function connect(options: ConnectionOptions): Connection {
  const { location, isSeen, onLine } = options;
  const address = socketAddress(location);
  let socket: WebSocket | undefined;
  let axis = 0;
  let failures = 0;

  const send = (message: PageMessage) => {
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.send(JSON.stringify(message));
  };
  const sendAlive = () => send({ kind: "alive" });
  const sendIfSeen = () => {
    if (isSeen()) sendAlive();
  };
  const open = () => {
    socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      failures = 0;
      onLine("open");
      if (axis !== 0) send({ kind: "input", axis });
      sendIfSeen();
    };
    socket.onmessage = (event) => take(event.data, options);
    socket.onclose = async () => {
      onLine(await isProcessThere(location) ? "refused" : "gone");
      setTimeout(open, backoffMs(failures++, BACKOFF));
    };
  };
  onLine("connecting");
  open();
  setInterval(sendIfSeen, ALIVE_EVERY_MS);
  return {
    sendAxis(next) {
      axis = next;
      send({ kind: "input", axis });
    },
    sendAlive,
    send,
  };
}

function socketAddress(location: Location): string {
  const token = new URLSearchParams(location.search).get("token") ?? "";
  return `ws://${location.host}/socket?token=${encodeURIComponent(token)}`;
}

/** A browser hides why a WebSocket failed; the status tells a wrong token from a dead process. */
async function isProcessThere(location: Location): Promise<boolean> {
  try {
    const status = new URL(`/status${location.search}`, location.href);
    return (await fetch(status)).ok;
  } catch {
    return false; // Nobody listens any more.
  }
}

function take(data: unknown, options: ConnectionOptions): void {
  if (data instanceof ArrayBuffer) {
    const states = decodeStates(new Uint8Array(data));
    if (states !== undefined) options.onStates(states);
  } else if (typeof data === "string") {
    // The server that served this very page made the text from a View.
    options.onView(JSON.parse(data) as View);
  }
}
