/**
 * A player's side of the control connection to the lobby.
 *
 * `joinLobby` gives a seat; from then on `next` tells what happens, so that a player process can
 * show who else is there while it waits, and later notices when the lobby is gone. Pings keep the
 * seat; when the lobby says nothing for too long, or the connection breaks, the seat is `lost`.
 *
 * @module
 */
import { dial, type LobbyAddress } from "./dial.ts";
import { LineConnection } from "./line_connection.ts";
import {
  type ClientMessage,
  type LobbyMessage,
  parseLobbyLine,
  PING_EVERY_MS,
  PROTOCOL_VERSION,
  type ResultMessage,
  type RosterMessage,
  SILENCE_MS,
  type StartMessage,
  type WelcomeMessage,
} from "./lobby_protocol.ts";
import { SilenceWatch } from "./silence.ts";
import { TransportError } from "./transport.ts";

/** Who joins, and which room with which rules; what isn't said is the lobby's or the room's choice. */
export interface JoinRequest {
  readonly name: string;
  readonly room?: string | undefined;
  readonly players?: number | undefined;
  readonly points?: number | undefined;
  readonly lives?: number | undefined;
  readonly publicKey?: string | undefined;
}

export interface JoinOptions extends LobbyAddress {
  readonly join: JoinRequest;
  /** Leaves the lobby, or gives up joining. */
  readonly signal: AbortSignal;
  /** For tests: how often to ping, and how long the lobby may be silent. */
  readonly pingEveryMs?: number;
  readonly silenceMs?: number;
}

/** What happens to a seat; after one of the last three nothing more does. */
export type LobbyEvent =
  | { readonly kind: "roster"; readonly roster: RosterMessage }
  | { readonly kind: "start"; readonly start: StartMessage }
  /** The lobby ended it: a limit was broken, or it shuts down. */
  | {
    readonly kind: "refused";
    readonly code: string;
    readonly message: string;
  }
  /** The connection died. */
  | { readonly kind: "lost"; readonly message: string }
  /** This side left. */
  | { readonly kind: "left" };

/** A seat in the lobby, and later the link to the lobby during the match. Disposing it leaves. */
export interface LobbySeat extends AsyncDisposable {
  readonly welcome: WelcomeMessage;
  /** Waits for the next event, oldest first; the last one is repeated for ever. Never rejects. */
  next(): Promise<LobbyEvent>;
  /** Reports the confirmed result; a no-op once the seat is over. */
  sendResult(result: Omit<ResultMessage, "type">): void;
}

/** The lobby refused to give a seat; the message says why and what to do. */
export class JoinError extends Error {
  override readonly name = "JoinError";
  /** An `ErrorCode` of the protocol; a later lobby may know more of them. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** How long the lobby may take to answer `join`. */
const ANSWER_TIMEOUT_MS = 5_000;

/** Events that wait for `next`; a roster makes older ones obsolete, so few are ever needed. */
const EVENTS_MAX = 64;

/**
 * Connects to a lobby and takes a seat.
 *
 * @throws TransportError when there is no way to the lobby, JoinError when it refuses.
 */
export async function joinLobby(options: JoinOptions): Promise<LobbySeat> {
  const { hostname, port, signal } = options;
  const lines = new LineConnection(await dial({ hostname, port, signal }));
  const close = () => lines.close();
  const timer = setTimeout(close, ANSWER_TIMEOUT_MS);
  signal.addEventListener("abort", close, { once: true });
  try {
    signal.throwIfAborted();
    say(lines, { type: "join", version: PROTOCOL_VERSION, ...options.join });
    const answer = await readMessage(lines);
    signal.throwIfAborted();
    if (answer?.type === "welcome") return new Seat(options, lines, answer);
    if (answer?.type === "error") {
      throw new JoinError(answer.code, answer.message);
    }
    throw new TransportError(
      `Cannot join the lobby at ${hostname}:${port}: what listens there does ` +
        "not answer as a lobby does. Check the port.",
    );
  } catch (error) {
    lines.close();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", close);
  }
}

class Seat implements LobbySeat {
  readonly welcome: WelcomeMessage;
  readonly #options: JoinOptions;
  readonly #lines: LineConnection;
  readonly #done: Promise<void>;
  readonly #events: LobbyEvent[] = [];
  #wake = Promise.withResolvers<void>();
  #end: LobbyEvent | undefined;

  constructor(
    options: JoinOptions,
    lines: LineConnection,
    welcome: WelcomeMessage,
  ) {
    this.#options = options;
    this.#lines = lines;
    this.welcome = welcome;
    this.#done = this.#listen();
  }

  async next(): Promise<LobbyEvent> {
    for (;;) {
      const event = this.#events.shift() ?? this.#end;
      if (event !== undefined) return event;
      await this.#wake.promise;
    }
  }

  sendResult(result: Omit<ResultMessage, "type">): void {
    say(this.#lines, { type: "result", ...result });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave();
    await this.#done;
  }

  /** Follows the connection until it is over. */
  async #listen(): Promise<void> {
    const { signal, pingEveryMs, silenceMs } = this.#options;
    const leave = () => this.#leave();
    signal.addEventListener("abort", leave, { once: true });
    const silence = new SilenceWatch(
      silenceMs ?? SILENCE_MS,
      performance.now(),
    );
    let pingedAtMs = performance.now();
    const everyMs = pingEveryMs ?? PING_EVERY_MS;
    const timer = setInterval(() => {
      const nowMs = performance.now();
      if (silence.isOver(nowMs)) {
        this.#finish(this.#lost("it has been silent for too long"));
        this.#lines.close();
      } else if (nowMs - pingedAtMs >= everyMs) {
        pingedAtMs = nowMs;
        say(this.#lines, { type: "ping" });
      }
    }, Math.min(everyMs, 500) / 2);
    let message = await readMessage(this.#lines);
    while (message !== undefined) {
      silence.heard();
      this.#take(message);
      message = await readMessage(this.#lines);
    }
    this.#finish(this.#lost("it closed the connection"));
    clearInterval(timer);
    signal.removeEventListener("abort", leave);
    this.#lines.close();
  }

  #take(message: LobbyMessage): void {
    switch (message.type) {
      case "roster":
        this.#tell({ kind: "roster", roster: message });
        return;
      case "start":
        this.#tell({ kind: "start", start: message });
        return;
      case "error":
        this.#finish({
          kind: "refused",
          code: message.code,
          message: message.message,
        });
        return;
      case "pong":
      case "welcome":
      case "relay":
        return;
    }
  }

  #tell(event: LobbyEvent): void {
    if (this.#end !== undefined) return;
    if (this.#events.length === EVENTS_MAX) this.#events.shift();
    this.#events.push(event);
    this.#notify();
  }

  /** The first end counts: what follows from it is no news. */
  #finish(event: LobbyEvent): void {
    this.#end ??= event;
    this.#notify();
  }

  #notify(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  #leave(): void {
    this.#finish({ kind: "left" });
    say(this.#lines, { type: "leave" });
    this.#lines.end();
  }

  #lost(why: string): LobbyEvent {
    const { hostname, port } = this.#options;
    return {
      kind: "lost",
      message: `The lobby at ${hostname}:${port} is gone: ${why}.`,
    };
  }
}

function say(lines: LineConnection, message: ClientMessage): void {
  lines.send(JSON.stringify(message));
}

/** Waits for the next message; `undefined` at the end, or when this isn't our protocol. */
async function readMessage(
  lines: LineConnection,
): Promise<LobbyMessage | undefined> {
  const event = await lines.read();
  return event?.kind === "line" ? parseLobbyLine(event.text) : undefined;
}
