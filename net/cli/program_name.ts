/**
 * How this program was started, so that what it prints can be typed as it stands.
 *
 * @module
 */

/** What tells how the program was started. */
export interface ProgramStart {
  /** Whether it is a compiled file. */
  readonly isStandalone: boolean;
  /** The file that runs: Deno, or the compiled file. */
  readonly executable: string;
  readonly folder: string;
  readonly isWindows: boolean;
  /** The folders in which programs are looked for, as the system separates them. */
  readonly searched: string;
}

/**
 * Returns the words before a command: `pong`, `./pong`, `deno task`, or `npx -y deno task` where
 * only Node is installed.
 */
export function programName(
  { isStandalone, executable, folder, isWindows, searched }: ProgramStart,
): string {
  if (!isStandalone) {
    // npx runs what npm has put there.
    const isFromNpm = /[\\/]node_modules[\\/]/.test(executable);
    return isFromNpm ? "npx -y deno task" : "deno task";
  }
  const separator = isWindows ? "\\" : "/";
  const [, place = "", file = executable] =
    /^(.*)[\\/]([^\\/]+)$/.exec(executable) ?? [];
  const isFound = searched.split(isWindows ? ";" : ":").includes(place);
  if (isFound) return file.replace(/\.exe$/i, "");
  const isBelow = `${place}${separator}`.startsWith(`${folder}${separator}`);
  const path = isBelow ? `.${executable.slice(folder.length)}` : executable;
  return /\s/.test(path) ? `"${path}"` : path;
}
