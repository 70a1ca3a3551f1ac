/**
 * The lobby's book-keeping of open rooms: who waits where, under which rules, and who is ready.
 *
 * Without I/O: the caller hands in what a client said or that it is gone, and delivers the messages
 * that come back. Chance and identity come from `Chance`, time as `nowMs`.
 *
 * A room is open until its match begins: when its last seat is taken and all are ready, or without
 * those who keep the others waiting (`readiness.ts`). Then `matches.ts` goes on with it, and its
 * code is free again as soon as nobody of the match is connected. `public_rooms.ts` says how
 * strangers meet; a room with a code has the rules of whoever opened it.
 *
 * @module
 */
import type {
  ErrorMessage,
  JoinMessage,
  RoomRules,
} from "../lobby/protocol.ts";
import { newRoomCode } from "../lobby/room_code.ts";
import {
  type Chance,
  type Delivery,
  refuse,
  TAKEN_OVER,
} from "./books_port.ts";
import { type Caller, Cooldowns } from "./cooldowns.ts";
import type { Matches } from "./matches.ts";
import { otherRooms, roomFor, settle, suits } from "./public_rooms.ts";
import { areAllReady, countDown } from "./readiness.ts";
import {
  addPlayer,
  clientsOf,
  findPlayer,
  isFull,
  type Newcomer,
  PLAYERS_MIN,
  type Room,
  type RoomPlayer,
  rosterOf,
  welcomeTo,
} from "./room.ts";
import {
  fullError,
  notReadyError,
  otherRulesError,
  playingError,
  ROOM_CLOSED,
  tooManyFromThereError,
  tooManyRoomsError,
  tooSoonError,
} from "./room_refusals.ts";
import type { ClientId } from "./running_matches.ts";
import type { RoomTicket, RoomTickets } from "./seat.ts";
import { seatOf, wantedBy, type WantedRoom } from "./wanted_room.ts";
import type { Watchers } from "./watchers.ts";
import { wishesOf } from "./wishes.ts";

/** What the rooms need from outside. */
export interface RoomsOptions {
  readonly chance: Chance;
  readonly tickets: RoomTickets;
  /** Takes over the rooms whose match begins. */
  readonly matches: Matches;
  /** Those who watch a room are told what its players are told. */
  readonly watchers: Watchers;
  /** From where a client that is there connects. */
  readonly addressOf: (client: ClientId) => string;
  /** Open rooms and running matches together. */
  readonly roomsMax: number;
  /** Open rooms that were opened from there. */
  readonly roomsPerAddressMax: number;
}

/** How long new round-trip times wait before a room is told of them, if nothing else is new. */
const RTT_NEWS_MS = 1_000;

/** How long somebody waits alone before the other rooms are shown. */
const ALONE_MS = 10_000;

/** Nobody waits longer; whoever forgot a room shouldn't take up its place for ever. */
const ROOM_AGE_MAX_MS = 30 * 60_000;

/** The open rooms, and the clients that wait in them. */
export class Rooms {
  readonly #options: RoomsOptions;
  /** Each by its code, and by those of rooms whose players were brought to it. */
  readonly #rooms = new Map<string, Room>();
  readonly #roomOf = new Map<ClientId, Room>();
  readonly #cooldowns = new Cooldowns();

  constructor(options: RoomsOptions) {
    this.#options = options;
  }

