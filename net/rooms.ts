/**
 * The lobby's book-keeping: rooms that fill, matches that run, and whose seat a token is.
 *
 * Without I/O: the lobby calls in what a client said or that it is gone, and delivers the messages
 * that come back. Chance and identity come from `Chance`, time as `nowMs`.
 *
 * A room is open until its last seat is taken; then it is a match. A match is remembered while
 * anybody is connected, over control or relay, and a little longer, so that a member that lost both
 * at once can come back; the room's code is free as soon as nobody is connected.
 *
 * @module
 */
import { DEFAULT_RULES, type Rules } from "../game/court.ts";
import {
  errorMessage,
  type JoinMessage,
  type LobbyMessage,
  NAME_LENGTH_MAX,
  type ResultMessage,
  type StartTransport,
} from "./lobby_protocol.ts";
import { startPosition } from "./start_position.ts";

/** A control connection, as the lobby numbers them. */
export type ClientId = number;

/** One message to deliver. */
export interface Delivery {
  readonly to: ClientId;
  readonly message: LobbyMessage;
}

/** The seat that a relay token stands for. */
export interface Seat {
  readonly match: string;
  readonly slot: number;
  readonly epoch: number;
}

/** All that must be unique, unguessable or random. */
export interface Chance {
  newId(): string;
  newToken(): string;
  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number;
}

export interface RoomsOptions {
  readonly chance: Chance;
  readonly transport: StartTransport;
  /** Open rooms and running matches together. */
  readonly roomsMax: number;
  /** How long a match is remembered when nobody is connected any more. */
  readonly matchLingerMs: number;
}

/** What the players' reports of a match's result say together. */
export type Verdict = "waiting" | "agreed" | "disputed" | "not_playing";

interface Member {
  readonly client: ClientId;
  readonly id: string;
  readonly slot: number;
  readonly name: string;
  readonly publicKey: string | undefined;
  readonly token: string;
}

interface Room {
  readonly code: string;
  /** Whether players without a code are sent here. */
  readonly isPublic: boolean;
  readonly rules: Rules;
  readonly members: Member[];
  match: Match | undefined;
}

interface Match {
  readonly id: string;
  readonly room: Room;
  readonly results: Map<ClientId, string>;
  /** Control and relay connections of its members. */
  connections: number;
  emptySinceMs: number;
}

/** Consonants only: no O or I that look like digits, and no words by chance. */
const CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const CODE_LENGTH = 6;

