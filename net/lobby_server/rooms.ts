/**
 * The lobby's book-keeping of open rooms: who waits where, under which rules, and who is ready.
 *
 * Without I/O: the caller hands in what a client said or that it is gone, and delivers the messages
 * that come back. Chance and identity come from `Chance`, time as `nowMs`.
 *
 * A room is open until its match begins: when its last seat is taken and all are ready, or without
 * those who keep the others waiting (`readiness.ts`). Then `matches.ts` goes on with it, and its
 * code is free again as soon as nobody of the match is connected.
 *
 * @module
 */
import { DEFAULT_GRACE_MS, DEFAULT_RULES } from "../../game/court.ts";
import {
  type ErrorMessage,
  errorMessage,
  type JoinMessage,
  type RoomRules,
} from "../lobby/protocol.ts";
import { newRoomCode } from "../lobby/room_code.ts";
import { type Chance, type Delivery, refuse } from "./books_port.ts";
import type { Matches } from "./matches.ts";
import { areAllReady, countDown } from "./readiness.ts";
import {
  addPlayer,
  type Room,
  type RoomPlayer,
  rosterOf,
  welcomeTo,
} from "./room.ts";
import type { ClientId } from "./running_matches.ts";
import type { Watchers } from "./watchers.ts";

/** What the rooms need from outside. */
export interface RoomsOptions {
  readonly chance: Chance;
  /** Takes over the rooms whose match begins. */
  readonly matches: Matches;
  /** Those who watch a room are told what its players are told. */
  readonly watchers: Watchers;
  /** Open rooms and running matches together. */
  readonly roomsMax: number;
}

/** How long new round-trip times wait before a room is told of them, if nothing else is new. */
const RTT_NEWS_MS = 1_000;

/** Fewer can't play. */
const PLAYERS_MIN = 2;

const NOT_READY = errorMessage(
  "not_ready",
  "You were not ready, so your seat was given up. Join again.",
);

