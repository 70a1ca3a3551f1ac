/**
 * A player's seat while its match runs: kept on file for a later process, and connected to the
 * lobby, which is the witness when the match falls into two halves.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { keepSeat, type KeptSeat, type SavedSeat } from "../files/seat_file.ts";
import { StateFolderError } from "../files/state_folder.ts";
import { NetworkError } from "../link/network_error.ts";
import type { RosterMessage, StartMessage } from "../lobby/protocol.ts";
import type { LobbySeat } from "../lobby/seat.ts";
import type { Session } from "../match/session.ts";

const log = getLogger(["pong", "player"]);

/** Keeps the seat on file; `undefined`, and a warning, where that fails: the match goes on. */
export async function keepMatchSeat(
  stateFolder: string,
  { start, ...player }:
    & Pick<SavedSeat, "slot" | "lobby" | "name" | "control" | "privateKey">
    & { readonly start: StartMessage },
): Promise<KeptSeat | undefined> {
  const { match, token } = start;
  try {
    return await keepSeat(stateFolder, { ...player, match, token });
  } catch (error) {
    if (!(error instanceof StateFolderError)) throw error;
    log.warn("{message} After a crash nobody can come back.", {
      message: error.message,
    });
    return undefined;
  }
}

/** Brings the session what the lobby says, until the seat is over. Never rejects. */
export async function followLobby(
  seat: LobbySeat,
  session: Session,
  nowMs: () => number,
): Promise<void> {
  for (;;) {
    const event = await seat.next();
    switch (event.kind) {
      case "claim": {
        const { type, era, value, seats } = event.answer;
        const isGranted = type === "granted";
        session.answerClaim(nowMs(), { era, isGranted, value, seats });
        break;
      }
      case "link":
        log.info(event.up ? "The lobby is back" : "The lobby is gone");
        break;
      case "refused":
        log.warn("The lobby says: {message}", { message: event.message });
        // Any other refusal leaves the match alone: another lobby may be in the old one's place.
        if (event.code === "taken_over") {
          session.loseConnection(nowMs(), event.message);
        }
        return;
      case "lost":
      case "left":
        return;
      case "roster":
      case "start":
        break;
    }
  }
}

/** Follows the lobby until the match starts; `undefined` when the player left before. */
export async function waitForStart(
  seat: LobbySeat,
  onRoster: (players: RosterMessage["players"]) => void,
): Promise<StartMessage | undefined> {
  for (;;) {
    const event = await seat.next();
    switch (event.kind) {
      case "roster":
        onRoster(event.roster.players);
        break;
      case "start":
        return event.start;
      case "claim":
      case "link":
        break; // Of a match that has started.
      case "refused":
      case "lost":
        throw new NetworkError(event.message);
      case "left":
        return undefined;
    }
  }
}
