/**
 * A player's side of the control connection to the lobby.
 *
 * `joinLobby` takes a seat; from then on `next` tells what happens, so that a player process can
 * show who else is there while it waits. Pings keep the seat. When the lobby is silent for too
 * long, or the connection breaks, this side takes the seat again by itself as soon as it can, even
 * if the lobby was restarted: one in a room by the ticket that came with it, one in a match by its
 * token; a match goes on meanwhile. When all want to play again, another one starts on that seat.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import type { LobbyAddress } from "../link/dial.ts";
import type { LineConnection } from "../link/line_connection.ts";
import { comeBack } from "./come_back.ts";
import { askLobby, type LinkTimes, LobbyConnection } from "./connection.ts";
import { EventQueue } from "./event_queue.ts";
import { refusalOf } from "./join_error.ts";
import { type LobbyEvent, roomEventOf } from "./lobby_event.ts";
import {
  type AgainMessage,
  type ClaimMessage,
  type ClientLine,
  type CommittedMessage,
  type ErrorMessage,
  type LobbyMessage,
  PROTOCOL_VERSION,
  type ResultMessage,
  type StartMessage,
  type WelcomeMessage,
} from "./protocol.ts";

const log = getLogger(["pong", "lobby_client"]);

/** Who joins which room with which rules; the lobby or the room decides what is left out. */
export interface JoinRequest {
  readonly name: string;
  readonly room?: string | undefined;
  readonly players?: number | undefined;
  readonly points?: number | undefined;
  readonly lives?: number | undefined;
  readonly graceMs?: number | undefined;
  /** The colour and mark that one would like, 0…3. */
  readonly look?: number | undefined;
  readonly isBot?: boolean | undefined;
  /** Whether the match may begin; `true` if left out. Bots are always ready. */
  readonly isReady?: boolean | undefined;
  readonly publicKey?: string | undefined;
  /** The token of a seat that this process takes again; room and rules are what they were. */
  readonly resume?: string | undefined;
}

/** Which lobby to join, and as whom. */
export interface JoinOptions extends LobbyAddress, LinkTimes {
  readonly join: JoinRequest;
  /** Leaves the lobby, or gives up joining. */
  readonly signal: AbortSignal;
}

/** A claim for an era; the seat adds the rest of the message. */
export type ClaimRequest = Omit<ClaimMessage, "type">;

/** Who is in the newest match from an era on; the seat adds the rest of the message. */
export type EraReport = Omit<CommittedMessage, "type" | "match">;

/** How the newest match ended; the seat adds the rest of the message. */
export type ResultReport = Omit<ResultMessage, "type" | "match">;

/** A seat in a room, and then in its matches. Disposing it leaves. */
export interface LobbySeat extends AsyncDisposable {
  /**
   * The newest: the lobby may bring a player to other strangers. Its slot is one in the room; in a
   * match it may be another, which `slotIn` tells.
   */
  readonly welcome: WelcomeMessage;
  /** The newest tick confirmed in the match, told with each ping; −1 while out of the match. */
  confirmedTick: number | undefined;
  /** This player's slot in a match that has started. */
  slotIn(start: StartMessage): number;
  /** Waits for the next event, oldest first; the last one is repeated for ever. Never rejects. */
  next(): Promise<LobbyEvent>;
  /** Tells the room whether this player wants to begin; a no-op in a match. */
  setReady(isReady: boolean): void;
  /** Goes to another public room, if this player waits alone in one and the other has a seat. */
  move(room: string): void;
  /** Tells the lobby that this player wants another match; a no-op before one has started. */
  askAgain(): void;
  /** Asks the witness; after a reconnect again, until it has answered or a later claim is made. */
  claim(claim: ClaimRequest): void;
  /** Tells the witness who is in the match now; again after a reconnect, as eras before. */
  tellEra(report: EraReport): void;
  /** Reports the newest match's confirmed result; a no-op before one or once the seat is over. */
  sendResult(result: ResultReport): void;
}

/** How many eras are told again: the lobby counts each, and may have missed some. */
const ERAS_MAX = 8;

/** How long the lobby may take to answer `join`. */
const ANSWER_TIMEOUT_MS = 5_000;

/** Answers to a member of a match after which it is no use to try again. */
const FINAL_CODES: ReadonlySet<string> = new Set(
  ["bad_token", "taken_over", "version"] satisfies ErrorMessage["code"][],
);

/**
 * What ends the connection of somebody who waits in a room, and not the seat. One's own newest
 * connection takes the seat over, and of several the lobby may have heard an older one last.
 */
const PASSING_CODES: ReadonlySet<string> = new Set(
  ["shutting_down", "silent", "taken_over"] satisfies ErrorMessage["code"][],
);

/**
 * Connects to a lobby and takes a seat.
 *
 * @throws NetworkError when the lobby can't be reached, JoinError when it refuses.
 */
export async function joinLobby(options: JoinOptions): Promise<LobbySeat> {
  const { join } = options;
  const request = { type: "join", version: PROTOCOL_VERSION, ...join } as const;
  return new HeldSeat(options, await takeSeat(options, request));
}

/** A connection to the lobby on which a seat was taken. */
interface Welcomed {
  readonly lines: LineConnection;
  readonly welcome: WelcomeMessage;
}

/** Connects and asks for a seat, a new one or the one that this player had. */
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
  return { lines, welcome: answer };
}

