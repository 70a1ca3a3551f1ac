/**
 * A lobby in virtual time: the real books, reached over connections that come and go.
 *
 * A connection is like TCP: nothing on it is lost or overtaken while both ends are open. Where the
 * way is cut nothing moves, and neither end knows: the lobby believes for a while that the other is
 * still there. Who connects is at the other end, in `virtual_seat.ts`.
 *
 * @module
 */
import { parseClientLine } from "../lobby/parsed_line.ts";
import type {
  ClientLine,
  JoinMessage,
  LobbyMessage,
} from "../lobby/protocol.ts";
import { LobbyBooks } from "../lobby_server/books.ts";
import type { Delivery } from "../lobby_server/books_port.ts";
import type { ClientId } from "../lobby_server/running_matches.ts";
import type { SeatTokens } from "../lobby_server/seat.ts";

/** No lobby that is simulated is ever full. */
const LIMITS = { rooms: 16, roomsPerAddress: 16, watchersPerMatch: 16 };

/** Nobody loses its lobby before its match has begun. */
const NO_TICKETS = { seal: () => "no ticket", open: () => undefined };

/** How often it does what is due. */
const SWEEP_MS = 250;

/** What a lobby needs from outside, and how well it is reached. */
export interface VirtualLobbyOptions {
  readonly tokens: SeatTokens;
  /** Draws how long a message is under way that is sent at that moment. */
  readonly wayMs: (nowMs: number) => number;
  /** After how long without a sign of life either end gives a connection up. */
  readonly silenceMs: number;
  /** After how long without one the witness takes a player for gone. */
  readonly goneMs: number;
  /** How long it remembers a match to which nobody is connected. */
  readonly lingerMs: number;
}

/** A message that arrives at a moment of virtual time. */
interface UnderWay<Message> {
  readonly atMs: number;
  readonly message: Message;
}

/** One connection; both ends keep here what they know of it. */
export interface VirtualConnection {
  readonly client: ClientId;
  readonly slot: number;
  /** Still open at the lobby, and at the other end. */
  isServed: boolean;
  isHeld: boolean;
  /** When either end gave a sign of life that arrived. */
  aliveMs: number;
  /** What the other end told of its match with that. */
  tick: number | undefined;
  readonly toLobby: UnderWay<ClientLine>[];
  readonly toSeat: UnderWay<LobbyMessage>[];
}

/** The lobby's end of all connections. */
export class VirtualLobby {
  /** Whether it runs. */
  isUp = true;
  /** Bit s: nothing gets through between it and slot s. */
  cutOff = 0;
  readonly silenceMs: number;

  readonly #options: VirtualLobbyOptions;
  readonly #connections = new Map<ClientId, VirtualConnection>();
  #books: LobbyBooks;
  #clients = 0;
  #sweptMs = 0;
  /** With these the match has begun. */
  readonly #joins: JoinMessage[] = [];

  constructor(options: VirtualLobbyOptions) {
    this.#options = options;
    this.silenceMs = options.silenceMs;
    this.#books = this.#createBooks();
  }

  /** Whether it remembers any match. */
  get knowsMatch(): boolean {
    return this.#books.counts.matches > 0;
  }

  /** How much it remembers: rooms, matches, watchers and connections. */
  get size(): number {
    const { rooms, matches, watchers } = this.#books.counts;
    return rooms + matches + watchers + this.#connections.size;
  }

  /** Ends all connections and forgets everything but its key, as a process that begins anew. */
  restart(): void {
    for (const connection of this.#connections.values()) {
      connection.isServed = false;
    }
    this.#connections.clear();
    this.#books = this.#createBooks();
  }

