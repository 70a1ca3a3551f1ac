/**
 * A file that holds a broker's address: its password then stands in no list of processes.
 *
 * @module
 */
import { messageOf } from "../link/network_error.ts";

/** What the file holds, and a sentence for who may be too careless with it; empty where nobody is. */
export interface BrokerFile {
  readonly text: string;
  readonly warning: string;
}

/**
 * Reads it.
 *
 * @throws {Error} When there is nothing to read; the message says why.
 */
export async function readBrokerFile(path: string): Promise<BrokerFile> {
  let text: string;
  let mode: number | null;
  try {
    text = (await Deno.readTextFile(path)).trim();
    ({ mode } = await Deno.stat(path));
  } catch (cause) {
    const why = messageOf(cause);
    throw new Error(`Cannot read the broker's address in ${path}: ${why}.`, {
      cause,
    });
  }
  if (text === "") {
    throw new Error(`Cannot find the broker's address: ${path} is empty.`);
  }
  const isOpen = ((mode ?? 0) & 0o077) !== 0;
  const warning = isOpen
    ? `others on this computer can read the broker's password in ${path}. ` +
      "chmod 600 on it keeps them out."
    : "";
  return { text, warning };
}
