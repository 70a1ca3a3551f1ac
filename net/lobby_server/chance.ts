/**
 * All that must be unique or random in the lobby's book-keeping, so that tests can decide it.
 *
 * @module
 */

/** Where they come from. */
export interface Chance {
  /** A word that nobody has had and nobody can guess. */
  newId(): string;
  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number;
}
