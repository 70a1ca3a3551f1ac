/**
 * A player's side of the control connection to the lobby.
 *
 * `joinLobby` gives a seat; from then on `next` tells what happens, so that a player process can
 * show who else is there while it waits. Pings keep the seat. When the lobby says nothing for too
 * long, or the connection breaks, a seat in a room is `lost`. One in a match is not: the match needs
 * no lobby to go on, and the seat comes back by itself, also to a lobby that was restarted. When all
 * want to play again, another match starts on the same seat.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { backoffMs } from "../link/backoff.ts";
import type { LobbyAddress } from "../link/dial.ts";
import { NetworkError } from "../link/network_error.ts";
import { pause } from "../link/pause.ts";
import { askLobby, type LinkTimes, LobbyLink } from "./connection.ts";
import { EventQueue } from "./event_queue.ts";
import {
  type AgainMessage,
  type ClaimAnswerMessage,
  type ClaimMessage,
  type ClientLine,
  type ErrorMessage,
  type LobbyMessage,
  PROTOCOL_VERSION,
  type RematchMessage,
  type ResultMessage,
  type RosterMessage,
  type StartMessage,
  type WelcomeMessage,
} from "./protocol.ts";

const log = getLogger(["pong", "lobby_client"]);

/** Who joins, and which room with which rules; what isn't said is the lobby's or the room's choice. */
export interface JoinRequest {
  readonly name: string;
  readonly room?: string | undefined;
  readonly players?: number | undefined;
  readonly points?: number | undefined;
  readonly lives?: number | undefined;
  /** The colour and mark that one would like, 0…3. */
  readonly look?: number | undefined;
  readonly isBot?: boolean | undefined;
  /** Whether the match may begin; `true` unless it is said. Bots are always ready. */
  readonly isReady?: boolean | undefined;
  readonly publicKey?: string | undefined;
  /** The token of a seat that this process takes again; room and rules are what they were. */
  readonly resume?: string | undefined;
}

/** The times are for tests. */
export interface JoinOptions extends LobbyAddress, LinkTimes {
  readonly join: JoinRequest;
  /** Leaves the lobby, or gives up joining. */
  readonly signal: AbortSignal;
}

/** A claim for an era, without what the seat knows by itself. */
export type ClaimRequest = Omit<ClaimMessage, "type">;

/** How a match ended, without what the seat knows by itself. */
export type ResultReport = Omit<ResultMessage, "type" | "match">;

/** What happens in a room, to all who play there or watch. */
export type RoomEvent =
  | { readonly kind: "roster"; readonly roster: RosterMessage }
  /** A match begins: the first one or, after `askAgain`, the next. */
  | { readonly kind: "start"; readonly start: StartMessage }
  /** How many watch the match. */
  | { readonly kind: "watchers"; readonly count: number }
  /** Who wants to play again, and who isn't there any more, by slot of the match. */
  | { readonly kind: "again" } & Pick<RematchMessage, "wanted" | "gone">;

/** The end of a connection to the lobby for good. */
export type EndEvent =
  /** The lobby ended it; in a match only because the seat isn't this process's any more. */
  | {
    readonly kind: "refused";
    readonly code: string;
    readonly message: string;
  }
  /** The connection died before the match started, or died for somebody who watched. */
  | { readonly kind: "lost"; readonly message: string }
  /** This side left. */
  | { readonly kind: "left" };

/** What happens to a seat; after an end nothing more does. */
export type LobbyEvent =
  | RoomEvent
  | EndEvent
  /** The lobby's word about a claim. */
  | { readonly kind: "claim"; readonly answer: ClaimAnswerMessage }
  /** The connection broke in mid-match, or is back. */
  | { readonly kind: "link"; readonly up: boolean };

/** A seat in the lobby, and later the link to the lobby during the match. Disposing it leaves. */
export interface LobbySeat extends AsyncDisposable {
  /** Its slot holds while the room fills; `slotIn` tells the one in a match. */
  readonly welcome: WelcomeMessage;
  /** This player's slot in a match that has started. */
  slotIn(start: StartMessage): number;
  /** Waits for the next event, oldest first; the last one is repeated for ever. Never rejects. */
  next(): Promise<LobbyEvent>;
  /** Tells the room whether this player wants to begin; a no-op in a match. */
  setReady(isReady: boolean): void;
  /** Tells the match, which is over, that this player wants another; a no-op before one started. */
  askAgain(): void;
  /** Asks the witness; asks again by itself until it has answered, or a later claim is made. */
  claim(claim: ClaimRequest): void;
  /** Reports the confirmed result; a no-op before the match started and once the seat is over. */
  sendResult(result: ResultReport): void;
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

/** Between attempts to come back. It isn't urgent: the match goes on without this connection. */
const BACKOFF = { firstMs: 250, maxMs: 2_000 };

/** Answers to a member of a match after which trying again is no use. */
const FINAL_CODES: ReadonlySet<string> = new Set(
  ["bad_token", "taken_over", "version"] satisfies ErrorMessage["code"][],
);

/**
 * Connects to a lobby and takes a seat.
 *
 * @throws NetworkError when there is no way to the lobby, JoinError when it refuses.
 */
export async function joinLobby(options: JoinOptions): Promise<LobbySeat> {
  const { join } = options;
  const request = { type: "join", version: PROTOCOL_VERSION, ...join } as const;
  return new HeldSeat(options, await takeSeat(options, request));
}

/** A connection to the lobby on which a seat was taken. */
interface Welcomed {
  readonly link: LobbyLink;
  readonly welcome: WelcomeMessage;
}

/** Connects and asks for a seat, new or known. */
async function takeSeat(
  options: Omit<JoinOptions, "join">,
  request: ClientLine,
): Promise<Welcomed> {
  const { lines, answer } = await askLobby({
    ...options,
    line: JSON.stringify(request),
    accept: (answer) => {
      if (answer?.type === "welcome") return answer;
      throw refusalOf(answer, options);
    },
    timeoutMs: ANSWER_TIMEOUT_MS,
  });
  return { link: new LobbyLink(lines, options), welcome: answer };
}

/** What an answer means that isn't the one that was hoped for. */
export function refusalOf(
  answer: LobbyMessage | undefined,
  { hostname, port }: LobbyAddress,
): Error {
  return answer?.type === "error"
    ? new JoinError(answer.code, answer.message)
    : new NetworkError(
      `Cannot join the lobby at ${hostname}:${port}: what listens there does ` +
        "not answer as a lobby does. Check the port.",
    );
}

/** Returns what a message is to everybody in a room, who plays and who watches, if it is for them. */
export function roomEventOf(message: LobbyMessage): RoomEvent | undefined {
  switch (message.type) {
    case "roster":
      return { kind: "roster", roster: message };
    case "start":
      return { kind: "start", start: message };
    case "watchers":
      return { kind: "watchers", count: message.count };
    case "again":
      return { kind: "again", wanted: message.wanted, gone: message.gone };
    case "error":
    case "granted":
    case "pong":
    case "refused":
    case "relay":
    case "watch":
    case "watching":
    case "welcome":
      return undefined;
  }
}

class HeldSeat implements LobbySeat {
  readonly welcome: WelcomeMessage;
  readonly #options: JoinOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  readonly #events = new EventQueue<LobbyEvent>();
  #link: LobbyLink;
  /** Of the newest match; its token gives this seat back. */
  #start: StartMessage | undefined;
  /** What the lobby has to know of that match even if the connection breaks before it does. */
  #claim: ClaimMessage | undefined;
  #result: ResultMessage | undefined;
  #again: AgainMessage | undefined;

