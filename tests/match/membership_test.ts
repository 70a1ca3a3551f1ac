import { expect } from "@std/expect";
import { OPEN_END, presentFromStart } from "../../game/presence.ts";
import { Membership } from "../../net/match/membership/membership.ts";
import type { Standing } from "../../net/match/membership/standing.ts";
import { keyOf } from "../../net/match/wire/record.ts";
import { recordOf } from "../support/slot_record.ts";
import {
  agreed,
  agrees,
  attempts,
  type Case,
  NOW_MS,
  situationOf,
} from "./membership_case.ts";

/** Sets of one: slots 1 to 3. */
const [B, C, D] = [2, 4, 8];

function memberIn(given: Case) {
  const { standing, observed, decider } = situationOf(given);
  const membership = new Membership(decider, [0, 0, 0, 0]);
  membership.standing = standing;
  return { membership, observed };
}

Deno.test("all players are members from the beginning", () => {
  const { decider } = situationOf({});

  expect(new Membership(decider, [0, 32]).standing).toMatchObject({
    era: 0,
    members: 0b11,
    presences: [presentFromStart(0), presentFromStart(32)],
  });
});

// deno-fmt-ignore
const FREEZINGS: readonly (readonly [string, Case, takesOfBAndC: boolean[], confirms: boolean])[] = [
  ["takes inputs of all, and confirms, without an attempt", {}, [true, true], true],
  ["takes no inputs of those to be dropped, and confirms nothing",
    attempts(1, C), [true, false], false],
  ["takes in what it lacks up to the cut",
    attempts(1, C, { cut: [-1, -1, 20, -1] }), [true, true], false],
  ["takes in nothing beyond the cut",
    attempts(1, C, { cut: [-1, -1, 19, -1] }), [true, false], false],
  ["takes in and confirms all without R4",
    { ...attempts(1, C), controls: { isUnfrozen: true } }, [true, true], true],
];

for (const [what, given, takes, isConfirming] of FREEZINGS) {
  Deno.test(`R4: a member ${what}`, () => {
    const { membership } = memberIn(given);

    expect([1, 2].map((slot) => membership.mayTake(slot, 20))).toEqual(takes);
    expect(membership.mayConfirm).toBe(isConfirming);
  });
}

Deno.test("R4: what a member holds when it enters an attempt is fixed for this attempt", () => {
  const { membership, observed } = memberIn({
    silentMs: { C: 601 },
    says: { B: attempts(1, C) },
    have: [20, 21, 22, 23],
  });
  membership.evaluate(observed);
  membership.evaluate({ ...observed, have: [30, 30, 30, 30] });

  expect(membership.standing.attempt)
    .toEqual(attempts(1, C, { high: [20, 21, 22, 23] }).attempt);
});

type Telling = readonly [
  string,
  Case,
  told: string[],
  after: Partial<Standing>,
];

// deno-fmt-ignore
const TELLINGS: readonly Telling[] = [
  ["each attempt that it enters",
    { ...agreed(0, B), granted: "granted before", silentMs: { D: 601 },
      says: { B: attempts(1, D), C: attempts(2, D) } }, ["attempted", "attempted"],
    { ...attempts(2, D), attemptNumber: 2, ...agreed(0, B), granted: "" }],
  ["that it backed out and goes on against others",
    { ...attempts(1, C | D), silentMs: { C: 0 } }, ["backed out", "attempted"],
    { ...attempts(2, D), attemptNumber: 2, backedOutMs: NOW_MS }],
  ["that it repeats what it agreed to",
    { ...attempts(3, C | D), ...agreed(1, D),
      says: { B: { ...attempts(3, C | D), ...agreed(2, D) } } },
    ["repeated", "agreed"], { ...attempts(3, C | D), ...agreed(3, D) }],
  ["what it committed", { players: 3, ...agrees(1, C), says: { B: agrees(1, C) } }, ["committed"],
    { era: 1, members: 0b011, attempt: undefined, agreed: undefined }],
];

for (const [what, given, told, after] of TELLINGS) {
  Deno.test(`a member tells ${what}`, () => {
    const { membership, observed } = memberIn(given);

    expect(membership.evaluate(observed).map(({ kind }) => kind)).toEqual(told);
    expect(membership.standing).toMatchObject(after);
  });
}

