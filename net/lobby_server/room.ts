/**
 * One room before its match: who waits there, with name, look and readiness, and the messages that
 * tell of it.
 *
 * @module
 */
import { startPosition } from "../../game/start_position.ts";
import {
  type LobbyMessage,
  NAME_LENGTH_MAX,
  type RoomRules,
} from "../lobby/protocol.ts";
import type { Delivery } from "./books_port.ts";
import type { Caller } from "./cooldowns.ts";
import type { Countdown } from "./readiness.ts";
import type { ClientId } from "./running_matches.ts";
import type { MatchPlayer, RoomTickets } from "./seat.ts";
import type { Wishes } from "./wishes.ts";

/** Fewer can't play. */
export const PLAYERS_MIN = 2;

/** Who waits in a room, with what the others may know of it. */
export interface RoomPlayer extends MatchPlayer {
  readonly client: ClientId;
  /** Where the player connects from, and the name that it gave. */
  readonly caller: Caller;
  readonly wishes: Wishes;
  isReady: boolean;
  /** Round-trip time to the lobby in whole ms, as the player tells it. */
  rttMs: number | null;
}

/** A room whose match hasn't begun: a seat is free, or not all are ready. */
export interface Room {
  readonly code: string;
  /** Whether players without a code are sent here. */
  readonly isPublic: boolean;
  /** Of a public room, what its players wish; of any other, what its first player asked for. */
  rules: RoomRules;
  /** By slot, in rising order; slots in between may be free. */
  players: readonly RoomPlayer[];
  countdown: Countdown | undefined;
  /** From where and when it was opened. */
  readonly openedFrom: string;
  openedAtMs: number;
  /** Since when one player has waited alone; `undefined` while more do. */
  aloneSinceMs: number | undefined;
  /** The other rooms that this player was told of last. */
  othersTold: string;
  /** When its roster was sent last, and whether a round-trip time has changed since. */
  toldAtMs: number;
  isRttNews: boolean;
}

/** Who comes into a room; others may have the same name or look. */
export type Newcomer =
  & Omit<RoomPlayer, "slot" | "look">
  & { readonly slot?: number | undefined; readonly look: number | undefined };

/** Seats somebody on the wanted slot, or else on the first that is free. */
export function addPlayer(room: Room, newcomer: Newcomer): void {
  const { name, look, slot: wanted = Infinity } = newcomer;
  const taken = room.players.map((player) => player.slot);
  const isFree = wanted < room.rules.players && !taken.includes(wanted);
  const slot = isFree ? wanted : firstWithout(taken);
  const player: RoomPlayer = {
    ...newcomer,
    slot,
    name: uniqueName(name, room),
    look: freeLook(room, [look ?? slot, slot]),
  };
  room.players = [...room.players, player].sort((a, b) => a.slot - b.slot);
}

/** Whether all seats are taken. */
export function isFull({ players, rules }: Room): boolean {
  return players.length === rules.players;
}

/** Those who wait there, by slot. */
export function clientsOf({ players }: Room): readonly ClientId[] {
  return players.map(({ client }) => client);
}

/** What a new player of the room is told first. */
export function welcomeTo(
  room: Room,
  { client, id, slot, name, look, wishes }: RoomPlayer,
  tickets: RoomTickets,
): Delivery {
  const { code, isPublic, rules } = room;
  const ticket = tickets.seal(
    { ...{ id, slot, name, look, wishes }, room: code, isPublic, rules },
  );
  return {
    to: client,
    message: {
      ...{ type: "welcome", id, slot, room: code, rules, ticket },
      start: startPosition(rules, slot),
      epoch: 0,
    },
  };
}

/** Finds the first such player, and the room. */
export function findPlayer(
  rooms: Iterable<Room>,
  isSuch: (player: RoomPlayer) => boolean,
): { room: Room; player: RoomPlayer } | undefined {
  for (const room of rooms) {
    const player = room.players.find(isSuch);
    if (player !== undefined) return { room, player };
  }
  return undefined;
}

/** How a room stands, as its players and watchers are told. */
export function rosterOf(
  { code, rules, players, countdown }: Room,
  { watchers, nowMs }: { readonly watchers: number; readonly nowMs: number },
): LobbyMessage {
  return {
    type: "roster",
    room: code,
    rules,
    players: players.map(
      ({ id, slot, name, look, isBot, isReady, rttMs }) => ({
        ...{ id, slot, name, look, isBot, isReady, rttMs },
      }),
    ),
    watchers,
    startsInMs: countdown === undefined
      ? null
      : Math.max(0, Math.round(countdown.endsAtMs - nowMs)),
  };
}

/** Returns the first of the wanted looks that nobody has, or else any. */
function freeLook({ players }: Room, wanted: readonly number[]): number {
  const taken = players.map(({ look }) => look);
  return wanted.find((look) => !taken.includes(look)) ?? firstWithout(taken);
}

function firstWithout(taken: readonly number[]): number {
  let number = 0;
  while (taken.includes(number)) number++;
  return number;
}

/** Appends a number to a name that somebody in the room has already: "Mia", "Mia 2". */
function uniqueName(name: string, { players }: Room): string {
  const taken = new Set(players.map((player) => alike(player.name)));
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
