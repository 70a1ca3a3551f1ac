/**
 * What the lobby's book-keeping wants to be said, and to whom.
 *
 * @module
 */
import { errorMessage, type LobbyMessage } from "../lobby/protocol.ts";
import type { ClientId } from "./running_matches.ts";

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
