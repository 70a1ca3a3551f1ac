/**
 * R12 of docs/membership.md: what the witness of one match grants.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  type EraClaim,
  type SeatEpoch,
  Witness,
} from "../../net/lobby_server/witness.ts";

const A: SeatEpoch = [0, 0];
const B: SeatEpoch = [1, 0];
const C: SeatEpoch = [2, 0];
const D: SeatEpoch = [3, 0];
/** B after another process took it. */
const B1: SeatEpoch = [1, 1];

function claim(era: number, value: string, ...seats: SeatEpoch[]): EraClaim {
  return { era, value, seats };
}

/** What happens, one step after the other, and what the witness answers. */
type Step =
  | readonly [claim: EraClaim, answer: "granted" | "waiting" | EraClaim]
  | "B is taken again"
  | "B is gone"
  | "B is back";

const CASES: readonly (readonly [string, readonly Step[]])[] = [
  ["grants the first claim, and the same value again to anybody", [
    [claim(1, "a", A), "granted"],
    [claim(1, "a", A), "granted"],
    [claim(1, "a", A, B), "granted"],
  ]],
  ["refuses another value for a granted era with the winner's", [
    [claim(1, "ab", A, B), "granted"],
    [claim(1, "cd", C, D), claim(1, "ab", A, B)],
    [claim(1, "cd", C, D), claim(1, "ab", A, B)],
    [claim(1, "ab", A, B), "granted"],
  ]],
  ["grants a later era to somebody else", [
    [claim(1, "ab", A, B), "granted"],
    [claim(2, "b", B), "granted"],
    [claim(2, "a", A), claim(2, "b", B)],
  ]],
  ["grants an era before which others were decided without it", [
    [claim(3, "ab", A, B), "granted"],
    [claim(4, "a", A), "granted"],
  ]],
  ["refuses an era that was passed over, with who went on", [
    [claim(3, "ab", A, B), "granted"],
    [claim(2, "cd", C, D), claim(3, "ab", A, B)],
    [claim(3, "ab", A, B), "granted"],
  ]],
  ["keeps what it granted in earlier eras", [
    [claim(1, "abc", A, B, C), "granted"],
    [claim(2, "a", A), "granted"],
    [claim(1, "abc", A, B, C), "granted"],
    [claim(1, "d", D), claim(1, "abc", A, B, C)],
  ]],
  ["remembers 64 grants, and takes older ones for passed over", [
    ...Array.from(
      { length: 65 },
      (_, i): Step => [claim(i + 1, "a", A), "granted"],
    ),
    [claim(1, "a", A), claim(65, "a", A)],
    [claim(2, "a", A), "granted"],
  ]],
  ["makes claims without a seat that was taken again wait", [
    "B is taken again",
    [claim(1, "a", A), "waiting"],
    [claim(1, "ab", A, B), "waiting"],
    [claim(1, "ab1", A, B1), "granted"],
    [claim(1, "a", A), claim(1, "ab1", A, B1)],
    [claim(2, "a", A), "granted"],
  ]],
  ["lets go of a seat that was taken again and is gone", [
    "B is taken again",
    [claim(1, "a", A), "waiting"],
    "B is gone",
    [claim(1, "a", A), "granted"],
  ]],
  ["waits again for a seat that was gone only for a moment", [
    "B is taken again",
    "B is gone",
    "B is back",
    [claim(1, "a", A), "waiting"],
    [claim(1, "b1", B1), "granted"],
  ]],
  ["makes claims wait for a seat that it once passed over and that is back", [
    "B is taken again",
    "B is gone",
    [claim(1, "a", A), "granted"],
    "B is back",
    [claim(2, "a", A), "waiting"],
  ]],
  ["repeats a granted claim after a seat was taken again", [
    [claim(1, "ab", A, B), "granted"],
    "B is taken again",
    [claim(1, "ab", A, B), "granted"],
    [claim(2, "a", A), "waiting"],
  ]],
];

for (const [what, steps] of CASES) {
  Deno.test(`the witness ${what}`, () => {
    const witness = new Witness();
    let isHere = true;
    for (const step of steps) {
      switch (step) {
        case "B is taken again":
          witness.takenAgain(1, 1);
          break;
        case "B is gone":
        case "B is back":
          isHere = step === "B is back";
          break;
        default: {
          const [claimed, answer] = step;
          expect(witness.claim(claimed, () => isHere)).toEqual(
            typeof answer === "string"
              ? { kind: answer }
              : { kind: "lost", winner: answer },
          );
        }
      }
    }
  });
}

Deno.test("the witness knows without whom a match went on, by the newest claim", () => {
  const witness = new Witness();
  expect(witness.wentOnWithout(3)).toBe(undefined);
  const first = claim(1, "ab", A, B);
  witness.claim(first, () => true);
  witness.claim(claim(1, "cd", C, D), () => true);

  expect([0, 1, 2, 3].map((slot) => witness.wentOnWithout(slot)))
    .toEqual([undefined, undefined, first, first]);

  const second = claim(2, "acd", A, C, D);
  witness.claim(second, () => true);
  expect([0, 1, 2, 3].map((slot) => witness.wentOnWithout(slot)))
    .toEqual([undefined, second, undefined, undefined]);
});