class HeldSeat implements LobbySeat {
  welcome: WelcomeMessage;
  confirmedTick: number | undefined;
  readonly #options: JoinOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  readonly #events = new EventQueue<LobbyEvent>();
  #link: LobbyConnection;
  #isReady: boolean | undefined;
  #trouble = "";
  /** Of the newest match; with its token this seat is taken again. */
  #start: StartMessage | undefined;
  /** Said about that match, and said again after a reconnect: the lobby may not have heard it. */
  #eras: readonly CommittedMessage[] = [];
  #claim: ClaimMessage | undefined;
  #result: ResultMessage | undefined;
  #again: AgainMessage | undefined;

  constructor(options: JoinOptions, { lines, welcome }: Welcomed) {
    this.#options = options;
    this.#link = this.#linkOver(lines);
    this.welcome = welcome;
    this.#isReady = options.join.isReady;
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
    this.#isReady = isReady;
    this.#link.say({ type: "ready", isReady });
  }

  move(room: string): void {
    this.#link.say({ type: "move", room });
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

  tellEra(report: EraReport): void {
    if (this.#start === undefined) return;
    const { match } = this.#start;
    const message: CommittedMessage = { type: "committed", match, ...report };
    this.#eras = [...this.#eras, message].slice(-ERAS_MAX);
    this.#link.say(message);
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

  #linkOver(lines: LineConnection): LobbyConnection {
    return new LobbyConnection(lines, this.#options, () => this.confirmedTick);
  }

  /** Follows the lobby, and comes back to it, until the seat is over. */
  async #run(): Promise<void> {
    const { signal } = this.#options;
    const leave = () => this.#leave();
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    do await this.#follow(this.#link); while (await this.#comeBack());
    signal.removeEventListener("abort", leave);
  }

  /** Follows one connection to its end. */
  async #follow(link: LobbyConnection): Promise<void> {
    const why = await link.follow((message) => this.#take(message));
    const { hostname, port } = this.#options;
    this.#tell(`The lobby at ${hostname}:${port} is gone: ${why}.`);
  }

  #tell(why: string): void {
    const trouble = why && `${why} Trying again.`;
    if (trouble !== this.#trouble) this.#events.push({ kind: "link", trouble });
    this.#trouble = trouble;
  }

  /** Takes the seat again; `false` when it is over. */
  async #comeBack(): Promise<boolean> {
    if (this.#events.isOver) return false;
    const { signal } = this.#stop;
    const back = await comeBack(
      () => takeSeat({ ...this.#options, signal }, this.#request()),
      {
        signal,
        isFinal: (code) => this.#isFinal(code),
        onTrouble: ({ message }) => this.#tell(message),
        onRefused: (end) => this.#events.finish(end),
      },
    );
    if (back === undefined) return false;
    this.#link = this.#linkOver(back.lines);
    if (this.#start === undefined) this.#sit(back.welcome);
    if (signal.aborted) this.#leave();
    this.#tell("");
    for (const message of this.#said()) this.#link.say(message);
    return true;
  }

  /** Asks for the seat that this player had. */
  #request(): ClientLine {
    const version = PROTOCOL_VERSION;
    if (this.#start !== undefined) {
      return { type: "return", version, token: this.#start.token };
    }
    const { ticket } = this.welcome;
    const { join } = this.#options;
    return { type: "join", version, ...join, isReady: this.#isReady, ticket };
  }

  /** What the lobby may not have heard. */
  #said(): readonly ClientLine[] {
    const once = [this.#claim, this.#result, this.#again];
    return [...this.#eras, ...once.filter((message) => message !== undefined)];
  }

  #isFinal(code: string): boolean {
    return FINAL_CODES.has(code) &&
      (this.#start !== undefined || !PASSING_CODES.has(code));
  }

  #sit(welcome: WelcomeMessage): void {
    this.welcome = welcome;
    this.#events.push({ kind: "seated", welcome });
  }

  #take(message: LobbyMessage): void {
    const event = roomEventOf(message);
    if (event?.kind === "start") this.#begin(event.start);
    if (event !== undefined) this.#events.push(event);
    else if (message.type === "error") this.#takeError(message);
    else if (message.type === "welcome") this.#sit(message);
    else if (message.type === "rooms") {
      this.#events.push({ kind: "rooms", rooms: message.rooms });
    } else if (message.type === "granted" || message.type === "refused") {
      if (message.era === this.#claim?.era) this.#claim = undefined;
      this.#events.push({ kind: "claim", answer: message });
    } else if (message.type === "over") {
      this.#events.push({ kind: "over", over: message });
    }
  }

  /** Remembers the newest match; what was said about an earlier one isn't repeated in it. */
  #begin(start: StartMessage): void {
    if (start.match !== this.#start?.match) {
      this.confirmedTick = undefined;
      this.#eras = [];
      this.#claim = undefined;
      this.#result = undefined;
      this.#again = undefined;
    }
    this.#start = start;
  }

  #takeError(
    { code, message }: Extract<LobbyMessage, { type: "error" }>,
  ): void {
    const isOver = this.#start === undefined
      ? !PASSING_CODES.has(code)
      : FINAL_CODES.has(code);
    if (isOver) {
      this.#events.finish({ kind: "refused", code, message });
    } else log.warn("The lobby says: {message}", { code, message });
  }

  #leave(): void {
    this.#events.finish({ kind: "left" });
    this.#link.leave();
    this.#stop.abort();
  }
}
