/**
 * Opens a recording from its file.
 *
 * @module
 */
import { messageOf } from "../link/network_error.ts";
import { RECORDING_BYTES_MAX, ReplayError } from "./recording.ts";
import { openReplay, type Replay } from "./replay.ts";

/**
 * Reads a recording and proves it.
 *
 * @throws ReplayError when there is none, or it can't be played.
 */
export async function loadReplay(path: string): Promise<Replay> {
  return openReplay(await readBounded(path));
}

async function readBounded(path: string): Promise<Uint8Array> {
  try {
    const { isFile, size } = await Deno.stat(path);
    if (!isFile) throw new ReplayError(`${path} is no file`);
    if (size > RECORDING_BYTES_MAX) {
      const limit = RECORDING_BYTES_MAX / 1024 / 1024;
      throw new ReplayError(`${path} is larger than ${limit} MB`);
    }
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof ReplayError) throw error;
    if (error instanceof Deno.errors.NotFound) {
      throw new ReplayError(`there is no file ${path}`);
    }
    const why = messageOf(error);
    throw new ReplayError(`${path} can't be read (${why})`);
  }
}