export class Rooms {
  readonly #options: RoomsOptions;
  /** In every match's name, so that no two starts of a lobby ever use the same. */
  readonly #boot: string;
  #matchesStarted = 0;
  readonly #rooms = new Map<string, Room>();
  readonly #matches = new Map<string, Match>();
  readonly #seats = new Map<string, Seat>();
  readonly #roomOf = new Map<ClientId, Room>();

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#boot = options.chance.below(2 ** 32).toString(16).padStart(8, "0");
  }

  /** How much is remembered: open rooms, matches (running or lingering), seated clients. */
  get counts(): { rooms: number; matches: number; clients: number } {
    const open = [...this.#rooms.values()].filter(({ match }) => !match);
    return {
      rooms: open.length,
      matches: this.#matches.size,
      clients: this.#roomOf.size,
    };
  }

  /** Seats a client, or answers it with an error; when its room is full, the match starts. */
  join(client: ClientId, request: JoinMessage): readonly Delivery[] {
    const found = this.#findRoom(client, request);
    if ("error" in found) return [{ to: client, message: found.error }];
    const { room } = found;
    const member: Member = {
      client,
      id: this.#options.chance.newId(),
      slot: firstFreeSlot(room),
      name: uniqueName(request.name, room),
      publicKey: request.publicKey,
      token: this.#options.chance.newToken(),
    };
    room.members.push(member);
    room.members.sort((a, b) => a.slot - b.slot);
    this.#roomOf.set(client, room);
    const deliveries = [
      { to: client, message: welcome(room, member) },
      ...roster(room),
    ];
    if (room.members.length < room.rules.players) return deliveries;
    return [...deliveries, ...this.#start(room)];
  }

  /** The client left or its connection died; its seat in an open room is free at once. */
  leave(client: ClientId, nowMs: number): readonly Delivery[] {
    const room = this.#roomOf.get(client);
    if (room === undefined) return [];
    this.#roomOf.delete(client);
    if (room.match !== undefined) {
      this.#disconnect(room.match, nowMs);
      return [];
    }
    room.members.splice(
      room.members.findIndex((member) => member.client === client),
      1,
    );
    if (room.members.length > 0) return roster(room);
    this.#rooms.delete(room.code);
    return [];
  }

  /** Records what a player says the result is; it counts when all of the match say the same. */
  result(client: ClientId, message: ResultMessage): Verdict {
    const match = this.#roomOf.get(client)?.match;
    if (match === undefined) return "not_playing";
    const { winner, score, confirmedTick, hash } = message;
    if (!match.results.has(client)) {
      match.results.set(
        client,
        JSON.stringify([winner, score, confirmedTick, hash]),
      );
    }
    if (new Set(match.results.values()).size > 1) return "disputed";
    return match.results.size < match.room.members.length
      ? "waiting"
      : "agreed";
  }

  /** The match that a client plays in; for logs. */
  matchOf(client: ClientId): string | undefined {
    return this.#roomOf.get(client)?.match?.id;
  }

  /** Whose seat a token is, once its match started and as long as it is remembered. */
  seatOf(token: string): Seat | undefined {
    return this.#seats.get(token);
  }

  /** A relay connection of that seat opened; each needs its `relayClosed`. */
  relayOpened(seat: Seat): void {
    const match = this.#matches.get(seat.match);
    if (match === undefined) return;
    match.connections++;
    match.emptySinceMs = Infinity;
  }

  relayClosed(seat: Seat, nowMs: number): void {
    const match = this.#matches.get(seat.match);
    if (match !== undefined) this.#disconnect(match, nowMs);
  }

  /** Forgets matches to which nobody came back; to be called now and then. */
  sweep(nowMs: number): void {
    const empty = [...this.#matches.values()]
      .filter(({ connections }) => connections === 0)
      .sort((a, b) => a.emptySinceMs - b.emptySinceMs);
    for (const [index, match] of empty.entries()) {
      const isOld = nowMs - match.emptySinceMs >= this.#options.matchLingerMs;
      // Whoever starts matches and leaves them, over and over, only pushes out forgotten ones.
      const isTooMany = index < empty.length - this.#options.roomsMax;
      if (isOld || isTooMany) this.#forget(match);
    }
  }

  #findRoom(
    client: ClientId,
    request: JoinMessage,
  ): { room: Room } | { error: LobbyMessage } {
    if (this.#roomOf.has(client)) {
      return {
        error: errorMessage(
          "already_joined",
          "This connection has a seat already; another one needs another connection.",
        ),
      };
    }
    const players = request.players ?? DEFAULT_RULES.players;
    const room = request.room === undefined
      ? this.#publicRoom(players)
      : this.#rooms.get(request.room);
    if (room === undefined) return this.#openRoom(request);
    if (room.match !== undefined) {
      return {
        error: errorMessage(
          "room_playing",
          `Room ${room.code} is playing. Wait until its players have left, or choose another code.`,
        ),
      };
    }
    if (request.room !== undefined && asksForOthers(request, room.rules)) {
      return {
        error: errorMessage(
          "rules",
          `Room ${room.code} plays ${describe(room.rules)}. ` +
            "Join it without asking for rules, or choose another code.",
        ),
      };
    }
    return { room };
  }

  #publicRoom(players: number): Room | undefined {
    for (const room of this.#rooms.values()) {
      if (
        room.isPublic && room.match === undefined &&
        room.rules.players === players
      ) return room;
    }
    return undefined;
  }

  #openRoom(request: JoinMessage): { room: Room } | { error: LobbyMessage } {
    if (this.#rooms.size >= this.#options.roomsMax) {
      return {
        error: errorMessage(
          "too_many_rooms",
          `The lobby has ${this.#rooms.size} rooms and can't open another. Join one of them, or try again later.`,
        ),
      };
    }
    const room: Room = {
      code: request.room ?? this.#newCode(),
      isPublic: request.room === undefined,
      rules: {
        players: request.players ?? DEFAULT_RULES.players,
        points: request.points ?? DEFAULT_RULES.points,
        lives: request.lives ?? DEFAULT_RULES.lives,
      },
      members: [],
      match: undefined,
    };
    this.#rooms.set(room.code, room);
    return { room };
  }

  #newCode(): string {
    const letter = () =>
      CODE_LETTERS[this.#options.chance.below(CODE_LETTERS.length)];
    for (;;) {
      const code = Array.from({ length: CODE_LENGTH }, letter).join("");
      if (!this.#rooms.has(code)) return code;
    }
  }

  #start(room: Room): Delivery[] {
    const match: Match = {
      id: `${this.#boot}-${++this.#matchesStarted}`,
      room,
      results: new Map(),
      connections: room.members.length,
      emptySinceMs: Infinity,
    };
    room.match = match;
    this.#matches.set(match.id, match);
    for (const { slot, token } of room.members) {
      this.#seats.set(token, { match: match.id, slot, epoch: 0 });
    }
    const message: LobbyMessage = {
      type: "start",
      match: match.id,
      rules: room.rules,
      transport: this.#options.transport,
      players: room.members.map(({ id, slot, name, publicKey }) => ({
        id,
        slot,
        name,
        start: startPosition(room.rules, slot),
        ...(publicKey === undefined ? {} : { publicKey }),
      })),
    };
    return room.members.map(({ client }) => ({ to: client, message }));
  }

  #disconnect(match: Match, nowMs: number): void {
    if (--match.connections > 0) return;
    match.emptySinceMs = nowMs;
    if (this.#rooms.get(match.room.code) === match.room) {
      this.#rooms.delete(match.room.code);
    }
  }

  #forget(match: Match): void {
    this.#matches.delete(match.id);
    for (const { token } of match.room.members) this.#seats.delete(token);
  }
}

