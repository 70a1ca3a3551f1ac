/**
 * A process's side of its connection to a virtual lobby, as `net/lobby/seat.ts` has it in real time:
 * joins, comes back by itself when the connection breaks, and repeats a claim that may be lost.
 *
 * @module
 */
import {
  type ClientLine,
  type ErrorCode,
  type LobbyMessage,
  PROTOCOL_VERSION,
  type StartMessage,
} from "../lobby/protocol.ts";
import type { VirtualConnection, VirtualLobby } from "./virtual_lobby.ts";

/** How long it waits after a connection broke, or couldn't be opened. */
const RETRY_MS = 250;

/** After these there is nothing to come back to. */
const FINAL_CODES: ReadonlySet<string> = new Set(
  ["bad_token", "seat_lost", "taken_over"] satisfies ErrorCode[],
);

type LineOf<T extends ClientLine["type"]> = Extract<ClientLine, { type: T }>;

/** How many eras are told again after a return. */
const ERAS_MAX = 8;

const NOTHING: readonly LobbyMessage[] = [];

/** One process's seat; it does everything in `poll`, so it sleeps while its process does. */
export class VirtualSeat {
  /** Of the match; with its token a new process can take the seat. */
  start: StartMessage | undefined;
  /** The lobby refused for good. */
  isOver = false;
  /** Told with each sign of life. */
  tick: number | undefined;

  readonly #lobby: VirtualLobby;
  readonly #slot: number;
  readonly #request: ClientLine;
  #connection: VirtualConnection | undefined;
  #retryAtMs = -Infinity;
  /** Said again after each return: the lobby may not have heard them. */
  #eras: readonly LineOf<"committed">[] = [];
  #claim: LineOf<"claim"> | undefined;
  #result: LineOf<"result"> | undefined;

  /** `request` is what it joins with. */
  constructor(lobby: VirtualLobby, slot: number, request: ClientLine) {
    this.#lobby = lobby;
    this.#slot = slot;
    this.#request = request;
  }

  /** Asks the witness. */
  claim(
    claim: Omit<LineOf<"claim">, "type" | "match">,
    nowMs: number,
  ): void {
    if (!this.start) return;
    this.#claim = { type: "claim", match: this.start.match, ...claim };
    this.#say(this.#claim, nowMs);
  }

  /** Tells who is in the match now. */
  tellEra(
    report: Omit<LineOf<"committed">, "type" | "match">,
    nowMs: number,
  ): void {
    if (!this.start) return;
    const { match } = this.start;
    const line = { type: "committed", match, ...report } as const;
    this.#eras = [...this.#eras, line].slice(-ERAS_MAX);
    this.#say(line, nowMs);
  }

  /** Tells how the match ended. */
  tellResult(
    result: Omit<LineOf<"result">, "type" | "match">,
    nowMs: number,
  ): void {
    if (!this.start) return;
    this.#result = { type: "result", match: this.start.match, ...result };
    this.#say(this.#result, nowMs);
  }

  /** The process ends; the lobby hears of it if it can be reached. */
  close(): void {
    if (this.#connection) this.#connection.isHeld = false;
    this.isOver = true;
  }

  /** Keeps the connection, and returns what the lobby said since the last call. */
  poll(nowMs: number): readonly LobbyMessage[] {
    const connection = this.#connection;
    if (!connection) {
      if (!this.isOver && nowMs >= this.#retryAtMs) this.#connect(nowMs);
      return NOTHING;
    }
    const isReached = this.#lobby.reaches(this.#slot);
    const { toSeat, isServed } = connection;
    const heard: LobbyMessage[] = [];
    while (isReached && toSeat.length > 0 && toSeat[0].atMs <= nowMs) {
      // The length was looked at.
      const { message } = toSeat.shift()!;
      this.#take(message);
      heard.push(message);
    }
    if (isReached && isServed) {
      connection.aliveMs = nowMs;
      connection.tick = this.tick;
    }
    const isSilent = nowMs - connection.aliveMs >= this.#lobby.silenceMs;
    const isEnded = isReached && !isServed && toSeat.length === 0;
    if (isSilent || isEnded) {
      connection.isHeld = false;
      this.#connection = undefined;
      this.#retryAtMs = nowMs + RETRY_MS;
    }
    return heard.length > 0 ? heard : NOTHING;
  }

  #connect(nowMs: number): void {
    const version = PROTOCOL_VERSION;
    const request = this.start === undefined
      ? this.#request
      : { type: "return", version, token: this.start.token } as const;
    this.#connection = this.#lobby.connect(this.#slot, request, nowMs);
    if (!this.#connection) this.#retryAtMs = nowMs + RETRY_MS;
    for (const line of [...this.#eras, this.#claim, this.#result]) {
      if (line) this.#say(line, nowMs);
    }
  }

  #take(message: LobbyMessage): void {
    if (message.type === "start") this.start = message;
    const isAnswer = message.type === "granted" || message.type === "refused";
    if (isAnswer && message.era === this.#claim?.era) this.#claim = undefined;
    if (message.type === "error" && FINAL_CODES.has(message.code)) {
      this.isOver = true;
    }
  }

  #say(line: ClientLine, nowMs: number): void {
    if (this.#connection) this.#lobby.say(this.#connection, line, nowMs);
  }
}
