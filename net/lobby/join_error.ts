/**
 * What the lobby's refusal is to whoever asked it for a seat, or to watch.
 *
 * @module
 */
import type { LobbyAddress } from "../link/dial.ts";
import { NetworkError } from "../link/network_error.ts";
import type { LobbyMessage } from "./protocol.ts";

/** The lobby refused to give a seat; the message says why and what to do. */
export class JoinError extends Error {
  override readonly name = "JoinError";
  /** An `ErrorCode` of the protocol; a later lobby may know more of them. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Returns the error to throw for an answer that isn't the one that was asked for. */
export function refusalOf(
  answer: LobbyMessage | undefined,
  { hostname, port }: LobbyAddress,
): Error {
  return answer?.type === "error"
    ? new JoinError(answer.code, answer.message)
    : new NetworkError(
      `Cannot join the lobby at ${hostname}:${port}: what listens there does ` +
        "not answer as a lobby does. Check the port.",
    );
}
