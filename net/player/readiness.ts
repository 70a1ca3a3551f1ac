/**
 * Whether a match may begin, as far as this process is concerned: a person has to want that, and to
 * be there. A match that nobody sees would be lost before it was noticed. Bots are always there.
 *
 * @module
 */
/** What readiness follows from. */
export interface Readiness {
  /** Bots don't have to be at a page. */
  readonly isBot: boolean;
  /** The person's own word, given in the room. */
  readonly isWanted: boolean;
  /** Somebody is at a page. */
  readonly isAttended: boolean;
}

/** Returns whether the lobby may begin a match. */
export function isReady({ isBot, isWanted, isAttended }: Readiness): boolean {
  return isWanted && (isBot || isAttended);
}
