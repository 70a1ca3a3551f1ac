/**
 * Codes by which people find the same room.
 *
 * @module
 */

/** Consonants only: no O or I that look like digits, and no words by chance. */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const LENGTH = 6;

/** Makes a code; `below` returns a random whole number from 0 to its bound − 1. */
export function newRoomCode(below: (bound: number) => number): string {
  const letter = () => LETTERS[below(LETTERS.length)];
  return Array.from({ length: LENGTH }, letter).join("");
}
