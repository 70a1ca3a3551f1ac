/**
 * A change of membership: decided from what all participants hold, applied to members and
 * presences, and compared with what a host has already shown.
 *
 * @module
 */
import {
  epochAt,
  lastSegment,
  OPEN_END,
  type Presence,
} from "../../../game/presence.ts";
import type { AgreedChange, Attempt, Incarnation } from "../wire/record.ts";
import { has, setOf, type SlotSet, slotsOf } from "../wire/slot_set.ts";

/** Ticks from the newest input that anybody holds to a returning player's first one. */
export const ACTIVATION_TICKS = 36;
/** Segments that are kept of a slot; older ones are of ticks that everybody has long confirmed. */
const SEGMENTS_MAX = 3;
/** How far back a change is compared with what was confirmed: far longer than any attempt takes. */
const SHOWN_TICKS = 512;

/** Who is in a match, and whose inputs count when. */
export interface MembershipState {
  readonly members: SlotSet;
  readonly presences: readonly Presence[];
}

/**
 * Returns what is changed: R7, the highest inputs count that any participant holds.
 * `highs`: by participant's slot, the `high` that it shows in this attempt.
 * `pick`: `Math.max`; in simulation, `Math.min` as a negative control.
 */
export function decideChange(
  { n, drop, join, high }: Attempt,
  highs: ReadonlyMap<number, readonly number[]>,
  pick: (...ticks: number[]) => number,
): AgreedChange {
  const rows = [...highs];
  const cut = high.map((_, slot) =>
    has(drop, slot) ? pick(...rows.map(([, row]) => row[slot])) : -1
  );
  const newest = Math.max(...rows.map(([slot, row]) => row[slot]));
  const at = join ? newest + ACTIVATION_TICKS : 0;
  return { n, drop, join, cut, at };
}

/** Returns members and presences after a change. */
export function applyChange(
  { drop, join, cut, at }: AgreedChange,
  before: MembershipState,
): { readonly members: SlotSet; readonly presences: Presence[] } {
  const presences = before.presences.slice();
  for (const slot of slotsOf(drop)) {
    const { epoch, from } = lastSegment(presences[slot]);
    const ended = { epoch, from, to: cut[slot] };
    presences[slot] = [...presences[slot].slice(0, -1), ended];
  }
  const members = before.members & ~drop;
  if (!join) return { members, presences };
  const begun = { epoch: join.epoch, from: at, to: OPEN_END };
  presences[join.slot] = [...presences[join.slot], begun].slice(-SEGMENTS_MAX);
  return { members: members | setOf(join.slot), presences };
}

/**
 * Returns the first confirmed tick at which the presences differ, or `undefined` if none does. A
 * host that showed more of a dropped member than the others agreed on is itself out (R9).
 */
export function shownBeyond(
  ours: readonly Presence[],
  theirs: readonly Presence[],
  confirmedTick: number,
): number | undefined {
  for (const [slot, presence] of ours.entries()) {
    // Presences forget old segments: only ticks that both still know of can be compared.
    const oldest = Math.max(presence[0].from, theirs[slot][0].from);
    for (
      let tick = Math.max(oldest, confirmedTick - SHOWN_TICKS);
      tick < confirmedTick;
      tick++
    ) {
      if (epochAt(presence, tick) !== epochAt(theirs[slot], tick)) return tick;
    }
  }
  return undefined;
}

/** Whether two attempts are for the same change. */
export function isEqualAim(a: Attempt, b: Attempt): boolean {
  return a.drop === b.drop && isEqualJoin(a.join, b.join);
}

/** Whether the same incarnation is to come back, or none. */
function isEqualJoin(a?: Incarnation, b?: Incarnation): boolean {
  return a?.slot === b?.slot && a?.epoch === b?.epoch;
}
