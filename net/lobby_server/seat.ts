/**
 * Seats: the right to a slot in a match, which a token proves, or in a room before, which a ticket
 * does.
 *
 * @module
 */
import type { RoomRules } from "../lobby/protocol.ts";
import type { Wishes } from "./wishes.ts";

/** One player of a match, as all know it. */
export interface MatchPlayer {
  readonly id: string;
  readonly slot: number;
  readonly name: string;
  /** Colour and mark, 0…3; no two players have the same. */
  readonly look: number;
  readonly isBot: boolean;
  readonly publicKey?: string | undefined;
}

/** The right to play as one player of a match; its epoch grows whenever a process takes it. */
export interface Seat {
  readonly slot: number;
  readonly epoch: number;
  readonly match: string;
  readonly room: string;
  /** Among strangers, so everybody may watch. */
  readonly isPublic: boolean;
  readonly rules: RoomRules;
  readonly transport: "relay" | "amqp";
  /** All players of the match, by slot; this seat's is one of them. */
  readonly players: readonly MatchPlayer[];
}

/** How a lobby writes a seat as a token that only it can make, and reads it. */
export interface SeatTokens {
  seal(seat: Seat): string;
  /** Returns the seat of a token that `seal` made; `undefined` for any other text. */
  open(token: string): Seat | undefined;
}

/** A seat in a room, as it was given. */
export interface RoomTicket {
  /** The player's. */
  readonly id: string;
  readonly room: string;
  readonly isPublic: boolean;
  readonly rules: RoomRules;
  readonly slot: number;
  readonly name: string;
  readonly look: number;
  readonly wishes: Wishes;
}

/** How a lobby writes a ticket as a word that only it can make, and reads it. */
export interface RoomTickets {
  seal(ticket: RoomTicket): string;
  /** Returns the ticket of a word that `seal` made; `undefined` for any other text. */
  open(word: string): RoomTicket | undefined;
}
