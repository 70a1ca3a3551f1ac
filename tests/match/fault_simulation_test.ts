import { expect } from "@std/expect";
import type { NegativeControls } from "../../net/match/membership/negative_controls.ts";
import { STRATEGIES } from "../support/lying_member.ts";
import { shrinkFailure } from "./fault_shrink.ts";
import {
  type FaultSimulationOptions,
  simulateFaults,
} from "./fault_simulation.ts";
import type { History } from "./sim_kinds.ts";
import { playAll } from "./sim_pool.ts";

/** Seeds by number of players: the more play, the more can happen. Some more follow from the commit. */
const SEEDS = { 2: 200, 3: 250, 4: 500 } as const;
const COMMIT_SEEDS = 25;
const NAP_SEEDS = 6;
const LIE_SEEDS = 600;
/** A rule that is left out must be missed within so many seeds. */
const CONTROL_SEEDS = 5000;

/** A number that is new with every commit, so that every commit tries other histories. */
async function commitSeed(): Promise<number> {
  try {
    const { stdout } = await new Deno.Command("git", {
      args: ["rev-parse", "--short=7", "HEAD"],
      stderr: "null",
    }).output();
    return Number.parseInt(new TextDecoder().decode(stdout), 16) || 1;
  } catch {
    return 1; // Not a checkout: then always the same ones.
  }
}

/** Plays all; returns how often what happened in all of them. */
async function countAll(
  histories: readonly History[],
): Promise<ReadonlyMap<string, number>> {
  const totals = new Map<string, number>();
  const failed: unknown[] = [];
  await playAll(histories, (history, { failures, counters, story }) => {
    // Replay it: deno task sim --kind KIND --seeds SEED --players PLAYERS
    if (failures.length > 0) failed.push({ history, failures, story });
    for (const [name, count] of Object.entries(counters)) {
      totals.set(name, (totals.get(name) ?? 0) + count);
    }
  });
  expect(failed).toEqual([]);
  return totals;
}

Deno.test("a thousand matches through faults of every kind: one truth, and nobody waits for ever", async () => {
  const first = await commitSeed();
  const histories = ([2, 3, 4] as const).flatMap((players) => {
    const seeds = Array.from({ length: SEEDS[players] }, (_, i) => i + 1);
    for (let i = 0; players > 2 && i < COMMIT_SEEDS; i++) seeds.push(first + i);
    return seeds.map((seed) => ({ kind: "faults", seed, players } as const));
  });

  const totals = await countAll(histories);

  // A simulation in which nothing went wrong would prove nothing.
  const happened = [
    ...["attempted", "agreed", "committed", "backed out", "repeated"],
    ...["out", "returned", "kills", "resumes", "claim", "rollbacks"],
    ...["over: finished", "over: walkover", "over: connection lost"],
    ...["hit attempted", "hit agreed", "hit committed", "hit claim"],
    ...["hit returned", "hit ending", "rejected packets", "nap", "stopped"],
    ...["clock jump", "lobby down", "lobby restarts", "lobby cut off"],
    ...[
      "lobby forgot",
      "nobody wins",
      "resumes refused",
      "bursts",
      "over TCP",
      "clock off",
    ],
  ];
  for (const name of happened) {
    expect([name, totals.get(name) ?? 0]).not.toEqual([name, 0]);
  }
});

Deno.test("who slept for up to an hour is back in the match, and nothing was kept without end", async () => {
  const seeds = Array.from({ length: NAP_SEEDS }, (_, i) => i + 1);
  const totals = await countAll(
    seeds.map((seed) => ({ kind: "naps", seed, players: 3 })),
  );

  expect(totals.get("nap")).toBeGreaterThanOrEqual(NAP_SEEDS);
  // In an hour over a bad network the two that are left can lose each other.
  const [returned = 0, lost = 0] = ["returned", "lost"].map((name) =>
    totals.get(name)
  );
  expect(lost).toBeLessThanOrEqual(NAP_SEEDS / 4);
  expect(returned + lost).toBeGreaterThanOrEqual(NAP_SEEDS);
});

Deno.test("of six hundred matches in which a member lies it takes none from the others", async () => {
  const seeds = Array.from({ length: LIE_SEEDS }, (_, i) => i + 1);
  const totals = await countAll(
    seeds.map((seed) => ({ kind: "lies", seed, players: 2 + seed % 3 })),
  );

  for (const strategy of STRATEGIES) {
    expect([strategy, totals.get(strategy) ?? 0]).not.toEqual([strategy, 0]);
  }
});

Deno.test("a seed of faults gives the same history twice", () => {
  const history = () =>
    simulateFaults({ seed: 12, players: 4, isTraced: true }).trace;

  expect(history()).toEqual(history());
});

type Options = Omit<FaultSimulationOptions, "seed">;

const LIES = { kind: "lies" } as const;

/** What is broken, with how many players, and how. */
const CONTROLS: readonly [
  string,
  number,
  NegativeControls,
  Partial<Options>?,
][] = [
  ["the lowest inputs counted", 4, { isCutMinimum: true }],
  ["inputs of the lost were not frozen", 2, { isUnfrozen: true }],
  ["a change was committed before all agreed", 4, { isUnagreed: true }],
  ["what was agreed before was forgotten", 4, { agreedBefore: "forgotten" }],
  ["the newest agreed change won", 4, { agreedBefore: "newest" }],
  ["a host declared the result alone", 2, { isResultUnagreed: true }],
  ["the witness forgot", 2, {}, { isWitnessForgetful: true }],
  ["one host alone took a player back", 3, { isReturnUnagreed: true }],
  ["each input was sent three times, acknowledged or not", 3, {
    isSentThrice: true,
  }],
  ["who slept took its sleep for the others' silence", 3, {
    isSleepCounted: true,
  }],
  ["packets for a sleeper waited without end", 3, {}, {
    ...{ kind: "naps", isInboxUnbounded: true },
  }],
  ["hearsay counted as word", 4, { isHearsayWord: true }, LIES],
  ["one alone chose whom to drop", 4, { isSuspicionUnshared: true }, LIES],
  ["who keeps its inputs was heard", 3, { isKeepingHeard: true }, LIES],
];

/** The first seed that breaks. */
function firstBroken(options: Options): number {
  for (let seed = 1; seed <= CONTROL_SEEDS; seed++) {
    if (simulateFaults({ seed, ...options }).violations.length > 0) return seed;
  }
  throw new Error(`None of ${CONTROL_SEEDS} seeds breaks`);
}

for (const [what, players, controls, more = {}] of CONTROLS) {
  Deno.test(`a match would break if ${what} (negative control)`, () => {
    const seed = firstBroken({ players, controls, ...more });

    const { kind = "faults" } = more;
    expect(simulateFaults({ seed, players, kind }).violations).toEqual([]);
  });
}

Deno.test("a failing history shrinks to the faults that it needs", () => {
  const failing = { players: 4, controls: { isCutMinimum: true } };
  const options = { seed: firstBroken(failing), ...failing };
  const { violations, schedule } = simulateFaults(options);

  const { without, result } = shrinkFailure(options);

  const kindOf = ([violation]: readonly string[]) => violation.split(":")[0];
  expect(kindOf(result.violations)).toBe(kindOf(violations));
  expect(result.trace.length).toBeGreaterThan(0);
  expect(without.size).toBeLessThanOrEqual(schedule.faults.length);
});
