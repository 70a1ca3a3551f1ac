/**
 * Makes a failing history as small as it goes: leaves out one fault after the other for as long as
 * what must never happen still happens.
 *
 * @module
 */
import {
  type FaultSimulationOptions,
  type FaultSimulationResult,
  simulateFaults,
} from "./fault_simulation.ts";

export interface ShrunkFailure {
  /** Faults of the schedule, by their place, that the failure doesn't need. */
  readonly without: ReadonlySet<number>;
  /** The smallest history, traced. */
  readonly result: FaultSimulationResult;
}

/** Shrinks a simulation that fails; the violation stays of the same kind. */
export function shrinkFailure(options: FaultSimulationOptions): ShrunkFailure {
  const { schedule, violations } = simulateFaults(options);
  const kind = kindOf(violations);
  let without = new Set<number>();
  for (let i = schedule.faults.length - 1; i >= 0; i--) {
    const fewer = new Set([...without, i]);
    const tried = simulateFaults({ ...options, without: fewer });
    if (kindOf(tried.violations) === kind) without = fewer;
  }
  const result = simulateFaults({ ...options, without, isTraced: true });
  return { without, result };
}

function kindOf(violations: readonly string[]): string | undefined {
  return violations[0]?.split(":")[0];
}
