/**
 * `deno task sim`: whole matches in virtual time, each from one seed; a failing seed replays alone.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from "commander";
import { createScenario, simulate } from "../support/simulation.ts";
import { shrinkFailure } from "./fault_shrink.ts";
import { simulateFaults } from "./fault_simulation.ts";

/** A line of progress at most this often. */
const PROGRESS_MS = 5_000;

interface SeedRange {
  readonly first: number;
  readonly last: number;
}

function parseSeeds(text: string): SeedRange {
  const match = /^(\d+)(?:\.\.(\d+))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (!match || last < first) {
    throw new InvalidArgumentError("Write it as 1..500, or 7 for one seed.");
  }
  return { first, last };
}

interface Played {
  readonly failures: readonly string[];
  /** For a person who looks at this seed alone. */
  readonly story: unknown;
}

/** A whole match over a bad network. */
function playSeed(seed: number, players?: number): Played {
  const scenario = createScenario(seed, players);
  const { failures, virtualMs } = simulate(scenario);
  return { failures, story: { scenario, virtualMs: Math.round(virtualMs) } };
}

/** A match through faults of every kind; a failing one is told as short as it goes. */
function playFaults(seed: number, players = 2 + (seed % 3)): Played {
  const { violations } = simulateFaults({ seed, players });
  if (violations.length === 0) return { failures: [], story: undefined };
  const { result, without } = shrinkFailure({ seed, players });
  const needed = result.schedule.faults.filter((_, i) => !without.has(i));
  return { failures: violations, story: { needed, trace: result.trace } };
}

/** Plays each seed of the range; returns how many failed. */
function playSeeds(
  { first, last }: SeedRange,
  { players, kinds }: {
    readonly players: number | undefined;
    readonly kinds: readonly (keyof typeof KINDS)[];
  },
): number {
  const beganMs = performance.now();
  let saidMs = beganMs;
  let failed = 0;
  for (let seed = first; seed <= last; seed++) {
    for (const kind of kinds) {
      const { failures, story } = KINDS[kind](seed, players);
      if (failures.length > 0 || first === last) {
        print({ seed, kind, failures, story });
      }
      if (failures.length === 0) continue;
      failed++;
      const who = players === undefined ? "" : ` --players ${players}`;
      print(`replay it: deno task sim --seeds ${seed} --kind ${kind}${who}`);
    }
    const nowMs = performance.now();
    if (nowMs - saidMs < PROGRESS_MS && seed < last) continue;
    saidMs = nowMs;
    const done = seed - first + 1;
    const perSecond = (done / ((nowMs - beganMs) / 1000)).toFixed(1);
    print(
      `${done} of ${
        last - first + 1
      } seeds, ${failed} failed, ${perSecond} a second`,
    );
  }
  return failed;
}

const KINDS = { match: playSeed, faults: playFaults } as const;

function print(what: unknown): void {
  const text = typeof what === "string" ? what : JSON.stringify(what, null, 2);
  Deno.stdout.writeSync(new TextEncoder().encode(text + "\n"));
}

const program = new Command("deno task sim")
  .description("Play whole matches in virtual time; each seed is one history.")
  .option("--seeds <a..b>", "which seeds", parseSeeds, { first: 1, last: 500 })
  .addOption(
    new Option("--players <n>", "how many play; by the seed if not given")
      .choices(["2", "3", "4"]),
  )
  .addOption(
    new Option("--kind <kind>", "a bad network, faults of every kind, or both")
      .choices(["match", "faults"]),
  )
  .addHelpText("after", "\nExample:\n  deno task sim --seeds 1..500")
  .parse(Deno.args, { from: "user" });
const { seeds, players, kind } = program.opts();
const failed = playSeeds(seeds, {
  players: players && Number(players),
  kinds: kind ? [kind] : ["match", "faults"],
});
if (failed > 0) Deno.exitCode = 1;
