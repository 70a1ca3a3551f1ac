/**
 * What the person at this page prefers. The process remembers it and tells it to every page.
 *
 * A change holds here at once; otherwise a second one, made before the process has answered to the
 * first, would undo it.
 *
 * @module
 */
import type { PageMessage, Preferences } from "../../net/page/message.ts";

export interface OwnPreferences {
  /** `undefined` before the first view came. */
  now(): Preferences | undefined;
  /** Takes what the process says, unless it says what it said before. */
  take(preferences: Preferences): void;
  /** Changes something, here and for the process. */
  change(changes: Partial<Preferences>): void;
}

export function createPreferences(
  send: (message: PageMessage) => void,
): OwnPreferences {
  let own: Preferences | undefined;
  let heard = "";
  return {
    now: () => own,
    take(preferences) {
      const said = JSON.stringify(preferences);
      if (said === heard) return;
      heard = said;
      own = preferences;
    },
    change(changes) {
      if (own === undefined) return;
      own = { ...own, ...changes };
      send({ kind: "preferences", preferences: own });
    },
  };
}
