/**
 * The lobby's book-keeping without sockets and in virtual time, as tests of it see it: clients say
 * something, time passes, and each client has heard this and that.
 *
 * @module
 */
import { expect } from "@std/expect";
import { parseClientLine } from "../../net/lobby/parsed_line.ts";
import {
  type LobbyMessage,
  PROTOCOL_VERSION,
} from "../../net/lobby/protocol.ts";
import {
  type BookedMessage,
  LobbyBooks,
} from "../../net/lobby_server/books.ts";
import type { Delivery } from "../../net/lobby_server/books_port.ts";
import {
  DEFAULT_LIMITS,
  type LobbyLimits,
} from "../../net/lobby_server/limits.ts";
import type { ClientId } from "../../net/lobby_server/running_matches.ts";
import { createRoomTickets } from "../../net/lobby_server/room_ticket.ts";
import { createSeatTokens } from "../../net/lobby_server/seat_token.ts";

/** How often the lobby looks what is due. */
const SWEEP_MS = 250;

type Heard<T extends LobbyMessage["type"]> = Extract<LobbyMessage, { type: T }>;

export class TestLobby {
  readonly books: LobbyBooks;
  /** Clients to which the lobby has said its last. */
  readonly closed: ClientId[] = [];
  /** Each client has an address of its own, unless a test says otherwise. */
  addressOf: (client: ClientId) => string = String;
  #nowMs = 0;
  #heard: Delivery[] = [];

  /** `boot` makes chance another one. */
  constructor(limits: Partial<LobbyLimits> = {}, boot = 0) {
    let count = boot;
    this.books = new LobbyBooks({
      chance: {
        newId: () => `id-of-16-letters-${++count}`,
        below: (bound) => ++count % bound,
      },
      tokens: createSeatTokens(new Uint8Array(32)),
      tickets: createRoomTickets(new Uint8Array(32)),
      transport: { kind: "relay" },
      addressOf: (client) => this.addressOf(client),
      limits: { ...DEFAULT_LIMITS, ...limits },
    });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Says it as a client would, with a line. */
  say(client: ClientId, message: object): void {
    const parsed = parseClientLine(JSON.stringify(message));
    if (parsed.kind === "bad") throw new Error(parsed.answer.message);
    // A test says neither "leave" nor "result" here.
    const booked = parsed.message as BookedMessage;
    this.#deliver(this.books.take(client, booked, this.#nowMs));
  }

  join(client: ClientId, request: object = {}): void {
    const version = PROTOCOL_VERSION;
    this.say(client, { type: "join", version, name: "Mia", ...request });
  }

  leave(client: ClientId): void {
    this.#deliver(this.books.leave(client, this.#nowMs));
  }

  /** Lets time pass, in the lobby's steps. */
  wait(forMs: number): void {
    for (let ms = 0; ms < forMs; ms += SWEEP_MS) {
      this.#nowMs += Math.min(SWEEP_MS, forMs - ms);
      this.#deliver(this.books.sweep(this.#nowMs));
    }
  }

  /** Forgets what was heard so far. */
  forget(): void {
    this.#heard = [];
  }

  /** What a client has heard of one type, oldest first. */
  heard<T extends LobbyMessage["type"]>(client: ClientId, type: T): Heard<T>[] {
    return this.#heard
      .filter(({ to }) => to === client)
      .map(({ message }) => message)
      .filter((message): message is Heard<T> => message.type === type);
  }

  /** The newest message of that type that a client has heard. */
  newest<T extends LobbyMessage["type"]>(client: ClientId, type: T): Heard<T> {
    const message = this.heard(client, type).at(-1);
    if (message === undefined) throw new Error(`${client} heard no "${type}"`);
    return message;
  }

  /** The types of all that a client has heard, oldest first. */
  types(client: ClientId): string[] {
    return this.#heard.filter(({ to }) => to === client)
      .map(({ message }) => message.type);
  }

  #deliver(deliveries: readonly Delivery[]): void {
    this.#heard.push(...deliveries);
    for (const { to, isLast } of deliveries) {
      expect(this.closed).not.toContain(to);
      if (isLast) this.closed.push(to);
    }
  }
}
