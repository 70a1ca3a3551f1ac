/**
 * Codes by which people find the same room.
 *
 * @module
 */

/** Consonants only: no O or I that look like digits, and no words by chance. */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const LENGTH = 6;

/** Makes a code that nobody uses, as far as chance goes. */
export function newRoomCode(
  randomBytes: (length: number) => Uint8Array,
): string {
  // 256 isn't a multiple of 20, so some letters are a little likelier: it matters to nobody.
  return Array.from(
    randomBytes(LENGTH),
    (byte) => LETTERS[byte % LETTERS.length],
  ).join("");
}