function firstFreeSlot({ members }: Room): number {
  let slot = 0;
  while (members.some((member) => member.slot === slot)) slot++;
  return slot;
}

/** Appends a number to a name that somebody in the room has already: "Mia", "Mia 2". */
function uniqueName(name: string, { members }: Room): string {
  const taken = new Set(members.map((member) => alike(member.name)));
  let unique = name;
  for (let number = 2; taken.has(alike(unique)); number++) {
    const suffix = ` ${number}`;
    const kept = [...name].slice(0, NAME_LENGTH_MAX - suffix.length);
    unique = kept.join("").trimEnd() + suffix;
  }
  return unique;
}

function alike(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

function asksForOthers(request: JoinMessage, rules: Rules): boolean {
  const {
    players = rules.players,
    points = rules.points,
    lives = rules.lives,
  } = request;
  if (players !== rules.players) return true;
  // Points decide between two, lives between more; who names the other one changes nothing.
  return players === 2 ? points !== rules.points : lives !== rules.lives;
}

function describe({ players, points, lives }: Rules): string {
  return players === 2
    ? `with 2 players to ${points} points`
    : `with ${players} players and ${lives} lives each`;
}

function welcome(room: Room, member: Member): LobbyMessage {
  return {
    type: "welcome",
    id: member.id,
    slot: member.slot,
    start: startPosition(room.rules, member.slot),
    room: room.code,
    rules: room.rules,
    token: member.token,
  };
}

function roster(room: Room): Delivery[] {
  const message: LobbyMessage = {
    type: "roster",
    room: room.code,
    rules: room.rules,
    players: room.members.map(({ id, slot, name }) => ({ id, slot, name })),
  };
  return room.members.map(({ client }) => ({ to: client, message }));
}
