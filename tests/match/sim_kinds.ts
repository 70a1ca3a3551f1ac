/**
 * The kinds of histories that `deno task sim` plays, each from one seed.
 *
 * @module
 */
import { createScenario, simulate } from "../support/simulation.ts";
import { shrinkFailure } from "./fault_shrink.ts";
import { simulateFaults } from "./fault_simulation.ts";

/** A whole match over a bad network; one through faults of every kind; one in which some sleep. */
export const KINDS = ["match", "faults", "naps"] as const;
export type Kind = typeof KINDS[number];

/** Which history: a copy of it can be sent to a worker. */
export interface History {
  readonly seed: number;
  readonly kind: Kind;
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

/** Plays one history on this thread; a failing one of faults is told as short as it goes. */
export function play({ seed, kind, players = 2 + seed % 3 }: History): Played {
  if (kind === "match") {
    const scenario = createScenario(seed, players);
    const { failures, virtualMs } = simulate(scenario);
    const story = { scenario, virtualMs: Math.round(virtualMs) };
    return { failures, counters: {}, story };
  }
  const options = { seed, players, kind };
  const { violations: failures, counters } = simulateFaults(options);
  if (failures.length === 0) return { failures, counters, story: undefined };
  const { result, without } = shrinkFailure(options);
  const needed = result.schedule.faults.filter((_, i) => !without.has(i));
  return { failures, counters, story: { needed, trace: result.trace } };
}
