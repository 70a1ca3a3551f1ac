/**
 * Recordings on disk: `<state folder>/replays/<match>-<slot>.pong-replay`, the newest hundred.
 *
 * @module
 */
import { removeFile, writeState } from "../files/state_folder.ts";
import {
  RECORDING_BYTES_MAX,
  REPLAY_ENDING,
  ReplayError,
  replayFileName,
  type ReplayName,
} from "./recording.ts";
import { openReplay, type Replay } from "./replay.ts";

/** A few MB in all, as a match takes 20 to 200 KB; beyond it the oldest are removed. */
const REPLAYS_MAX = 100;

/**
 * Writes a recording, whole or not at all, and removes the oldest ones beyond a hundred. Returns
 * its path.
 *
 * @throws StateFolderError when it can't be written.
 */
export async function saveReplay(
  { stateFolder, bytes, ...name }: ReplayName & {
    readonly stateFolder: string;
    readonly bytes: Uint8Array;
  },
): Promise<string> {
  const folder = `${stateFolder}/replays`;
  const fileName = replayFileName(name);
  await writeState(folder, fileName, bytes);
  const older = (await namesByAge(folder)).filter((name) => name !== fileName);
  for (const name of older.slice(REPLAYS_MAX - 1)) {
    await removeFile(`${folder}/${name}`);
  }
  return `${folder}/${fileName}`;
}

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
    const why = error instanceof Error ? error.message : String(error);
    throw new ReplayError(`${path} can't be read (${why})`);
  }
}

/** Names of the recordings in a folder, newest first. */
async function namesByAge(folder: string): Promise<readonly string[]> {
  const found: { readonly name: string; readonly atMs: number }[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(REPLAY_ENDING)) continue;
    try {
      const { mtime } = await Deno.stat(`${folder}/${name}`);
      found.push({ name, atMs: mtime?.getTime() ?? 0 });
    } catch {
      // Another process has removed it meanwhile.
    }
  }
  return found.sort((a, b) => b.atMs - a.atMs).map(({ name }) => name);
}
