/**
 * What the network refuses.
 *
 * @module
 */

/** Says in one sentence for a person what failed and, where one can, what to do. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
}
