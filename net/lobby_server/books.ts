/**
 * All of the lobby's book-keeping: rooms, matches and watchers, and which of them a message is for.
 *
 * Without I/O: `lobby.ts` hands in what a client said, or that it is gone, and delivers the
 * messages that come back. A client plays, or watches, or does neither yet; never two of these.
 *
 * @module
 */
import {
  type ClientMessage,
  errorMessage,
  type JoinMessage,
  type LobbyMessage,
  type ReturnMessage,
  type StartTransport,
} from "../lobby/protocol.ts";
import {
  type Chance,
  type Delivery,
  NOT_PLAYING,
  refuse,
} from "./books_port.ts";
import type { LobbyLimits } from "./limits.ts";
import { Matches } from "./matches.ts";
import { Rooms } from "./rooms.ts";
import type { ClientId } from "./running_matches.ts";
import type { RoomTickets, SeatTokens } from "./seat.ts";
import { type WatchedMatch, Watchers } from "./watchers.ts";

/** What the books need from outside. */
export interface LobbyBooksOptions {
  readonly chance: Chance;
  readonly tokens: SeatTokens;
  readonly tickets: RoomTickets;
  readonly transport: StartTransport;
  /** From where a client that is there connects. */
  readonly addressOf: (client: ClientId) => string;
  readonly limits: Pick<
    LobbyLimits,
    | "rooms"
    | "roomsPerAddress"
    | "matchLingerMs"
    | "watchersPerMatch"
    | "goneMs"
  >;
}

/** What `take` handles; `lobby.ts` brings results to `matches`, and goodbyes to `leave`. */
export type BookedMessage = Exclude<
  ClientMessage,
  { readonly type: "result" | "leave" }
>;

const ALREADY_JOINED = errorMessage(
  "already_joined",
  "This connection has a seat already; another one needs another connection.",
);
const MATCH_OVER = errorMessage(
  "match_over",
  "Everybody has left this room: there is nothing to watch any more.",
);

/** The books; everything that is remembered of clients, except their connections. */
export class LobbyBooks {
  /** The seats of running matches; takes results and relay connections directly. */
  readonly matches: Matches;
  readonly #rooms: Rooms;
  readonly #watchers: Watchers;
  readonly #tickets: RoomTickets;
  readonly #limits: LobbyBooksOptions["limits"];

