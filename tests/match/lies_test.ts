import { expect } from "@std/expect";
import type { NegativeControls } from "../../net/match/membership/negative_controls.ts";
import { playLie } from "./lie_judge.ts";
import { drawLiedMatch } from "./lying_match.ts";
import type { History } from "./sim_kinds.ts";
import { playAll } from "./sim_pool.ts";

const LIES = 10_000;
/** A rule that is left out must be missed within so many lies of a kind. */
const CONTROL_SEEDS = 200;

Deno.test("ten thousand lies of a member, in every phase: the others play on, and agree", async () => {
  const histories = Array.from(
    { length: LIES },
    (_, i): History => ({ kind: "lie", seed: i + 1 }),
  );
  const totals: Record<string, number> = {};
  const failed: unknown[] = [];

  await playAll(histories, ({ seed }, { failures, counters }) => {
    // Replay it: deno task fuzz --member --lies 1 --seed SEED
    if (failures.length > 0) failed.push({ seed, failures });
    for (const [name, count] of Object.entries(counters)) {
      totals[name] = (totals[name] ?? 0) + count;
    }
  });

  expect(failed).toEqual([]);
  // Lies that aren't told, or in one phase only, would prove nothing.
  expect(totals.told).toBeGreaterThan(0.9 * LIES);
  for (
    const phase of [
      ...["hello", "play", "attempt", "returning", "over", "watching"],
    ]
  ) expect(totals[phase]).toBeGreaterThan(LIES / 10);
});

/** Which rule is left out, and what the lie that it is against adds to packets. */
const CONTROLS: readonly [string, NegativeControls, string][] = [
  ["one member's word made a commit", { isCommitUnshown: true }, "commit"],
  ["what is passed on always counted", { isPassedOnTaken: true }, "inputs"],
  ["nobody's state was suspect", { isDifferenceKept: true }, "inputs"],
  ["any snapshot was believed", { isSnapshotUnclaimed: true }, "other state"],
];

for (const [what, controls, part] of CONTROLS) {
  Deno.test(`a lie would harm if ${what} (negative control)`, () => {
    const phase = part === "other state" ? "returning" : "play";
    const matches = Array.from({ length: CONTROL_SEEDS }, (_, i) => {
      const drawn = drawLiedMatch(i + 1, 4);
      const lie = { ...drawn.lie, parts: [part], fields: 0, isRaw: false };
      return { ...drawn, phase, lie } as const;
    });

    const harmed = matches.find((match) =>
      playLie({ ...match, controls }).violations.length > 0
    );

    expect(harmed && playLie(harmed).violations).toEqual([]);
  });
}
