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

/** One message to deliver; its receiver is closed after the last. */
export interface Delivery {
  readonly to: ClientId;
  readonly message: LobbyMessage;
  readonly isLast?: true;
}

/** The same words whatever is wrong with a token: nobody can find out by trying. */
export const BAD_TOKEN = errorMessage(
  "bad_token",
  "This seat can't be taken: it isn't of this lobby, or another process has taken it since. " +
    "Join again.",
);
export const NOT_PLAYING = errorMessage(
  "not_playing",
  "Only a player of a running match can do that, and only for that match.",
);

/** Says why a client is closed. */
export function refuse(
  client: ClientId,
  message: LobbyMessage,
): readonly Delivery[] {
  return [{ to: client, message, isLast: true }];
}
