import { expect } from "@std/expect";
import { Absences } from "../../net/match/membership/absences.ts";

const GRACE_MS = 8_000;

/** From when on slot 1 may come back that was dropped at those times, after the last of them. */
const WAITS:
  readonly (readonly [string, droppedMs: readonly number[], waitMs: number])[] =
    [
      ["once", [0], 0],
      ["twice", [0, 0], 2_000],
      ["three times", [0, 0, 0], 4_000],
      ["four times", [0, 0, 0, 0], 8_000],
      ["more often", [0, 0, 0, 0, 0], 8_000],
      ["again within six grace periods", [0, 0, 48_000], 4_000],
      ["again after more than that", [0, 0, 48_001], 0],
      ["again long after a part of them", [0, 9, 48_009], 2_000],
    ];

for (const [what, droppedMs, waitMs] of WAITS) {
  Deno.test(`R5: who was dropped ${what} waits for ${waitMs} ms, a second less where others want it`, () => {
    const absences = new Absences(2, GRACE_MS);
    for (const atMs of droppedMs) absences.noteDropped(1, atMs, false);
    const firstMs = (laterMs: number) => {
      const [last] = droppedMs.slice(-1);
      for (let ms = 0;; ms++) {
        if (absences.mayReturn(1, last + ms, laterMs)) return ms;
      }
    };

    expect([0, -1_000, 600].map(firstMs))
      .toEqual([waitMs, Math.max(0, waitMs - 1_000), waitMs + 600]);
    expect(absences.mayReturn(0, 0, 0)).toBe(true);
  });
}

Deno.test("R5: who had another state comes back three times, and no more", () => {
  const absences = new Absences(2, GRACE_MS);
  const mayReturn = (times: number) => {
    for (let i = 0; i < times; i++) absences.noteDropped(1, i, true);
    return absences.mayReturn(1, 1e9, 0);
  };

  expect([mayReturn(3), mayReturn(1)]).toEqual([true, false]);
});
