import { expect } from "@std/expect";
import { OPEN_END, type Presence } from "../../game/presence.ts";
import {
  isInStep,
  isShownByAll,
} from "../../net/match/membership/commitment.ts";
import { applyChange } from "../../net/match/membership/membership_change.ts";
import { recordOf, type Saying } from "../support/slot_record.ts";
import {
  agreed,
  agrees,
  attempts,
  type Case,
  situationOf,
} from "./membership_case.ts";

/** Sets of one: slots 0 to 3. */
const [A, B, C, D] = [1, 2, 4, 8];

/** Whether B does its part in A's attempt, by what it says; of slot 2, A holds inputs up to 20. */
// deno-fmt-ignore
const STEPS: readonly (readonly [string, ours: Case, theirs: Saying, isInStep: boolean])[] = [
  ["shows the same attempt", attempts(2, C), attempts(2, C), true],
  ["shows none", attempts(2, C), {}, false],
  ["shows one of another era", attempts(2, C), { ...attempts(2, C), era: 1 }, false],
  ["shows a former one", attempts(2, C), attempts(1, C), false],
  ["shows another one", attempts(2, C), attempts(2, D), false],
  ["keeps inputs that it holds", attempts(2, C, { cut: [-1, -1, 21, -1] }),
    attempts(2, C, { high: [-1, -1, 21, -1] }), false],
  ["lacks inputs itself", attempts(2, C, { cut: [-1, -1, 21, -1] }),
    attempts(2, C, { high: [-1, -1, 20, -1] }), true],
  ["has passed them on", attempts(2, C, { cut: [-1, -1, 20, -1] }),
    attempts(2, C, { high: [-1, -1, 20, -1] }), true],
  ["agrees to the same", agrees(2, C), agrees(2, C), true],
  ["hasn't agreed yet", agrees(2, C), attempts(2, C), false],
  ["agreed to that before", agrees(2, C), { ...attempts(2, C), ...agreed(1, C) }, false],
  ["agrees to something else", agrees(2, C),
    { ...attempts(2, C), ...agreed(2, C, { at: 5 }) }, false],
  ["may agree later where this host agreed before", { ...attempts(2, C), ...agreed(1, C) },
    attempts(2, C), true],
];

for (const [what, ours, theirs, expected] of STEPS) {
  Deno.test(`R1: who ${what} is ${expected ? "" : "not "}in step`, () => {
    const { standing } = situationOf(ours);

    expect(isInStep(recordOf(1, theirs), standing, () => 20)).toBe(expected);
  });
}

const THERE: Presence = [{ epoch: 0, from: 0, to: OPEN_END }];
const ENDED: Presence = [{ epoch: 0, from: 0, to: 20 }];
const BACK: Presence = [...ENDED, { epoch: 1, from: 60, to: OPEN_END }];
/** Era 1 without D, or without A. */
const NO_D = {
  era: 1,
  members: A | B | C,
  presences: [THERE, THERE, THERE, ENDED],
};
const NO_A = {
  era: 1,
  members: B | C | D,
  presences: [ENDED, THERE, THERE, THERE],
};
/** Era 1, in which D is back. */
const D_BACK = { era: 1, members: 15, presences: [THERE, THERE, THERE, BACK] };
const A_BACK = { ...NO_A, members: 15, presences: [BACK, THERE, THERE, THERE] };

/** Whether A takes it for committed, which has `agreed`, by the words of B, C and D. */
// deno-fmt-ignore
const COMMITS: readonly (readonly [string, said: typeof NO_D, ours: Case, words: Saying[], boolean])[] = [
  ["all who stay show it", NO_D, agreed(1, D), [NO_D, NO_D, {}], true],
  ["the others show that they agreed", NO_D, agreed(1, D), [NO_D, agreed(1, D), {}], true],
  ["one of them agreed to something else", NO_D, agreed(1, D),
    [NO_D, agreed(1, D, { cut: [-1, -1, -1, 9] }), {}], false],
  ["one of them has agreed to nothing", NO_D, agreed(1, D), [NO_D, {}, {}], false],
  ["one shows another change", NO_D, agreed(1, D),
    [NO_D, { ...NO_D, presences: [THERE, THERE, THERE, THERE] }, {}], false],
  ["one dropped another incarnation", NO_D, agreed(1, D),
    [NO_D, { ...NO_D, presences: [THERE, THERE, THERE, [{ ...ENDED[0], epoch: 1 }]] }, {}], false],
  ["one shows other members", NO_D, agreed(1, D), [NO_D, { ...NO_D, members: 15 }, {}], false],
  ["this host has agreed to nothing", NO_D, {}, [NO_D, NO_D, {}], false],
  ["most others have decided that somebody is back", D_BACK,
    { members: A | B | C, presences: [THERE, THERE, THERE, ENDED] }, [D_BACK, D_BACK, {}], true],
  ["this host agreed to something else", NO_D, agreed(1, C), [NO_D, NO_D, {}], false],
  ["it is two changes on", { ...NO_D, era: 2 }, agreed(1, D), Array(3).fill({ ...NO_D, era: 2 }), false],
  ["all others show that this host is out", NO_A, {}, [NO_A, NO_A, NO_A], true],
  ["one of them doesn't", NO_A, {}, [NO_A, NO_A, {}], false],
  ["all others took another incarnation back", A_BACK, {}, [A_BACK, A_BACK, A_BACK], true],
  ["one remembers another past", A_BACK, {},
    [A_BACK, { ...A_BACK, presences: [[{ ...ENDED[0], to: 9 }, BACK[1]], THERE, THERE, THERE] },
      A_BACK], false],
  ["the other of two says so", { ...NO_A, members: B }, { members: A | B },
    [{ ...NO_A, members: B }, {}, {}], false],
  ["the other of two and a third say so", NO_A, { members: A | B }, [NO_A, NO_A, NO_A], true],
  ["the third doesn't say so", NO_A, { members: A | B }, [NO_A, NO_A, {}], false],
];

for (const [what, said, ours, words, expected] of COMMITS) {
  Deno.test(`R9: where ${what}, a change is ${expected ? "" : "not "}committed`, () => {
    const { standing } = situationOf(ours);
    const records = [
      undefined,
      ...words.map((word, i) => recordOf(i + 1, word)),
    ];

    expect(isShownByAll(said, standing, records, 0)).toBe(expected);
  });
}

Deno.test("of three, who agrees with each of two that can't hear each other parts them", () => {
  const parts = [[0, B], [1, A]].map(([me, drop]) => {
    const { standing } = situationOf({ players: 3, me, ...agreed(1, drop) });
    const words = [undefined, undefined, recordOf(2, agreed(1, drop))];
    const said = applyChange(agreed(1, drop).agreed, standing);
    return isShownByAll({ ...said, era: 1 }, standing, words, me);
  });

  expect(parts).toEqual([true, true]);
});
