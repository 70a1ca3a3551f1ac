/**
 * How the file of a recording is called, on disk and when a page saves it.
 *
 * @module
 */

/** How the names of recordings end. */
export const REPLAY_ENDING = ".pong-replay";

/** Whose recording of which match. */
export interface ReplayName {
  /** Letters, digits and `-`. */
  readonly match: string;
  readonly slot: number;
}

/** Returns the file's name, without a folder. Throws RangeError for what can't be a match's name. */
export function replayFileName({ match, slot }: ReplayName): string {
  if (!/^[A-Za-z0-9-]+$/.test(match)) throw new RangeError("no match's name");
  return `${match}-${slot}${REPLAY_ENDING}`;
}
