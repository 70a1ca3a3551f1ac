/**
 * Which room somebody wants a seat in, and what of the seat that it had it wants again.
 *
 * @module
 */
import { DEFAULT_GRACE_MS } from "../../game/court.ts";
import type { JoinMessage, RoomRules } from "../lobby/protocol.ts";
import { type Newcomer, PLAYERS_MIN } from "./room.ts";
import type { RoomTicket } from "./seat.ts";
import { rulesFor, type Wishes, wishesOf } from "./wishes.ts";

/** A room to be found or opened. */
export interface WantedRoom {
  /** `undefined` for any; among strangers, another one will do. */
  readonly code: string | undefined;
  /** Whether to be among strangers. */
  readonly isPublic: boolean;
  readonly wishes: Wishes;
  /** Of a room that is opened. */
  readonly rules: RoomRules;
}

/** Returns what a request asks for; where it has a ticket, the room that this is of. */
export function wantedBy(
  request: JoinMessage,
  ticket: RoomTicket | undefined,
): WantedRoom {
  if (ticket) {
    const { room, isPublic, wishes, rules } = ticket;
    return { code: room, isPublic, wishes, rules };
  }
  const { room, graceMs = DEFAULT_GRACE_MS } = request;
  const wishes = wishesOf(request);
  const rules = rulesFor([wishes], PLAYERS_MIN);
  if (rules === undefined) throw new RangeError("Nobody wishes nothing");
  const isPublic = room === undefined;
  return { code: room, isPublic, wishes, rules: { ...rules, graceMs } };
}

/** What a ticket says of a player. */
export function seatOf(
  { id, slot, name, look, wishes }: RoomTicket,
): Pick<Newcomer, "id" | "slot" | "name" | "look" | "wishes"> {
  return { id, slot, name, look, wishes };
}