  /** Open rooms, and clients that wait in them. */
  get counts(): { rooms: number; clients: number } {
    return { rooms: this.#all().length, clients: this.#roomOf.size };
  }

  /** The code of the public room that will begin next, as it looks. */
  get publicRoom(): string | undefined {
    return roomFor([], this.#all())?.code;
  }

  /** Whether a client waits in an open room. */
  isSeated(client: ClientId): boolean {
    return this.#roomOf.has(client);
  }

  /** The rules of an open room; `undefined` where none is. */
  rulesOf(code: string): RoomRules | undefined {
    return this.#rooms.get(code)?.rules;
  }

  /**
   * Seats a client that has no seat anywhere, or answers it with an error. Who has a ticket gets
   * the seat that it had, as far as it is free, in a room that is opened again if need be.
   */
  join(
    client: ClientId,
    request: JoinMessage,
    ticket: RoomTicket | undefined,
    nowMs: number,
  ): readonly Delivery[] {
    const { chance, addressOf } = this.#options;
    const { name, look, isBot, isReady, publicKey } = request;
    const caller = { address: addressOf(client), name };
    const newcomer: Newcomer = {
      ...{ client, caller, name, look, isBot, publicKey },
      ...{ id: chance.newId(), wishes: wishesOf(request) },
      ...(ticket && seatOf(ticket)),
      isReady: isReady || isBot,
      rttMs: null,
    };
    const former = ticket &&
      findPlayer(this.#rooms.values(), ({ id }) => id === ticket.id);
    if (former) return this.#replace(former, newcomer, nowMs);
    const found = this.#findRoom(wantedBy(request, ticket), caller, nowMs);
    if ("error" in found) return [{ to: client, message: found.error }];
    return this.#seat(found.room, [newcomer], nowMs);
  }

  /** Brings somebody who waits alone into another public room, if it still has a seat. */
  move(client: ClientId, code: string, nowMs: number): readonly Delivery[] {
    const { room, player } = this.#find(client) ?? {};
    const other = this.#rooms.get(code);
    if (!room?.isPublic || !player || room.players.length > 1) return [];
    if (other === room || !other?.isPublic || isFull(other)) {
      return this.#tellOthers(room);
    }
    room.players = [{ ...player, wishes: wishesOf({}) }];
    return this.#unite(room, other, nowMs);
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
    const { room, player } = this.#find(client) ?? {};
    if (room === undefined || player === undefined) return [];
    this.#free(room, [client]);
    if (room.isPublic && room.players.length > 0) {
      this.#cooldowns.leave(player.caller, nowMs);
    }
    return this.#left(room, nowMs);
  }

  /** Tells everybody in an open room, and those who watch it, how it stands. */
  tell(code: string, nowMs: number): readonly Delivery[] {
    const room = this.#rooms.get(code);
    return room === undefined ? [] : this.#tell(room, nowMs);
  }

  /** Does what is due by now (countdowns, old rooms, news); call it a few times a second. */
  sweep(nowMs: number): readonly Delivery[] {
    this.#cooldowns.sweep(nowMs);
    return this.#all().flatMap((room) => {
      // Its players may just have been brought to others.
      if (this.#rooms.get(room.code) !== room) return [];
      const { countdown, isRttNews, toldAtMs, aloneSinceMs = Infinity } = room;
      if (nowMs - room.openedAtMs >= ROOM_AGE_MAX_MS) return this.#close(room);
      if (countdown !== undefined && nowMs >= countdown.endsAtMs) {
        return this.#goOnWithoutTheUnready(room, nowMs);
      }
      return [
        ...isRttNews && nowMs - toldAtMs >= RTT_NEWS_MS
          ? this.#tell(room, nowMs)
          : [],
        ...room.isPublic && nowMs - aloneSinceMs >= ALONE_MS
          ? this.#tellOthers(room)
          : [],
      ];
    });
  }

  /** The open rooms, the oldest first. */
  #all(): readonly Room[] {
    return [...new Set(this.#rooms.values())];
  }

  #find(client: ClientId): { room: Room; player: RoomPlayer } | undefined {
    const room = this.#roomOf.get(client);
    return findPlayer(room ? [room] : [], (player) => player.client === client);
  }

  /** Puts the newest connection of a player in the place of the one before. */
  #replace(
    { room, player }: { readonly room: Room; readonly player: RoomPlayer },
    { client, caller, isReady }: Newcomer,
    nowMs: number,
  ): readonly Delivery[] {
    const next = { ...player, client, caller, isReady };
    room.players = room.players.map((each) => each === player ? next : each);
    this.#roomOf.delete(player.client);
    this.#roomOf.set(client, room);
    return [
      ...refuse(player.client, TAKEN_OVER),
      welcomeTo(room, next, this.#options.tickets),
      ...this.#changed(room, nowMs),
    ];
  }

  #findRoom(
    wanted: WantedRoom,
    caller: Caller,
    nowMs: number,
  ): { room: Room } | { error: ErrorMessage } {
    const { code = "", isPublic, wishes: own } = wanted;
    const wishes = [own];
    const named = this.#rooms.get(code);
    const room = isPublic
      ? (named && roomFor(wishes, [named])) ?? roomFor(wishes, this.#all())
      : named;
    const isAmongStrangers = isPublic || room?.isPublic === true;
    const waitMs = this.#cooldowns.waitMs(caller, isAmongStrangers, nowMs);
    if (waitMs > 0) return { error: tooSoonError(waitMs) };
    if (room === undefined) {
      return !isPublic && this.#options.matches.isPlaying(code)
        ? { error: playingError(code) }
        : this.#openRoom(wanted, caller.address, nowMs);
    }
    if (!suits(room, wishes, PLAYERS_MIN)) {
      return { error: otherRulesError(room) };
    }
    return isFull(room) ? { error: fullError(room) } : { room };
  }

  #openRoom(
    { code = "", isPublic, rules }: WantedRoom,
    openedFrom: string,
    nowMs: number,
  ): { room: Room } | { error: ErrorMessage } {
    const { matches, roomsMax, roomsPerAddressMax } = this.#options;
    const rooms = this.#rooms.size + matches.running;
    if (rooms >= roomsMax) return { error: tooManyRoomsError(rooms) };
    const fromThere = this.#all()
      .filter((room) => room.openedFrom === openedFrom).length;
    if (fromThere >= roomsPerAddressMax) {
      return { error: tooManyFromThereError(fromThere) };
    }
    const room: Room = {
      code: code === "" || this.#isTaken(code) ? this.#newCode() : code,
      ...{ isPublic, rules },
      players: [],
      countdown: undefined,
      openedFrom,
      openedAtMs: nowMs,
      aloneSinceMs: undefined,
      othersTold: "",
      toldAtMs: nowMs,
      isRttNews: false,
    };
    this.#rooms.set(room.code, room);
    return { room };
  }

  /** Seats all of them before a match can begin, and tells everybody. */
  #seat(
    room: Room,
    newcomers: readonly Newcomer[],
    nowMs: number,
  ): readonly Delivery[] {
    for (const newcomer of newcomers) {
      addPlayer(room, newcomer);
      this.#roomOf.set(newcomer.client, room);
    }
    if (room.isPublic) settle(room);
    const clients = newcomers.map(({ client }) => client);
    return [
      ...room.players
        .filter(({ client }) => clients.includes(client))
        .map((player) => welcomeTo(room, player, this.#options.tickets)),
      ...this.#changed(room, nowMs),
    ];
  }

  #newCode(): string {
    for (;;) {
      const code = newRoomCode(this.#options.chance.below);
      if (!this.#isTaken(code)) return code;
    }
  }

  #isTaken(code: string): boolean {
    return this.#rooms.has(code) || this.#options.matches.isPlaying(code);
  }

  /** Somebody has left: whoever stays is told, or goes to other strangers where that fits now. */
  #left(room: Room, nowMs: number): readonly Delivery[] {
    if (room.players.length === 0) {
      this.#forget(room);
      return [];
    }
    if (room.isPublic) settle(room);
    const other = room.isPublic && !isFull(room)
      ? roomFor(
        room.players.map(({ wishes }) => wishes),
        this.#all().filter((other) => other !== room),
      )
      : undefined;
    if (other === undefined) return this.#changed(room, nowMs);
    return room.players.length > other.players.length
      ? this.#unite(other, room, nowMs)
      : this.#unite(room, other, nowMs);
  }

  /** Brings all of one public room, and those who watch it, into another. */
  #unite(from: Room, to: Room, nowMs: number): readonly Delivery[] {
    for (const [code, room] of this.#rooms) {
      // Somebody may have told the code to a friend.
      if (room === from) this.#rooms.set(code, to);
    }
    this.#options.watchers.follow(from.code, to.code);
    to.openedAtMs = Math.max(to.openedAtMs, from.openedAtMs);
    return this.#seat(to, from.players, nowMs);
  }

