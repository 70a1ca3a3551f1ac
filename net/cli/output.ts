/**
 * What is said to a person: results on standard output, problems on standard error.
 *
 * @module
 */

/** Standard output, or standard error. */
export interface TextStream {
  writeSync(bytes: Uint8Array): number;
}

/** Says what was asked for. */
export function print(line: string): void {
  writeText(Deno.stdout, `${line}\n`);
}

/** Says what is wrong, as this program. */
export function complain(message: string): void {
  tellProblem(`pong: ${message.trim()}`);
}

/** Says what is wrong, as it stands. */
export function tellProblem(line: string): void {
  writeText(Deno.stderr, `${line}\n`);
}

/**
 * Writes all of `text`. Whoever has stopped reading, by closing the terminal or the pipe, misses
 * what comes: a match doesn't end for that.
 */
export function writeText(stream: TextStream, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) {
      at += stream.writeSync(bytes.subarray(at));
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code !== "EPIPE" && code !== "EIO") throw error;
  }
}
