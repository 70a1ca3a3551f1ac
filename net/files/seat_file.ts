/**
 * The seat of a running match in a file, so that a process that dies can be started again.
 *
 * The process that plays holds a lock on the file, which ends with the process however that ends,
 * in whatever container. So the newest file without a lock tells which match somebody on this
 * computer dropped out of. Where a file system knows no locks, each seat counts as left. Whoever can
 * read the file can take the seat, so only the user can read it.
 *
 * @module
 */
import { z } from "zod";
import { SKILLS } from "../../game/bot.ts";
import { messageOf } from "../link/network_error.ts";
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

const seatOnFile = z.object({ seat: savedSeat }).readonly();

/** All that a new process needs to go on as the same player. */
export type SavedSeat = z.infer<typeof savedSeat>;

/** The file of the seat that this process holds. Disposing leaves it to a later process. */
export interface KeptSeat extends Disposable {
  /** Removes the file: there is nothing to come back to. */
  forget(): Promise<void>;
}

/** A seat to come back to, and the file that it is in. */
export interface FoundSeat {
  readonly path: string;
  readonly seat: SavedSeat;
}

const FILE_NAME = /^seat-[A-Za-z0-9-]+\.json$/;

/** Longest file that is read, in bytes: an honest one has about 2 KiB. */
const FILE_BYTES_MAX = 16 * 1024;

/**
 * Writes a seat into the state folder, replacing what an older process of that seat wrote.
 *
 * @throws StateFolderError when that isn't possible.
 */
export async function keepSeat(
  folder: string,
  seat: SavedSeat,
): Promise<KeptSeat> {
  const name = `seat-${seat.match}-${seat.slot}.json`;
  const path = `${folder}/${name}`;
  const bytes = new TextEncoder().encode(JSON.stringify({ seat }));
  await writeState(folder, name, bytes);
  const file = await lockFile(path);
  let isKept = true;
  const leave = () => {
    if (isKept) leaveSeat(file, bytes);
    isKept = false;
  };
  return {
    forget() {
      leave();
      return forgetSeat({ path, seat });
    },
    [Symbol.dispose]: leave,
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
    const why = messageOf(cause);
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
  const now = await readFile(path);
  if (now?.token === seat.token) await removeFile(path);
}

/** Opens and locks the file; what can't be locked is just open, what is gone isn't. */
async function lockFile(path: string): Promise<Deno.FsFile | undefined> {
  const file = await Deno.open(path, { read: true, write: true })
    .catch(() => undefined);
  // Waits for nobody but a process that looks whether there is a lock.
  await file?.lock(true).catch(() => {});
  return file;
}

/** Leaves the file to a later process of this computer, as the one that was left last. */
function leaveSeat(file: Deno.FsFile | undefined, bytes: Uint8Array): void {
  try {
    file?.seekSync(0, Deno.SeekMode.Start);
    file?.writeSync(bytes); // The same as before, but now.
  } catch {
    // Then it counts as left when it was taken, which is nearly the same.
  }
  file?.close();
}

/** Returns the seat, or why there is none to take. */
async function readSeat(path: string): Promise<SavedSeat | string> {
  const seat = await readFile(path);
  if (!seat) return "there is no such file, or it holds no seat";
  using file = await Deno.open(path).catch(() => undefined);
  return file && await isLocked(file)
    ? "the process that plays there still runs"
    : seat;
}

/** A file as older versions of Deno know it, too. */
type Lockable = Pick<Deno.FsFile, "stat"> & {
  readonly tryLock?: (isExclusive: boolean) => Promise<boolean>;
};

/** Whether a process has locked the file; if none has, this one does. */
async function isLocked(file: Lockable): Promise<boolean> {
  try {
    if (file.tryLock) return !await file.tryLock(true);
    // Deno 2.6 can only wait for a lock, but Linux lists those that there are.
    const { ino } = await file.stat();
    const locks = await Deno.readTextFile("/proc/locks");
    return new RegExp(`FLOCK.*:${ino} `).test(locks);
  } catch {
    return false; // This file system knows no locks.
  }
}

async function readFile(path: string): Promise<SavedSeat | undefined> {
  try {
    const { size } = await Deno.stat(path);
    if (size > FILE_BYTES_MAX) return undefined;
    const text = await Deno.readTextFile(path);
    return seatOnFile.safeParse(JSON.parse(text)).data?.seat;
  } catch {
    return undefined; // Not there, not this user's, or no JSON: nobody's seat either way.
  }
}
