/**
 * A player's seat while its match runs, kept on file so that a later process can come back to it.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import { keepSeat, type KeptSeat, type SavedSeat } from "../files/seat_file.ts";
import { StateFolderError } from "../files/state_folder.ts";
import type { StartMessage } from "../lobby/protocol.ts";

const log = getLogger(["pong", "player"]);

/** Keeps the seat on file if that is possible: a match can be played without. */
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