/** The open rooms, and the clients that wait in them. */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #roomOf = new Map<ClientId, Room>();

  constructor(options: RoomsOptions) {
    this.#options = options;
  }

  /** Open rooms, and clients that wait in them. */
  get counts(): { rooms: number; clients: number } {
    return { rooms: this.#rooms.size, clients: this.#roomOf.size };
  }

  /** Whether a client waits in an open room. */
  isSeated(client: ClientId): boolean {
    return this.#roomOf.has(client);
  }

  /** The rules of an open room; `undefined` where none is. */
  rulesOf(code: string): RoomRules | undefined {
    return this.#rooms.get(code)?.rules;
  }

  /** Seats a client that has no seat anywhere, or answers it with an error. */
  join(
    client: ClientId,
    request: JoinMessage,
    nowMs: number,
  ): readonly Delivery[] {
    const found = this.#findRoom(request, nowMs);
    if ("error" in found) return [{ to: client, message: found.error }];
    const { room } = found;
    const id = this.#options.chance.newId();
    const player = addPlayer(room, { client, id, request });
    this.#roomOf.set(client, room);
    return [
      { to: client, message: welcomeTo(room, player) },
      ...this.#changed(room, nowMs),
    ];
  }

  /** A player is ready, or no longer. */
  setReady(
    client: ClientId,
    isReady: boolean,
    nowMs: number,
  ): readonly Delivery[] {
    const found = this.#find(client);
    if (found === undefined || found.player.isReady === isReady) return [];
    found.player.isReady = isReady;
    return this.#changed(found.room, nowMs);
  }

  /** Somebody tells its round-trip time; the room will hear of a new one. */
  setRtt(client: ClientId, rttMs: number): void {
    const found = this.#find(client);
    const roundedMs = Math.round(rttMs);
    if (found === undefined || found.player.rttMs === roundedMs) return;
    found.player.rttMs = roundedMs;
    found.room.isRttNews = true;
  }

  /** The client left or its connection died; its seat is free at once. */
  leave(client: ClientId, nowMs: number): readonly Delivery[] {
    const room = this.#roomOf.get(client);
    if (room === undefined) return [];
    this.#free(room, [client]);
    if (room.players.length > 0) return this.#changed(room, nowMs);
    this.#rooms.delete(room.code);
    return [];
  }

  /** Tells everybody in an open room, and those who watch it, how it stands. */
  tell(code: string, nowMs: number): readonly Delivery[] {
    const room = this.#rooms.get(code);
    return room === undefined ? [] : this.#tell(room, nowMs);
  }

  /** Ends countdowns, and sends round-trip times that have waited; call it a few times a second. */
  sweep(nowMs: number): readonly Delivery[] {
    const deliveries: Delivery[] = [];
    for (const room of this.#rooms.values()) {
      if (room.countdown !== undefined && nowMs >= room.countdown.endsAtMs) {
        deliveries.push(...this.#goOnWithoutTheUnready(room, nowMs));
      } else if (room.isRttNews && nowMs - room.toldAtMs >= RTT_NEWS_MS) {
        deliveries.push(...this.#tell(room, nowMs));
      }
    }
    return deliveries;
  }

  #find(client: ClientId): { room: Room; player: RoomPlayer } | undefined {
    const room = this.#roomOf.get(client);
    const player = room?.players.find((player) => player.client === client);
    return room && player && { room, player };
  }

  #findRoom(
    request: JoinMessage,
    nowMs: number,
  ): { room: Room } | { error: ErrorMessage } {
    const { matches } = this.#options;
    const { room: code, players = DEFAULT_RULES.players } = request;
    const room = code === undefined
      ? this.#publicRoom(players)
      : this.#rooms.get(code);
    if (room === undefined) {
      return code !== undefined && matches.isPlaying(code)
        ? {
          error: errorMessage(
            "room_playing",
            `Room ${code} is playing. Wait until its players have left, or choose another code.`,
          ),
        }
        : this.#openRoom(request, nowMs);
    }
    if (code !== undefined && asksForOthers(request, room.rules)) {
      return {
        error: errorMessage(
          "rules",
          `Room ${room.code} plays ${describe(room.rules)}. ` +
            "Join it without asking for rules, or choose another code.",
        ),
      };
    }
    return isFull(room) ? { error: fullError(room) } : { room };
  }

  #publicRoom(players: number): Room | undefined {
    for (const room of this.#rooms.values()) {
      const isOpen = room.isPublic && !isFull(room);
      if (isOpen && room.rules.players === players) return room;
    }
    return undefined;
  }

  #openRoom(
    request: JoinMessage,
    nowMs: number,
  ): { room: Room } | { error: ErrorMessage } {
    const rooms = this.#rooms.size + this.#options.matches.running;
    if (rooms >= this.#options.roomsMax) {
      return {
        error: errorMessage(
          "too_many_rooms",
          `The lobby has ${rooms} rooms and can't open another. Join one of them, or try again later.`,
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
        graceMs: request.graceMs ?? DEFAULT_GRACE_MS,
      },
      players: [],
      countdown: undefined,
      toldAtMs: nowMs,
      isRttNews: false,
    };
    this.#rooms.set(room.code, room);
    return { room };
  }

  #newCode(): string {
    for (;;) {
      const code = newRoomCode(this.#options.chance.below);
      const isTaken = this.#rooms.has(code) ||
        this.#options.matches.isPlaying(code);
      if (!isTaken) return code;
    }
  }

  /** Tells a room that its players have changed, and begins its match if all are ready. */
  #changed(room: Room, nowMs: number): readonly Delivery[] {
    const { players, rules } = room;
    const gathering = { players, seats: rules.players };
    room.countdown = countDown(gathering, room.countdown, nowMs);
    const deliveries = this.#tell(room, nowMs);
    return areAllReady(gathering)
      ? [...deliveries, ...this.#start(room, nowMs)]
      : deliveries;
  }

  #tell(room: Room, nowMs: number): readonly Delivery[] {
    const watchers = this.#options.watchers.of(room.code);
    const message = rosterOf(room, { watchers: watchers.length, nowMs });
    room.toldAtMs = nowMs;
    room.isRttNews = false;
    return [...clientsOf(room), ...watchers].map((to) => ({ to, message }));
  }

  #goOnWithoutTheUnready(room: Room, nowMs: number): readonly Delivery[] {
    const late = room.players
      .filter(({ isReady }) => !isReady)
      .map(({ client }) => client);
    this.#free(room, late);
    return [
      ...late.flatMap((client) => refuse(client, NOT_READY)),
      ...room.players.length >= PLAYERS_MIN
        ? this.#start(room, nowMs)
        : this.#changed(room, nowMs),
    ];
  }

  #free(room: Room, clients: readonly ClientId[]): void {
    for (const client of clients) this.#roomOf.delete(client);
    room.players = room.players
      .filter(({ client }) => !clients.includes(client));
  }

  /** Begins the match of those who are there; they move up to the first slots. */
  #start(room: Room, nowMs: number): readonly Delivery[] {
    const { code, rules, players } = room;
    this.#rooms.delete(code);
    for (const client of clientsOf(room)) this.#roomOf.delete(client);
    return this.#options.matches.begin(
      {
        room: code,
        rules: { ...rules, players: players.length },
        players: players.map(({ id, name, look, isBot, publicKey }, slot) => ({
          ...{ id, slot, name, look, isBot, publicKey },
        })),
      },
      clientsOf(room),
      nowMs,
    );
  }
}

function clientsOf({ players }: Room): readonly ClientId[] {
  return players.map(({ client }) => client);
}

function isFull({ players, rules }: Room): boolean {
  return players.length === rules.players;
}

function fullError({ code }: Room): ErrorMessage {
  return errorMessage(
    "room_playing",
    `Room ${code} is full and about to play. Wait until its players have left, or choose another code.`,
  );
}

function asksForOthers(request: JoinMessage, rules: RoomRules): boolean {
  const {
    players = rules.players,
    points = rules.points,
    lives = rules.lives,
  } = request;
  if (players !== rules.players) return true;
  // Two play to points, more play for lives; the value that isn't used may differ.
  return players === 2 ? points !== rules.points : lives !== rules.lives;
}

function describe({ players, points, lives }: RoomRules): string {
  return players === 2
    ? `with 2 players to ${points} points`
    : `with ${players} players and ${lives} lives each`;
}
