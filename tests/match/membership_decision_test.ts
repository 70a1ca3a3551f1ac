/**
 * The rules of docs/membership.md one by one: what a member decides first, where it stands and
 * observes what is said.
 *
 * @module
 */
import { expect } from "@std/expect";
import { OPEN_END, type Presence } from "../../game/presence.ts";
import { decide } from "../../net/match/membership/decision.ts";
import type { Decision } from "../../net/match/membership/standing.ts";
import {
  type AgreedChange,
  type Incarnation,
  keyOf,
} from "../../net/match/wire/record.ts";
import type { Saying } from "../support/slot_record.ts";
import {
  agreed,
  agrees,
  attempts,
  type Case,
  NOW_MS,
  situationOf,
} from "./membership_case.ts";

/** Sets of one: slots 0 to 3. */
const [A, B, C, D] = [1, 2, 4, 8];
const THERE: Presence = [{ epoch: 0, from: 0, to: OPEN_END }];
const ANEW: Presence = [{ epoch: 1, from: 0, to: OPEN_END }];
const GONE: Presence = [{ epoch: 0, from: 0, to: 7 }];
/** D has been dropped. */
const THREE = { members: A | B | C, presences: [THERE, THERE, THERE, GONE] };
const ASKS: Saying = { isReturning: true, epoch: 1 };
const C1: Incarnation = { slot: 2, epoch: 1 };
const D1: Incarnation = { slot: 3, epoch: 1 };
const D2: Incarnation = { slot: 3, epoch: 2 };
const B1: Incarnation = { slot: 1, epoch: 1 };
/** D asks to come back, and the others attempt to take it back. */
const BACK = { ...THREE, ...attempts(1, 0, { join: D1 }), says: { D: ASKS } };
/** B attempts it, and this host isn't the one that would. */
const RETURN = {
  ...THREE,
  me: 2,
  says: { B: attempts(1, 0, { join: D1 }), D: ASKS },
};
const LEFT: Saying = { farewell: "left" };

function enters(
  kind: "open" | "take back" | "join" | "merge" | "widen" | "overtake",
  n: number,
  drop: number,
  join?: Incarnation,
): Decision {
  return { kind, aim: { n, drop, join } };
}

function backsOut(n: number, rest = 0): Decision {
  return { kind: "back out", n, rest };
}

function changes(
  kind: "agree" | "repeat" | "claim" | "commit",
  n: number,
  drop: number,
  more?: Partial<AgreedChange>,
): Decision {
  return { kind, change: agreed(n, drop, more).agreed };
}

/** What it decides first; nothing, if not given. */
type Row = readonly [what: string, given: Case, first?: Decision];

