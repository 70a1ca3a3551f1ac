/**
 * Why somebody gets no seat in a room, or loses it, in a sentence each with what to do.
 *
 * A code stands in them only for whoever has named it.
 *
 * @module
 */
import { type ErrorMessage, errorMessage } from "../lobby/protocol.ts";
import type { Room } from "./room.ts";

/** Nothing has begun in a room for too long. */
export const ROOM_CLOSED = errorMessage(
  "room_closed",
  "No match began in this room for 30 minutes, so it was closed. Join again.",
);

/** Somebody wasn't ready in time. */
export function notReadyError(waitMs: number): ErrorMessage {
  return errorMessage(
    "not_ready",
    `You were not ready, so your seat was given up. Join again in ${
      secondsOf(waitMs)
    }.`,
  );
}

/** Somebody has to wait before joining again. */
export function tooSoonError(waitMs: number): ErrorMessage {
  return errorMessage(
    "too_soon",
    `You, or somebody at your address, left others waiting. Join again in ${
      secondsOf(waitMs)
    }.`,
  );
}

/** The match of a room with that code has begun. */
export function playingError(code: string): ErrorMessage {
  return errorMessage(
    "room_playing",
    `Room ${code} is playing. Wait until its players have left, or choose another code.`,
  );
}

/** No seat is free. */
export function fullError({ code }: Room): ErrorMessage {
  return errorMessage(
    "room_playing",
    `Room ${code} is full and about to play. Wait until its players have left, or choose another code.`,
  );
}

/** Somebody wants to play by other rules than the room. */
export function otherRulesError({ code, rules }: Room): ErrorMessage {
  const { players, points, lives } = rules;
  const plays = players === 2
    ? `with 2 players to ${points} points`
    : `with ${players} players and ${lives} lives each`;
  return errorMessage(
    "rules",
    `Room ${code} plays ${plays}. Join it without asking for rules, or choose another code.`,
  );
}

/** The lobby has as many rooms as it can have. */
export function tooManyRoomsError(rooms: number): ErrorMessage {
  return errorMessage(
    "too_many_rooms",
    `The lobby has ${rooms} rooms and can't open another. Join one of them, or try again later.`,
  );
}

/** Somebody's address has opened as many rooms as it may. */
export function tooManyFromThereError(rooms: number): ErrorMessage {
  return errorMessage(
    "too_many_rooms",
    `From your address ${rooms} rooms are open already. Join one of them, or leave one.`,
  );
}

function secondsOf(ms: number): string {
  return `${Math.ceil(ms / 1000)} s`;
}
