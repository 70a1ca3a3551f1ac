/**
 * Writes the evidence of a disagreement into a file that a person can send to the developers.
 *
 * @module
 */
import type { Evidence } from "./evidence.ts";

/** Writes it into the working directory; returns a sentence that says so, or why not. */
export function saveEvidence({ name, body }: Evidence): string {
  const file = `pong-desync-${name}`;
  try {
    Deno.writeFileSync(file, body);
    return `two hosts disagreed; please report it with the file ${file}`;
  } catch (error) {
    return `two hosts disagreed, and ${file} can't be written: ${error}`;
  }
}