// deno-fmt-ignore
const ROWS: Readonly<Record<string, readonly Row[]>> = {
  R3: [
    ["opens an attempt against whoever is silent for longer than suspect", { silentMs: { C: 601 } },
      enters("open", 1, C)],
    ["suspects nobody who is silent for less", { silentMs: { C: 600 } }],
    ["opens an attempt against whoever has never said anything",
      { silentMs: { C: 601 }, says: { C: "nothing" } }, enters("open", 1, C)],
    ["suspects nobody who hasn't said anything yet", { says: { C: "nothing" } }],
    ["opens nothing until all others are surely there", { silentMs: { C: 601 }, absent: B }],
    ["waits with exactly half for more than the grace period",
      { silentMs: { C: 3000, D: 60_000 } }],
    ["opens with exactly half after the grace period", { silentMs: { C: 3001, D: 3001 } },
      enters("open", 1, C | D)],
    ["needs no grace period against those that said goodbye",
      { silentMs: { C: 3001 }, says: { D: LEFT } }, enters("open", 1, C | D)],
    ["waits for the other where only one of two said goodbye",
      { silentMs: { C: 601 }, says: { D: LEFT } }],
    ["never opens with less than half", { players: 3, silentMs: { B: 60_000, C: 60_000 } }],
    ["opens an attempt against the only other member after the grace period",
      { players: 2, silentMs: { B: 3001 } }, enters("open", 1, B)],
    ["opens no attempt against the only other member earlier",
      { players: 2, silentMs: { B: 3000 } }],
    ["drops whom more than half of those who'd stay suspect",
      { silentMs: { C: 601 }, says: { B: { suspects: 0 } } }, enters("open", 1, C)],
    ["drops nobody whom half of those who'd stay still hear",
      { players: 3, silentMs: { C: 601 }, says: { B: { suspects: 0 } } }],
    ["takes nobody's silence for a suspicion",
      { me: 1, players: 3, silentMs: { A: 601 }, says: { C: "nothing" } }],
    ["suspects whoever holds another state",
      { differing: C, says: { B: { suspects: C } } }, enters("open", 1, C)],
    ["takes another farewell of the only other one for no goodbye",
      { players: 2, says: { B: { farewell: "desync" } } }],
    ["takes every farewell for a goodbye", { says: { C: { farewell: "desync" } } },
      enters("open", 1, C)],
    ["takes a former incarnation's goodbye for none",
      { presences: [THERE, THERE, ANEW, THERE], says: { C: LEFT } }],
    ["drops a member of which a newer incarnation is heard", { says: { C: { epoch: 1 } } },
      enters("open", 1, C)],
    ["takes a number above all that members have entered or left",
      { silentMs: { C: 601 }, says: { B: { attemptNumber: 4 }, C: { attemptNumber: 5 } } },
      enters("open", 6, C)],
    ["takes a number above its own", { silentMs: { C: 601 }, attemptNumber: 6 },
      enters("open", 7, C)],
    ["heeds no number of another era",
      { silentMs: { C: 601 }, era: 1, says: { B: { attemptNumber: 4 }, D: { era: 1 } } },
      enters("open", 1, C)],
    ["heeds no number of another incarnation",
      { silentMs: { C: 601 }, says: { C: { attemptNumber: 5, epoch: 1 } } }, enters("open", 1, C)],
    ["heeds no number of whoever asks to come back",
      { silentMs: { C: 601 }, says: { C: { attemptNumber: 5, isReturning: true } } },
      enters("open", 1, C)],
    ["drops and takes back at once where only two are left", { players: 2, says: { B: ASKS } },
      enters("open", 1, B, B1)],
    ["takes nobody back at once who doesn't ask", { players: 2, says: { B: { epoch: 1 } } },
      enters("open", 1, B)],
    ["takes nobody back at once whose present incarnation asks",
      { players: 2, silentMs: { B: 3001 }, says: { B: { isReturning: true } } },
      enters("open", 1, B)],
    ["takes nobody back at once where more than two are left", { says: { B: ASKS } },
      enters("open", 1, B)],
    ["widens its attempt to whoever else is lost", { ...BACK, silentMs: { C: 601 } },
      enters("widen", 2, C)],
    ["widens its attempt only while all others are surely there",
      { ...BACK, silentMs: { C: 601 }, absent: B }],
    ["widens its attempt to half only after the grace period",
      { ...attempts(1, C), silentMs: { D: 3000 } }],
    ["widens its attempt to half after the grace period",
      { ...attempts(1, C), silentMs: { D: 3001 } }, enters("widen", 2, C | D)],
    ["never widens its attempt to more than half",
      { ...attempts(1, C), silentMs: { B: 60_000, D: 60_000 } }],
  ],
  R5: [
    ["joins another's attempt", { says: { B: attempts(1, C) } }, enters("join", 1, C)],
    ["joins an attempt that has a higher number than its own",
      { ...attempts(1, C), says: { B: attempts(2, D) } }, enters("join", 2, D)],
    ["joins its own attempt with a higher number",
      { ...attempts(1, C), says: { B: attempts(2, C) } }, enters("join", 2, C)],
    ["joins an attempt with the number at which it left another",
      { attemptNumber: 2, says: { B: attempts(2, C) } }, enters("join", 2, C)],
    ["joins no attempt that half of those who'd stay don't mean",
      { players: 3, says: { B: attempts(1, C) } }],
    ["joins again what it attempted itself, once somebody has agreed",
      { players: 3, tried: C, says: { B: agrees(1, C) } }, enters("join", 1, C)],
    ["joins nothing again to which nobody has agreed",
      { players: 3, tried: C, says: { B: attempts(1, C) } }],
    ["joins nothing that it didn't attempt, though somebody has agreed",
      { players: 3, tried: A | B, says: { B: agrees(1, C) } }],
    ["takes back with another whom it hears asking, too", RETURN, enters("join", 1, 0, D1)],
    ["takes nobody back whom it doesn't hear asking",
      { ...RETURN, says: { ...RETURN.says, D: { ...ASKS, isReturning: false } } }],
    ["takes back with another no other incarnation than asks",
      { ...RETURN, says: { ...RETURN.says, D: { ...ASKS, epoch: 2 } } }],
    ["takes nobody back with another who is silent", { ...RETURN, unheard: D }],
    ["takes nobody back with another who has to wait", { ...RETURN, waiting: D }],
    ["follows a number that is 64 higher", { says: { B: attempts(64, C) } }, enters("join", 64, C)],
    ["follows a higher one step by step", { says: { B: attempts(65, C) } },
      { kind: "catch up", n: 64 }],
    ["overtakes in an attempt by one step at a time",
      { ...attempts(1, C), says: { B: attempts(99, C) } }, enters("overtake", 66, C)],
    ["joins no attempt with a lower number", { attemptNumber: 2, says: { B: attempts(1, C) } }],
    ["joins no attempt against itself", { says: { B: attempts(1, A) } }],
    ["joins no attempt of somebody whom it attempts to drop",
      { ...attempts(1, C), says: { C: attempts(2, B) } }],
    ["joins no attempt of another era", { era: 1, says: { B: attempts(1, C) } }],
    ["merges what it agreed to into an attempt with a higher number",
      { ...agrees(1, C), says: { B: attempts(2, D) } }, enters("merge", 3, C | D)],
    ["leaves behind what it agreed to in an earlier attempt",
      { ...attempts(2, C), ...agreed(1, C), says: { B: attempts(3, D) } }, enters("join", 3, D)],
    ["joins an attempt that holds all it agreed to",
      { ...agrees(1, C), silentMs: { D: 601 }, says: { B: attempts(2, C | D) } },
      enters("join", 2, C | D)],
    ["keeps to what it agreed to where another attempts to drop more than it suspects",
      { ...agrees(1, C), says: { B: attempts(2, C | D) } }, enters("overtake", 3, C)],
    ["merges two attempts with one number", { ...attempts(1, C), says: { B: attempts(1, D) } },
      enters("merge", 2, C | D)],
    ["merges a smaller attempt with its number into its own",
      { ...attempts(1, C | D), says: { B: attempts(1, D) } }, enters("merge", 2, C | D)],
    ["takes nobody back in an attempt that also drops somebody",
      { ...BACK, ...attempts(1, C), says: { B: attempts(1, 0, { join: D1 }), D: ASKS } },
      enters("merge", 2, C)],
    ["drops somebody in place of taking another back",
      { ...BACK, silentMs: { C: 601 }, says: { B: attempts(1, C) } }, enters("merge", 2, C)],
    ["takes the other's returning player where two attempts have one number",
      { ...BACK, says: { B: attempts(1, 0, { join: D2 }), D: { ...ASKS, epoch: 2 } } },
      enters("merge", 2, 0, D2)],
    ["takes back the other's player even where it is as new as its own",
      { ...BACK, members: A | B, presences: [THERE, THERE, GONE, GONE],
        says: { B: attempts(1, 0, { join: C1 }), C: ASKS } }, enters("merge", 2, 0, C1)],
    ["drops only members", { ...THREE, silentMs: { C: 601 }, says: { B: attempts(1, C | D) } },
      enters("open", 2, C)],
    ["joins no attempt that would change nothing", { ...THREE, says: { B: attempts(1, D) } }],
    ["attempts the same with a number above those of others",
      { ...BACK, says: { B: { attemptNumber: 2 } } }, enters("overtake", 3, 0, D1)],
    ["keeps its number if nobody who takes part has a higher one",
      { ...attempts(1, C), says: { B: { attemptNumber: 1 }, C: { attemptNumber: 5 } } }],
  ],
  R6: [
    ["backs out when the suspect is heard again", { ...attempts(1, C), silentMs: { C: 0 } },
      backsOut(2)],
    ["stays in an attempt against whom most of the others still suspect",
      { ...attempts(1, C), silentMs: { C: 0 }, says: { B: { suspects: C }, D: { suspects: C } } }],
    ["goes on against those that are still silent", { ...attempts(1, C | D), silentMs: { C: 0 } },
      backsOut(2, D)],
    ["backs out for nobody who isn't surely there",
      { ...attempts(1, C), silentMs: { C: 0 }, absent: C }],
    ["backs out for nobody who speaks but doesn't hear this host",
      { ...attempts(1, C), silentMs: { C: 601 } }],
    ["backs out no more once it has agreed",
      { ...attempts(2, C), ...agreed(1, C), silentMs: { C: 0 } }],
    ["backs out no more once another participant shows that it agreed",
      { ...attempts(1, C), silentMs: { C: 0 }, says: { D: agreed(1, C) } }],
    ["backs out although the suspect agreed to something",
      { ...attempts(1, C), silentMs: { C: 0 }, says: { C: agreed(1, D) } },
      backsOut(2)],
    ["pauses before it backs out again",
      { ...attempts(1, C), silentMs: { C: 0 }, backedOutMs: NOW_MS - 150 }],
    ["backs out again after a pause",
      { ...attempts(1, C), silentMs: { C: 0 }, backedOutMs: NOW_MS - 151 },
      backsOut(2)],
    ["backs out when the returning player isn't heard any more", { ...BACK, unheard: D },
      backsOut(2)],
    ["backs out when the others don't hear it asking for too long",
      { ...BACK, attemptingMs: NOW_MS - 601 }, backsOut(2)],
    ["waits for others who may hear it later", { ...BACK, attemptingMs: NOW_MS - 600 }],
    ["waits for a returning player that is silent for a moment", { ...BACK, absent: D }],
    ["drops the only other one for good when its next incarnation falls silent",
      { players: 2, ...attempts(1, B, { join: B1 }), says: { B: ASKS }, unheard: B },
      backsOut(2, B)],
  ],
  R7: [
    ["agrees when all participants show its attempt, on the highest inputs",
      { ...attempts(1, D, { high: [20, 20, 20, 10] }), have: [30, 30, 30, 12],
        says: { B: attempts(1, D, { high: [20, 20, 20, 12] }),
          C: attempts(1, D, { high: [20, 20, 20, 11] }) } },
      changes("agree", 1, D, { cut: [-1, -1, -1, 12] })],
    ["copies what it lacks before it agrees",
      { ...attempts(1, C | D), have: [20, 20, 19, 20], says: { B: attempts(1, C | D) } },
      { kind: "copy", ...attempts(1, C | D, { cut: [-1, -1, 20, 20] }) }],
    ["waits for whoever doesn't show its attempt",
      { ...attempts(1, D), says: { B: attempts(1, D) } }],
    ["waits for whoever shows the same with a lower number",
      { ...attempts(2, D), says: { B: attempts(2, D), C: attempts(1, D) } }],
    ["waits for whoever attempts to drop it",
      { players: 3, ...attempts(1, C), says: { B: attempts(1, A) } }],
    ["agrees once", { ...agrees(1, D), says: { B: attempts(1, D), C: attempts(1, D) } }],
    ["repeats what all participants agreed to before",
      { ...attempts(3, C | D), ...agreed(1, D),
        says: { B: { ...attempts(3, C | D), ...agreed(2, D) } } }, changes("repeat", 3, D)],
    ["decides anew where another agreed to something else",
      { ...attempts(3, C | D), ...agreed(1, D),
        says: { B: { ...attempts(3, C | D), ...agreed(2, C) } } }, changes("agree", 3, C | D)],
    ["decides anew where one of the others has agreed to nothing",
      { ...attempts(3, D), ...agreed(1, D, { at: 5 }),
        says: { B: { ...attempts(3, D), ...agreed(1, D, { at: 5 }) }, C: attempts(3, D) } },
      changes("agree", 3, D)],
    ["decides anew where it has agreed to nothing itself",
      { ...attempts(3, C | D), says: { B: { ...attempts(3, C | D), ...agreed(1, D) } } },
      changes("agree", 3, C | D)],
  ],
  R8: [
    ["commits when all participants show that they agreed",
      { players: 3, ...agrees(2, C), says: { B: agrees(2, C) } }, changes("commit", 2, C)],
    ["waits for whoever hasn't agreed",
      { ...agrees(2, D), says: { B: agrees(2, D), C: attempts(2, D) } }],
    ["waits for whoever agreed in an earlier attempt only",
      { ...agrees(2, D), says: { B: agrees(2, D), C: { ...attempts(2, D), ...agreed(1, D) } } }],
    ["waits for whoever agreed to something else",
      { ...agrees(2, D),
        says: { B: agrees(2, D), C: { ...attempts(2, D), ...agreed(2, D, { at: 5 }) } } }],
    ["claims a change that leaves exactly half",
      { ...agrees(1, C | D), says: { B: agrees(1, C | D) } }, changes("claim", 1, C | D)],
    ["claims again after a while", { players: 2, ...agrees(1, B), claimedMs: NOW_MS - 200 },
      changes("claim", 1, B)],
    ["claims no more often", { players: 2, ...agrees(1, B), claimedMs: NOW_MS - 199 }],
    ["commits with exactly half what the witness granted",
      { players: 2, ...agrees(1, B), granted: keyOf(agreed(1, B).agreed) },
      changes("commit", 1, B)],
    ["commits nothing else with exactly half",
      { players: 2, ...agrees(1, B), granted: keyOf(agreed(1, B, { at: 5 }).agreed) },
      changes("claim", 1, B)],
    ["needs no witness against those that said goodbye",
      { players: 3, ...agrees(1, B | C), says: { B: LEFT, C: LEFT } }, changes("commit", 1, B | C)],
    ["needs the witness where only one of two said goodbye",
      { ...agrees(1, C | D), says: { B: agrees(1, C | D), C: LEFT } }, changes("claim", 1, C | D)],
    ["claims nothing with less than half", { players: 3, ...agrees(1, B | C) }],
  ],
  R10: [
    ["attempts to take back whoever asks", { ...THREE, says: { D: ASKS } },
      enters("take back", 1, 0, D1)],
    ["takes back whom each lower slot has left out for 600 ms",
      { me: 1, ...THREE, says: { D: ASKS } }, enters("take back", 1, 0, D1)],
    ["leaves taking back to lower slots until then", { me: 2, ...THREE, says: { D: ASKS } }],
    ["takes nobody back who doesn't ask", { ...THREE, says: { D: { epoch: 1 } } }],
    ["takes nobody back whom the others still take for a member",
      { says: { B: { suspects: 0 }, C: { suspects: 0 }, D: ASKS } }],
    ["takes nobody back who isn't surely there", { ...THREE, says: { D: ASKS }, absent: D }],
    ["takes nobody back who has to wait", { ...THREE, says: { D: ASKS }, waiting: D }],
    ["takes back no incarnation that was dropped",
      { ...THREE, says: { D: { isReturning: true } } }],
    ["with one other member, which is silent, takes back whoever asks",
      { ...THREE, members: A | B, silentMs: { B: 3000 }, says: { D: ASKS } },
      enters("take back", 1, 0, D1)],
    ["drops suspects before it takes anybody back",
      { ...THREE, says: { D: ASKS }, silentMs: { C: 601 } }, enters("open", 1, C)],
    ["agrees from which tick on a returned player counts",
      { ...BACK, ...attempts(1, 0, { join: D1, high: [20, 90, 90, 90] }),
        says: { B: attempts(1, 0, { join: D1, high: [90, 22, 90, 90] }),
          C: attempts(1, 0, { join: D1, high: [90, 90, 21, 90] }) } },
      changes("agree", 1, 0, { join: D1, at: 22 + 36 })],
  ],
  "without R4": [
    ["agrees before it holds what counts",
      { ...attempts(1, C | D), have: [20, 20, 19, 20], says: { B: attempts(1, C | D) },
        controls: { isUnfrozen: true } }, changes("agree", 1, C | D)],
  ],
  "without R7": [
    ["lets the lowest inputs count",
      { ...attempts(1, C | D), says: { B: attempts(1, C | D, { high: [20, 20, 12, 20] }) },
        controls: { isCutMinimum: true } }, changes("agree", 1, C | D, { cut: [-1, -1, 12, 20] })],
    ["forgets what all agreed to before",
      { ...attempts(3, C | D), ...agreed(1, D),
        says: { B: { ...attempts(3, C | D), ...agreed(2, D) } },
        controls: { agreedBefore: "forgotten" } }, changes("agree", 3, C | D)],
    ["repeats the newest that anybody agreed to",
      { ...attempts(3, C | D), ...agreed(1, D),
        says: { B: { ...attempts(3, C | D), ...agreed(2, C) } },
        controls: { agreedBefore: "newest" } }, changes("repeat", 3, C)],
  ],
  "without R8": [
    ["commits what it has agreed to alone", { ...agrees(1, D), controls: { isUnagreed: true } },
      changes("commit", 1, D)],
  ],
  "without R10": [
    ["takes a player back alone", { me: 1, ...THREE, says: { D: ASKS }, have: [90, 20, 90, 90],
        controls: { isReturnUnagreed: true } },
      changes("commit", 1, 0, { join: D1, cut: [], at: 56 })],
  ],
};

for (const [rule, rows] of Object.entries(ROWS)) {
  for (const [what, given, first] of rows) {
    Deno.test(`${rule}: a member ${what}`, () => {
      const { standing, observed, decider } = situationOf(given);

      const [decision] = decide(standing, observed, decider).decisions;
      expect(decision).toEqual(first);
    });
  }
}
