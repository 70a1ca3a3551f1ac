/**
 * The error for what fails outside this program: a connection, a port, a lobby, a broker.
 *
 * @module
 */

/** Its message tells a person in one sentence what failed and, where possible, what to do. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}

/** What an error says; whatever else was thrown, as text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
