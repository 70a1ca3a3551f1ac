/**
 * The kinds of histories that `deno task sim` plays, each from one seed.
 *
 * @module
 */
import { createScenario, simulate } from "../support/simulation.ts";
import { shrinkFailure } from "./fault_shrink.ts";
import { type DRAWS, simulateFaults } from "./fault_simulation.ts";
import { playLie } from "./lie_judge.ts";

/** Which history: a copy of it can be sent to a worker. */
export interface History {
  readonly seed: number;
  readonly kind: keyof typeof KINDS;
  /** How many play; the seed decides, if not given. */
  readonly players?: number | undefined;
}

/** What became of one history. */
export interface Played {
  readonly failures: readonly string[];
  /** How often what happened. */
  readonly counters: Readonly<Record<string, number>>;
  /** For a person who looks at this seed alone. */
  readonly story: unknown;
}

/**
 * A whole match over a bad network; one through faults of every kind; one in which some sleep; faults
 * in which one member lies by a plan; a calm match in which one tells a single lie.
 */
export const KINDS = {
  match: playMatch,
  faults: (seed: number, players?: number) =>
    playFaults("faults", seed, players),
  naps: (seed: number, players?: number) => playFaults("naps", seed, players),
  lies: (seed: number, players?: number) => playFaults("lies", seed, players),
  lie: playOneLie,
} as const;

/** Plays one history on this thread. */
export function play({ seed, kind, players }: History): Played {
  return KINDS[kind](seed, players);
}

function playMatch(seed: number, players?: number): Played {
  const scenario = createScenario(seed, players);
  const { failures, virtualMs } = simulate(scenario);
  const story = { scenario, virtualMs: Math.round(virtualMs) };
  return { failures, counters: {}, story };
}

function playOneLie(seed: number, players?: number): Played {
  const { match, told, violations } = playLie(seed, players);
  const counters = { told: told === "" ? 0 : 1, [match.phase]: 1 };
  return { failures: violations, counters, story: { told, ...match } };
}

/** A failing history is told as short as it goes. */
function playFaults(
  kind: keyof typeof DRAWS,
  seed: number,
  players = 2 + (seed % 3),
): Played {
  const options = { seed, players, kind };
  const { violations, counters } = simulateFaults(options);
  if (violations.length === 0) {
    return { failures: [], counters, story: undefined };
  }
  const { result, without } = shrinkFailure(options);
  const needed = result.schedule.faults.filter((_, i) => !without.has(i));
  const story = { needed, trace: result.trace };
  return { failures: violations, counters, story };
}
