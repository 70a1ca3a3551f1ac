/**
 * The seat of a running match in a file, so that a process that dies can be started again.
 *
 * The file belongs to the process that plays: it holds a lock on it, which the system lets go of
 * however that process ends. So the newest file without a lock is the match that somebody on this
 * computer dropped out of. Whoever can read the file can take the seat; only the user can.
 *
 * @module
 */
import { z } from "zod";
import { SKILLS } from "../game/bot.ts";
import { removeFile, StateFolderError, writeState } from "./state_folder.ts";

const savedSeat = z.object({
  match: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  slot: z.int().min(0).max(3),
  lobby: z.object({
    hostname: z.string().min(1),
    port: z.int().min(1).max(65535),
  }).readonly(),
  token: z.string(),
  name: z.string(),
  control: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("human") }).readonly(),
    z.object({ kind: z.literal("bot"), skill: z.enum(SKILLS) }).readonly(),
  ]),
  privateKey: z.string().optional(),
}).readonly();

/** All that a new process needs to go on as the same player. */
export type SavedSeat = z.infer<typeof savedSeat>;

/** A seat on file for as long as its process plays. Disposing leaves the file to a later process. */
export interface KeptSeat extends Disposable {
  /** Removes the file: there is nothing to come back to. */
  forget(): Promise<void>;
}

export interface FoundSeat {
  readonly path: string;
  readonly seat: SavedSeat;
}

const FILE_NAME = /^seat-[A-Za-z0-9-]+\.json$/;

/** Longest file that is read, in bytes: an honest one has about 2 KiB. */
const FILE_BYTES_MAX = 16 * 1024;

/**
 * Writes a seat into the state folder, instead of what an older process of that seat wrote.
 *
 * @throws StateFolderError when that isn't possible.
 */
export async function keepSeat(
  folder: string,
  seat: SavedSeat,
): Promise<KeptSeat> {
  const name = `seat-${seat.match}-${seat.slot}.json`;
  const path = `${folder}/${name}`;
  await writeState(
    folder,
    name,
    new TextEncoder().encode(JSON.stringify(seat)),
  );
  const lock = await openLocked(path);
  return {
    forget() {
      lock?.[Symbol.dispose]();
      return forgetSeat({ path, seat });
    },
    [Symbol.dispose]: () => lock?.[Symbol.dispose](),
  };
}

/**
 * Finds the seat that a process of this computer left last; `undefined` where there is none.
 *
 * @throws StateFolderError when the folder can't be read.
 */
export async function findSeat(folder: string): Promise<FoundSeat | undefined> {
  const candidates: { readonly path: string; readonly atMs: number }[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (!FILE_NAME.test(name)) continue;
      const path = `${folder}/${name}`;
      const { mtime } = await Deno.stat(path);
      candidates.push({ path, atMs: mtime?.getTime() ?? 0 });
    }
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StateFolderError(
      `Cannot look into the state folder ${folder}: ${why}.`,
      { cause },
    );
  }
  candidates.sort((a, b) => b.atMs - a.atMs);
  for (const { path } of candidates) {
    const seat = await readSeat(path);
    if (typeof seat === "object") return { path, seat };
  }
  return undefined;
}

/**
 * Reads the seat in that file.
 *
 * @throws StateFolderError when there is none, or its process still plays.
 */
export async function openSeatFile(path: string): Promise<FoundSeat> {
  const seat = await readSeat(path);
  if (typeof seat === "object") return { path, seat };
  throw new StateFolderError(`Cannot come back with ${path}: ${seat}.`);
}

/** Removes a seat's file, unless a newer process of the seat has written it since. */
export async function forgetSeat({ path, seat }: FoundSeat): Promise<void> {
  const now = await readSeat(path);
  if (typeof now === "object" && now.token === seat.token) {
    await removeFile(path);
  }
}

/** Returns the seat, or why there is none to take. */
async function readSeat(path: string): Promise<SavedSeat | string> {
  using file = await openLocked(path);
  if (file === undefined) {
    return "there is no such file, or the process that plays there still runs";
  }
  return parse(await readText(file)) ?? "it holds no seat";
}

/** Opens and locks a file; `undefined` when it isn't there or another process has locked it. */
async function openLocked(path: string): Promise<Deno.FsFile | undefined> {
  try {
    const file = await Deno.open(path, { read: true, write: true });
    if (await file.tryLock(true)) return file;
    file.close();
    return undefined;
  } catch {
    return undefined; // It is not there, or not this user's: nobody's seat either way.
  }
}

/** Reads through the handle that holds the lock: some systems let no other one read. */
async function readText(file: Deno.FsFile): Promise<string> {
  const buffer = new Uint8Array(FILE_BYTES_MAX);
  let end = 0;
  for (;;) {
    const bytes = await file.read(buffer.subarray(end));
    if (!bytes) return new TextDecoder().decode(buffer.subarray(0, end));
    end += bytes;
  }
}

function parse(text: string): SavedSeat | undefined {
  try {
    return savedSeat.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // No JSON: somebody else's file.
  }
}
