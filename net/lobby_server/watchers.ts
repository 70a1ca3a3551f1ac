/**
 * The lobby's book-keeping of who watches which room.
 *
 * A watcher watches a room, whatever happens there: players who gather, their match, and the next
 * one. For each match it is given a token, with which its relay connection may listen. It never
 * counts as a player: rooms and matches end as if nobody watched.
 *
 * @module
 */
import type { ClientId } from "./running_matches.ts";

/** What the watchers need from outside. */
export interface WatchersOptions {
  /** Gives a word that nobody can guess. */
  readonly newToken: () => string;
  /** How many may watch one room. */
  readonly roomMax: number;
}

/** What a watcher's token is good for. */
export interface WatchedMatch {
  readonly client: ClientId;
  readonly match: string;
}

/** Who watches which room, and with which token. */
export class Watchers {
  readonly #options: WatchersOptions;
  readonly #roomOf = new Map<ClientId, string>();
  readonly #clientsOf = new Map<string, Set<ClientId>>();
  /** Each watcher has the token of its newest match only. */
  readonly #tokenOf = new Map<ClientId, string>();
  readonly #matchOf = new Map<string, WatchedMatch>();

  constructor(options: WatchersOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#roomOf.size;
  }

  /** Rooms that somebody watches. */
  get rooms(): readonly string[] {
    return [...this.#clientsOf.keys()];
  }

  /** Who watches that room, the first one first. */
  of(room: string): readonly ClientId[] {
    return [...this.#clientsOf.get(room) ?? []];
  }

  isWatching(client: ClientId): boolean {
    return this.#roomOf.has(client);
  }

  /** Lets a client that neither plays nor watches yet watch a room; `false` when too many do. */
  enter(client: ClientId, room: string): boolean {
    const clients = this.#clientsOf.get(room) ?? new Set();
    if (clients.size >= this.#options.roomMax) return false;
    clients.add(client);
    this.#clientsOf.set(room, clients);
    this.#roomOf.set(client, room);
    return true;
  }

  /** All who watch a room watch another one from now on, as those whom they watch are there. */
  follow(from: string, to: string): void {
    const followers = this.of(from);
    if (followers.length === 0) return;
    for (const client of followers) this.#roomOf.set(client, to);
    this.#clientsOf.delete(from);
    this.#clientsOf.set(to, new Set([...this.of(to), ...followers]));
  }

  /** The client left or its connection died; returns the room that it watched, if it did. */
  leave(client: ClientId): string | undefined {
    const room = this.#roomOf.get(client);
    if (room === undefined) return undefined;
    this.#roomOf.delete(client);
    this.#withdraw(client);
    const clients = this.#clientsOf.get(room);
    clients?.delete(client);
    if (clients?.size === 0) this.#clientsOf.delete(room);
    return room;
  }

  /** Makes the token with which a watcher may listen to a match, and to no other from now on. */
  issue(client: ClientId, match: string): string {
    this.#withdraw(client);
    const token = this.#options.newToken();
    this.#tokenOf.set(client, token);
    this.#matchOf.set(token, { client, match });
    return token;
  }

  /** Returns what a token is good for; `undefined` when it isn't one, or no longer. */
  matchOf(token: string): WatchedMatch | undefined {
    return this.#matchOf.get(token);
  }

  #withdraw(client: ClientId): void {
    const token = this.#tokenOf.get(client);
    if (token === undefined) return;
    this.#tokenOf.delete(client);
    this.#matchOf.delete(token);
  }
}