  /** Tells a room that its players have changed, and begins its match if all are ready. */
  #changed(room: Room, nowMs: number): readonly Delivery[] {
    const { players, rules } = room;
    room.aloneSinceMs = players.length > 1
      ? undefined
      : room.aloneSinceMs ?? nowMs;
    if (players.length > 1) room.othersTold = "";
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

  /** Shows the other public rooms to whoever waits alone, unless they are as they were. */
  #tellOthers(room: Room): readonly Delivery[] {
    const message = otherRooms(room, this.#all());
    const others = JSON.stringify(message.rooms);
    if (others === room.othersTold) return [];
    room.othersTold = others;
    return clientsOf(room).map((to) => ({ to, message }));
  }

  #goOnWithoutTheUnready(room: Room, nowMs: number): readonly Delivery[] {
    const late = room.players.filter(({ isReady }) => !isReady);
    this.#free(room, late.map(({ client }) => client));
    return [
      ...late.flatMap(({ client, caller }) => {
        const waitMs = this.#cooldowns.putOut(caller, room.isPublic, nowMs);
        return refuse(client, notReadyError(waitMs));
      }),
      // Strangers play what they wished, or wait on for others who wish it.
      ...room.isPublic || room.players.length < PLAYERS_MIN
        ? this.#left(room, nowMs)
        : this.#start(room, nowMs),
    ];
  }

  /** Sends all away from a room in which no match has begun for too long. */
  #close(room: Room): readonly Delivery[] {
    const clients = clientsOf(room);
    this.#free(room, clients);
    this.#forget(room);
    return clients.flatMap((client) => refuse(client, ROOM_CLOSED));
  }

  #forget(room: Room): void {
    for (const [code, other] of this.#rooms) {
      if (other === room) this.#rooms.delete(code);
    }
  }

  #free(room: Room, clients: readonly ClientId[]): void {
    for (const client of clients) this.#roomOf.delete(client);
    room.players = room.players
      .filter(({ client }) => !clients.includes(client));
  }

  /** Begins the match of those who are there; they move up to the first slots. */
  #start(room: Room, nowMs: number): readonly Delivery[] {
    const { code, isPublic, rules, players } = room;
    this.#forget(room);
    for (const client of clientsOf(room)) this.#roomOf.delete(client);
    return this.#options.matches.begin(
      {
        room: code,
        isPublic,
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
