/**
 * A player's side of the control connection to the lobby.
 *
 * `joinLobby` gives a seat; from then on `next` tells what happens, so that a player process can
 * show who else is there while it waits. Pings keep the seat. When the lobby says nothing for too
 * long, or the connection breaks, a seat in a room is `lost`. One in a match is not: the match needs
 * no lobby to go on, and the seat comes back by itself, also to a lobby that was restarted.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { dial, type LobbyAddress } from "./dial.ts";
import { LineConnection } from "./line_connection.ts";
import {
  type ClaimAnswerMessage,
  type ClaimMessage,
  type ClientMessage,
  type ErrorMessage,
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
import { pause } from "./pause.ts";
import { SilenceWatch } from "./silence.ts";
import { TransportError } from "./transport.ts";

const log = getLogger(["pong", "lobby_client"]);

/** Who joins, and which room with which rules; what isn't said is the lobby's or the room's choice. */
export interface JoinRequest {
  readonly name: string;
  readonly room?: string | undefined;
  readonly players?: number | undefined;
  readonly points?: number | undefined;
  readonly lives?: number | undefined;
  readonly publicKey?: string | undefined;
  /** The token of a seat that this process takes again; room and rules are what they were. */
  readonly resume?: string | undefined;
}

export interface JoinOptions extends LobbyAddress {
  readonly join: JoinRequest;
  /** Leaves the lobby, or gives up joining. */
  readonly signal: AbortSignal;
  /** For tests: how often to ping, and how long the lobby may be silent. */
  readonly pingEveryMs?: number;
  readonly silenceMs?: number;
}

/** A claim for an era, without what the seat knows by itself. */
export type ClaimRequest = Omit<ClaimMessage, "type">;

/** What happens to a seat; after one of the last three nothing more does. */
export type LobbyEvent =
  | { readonly kind: "roster"; readonly roster: RosterMessage }
  | { readonly kind: "start"; readonly start: StartMessage }
  /** The lobby's word about a claim. */
  | { readonly kind: "claim"; readonly answer: ClaimAnswerMessage }
  /** The connection broke in mid-match, or is back. */
  | { readonly kind: "link"; readonly up: boolean }
  /** The lobby ended it; in a match only because the seat isn't this process's any more. */
  | {
    readonly kind: "refused";
    readonly code: string;
    readonly message: string;
  }
  /** The connection died before the match started. */
  | { readonly kind: "lost"; readonly message: string }
  /** This side left. */
  | { readonly kind: "left" };

