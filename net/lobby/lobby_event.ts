/**
 * What happens to somebody who has a seat in a room of the lobby, or watches it.
 *
 * @module
 */
import type {
  ClaimAnswerMessage,
  LobbyMessage,
  OverMessage,
  RematchMessage,
  RoomsMessage,
  RosterMessage,
  StartMessage,
  WelcomeMessage,
} from "./protocol.ts";

/** What happens in a room, for all who play there or watch. */
export type RoomEvent =
  | { readonly kind: "roster"; readonly roster: RosterMessage }
  /** A match begins: the first one or, after `askAgain`, the next. */
  | { readonly kind: "start"; readonly start: StartMessage }
  /** The connection broke and is tried again: why, in a sentence; empty once it is back. */
  | { readonly kind: "link"; readonly trouble: string }
  /** How many watch the match. */
  | { readonly kind: "watchers"; readonly count: number }
  /** Who wants to play again, and who has gone, by slot of the match that is over. */
  | { readonly kind: "again" } & Pick<RematchMessage, "wanted" | "gone">;

/** Why there is no connection to the lobby any more, for good. */
export type EndEvent =
  /** The lobby ended it; in a match only because this process has no right to the seat any more. */
  | {
    readonly kind: "refused";
    readonly code: string;
    readonly message: string;
  }
  /** This side left. */
  | { readonly kind: "left" };

/** What happens to a seat; after an end nothing more does. */
export type LobbyEvent =
  | RoomEvent
  | EndEvent
  /** This player waits alone among strangers, and might go to one of these rooms. */
  | { readonly kind: "rooms"; readonly rooms: RoomsMessage["rooms"] }
  /** The witness answered a claim. */
  | { readonly kind: "claim"; readonly answer: ClaimAnswerMessage }
  /** A match has ended, as the lobby knows; this player may not. */
  | { readonly kind: "over"; readonly over: OverMessage }
  /** The player has a seat in a room again, or in another one. */
  | { readonly kind: "seated"; readonly welcome: WelcomeMessage };

/** Returns the event in a message for players and watchers alike; `undefined` in any other. */
export function roomEventOf(message: LobbyMessage): RoomEvent | undefined {
  switch (message.type) {
    case "roster":
      return { kind: "roster", roster: message };
    case "start":
      return { kind: "start", start: message };
    case "watchers":
      return { kind: "watchers", count: message.count };
    case "again":
      return { kind: "again", wanted: message.wanted, gone: message.gone };
    case "error":
    case "granted":
    case "over":
    case "pong":
    case "refused":
    case "relay":
    case "rooms":
    case "watch":
    case "watching":
    case "welcome":
      return undefined;
  }
}