  /**
   * Forgets who was granted what, and answers as if it had seen the match from its beginning: what
   * no lobby may do; a negative control.
   */
  forgetGrants(): void {
    this.restart();
    for (const [ghost, line] of this.#joins.entries()) {
      this.#books.take(-1 - ghost, line, 0);
    }
    for (const ghost of this.#joins.keys()) this.#books.leave(-1 - ghost, 0);
  }

  /** Opens a connection and says its first line; `undefined` where the lobby can't be reached. */
  connect(
    slot: number,
    line: ClientLine,
    nowMs: number,
  ): VirtualConnection | undefined {
    if (!this.reaches(slot)) return undefined;
    const connection: VirtualConnection = {
      ...{ client: ++this.#clients, slot },
      ...{ isServed: true, isHeld: true, aliveMs: nowMs, tick: undefined },
      ...{ toLobby: [], toSeat: [] },
    };
    this.#connections.set(connection.client, connection);
    this.#take(connection, line, nowMs);
    return connection;
  }

  /** Whether anything gets through between the lobby and a slot. */
  reaches(slot: number): boolean {
    return this.isUp && (this.cutOff & (1 << slot)) === 0;
  }

  /** Sends a line to the lobby. */
  say(connection: VirtualConnection, message: ClientLine, nowMs: number): void {
    this.#send(connection.toLobby, message, nowMs);
  }

  /** Does all that is due by now; to be called whenever time has passed. */
  advance(nowMs: number): void {
    if (!this.isUp) return;
    if (nowMs - this.#sweptMs >= SWEEP_MS) {
      this.#sweptMs = nowMs;
      this.#deliver(this.#books.sweep(nowMs), nowMs);
    }
    for (const connection of this.#connections.values()) {
      const { client, slot, toLobby, aliveMs, tick } = connection;
      this.#books.matches.hear(client, aliveMs, tick);
      if (this.reaches(slot)) {
        while (toLobby.length > 0 && toLobby[0].atMs <= nowMs) {
          // The length was looked at.
          this.#take(connection, toLobby.shift()!.message, nowMs);
        }
      }
      const isSilent = nowMs - connection.aliveMs >= this.silenceMs;
      // What was said before the end still arrives.
      const isEnded = this.reaches(slot) && !connection.isHeld &&
        toLobby.length === 0;
      if (!connection.isServed || (!isSilent && !isEnded)) continue;
      this.#close(connection);
      this.#deliver(this.#books.leave(client, nowMs), nowMs);
    }
  }

  #take({ client }: VirtualConnection, line: ClientLine, nowMs: number): void {
    const parsed = parseClientLine(JSON.stringify(line));
    if (parsed.kind === "bad") throw new TypeError(parsed.answer.message);
    const { message } = parsed;
    if (message.type === "join" && message.resume === undefined) {
      this.#joins.push(message);
    }
    switch (message.type) {
      case "leave":
        break;
      case "result":
        this.#books.matches.result(client, message);
        this.#deliver(this.#books.matches.tellEnd(client), nowMs);
        break;
      default:
        this.#deliver(this.#books.take(client, message, nowMs), nowMs);
    }
  }

  #deliver(deliveries: readonly Delivery[], nowMs: number): void {
    for (const { to, message, isLast } of deliveries) {
      const connection = this.#connections.get(to);
      if (!connection) continue;
      this.#send(connection.toSeat, message, nowMs);
      if (!isLast) continue;
      this.#close(connection);
      this.#deliver(this.#books.leave(to, nowMs), nowMs);
    }
  }

  #close(connection: VirtualConnection): void {
    connection.isServed = false;
    this.#connections.delete(connection.client);
  }

  #send<Message>(
    queue: UnderWay<Message>[],
    message: Message,
    nowMs: number,
  ): void {
    const beforeMs = queue.at(-1)?.atMs ?? 0;
    const atMs = Math.max(beforeMs, nowMs + this.#options.wayMs(nowMs));
    queue.push({ atMs, message });
  }

  /** Books that will begin a match of the same name, for they have the same chance. */
  #createBooks(): LobbyBooks {
    const { tokens, lingerMs, goneMs } = this.#options;
    let count = 0;
    return new LobbyBooks({
      chance: {
        newId: () => `id-${++count}`,
        below: (bound) => ++count % bound,
      },
      ...{ tokens, tickets: NO_TICKETS },
      transport: { kind: "relay" },
      addressOf: String,
      limits: { ...LIMITS, matchLingerMs: lingerMs, goneMs },
    });
  }
}
