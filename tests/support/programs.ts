/**
 * Programs that tests need and a machine may lack: where they are, and what becomes of the tests
 * where they aren't.
 *
 * Those tests are ignored, and that is said aloud with what to install. In CI (`CI=true`), where
 * nobody would read it, they run and fail instead.
 *
 * @module
 */
import { until } from "./waiting.ts";

/** Returns whether tests that need something must be ignored here; says so once where they must. */
export function ignoreWithout(
  { what, isThere, install }: {
    readonly what: string;
    readonly isThere: boolean;
    /** The Debian package that brings it. */
    readonly install: string;
  },
): boolean {
  if (isThere || Deno.env.get("CI") === "true") return false;
  const line = `IGNORED: all tests that need ${what}, for it isn't installed ` +
    `(Debian: sudo apt install ${install}).\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
  return true;
}

/** Returns the first of these folders' files of that name, or `undefined` where none has one. */
export function findFile(
  folders: readonly string[],
  name: string,
): string | undefined {
  return folders.map((folder) => `${folder}/${name}`).find((file) => {
    try {
      return Deno.statSync(file).isFile;
    } catch {
      return false; // Missing, or not for us to see.
    }
  });
}

/** The folders of the PATH, and where systems keep programs. */
export function programFolders(): readonly string[] {
  return [...(Deno.env.get("PATH") ?? "").split(":"), "/usr/bin"];
}

/** Removes a folder into which dying processes may still write. */
export async function removeFolder(folder: string): Promise<void> {
  await until(async () => {
    try {
      await Deno.remove(folder, { recursive: true });
      return true;
    } catch {
      return false; // A file appeared meanwhile: once more.
    }
  }, `Removing ${folder}`);
}