  constructor(options: JoinOptions, { link, welcome }: Welcomed) {
    this.#options = options;
    this.#link = link;
    this.welcome = welcome;
    this.#done = this.#run();
  }

  slotIn({ players }: StartMessage): number {
    const { id, slot } = this.welcome;
    return players.find((player) => player.id === id)?.slot ?? slot;
  }

  next(): Promise<LobbyEvent> {
    return this.#events.next();
  }

  setReady(isReady: boolean): void {
    this.#link.say({ type: "ready", isReady });
  }

  askAgain(): void {
    if (this.#start === undefined) return;
    this.#again = { type: "again", match: this.#start.match };
    this.#link.say(this.#again);
  }

  claim(claim: ClaimRequest): void {
    this.#claim = { type: "claim", ...claim };
    this.#link.say(this.#claim);
  }

  sendResult(result: ResultReport): void {
    if (this.#start === undefined) return;
    this.#result = { type: "result", match: this.#start.match, ...result };
    this.#link.say(this.#result);
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
    do await this.#follow(this.#link); while (await this.#comeBack());
    signal.removeEventListener("abort", leave);
  }

  /** Follows a connection until it is over. */
  async #follow(link: LobbyLink): Promise<void> {
    const why = await link.follow((message) => this.#take(message));
    if (this.#start !== undefined) return;
    const { hostname, port } = this.#options;
    const message = `The lobby at ${hostname}:${port} is gone: ${why}.`;
    this.#events.finish({ kind: "lost", message });
  }

  /** Takes the seat of a running match again; `false` when it is over. */
  async #comeBack(): Promise<boolean> {
    if (this.#start === undefined || this.#events.isOver) return false;
    this.#events.push({ kind: "link", up: false });
    const { token } = this.#start;
    const { signal } = this.#stop;
    const where = { ...this.#options, signal };
    const version = PROTOCOL_VERSION;
    for (let failures = 0;; failures++) {
      await pause(backoffMs(failures, BACKOFF), signal);
      if (signal.aborted) return false;
      try {
        const request = { type: "return", version, token } as const;
        const { link } = await takeSeat(where, request);
        this.#link = link;
        if (signal.aborted) this.#leave();
        this.#events.push({ kind: "link", up: true });
        for (const message of [this.#claim, this.#result, this.#again]) {
          if (message !== undefined) link.say(message);
        }
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        if (error instanceof JoinError && FINAL_CODES.has(error.code)) {
          const { code, message } = error;
          this.#events.finish({ kind: "refused", code, message });
          return false;
        }
        log.debug("Still without the lobby: {error}", { error });
      }
    }
  }

  #take(message: LobbyMessage): void {
    const event = roomEventOf(message);
    if (event?.kind === "start") this.#begin(event.start);
    if (event !== undefined) this.#events.push(event);
    else if (message.type === "error") this.#takeError(message);
    else if (message.type === "granted" || message.type === "refused") {
      if (message.era === this.#claim?.era) this.#claim = undefined;
      this.#events.push({ kind: "claim", answer: message });
    }
  }

  /** What was said of the match before isn't said of this one. */
  #begin(start: StartMessage): void {
    if (start.match !== this.#start?.match) {
      this.#claim = undefined;
      this.#result = undefined;
      this.#again = undefined;
    }
    this.#start = start;
  }

  #takeError(
    { code, message }: Extract<LobbyMessage, { type: "error" }>,
  ): void {
    if (this.#start === undefined || FINAL_CODES.has(code)) {
      this.#events.finish({ kind: "refused", code, message });
    } else log.warn("The lobby says: {message}", { code, message });
  }

  #leave(): void {
    this.#events.finish({ kind: "left" });
    this.#link.leave();
    this.#stop.abort();
  }
}