  constructor(options: LobbyBooksOptions) {
    const { chance, tokens, tickets, transport, addressOf, limits } = options;
    const watchers = new Watchers({
      newToken: () => chance.newId(),
      roomMax: limits.watchersPerMatch,
    });
    this.matches = new Matches({
      ...{ chance, tokens, transport, watchers },
      emptyMax: limits.rooms,
      lingerMs: limits.matchLingerMs,
      goneMs: limits.goneMs,
    });
    this.#rooms = new Rooms({
      ...{ chance, tickets, watchers, addressOf, matches: this.matches },
      roomsMax: limits.rooms,
      roomsPerAddressMax: limits.roomsPerAddress,
    });
    this.#watchers = watchers;
    this.#tickets = tickets;
    this.#limits = limits;
  }

  /** How many of each are remembered. */
  get counts(): { rooms: number; matches: number; watchers: number } {
    return {
      rooms: this.#rooms.counts.rooms,
      matches: this.matches.counts.matches,
      watchers: this.#watchers.count,
    };
  }

  /** Takes what a client said. */
  take(
    client: ClientId,
    message: BookedMessage,
    nowMs: number,
  ): readonly Delivery[] {
    const tick = message.type === "ping" ? message.tick : undefined;
    this.matches.hear(client, nowMs, tick);
    switch (message.type) {
      case "join":
      case "return":
        return this.#isPlaced(client)
          ? [{ to: client, message: ALREADY_JOINED }]
          : this.#place(client, message, nowMs);
      case "ready":
        return this.#setReady(client, message.isReady, nowMs);
      case "move":
        return this.#rooms.move(client, message.room, nowMs);
      case "ping":
        if (message.rttMs !== undefined) {
          this.#rooms.setRtt(client, message.rttMs);
        }
        return [{ to: client, message: { type: "pong" } }];
      case "claim":
        return this.matches.claim(client, message, nowMs);
      case "committed":
        this.matches.committed(client, message, nowMs);
        return [];
      case "again":
        return this.matches.again(client, message, nowMs);
    }
  }

  /** The client left or its connection died. */
  leave(client: ClientId, nowMs: number): readonly Delivery[] {
    const watched = this.#watchers.leave(client);
    return [
      ...this.#rooms.leave(client, nowMs),
      ...this.matches.leave(client, nowMs),
      ...watched === undefined ? [] : this.#tellWatchers(watched, nowMs),
    ];
  }

  /** Returns what a watcher's token is good for; `undefined` when it isn't one, or no longer. */
  watchedBy(token: string): WatchedMatch | undefined {
    return this.#watchers.matchOf(token);
  }

  /** Does what is due by now (countdowns, forgetting); to be called a few times a second. */
  sweep(nowMs: number): readonly Delivery[] {
    this.matches.sweep(nowMs);
    return [...this.#rooms.sweep(nowMs), ...this.#dismissWatchers()];
  }

  #isPlaced(client: ClientId): boolean {
    return this.#rooms.isSeated(client) || this.matches.isSeated(client) ||
      this.#watchers.isWatching(client);
  }

  /** Gives a client a new seat or the one that it had, or lets it watch. */
  #place(
    client: ClientId,
    message: JoinMessage | ReturnMessage,
    nowMs: number,
  ): readonly Delivery[] {
    if (message.type === "return") {
      return this.matches.return(client, { token: message.token, nowMs });
    }
    const { resume: token, publicKey, spectate } = message;
    if (token !== undefined) {
      return this.matches.resume(client, { token, publicKey, nowMs });
    }
    if (spectate) return this.#watch(client, message.room, nowMs);
    const ticket = this.#tickets.open(message.ticket ?? "");
    const begun = ticket && this.matches.bringBack(client, ticket.id, nowMs);
    return begun ??
      this.#rooms.join(client, message, ticket, nowMs);
  }

  #watch(
    client: ClientId,
    wanted: string | undefined,
    nowMs: number,
  ): readonly Delivery[] {
    const room = wanted ?? this.matches.newestPublicRoom ??
      this.#rooms.publicRoom ?? "";
    const rules = this.#rooms.rulesOf(room) ?? this.matches.rulesOf(room);
    if (rules === undefined) {
      return [{ to: client, message: noSuchRoom(wanted) }];
    }
    if (!this.#watchers.enter(client, room)) {
      const { watchersPerMatch } = this.#limits;
      const why = `No more than ${watchersPerMatch} may watch room ${room}. ` +
        "Try again when one of them has left.";
      const message = errorMessage("too_many_watchers", why);
      return [{ to: client, message }];
    }
    return [
      { to: client, message: { type: "watching", room, rules } },
      ...this.#rooms.rulesOf(room) === undefined
        ? this.matches.show(room, client)
        : this.#rooms.tell(room, nowMs),
    ];
  }

  #setReady(
    client: ClientId,
    isReady: boolean,
    nowMs: number,
  ): readonly Delivery[] {
    if (this.#rooms.isSeated(client)) {
      return this.#rooms.setReady(client, isReady, nowMs);
    }
    // The match began while this was on its way.
    if (this.matches.isSeated(client)) return [];
    return [{ to: client, message: NOT_PLAYING }];
  }

  /** Tells a room, open or playing, how many watch it. */
  #tellWatchers(room: string, nowMs: number): readonly Delivery[] {
    return this.#rooms.rulesOf(room) === undefined
      ? this.matches.tellWatchers(room)
      : this.#rooms.tell(room, nowMs);
  }

  /** Closes the connections of those who watch a room that everybody else has left. */
  #dismissWatchers(): readonly Delivery[] {
    return this.#watchers.rooms
      .filter((room) =>
        this.#rooms.rulesOf(room) === undefined && !this.matches.isPlaying(room)
      )
      .flatMap((room) => this.#watchers.of(room))
      .flatMap((client) => {
        this.#watchers.leave(client);
        return refuse(client, MATCH_OVER);
      });
  }
}

function noSuchRoom(wanted: string | undefined): LobbyMessage {
  return errorMessage(
    "no_such_room",
    wanted === undefined
      ? "No strangers play that could be watched. Try again later, or name a room."
      : `There is no room ${wanted}. Check its code, or watch without one the newest match of strangers.`,
  );
}
