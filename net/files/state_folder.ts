/**
 * The folder in which a process keeps what its next start needs: the lobby's key, players' seats.
 *
 * Only the user can read what is in it. A file appears whole or not at all, even if the process or
 * the machine dies meanwhile.
 *
 * @module
 */
import { messageOf } from "../link/network_error.ts";

/** The state folder can't be used; the message says why and what to do. */
export class StateFolderError extends Error {
  override readonly name = "StateFolderError";
}

/**
 * Returns the folder in which state belongs on this system, by its environment.
 *
 * @throws StateFolderError when the environment doesn't tell.
 */
export function defaultStateFolder(
  env: Readonly<Record<string, string | undefined>>,
  isWindows: boolean,
): string {
  if (isWindows) {
    if (env.LOCALAPPDATA) return `${env.LOCALAPPDATA}\\pong`;
  } else {
    // A relative one would mean another folder wherever the program is started.
    const { XDG_STATE_HOME: state, HOME: home } = env;
    if (state?.startsWith("/")) return `${state}/pong`;
    if (home) return `${home}/.local/state/pong`;
  }
  throw new StateFolderError(
    "Cannot tell where to keep state: this user has no home folder. " +
      "Name a folder with --state-folder.",
  );
}

/** Where state is kept; where there is a `problem`, a sentence for a person, nothing can be. */
export interface StatePlace {
  /** Absent where not even its name is known. */
  readonly path?: string;
  readonly problem?: string;
}

/**
 * Makes the folder that was `named` or else the system's, and tries to write there.
 *
 * @throws StateFolderError when that isn't possible in the named one: somebody relies on it.
 */
export async function openStateFolder(
  named: string | undefined,
  ...system: Parameters<typeof defaultStateFolder>
): Promise<StatePlace> {
  let path = named;
  try {
    path ??= defaultStateFolder(...system);
    await writeState(path, TRIAL, new Uint8Array());
    await removeFile(`${path}/${TRIAL}`);
    return { path };
  } catch (error) {
    if (!(error instanceof StateFolderError) || named !== undefined) {
      throw error;
    }
    return { ...(path !== undefined && { path }), problem: error.message };
  }
}

/** What is written to see whether something can be. */
const TRIAL = "trial";

/**
 * Writes a file into the folder, which is made if need be; an older file is replaced in one step.
 *
 * @throws StateFolderError when that isn't possible.
 */
export async function writeState(
  folder: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    const temporary = await Deno.makeTempFile({ dir: folder, prefix: "new-" });
    try {
      // A temporary file is its owner's alone from the beginning.
      await Deno.writeFile(temporary, bytes);
      await Deno.rename(temporary, `${folder}/${name}`);
    } catch (error) {
      await removeFile(temporary);
      throw error;
    }
  } catch (cause) {
    throw new StateFolderError(
      `Cannot write into the state folder ${folder}: ${reason(cause)}. ` +
        "Make it writable, or name another one with --state-folder.",
      { cause },
    );
  }
}

/**
 * Reads a file of the folder; `undefined` where there is none.
 *
 * @throws StateFolderError when it is there and can't be read.
 */
export async function readState(
  folder: string,
  name: string,
): Promise<Uint8Array | undefined> {
  const path = `${folder}/${name}`;
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw new StateFolderError(
      `Cannot read ${path}: ${reason(cause)}. ` +
        "Make it readable, or name another folder with --state-folder.",
      { cause },
    );
  }
}

/**
 * Returns the bytes kept under that name; where there are none, keeps `fresh` and returns it.
 *
 * @throws StateFolderError when the folder can't be used, or holds something else under that name.
 */
export async function keepSecret(
  folder: string,
  name: string,
  fresh: Uint8Array,
): Promise<Uint8Array> {
  const kept = await readState(folder, name);
  if (kept === undefined) {
    await writeState(folder, name, fresh);
    return fresh;
  }
  if (kept.length === fresh.length) return kept;
  throw new StateFolderError(
    `Cannot use ${folder}/${name}: it has ${kept.length} bytes instead of ` +
      `${fresh.length}. Delete it; players of running matches then can't come back.`,
  );
}

/** Removes a file if it is there and can be removed; never rejects. */
export async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // Whoever reads it later judges it again.
  }
}

function reason(cause: unknown): string {
  return messageOf(cause);
}
