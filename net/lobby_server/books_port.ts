/**
 * What the lobby's book-keeping needs from outside, and what it gives back: chance in, messages to
 * deliver out. So it does no I/O, and tests can decide all of it.
 *
 * @module
 */
import { errorMessage, type LobbyMessage } from "../lobby/protocol.ts";
import type { ClientId } from "./running_matches.ts";

/** Where all that must be unique or random comes from. */
export interface Chance {
  /** A word that nobody has had and nobody can guess. */
  newId(): string;
  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number;
}

/** One message to deliver; after one that `isLast`, its receiver's connection is closed. */
export interface Delivery {
  readonly to: ClientId;
  readonly message: LobbyMessage;
  readonly isLast?: true;
}

/** The same words whatever is wrong with a token, so that nobody finds that out by trying. */
export const BAD_TOKEN = errorMessage(
  "bad_token",
  "This seat can't be taken: it isn't of this lobby, or another process has taken it since. " +
    "Join again.",
);
/** For a message about a match in which its client has no seat. */
export const NOT_PLAYING = errorMessage(
  "not_playing",
  "Only a player of a running match can do that, and only for that match.",
);

/** For the process that had a seat which another one has taken. */
export const TAKEN_OVER = errorMessage(
  "taken_over",
  "This seat was taken over by a newer connection of the same player.",
);

/** Tells a client why its connection is closed, and closes it. */
export function refuse(
  client: ClientId,
  message: LobbyMessage,
): readonly Delivery[] {
  return [{ to: client, message, isLast: true }];
}
