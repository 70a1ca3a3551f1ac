/**
 * Writes text to where somebody may read it, or no longer does.
 *
 * @module
 */

/** Standard output, or standard error. */
export interface TextStream {
  writeSync(bytes: Uint8Array): number;
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