/** A standing in which nothing is under way. */
const NONE = { attempt: undefined, agreed: undefined };
const AT_REST = {
  ...NONE,
  attemptNumber: 0,
  tried: 0,
  granted: "",
  attemptingMs: -Infinity,
};

Deno.test("R8: the last of two drops the other once the witness has granted it", () => {
  const lonely = { players: 2, silentMs: { B: 3001 } } as const;
  const { membership, observed } = memberIn(lonely);
  const value = keyOf(agreed(1, B, { cut: [-1, 20, -1, -1] }).agreed);

  expect(membership.evaluate(observed)).toEqual([
    ...[{ kind: "attempted" }, { kind: "agreed" }],
    { kind: "claim", claim: { era: 1, value, seats: [[0, 0]] } },
  ]);
  expect(membership.standing)
    .toMatchObject({ ...agreed(1, B), claimedMs: NOW_MS });
  expect(membership.evaluate(observed)).toEqual([]);
  membership.grant(value);
  expect(membership.evaluate(observed))
    .toEqual([{ kind: "committed", joined: 0 }]);

  expect(membership.standing).toEqual({
    ...{ ...AT_REST, era: 1, members: 1 },
    presences: [presentFromStart(0), [{ epoch: 0, from: 0, to: 20 }]],
    ...{ claimedMs: NOW_MS, backedOutMs: -Infinity },
  });
});

Deno.test("a member claims the seats of all who would be members, each with its incarnation", () => {
  const says = { B: { isReturning: true, epoch: 1 } };
  const { membership, observed } = memberIn({ players: 2, says });

  const [, , claimed] = membership.evaluate(observed);
  expect(claimed).toMatchObject({ claim: { seats: [[0, 0], [1, 1]] } });
  if (claimed.kind === "claim") membership.grant(claimed.claim.value);
  expect(membership.evaluate(observed))
    .toEqual([{ kind: "committed", joined: B }]);
});

Deno.test("R6: a member that backed out gives its attempt's number no vote again", () => {
  const says = {
    B: { ...attempts(1, C), suspects: 0 },
    D: { attemptNumber: 3, suspects: 0 },
  };
  const { membership, observed } = memberIn({
    ...{ ...attempts(1, C), silentMs: { C: 0 }, says },
  });

  expect(membership.evaluate(observed)).toEqual([{ kind: "backed out" }]);
  expect(membership.standing).toMatchObject({
    ...{ attempt: undefined, attemptNumber: 4, backedOutMs: NOW_MS },
  });
  expect(membership.evaluate(observed)).toEqual([]);
});

Deno.test("R7: a member that lacks inputs takes in those up to the cut, then agrees", () => {
  const lacking = attempts(1, B, { high: [20, 21] });
  const { membership, observed } = memberIn({ players: 2, ...lacking });

  expect(membership.evaluate(observed)).toEqual([]);
  expect(membership.standing.attempt?.cut).toEqual([-1, 21]);
  expect([20, 21, 22].map((tick) => membership.mayTake(1, tick)))
    .toEqual([true, true, false]);
  expect(membership.evaluate({ ...observed, have: [20, 21] })[0])
    .toEqual({ kind: "agreed" });
  expect(membership.standing)
    .toMatchObject(agreed(1, B, { cut: [-1, 21] }));
});

Deno.test("R9: a member takes over a higher era with its members, and leaves its attempt", () => {
  const before = { members: 0b0111, claimedMs: 7, backedOutMs: 8 };
  const { membership } = memberIn({ ...agrees(2, C), ...before });
  const presences = [[{ epoch: 0, from: 3, to: OPEN_END }]];
  const after = { era: 5, members: 0b1011 };

  expect(membership.adopt(recordOf(1, after), presences)).toBe(D);
  expect(membership.standing)
    .toEqual({ ...before, ...AT_REST, ...after, presences });
});

Deno.test("without R7 a member forgets what it agreed to when it enters another attempt", () => {
  const { membership, observed } = memberIn({
    ...{ ...attempts(2, C), ...agreed(1, C), says: { B: attempts(3, D) } },
    controls: { agreedBefore: "forgotten" },
  });
  membership.evaluate(observed);

  expect(membership.standing.agreed).toBe(undefined);
});
