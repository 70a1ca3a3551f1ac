/**
 * The lobby's book-keeping of rooms that fill: who waits where, under which rules.
 *
 * Without I/O: the lobby calls in what a client said or that it is gone, and delivers the messages
 * that come back. Chance and identity come from `Chance`, time as `nowMs`.
 *
 * A room is open until its last seat is taken; then it is a match, and `matches.ts` goes on with it.
 * The room's code is free again as soon as nobody of the match is connected.
 *
 * @module
 */
import { DEFAULT_RULES, type Rules } from "../game/court.ts";
import {
  errorMessage,
  type JoinMessage,
  type LobbyMessage,
  NAME_LENGTH_MAX,
} from "./lobby_protocol.ts";
import type { Delivery, Matches } from "./matches.ts";
import type { ClientId } from "./running_match.ts";
import { startPosition } from "./start_position.ts";

/** All that must be unique or random. */
export interface Chance {
  newId(): string;
  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number;
}

export interface RoomsOptions {
  readonly chance: Chance;
  /** Takes over the rooms that are full. */
  readonly matches: Matches;
  /** Open rooms and running matches together. */
  readonly roomsMax: number;
}

interface Member {
  readonly client: ClientId;
  readonly id: string;
  readonly slot: number;
  readonly name: string;
  readonly publicKey: string | undefined;
}

interface Room {
  readonly code: string;
  /** Whether players without a code are sent here. */
  readonly isPublic: boolean;
  readonly rules: Rules;
  readonly members: Member[];
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
  readonly #roomOf = new Map<ClientId, Room>();

  constructor(options: RoomsOptions) {
    this.#options = options;
    this.#boot = options.chance.below(2 ** 32).toString(16).padStart(8, "0");
  }

  /** Open rooms, and clients that wait in them. */
  get counts(): { rooms: number; clients: number } {
    return { rooms: this.#rooms.size, clients: this.#roomOf.size };
  }

  isSeated(client: ClientId): boolean {
    return this.#roomOf.has(client);
  }

  /** Seats a client that sits nowhere yet, or answers it with an error; when its room is full, the match starts. */
  join(client: ClientId, request: JoinMessage): readonly Delivery[] {
    const found = this.#findRoom(request);
    if ("error" in found) return [{ to: client, message: found.error }];
    const { room } = found;
    const member: Member = {
      client,
      id: this.#options.chance.newId(),
      slot: firstFreeSlot(room),
      name: uniqueName(request.name, room),
      publicKey: request.publicKey,
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

  /** The client left or its connection died; its seat is free at once. */
  leave(client: ClientId): readonly Delivery[] {
    const room = this.#roomOf.get(client);
    if (room === undefined) return [];
    this.#roomOf.delete(client);
    room.members.splice(
      room.members.findIndex((member) => member.client === client),
      1,
    );
    if (room.members.length > 0) return roster(room);
    this.#rooms.delete(room.code);
    return [];
  }

  #findRoom(
    request: JoinMessage,
  ): { room: Room } | { error: LobbyMessage } {
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
        : this.#openRoom(request);
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
      if (room.isPublic && room.rules.players === players) return room;
    }
    return undefined;
  }

  #openRoom(request: JoinMessage): { room: Room } | { error: LobbyMessage } {
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
      },
      members: [],
    };
    this.#rooms.set(room.code, room);
    return { room };
  }

  #newCode(): string {
    const letter = () =>
      CODE_LETTERS[this.#options.chance.below(CODE_LETTERS.length)];
    for (;;) {
      const code = Array.from({ length: CODE_LENGTH }, letter).join("");
      const isTaken = this.#rooms.has(code) ||
        this.#options.matches.isPlaying(code);
      if (!isTaken) return code;
    }
  }

  #start({ code, rules, members }: Room): readonly Delivery[] {
    this.#rooms.delete(code);
    for (const { client } of members) this.#roomOf.delete(client);
    const match = `${this.#boot}-${++this.#matchesStarted}`;
    return this.#options.matches.begin(
      {
        match,
        room: code,
        rules,
        members: members.map(({ client: _, ...member }) => member),
      },
      members.map(({ client }) => client),
    );
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
    epoch: 0,
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
