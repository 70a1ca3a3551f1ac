/**
 * Situations of a member, made by hand: where it stands, and what it observes of the others. What
 * isn't said is as when all is well, except that whoever the member attempts to drop is silent.
 *
 * @module
 */
import type { NegativeControls } from "../../net/match/membership/negative_controls.ts";
import type {
  Decider,
  Observed,
} from "../../net/match/membership/observation.ts";
import {
  standAtStart,
  type Standing,
} from "../../net/match/membership/standing.ts";
import type { AgreedChange, Attempt } from "../../net/match/wire/record.ts";
import { everySlot, has, setOf } from "../../net/match/wire/slot_set.ts";
import { HAVE, recordOf, type Saying } from "../support/slot_record.ts";

export const TIMERS = {
  unstableMs: 200,
  suspectMs: 600,
  graceMs: 3000,
  lostMs: 5000,
};
export const NOW_MS = 10_000;

const LETTERS = ["A", "B", "C", "D"] as const;
type Letter = typeof LETTERS[number];

export interface Case extends Partial<Standing> {
  readonly players?: 2 | 3 | 4;
  /** The slot of the member that decides; A's if not given. */
  readonly me?: number;
  /** For how long who has been silent; 3001 if this member attempts to drop it, else 0. */
  readonly silentMs?: Readonly<Partial<Record<Letter, number>>>;
  /** Who has not spoken within `unstableMs`, and within `suspectMs`. */
  readonly absent?: number;
  readonly unheard?: number;
  /** Who holds another state, and who may not come back yet. */
  readonly differing?: number;
  readonly waiting?: number;
  /** Of a slot that has said nothing there is no record. */
  readonly says?: Readonly<Partial<Record<Letter, Saying | "nothing">>>;
  readonly have?: readonly number[];
  readonly controls?: NegativeControls;
}

interface Attempting {
  readonly attempt: Attempt;
}

interface Agreed {
  readonly agreed: AgreedChange;
}

/** What a member attempts. */
export function attempts(
  n: number,
  drop: number,
  more: Partial<Attempt> = {},
): Attempting {
  const all = { n, drop, join: undefined, high: HAVE, cut: undefined, ...more };
  return { attempt: all };
}

/** What a member agreed to: of whom it drops, what it holds counts. */
export function agreed(
  n: number,
  drop: number,
  more: Partial<AgreedChange> = {},
): Agreed {
  const cut = HAVE.map((tick, slot) => has(drop, slot) ? tick : -1);
  return { agreed: { n, drop, join: undefined, cut, at: 0, ...more } };
}

/** A member that attempts something, and has agreed to it. */
export function agrees(n: number, drop: number): Attempting & Agreed {
  return { ...attempts(n, drop), ...agreed(n, drop) };
}

/** Returns what a member decides from in such a case. */
export function situationOf(given: Case): {
  readonly standing: Standing;
  readonly observed: Observed;
  readonly decider: Decider;
} {
  const { players = 4, me = 0, says = {}, silentMs = {}, ...more } = given;
  const { absent = 0, unheard = 0, differing = 0, waiting = 0, ...rest } = more;
  const { have = HAVE, controls = {}, ...stands } = rest;
  const letters = LETTERS.slice(0, players);
  const liveness = {
    present: everySlot(players) & ~absent,
    heard: everySlot(players) & ~unheard,
    silentMs: (slot: number) =>
      silentMs[letters[slot]] ??
        (has(stands.attempt?.drop ?? 0, slot) ? 3001 : 0),
  };
  // Unless a case says otherwise, all others suspect whom this member or any other one suspects.
  const silent = letters.reduce((slots, letter, slot) => {
    const said = says[letter];
    const { attempt, farewell = "none", epoch = 0 } = said === "nothing"
      ? {}
      : said ?? {};
    const isGone = liveness.silentMs(slot) > TIMERS.suspectMs ||
      farewell !== "none" || epoch > 0;
    return slots | (attempt?.drop ?? 0) | (isGone ? setOf(slot) : 0);
  }, 0);
  const records = letters.map((letter, slot) => {
    const saying = slot === me ? "nothing" : says[letter] ?? {};
    if (saying === "nothing") return undefined;
    return recordOf(slot, { suspects: silent & ~setOf(slot), ...saying });
  });
  const standing = {
    ...standAtStart(letters.map(() => 0)),
    attemptNumber: stands.attempt?.n ?? 0,
    attemptingMs: NOW_MS,
    ...stands,
  };
  const observed = {
    ...{ nowMs: NOW_MS, have, records, liveness, differing },
    mayReturn: (slot: number, laterMs: number) =>
      !has(waiting, slot) && laterMs <= TIMERS.suspectMs,
  };
  return {
    standing,
    observed,
    decider: { slot: me, timers: TIMERS, controls },
  };
}
