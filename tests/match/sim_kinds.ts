/**
 * The kinds of histories that `deno task sim` plays, each from one seed.
 *
 * @module
 */
import { createScenario, simulate } from "../support/simulation.ts";
import { shrinkFailure } from "./fault_shrink.ts";
import { type FaultKind, simulateFaults } from "./fault_simulation.ts";
import { playLie } from "./lie_judge.ts";
import { drawLiedMatch } from "./lying_match.ts";

/** Which history: a copy of it can be sent to a worker. */
export interface History {
  readonly seed: number;
  /**
   * A whole match over a bad network; a calm one in which a member tells a single lie; or one through
   * faults.
   */
  readonly kind: "match" | "lie" | FaultKind;
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

/** Plays one history on this thread. */
export function play({ seed, kind, players }: History): Played {
  switch (kind) {
    case "match": {
      const scenario = createScenario(seed, players);
      const { failures, virtualMs } = simulate(scenario);
      const story = { scenario, virtualMs: Math.round(virtualMs) };
      return { failures, counters: {}, story };
    }
    case "lie": {
      const match = drawLiedMatch(seed, players);
      const { told, violations } = playLie(match);
      const counters = { told: told === "" ? 0 : 1, [match.phase]: 1 };
      return { failures: violations, counters, story: { told, ...match } };
    }
    case "faults":
    case "naps":
    case "lies":
      return playFaults(kind, seed, players);
  }
}

/** A failing history is told as short as it goes. */
function playFaults(
  kind: FaultKind,
  seed: number,
  players = 2 + seed % 3,
): Played {
  const options = { seed, players, kind };
  const { violations: failures, counters } = simulateFaults(options);
  if (failures.length === 0) return { failures, counters, story: undefined };
  const { result, without } = shrinkFailure(options);
  const needed = result.schedule.faults.filter((_, i) => !without.has(i));
  return { failures, counters, story: { needed, trace: result.trace } };
}
