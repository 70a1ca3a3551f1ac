import { expect } from "@std/expect";
import { shrinkFailure } from "./fault_shrink.ts";
import {
  type FaultSimulationOptions,
  simulateFaults,
} from "./fault_simulation.ts";

/** Seeds by number of players: the more play, the more can happen. Some more follow from the commit. */
const SEEDS = { 2: 200, 3: 250, 4: 500 } as const;
const COMMIT_SEEDS = 25;
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

Deno.test("a thousand matches through faults of every kind: one truth, and nobody waits for ever", async () => {
  const first = await commitSeed();
  const totals: Record<string, number> = {};
  for (const players of [2, 3, 4] as const) {
    const seeds = Array.from({ length: SEEDS[players] }, (_, i) => i + 1);
    for (let i = 0; players > 2 && i < COMMIT_SEEDS; i++) seeds.push(first + i);
    for (const seed of seeds) {
      const { violations, counters } = simulateFaults({ seed, players });
      // Replay it: deno task sim --kind faults --seeds SEED --players PLAYERS
      expect({ players, seed, violations }).toEqual({
        players,
        seed,
        violations: [],
      });
      for (const [name, count] of Object.entries(counters)) {
        totals[name] = (totals[name] ?? 0) + count;
      }
    }
  }

  // A simulation in which nothing went wrong would prove nothing.
  const happened = [
    ...["attempted", "agreed", "committed", "backed out", "repeated"],
    ...["out", "returned", "kills", "resumes", "claim", "rollbacks"],
    ...["over: finished", "over: walkover", "over: connection lost"],
    ...["hit attempted", "hit agreed", "hit committed", "hit claim"],
    ...["hit returned", "rejected packets", "nap", "stopped", "clock jump"],
    ...["lobby down", "lobby restarts", "lobby cut off", "resumes refused"],
  ];
  for (const name of happened) {
    expect([name, totals[name] ?? 0]).not.toEqual([name, 0]);
  }
});

Deno.test("a seed of faults gives the same history twice", () => {
  const history = () =>
    simulateFaults({ seed: 12, players: 4, isTraced: true }).trace;

  expect(history()).toEqual(history());
});

const CONTROLS: Readonly<
  Record<
    string,
    Pick<FaultSimulationOptions, "players" | "controls" | "isWitnessForgetful">
  >
> = {
  "the lowest inputs counted": {
    players: 4,
    controls: { isCutMinimum: true },
  },
  "inputs of the lost were not frozen": {
    players: 2,
    controls: { isUnfrozen: true },
  },
  "a change was committed before all agreed": {
    players: 4,
    controls: { isUnagreed: true },
  },
  "what was agreed before was forgotten": {
    players: 4,
    controls: { agreedBefore: "forgotten" },
  },
  "the newest agreed change won": {
    players: 4,
    controls: { agreedBefore: "newest" },
  },
  "a host declared the result alone": {
    players: 2,
    controls: { isResultUnagreed: true },
  },
  "the witness forgot": { players: 2, isWitnessForgetful: true },
  "one host alone took a player back": {
    players: 3,
    controls: { isReturnUnagreed: true },
  },
  "each input was sent three times, acknowledged or not": {
    players: 3,
    controls: { isSentThrice: true },
  },
};

for (const [what, options] of Object.entries(CONTROLS)) {
  Deno.test(`a match would break if ${what} (negative control)`, () => {
    let seed = 1;
    while (
      seed <= CONTROL_SEEDS &&
      simulateFaults({ seed, ...options }).violations.length === 0
    ) seed++;

    expect(seed).toBeLessThanOrEqual(CONTROL_SEEDS);
  });
}

Deno.test("a failing history shrinks to the faults that it needs", () => {
  const failing = { players: 4, controls: { isCutMinimum: true } };
  let seed = 1;
  while (simulateFaults({ seed, ...failing }).violations.length === 0) seed++;
  const options = { seed, ...failing };
  const { violations, schedule } = simulateFaults(options);

  const { without, result } = shrinkFailure(options);

  expect(result.violations[0].split(":")[0])
    .toBe(violations[0].split(":")[0]);
  expect(result.trace.length).toBeGreaterThan(0);
  expect(without.size).toBeLessThanOrEqual(schedule.faults.length);
});
