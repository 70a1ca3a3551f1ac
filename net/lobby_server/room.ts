/**
 * One room before its match: who waits there, with name, look and readiness, and the messages that
 * tell of it.
 *
 * @module
 */
import { startPosition } from "../../game/start_position.ts";
import {
  type JoinMessage,
  type LobbyMessage,
  NAME_LENGTH_MAX,
  type RoomRules,
} from "../lobby/protocol.ts";
import type { Countdown } from "./readiness.ts";
import type { ClientId } from "./running_matches.ts";
import type { MatchPlayer } from "./seat.ts";

/** Who waits in a room, with what the others may know of it. */
export interface RoomPlayer extends MatchPlayer {
  readonly client: ClientId;
  isReady: boolean;
  /** Round-trip time to the lobby in whole ms, as the player tells it. */
  rttMs: number | null;
}

/** A room whose match hasn't begun: a seat is free, or not all are ready. */
export interface Room {
  readonly code: string;
  /** Whether players without a code are sent here. */
  readonly isPublic: boolean;
  readonly rules: RoomRules;
  /** By slot, in rising order; slots in between may be free. */
  players: readonly RoomPlayer[];
  countdown: Countdown | undefined;
  /** When its roster was sent last, and whether a round-trip time has changed since. */
  toldAtMs: number;
  isRttNews: boolean;
}

/** Seats somebody on the first free slot. */
export function addPlayer(
  room: Room,
  { client, id, request }: {
    readonly client: ClientId;
    readonly id: string;
    readonly request: JoinMessage;
  },
): RoomPlayer {
  const { name, look, isBot, isReady, publicKey } = request;
  const slot = firstWithout(room.players.map((player) => player.slot));
  const player: RoomPlayer = {
    client,
    id,
    slot,
    name: uniqueName(name, room),
    look: freeLook(room, [look ?? slot, slot]),
    isBot,
    publicKey,
    isReady: isReady || isBot,
    rttMs: null,
  };
  room.players = [...room.players, player].sort((a, b) => a.slot - b.slot);
  return player;
}

/** What a new player of the room is told first. */
export function welcomeTo(room: Room, player: RoomPlayer): LobbyMessage {
  return {
    type: "welcome",
    id: player.id,
    slot: player.slot,
    start: startPosition(room.rules, player.slot),
    room: room.code,
    rules: room.rules,
    epoch: 0,
  };
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