/** A seat in the lobby, and later the link to the lobby during the match. Disposing it leaves. */
export interface LobbySeat extends AsyncDisposable {
  readonly welcome: WelcomeMessage;
  /** Waits for the next event, oldest first; the last one is repeated for ever. Never rejects. */
  next(): Promise<LobbyEvent>;
  /** Asks the witness; asks again by itself until it has answered, or a later claim is made. */
  claim(claim: ClaimRequest): void;
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

/** Waits between attempts to come back: doubling, so that a restarted lobby isn't flooded. */
const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 2_000;

/** Answers to a member of a match after which trying again is no use. */
const FINAL_CODES: ReadonlySet<string> = new Set(
  ["bad_token", "taken_over", "version"] satisfies ErrorMessage["code"][],
);

/** Events that wait for `next`; a roster makes older ones obsolete, so few are ever needed. */
const EVENTS_MAX = 64;

/**
 * Connects to a lobby and takes a seat.
 *
 * @throws TransportError when there is no way to the lobby, JoinError when it refuses.
 */
export async function joinLobby(options: JoinOptions): Promise<LobbySeat> {
  const { join } = options;
  const welcomed = await takeSeat(options, {
    type: "join",
    version: PROTOCOL_VERSION,
    ...join,
  });
  return new Seat(options, welcomed);
}

/** A connection to the lobby on which a seat was taken. */
interface Welcomed {
  readonly lines: LineConnection;
  readonly welcome: WelcomeMessage;
}

/** Connects and asks for a seat, new or known. */
async function takeSeat(
  { hostname, port, signal }: Pick<
    JoinOptions,
    "hostname" | "port" | "signal"
  >,
  request: ClientMessage,
): Promise<Welcomed> {
  const lines = new LineConnection(await dial({ hostname, port, signal }));
  const close = () => lines.close();
  const timer = setTimeout(close, ANSWER_TIMEOUT_MS);
  signal.addEventListener("abort", close, { once: true });
  try {
    signal.throwIfAborted();
    say(lines, request);
    const answer = await readMessage(lines);
    signal.throwIfAborted();
    if (answer?.type === "welcome") return { lines, welcome: answer };
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
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  readonly #events: LobbyEvent[] = [];
  #lines: LineConnection;
  /** Gives this seat back once its match has started. */
  #token: string | undefined;
  /** What the lobby has to know even if the connection breaks before it does. */
  #claim: ClaimMessage | undefined;
  #result: ResultMessage | undefined;
  #wake = Promise.withResolvers<void>();
  #end: LobbyEvent | undefined;

  constructor(options: JoinOptions, { lines, welcome }: Welcomed) {
    this.#options = options;
    this.#lines = lines;
    this.welcome = welcome;
    this.#done = this.#run();
  }

  async next(): Promise<LobbyEvent> {
    for (;;) {
      const event = this.#events.shift() ?? this.#end;
      if (event !== undefined) return event;
      await this.#wake.promise;
    }
  }

  claim(claim: ClaimRequest): void {
    this.#claim = { type: "claim", ...claim };
    say(this.#lines, this.#claim);
  }

  sendResult(result: Omit<ResultMessage, "type">): void {
    this.#result = { type: "result", ...result };
    say(this.#lines, this.#result);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave();
    await this.#done;
  }

  /** Keeps the seat until it is over. */
  async #run(): Promise<void> {
    const { signal } = this.#options;
    const leave = () => this.#leave();
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    do await this.#follow(this.#lines); while (await this.#comeBack());
    signal.removeEventListener("abort", leave);
  }

  /** Follows a connection until it is over. */
  async #follow(lines: LineConnection): Promise<void> {
    const { pingEveryMs, silenceMs } = this.#options;
    const silence = new SilenceWatch(
      silenceMs ?? SILENCE_MS,
      performance.now(),
    );
    let pingedAtMs = performance.now();
    let why = "it closed the connection";
    const everyMs = pingEveryMs ?? PING_EVERY_MS;
    const timer = setInterval(() => {
      const nowMs = performance.now();
      if (silence.isOver(nowMs)) {
        why = "it has been silent for too long";
        lines.close();
      } else if (nowMs - pingedAtMs >= everyMs) {
        pingedAtMs = nowMs;
        say(lines, { type: "ping" });
      }
    }, Math.min(everyMs, 500) / 2);
    let message = await readMessage(lines);
    while (message !== undefined) {
      silence.heard();
      this.#take(message);
      message = await readMessage(lines);
    }
    clearInterval(timer);
    lines.close();
    const { hostname, port } = this.#options;
    if (this.#token === undefined) {
      const message = `The lobby at ${hostname}:${port} is gone: ${why}.`;
      this.#finish({ kind: "lost", message });
    }
  }

  /** Takes the seat of a running match again; `false` when it is over. */
  async #comeBack(): Promise<boolean> {
    const token = this.#token;
    if (token === undefined || this.#end !== undefined) return false;
    this.#tell({ kind: "link", up: false });
    const { signal } = this.#stop;
    const request = { type: "return", version: PROTOCOL_VERSION } as const;
    for (let ms = RETRY_FIRST_MS;; ms = Math.min(2 * ms, RETRY_MAX_MS)) {
      await pause(ms, signal);
      if (signal.aborted) return false;
      try {
        const where = { ...this.#options, signal };
        const { lines } = await takeSeat(where, { ...request, token });
        this.#lines = lines;
        if (signal.aborted) this.#leave();
        this.#tell({ kind: "link", up: true });
        if (this.#claim !== undefined) say(lines, this.#claim);
        if (this.#result !== undefined) say(lines, this.#result);
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        if (error instanceof JoinError && FINAL_CODES.has(error.code)) {
          const { code, message } = error;
          this.#finish({ kind: "refused", code, message });
          return false;
        }
        log.debug("Still without the lobby: {error}", { error });
      }
    }
  }

  #take(message: LobbyMessage): void {
    switch (message.type) {
      case "roster":
        this.#tell({ kind: "roster", roster: message });
        return;
      case "start":
        this.#token = message.token;
        this.#tell({ kind: "start", start: message });
        return;
      case "granted":
      case "refused":
        if (message.era === this.#claim?.era) this.#claim = undefined;
        this.#tell({ kind: "claim", answer: message });
        return;
      case "error":
        this.#takeError(message);
        return;
      case "pong":
      case "welcome":
      case "relay":
        return;
    }
  }

  #takeError(
    { code, message }: Extract<LobbyMessage, { type: "error" }>,
  ): void {
    if (this.#token === undefined || FINAL_CODES.has(code)) {
      this.#finish({ kind: "refused", code, message });
    } else log.warn("The lobby says: {message}", { code, message });
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
    this.#stop.abort();
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
