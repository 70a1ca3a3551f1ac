/**
 * Records of members as tests need them: all is well, except for what is said.
 *
 * @module
 */
import type { Presence } from "../../game/presence.ts";
import type {
  AgreedChange,
  Attempt,
  SlotRecord,
} from "../../net/match/wire/record.ts";

/** What a member holds of each slot if nothing else is said. */
export const HAVE: readonly number[] = [20, 20, 20, 20];

/** What differs in a record; the number is that of the attempt, if not given. */
export interface Saying extends Partial<SlotRecord> {
  readonly presences?: readonly Presence[];
  readonly attempt?: Attempt;
  readonly agreed?: AgreedChange;
  readonly attemptNumber?: number;
}

/** Returns a record in which all is well, except for what it says. */
export function recordOf(slot: number, saying: Saying): SlotRecord {
  const { attempt, agreed, attemptNumber = attempt?.n ?? 0, ...rest } = saying;
  const { presences, ...more } = rest;
  const isChanging = attempt || agreed || attemptNumber > 0 || presences;
  return {
    ...{ slot, epoch: 0, beat: 0, sentAt: 0, era: 0, members: 15, hears: 15 },
    ...{ farewell: "none", isReturning: false, confirmed: 0, tick: 0, hash: 0 },
    have: HAVE,
    change: isChanging
      ? { presences: presences ?? [], attemptNumber, attempt, agreed }
      : undefined,
    ...more,
  };
}
