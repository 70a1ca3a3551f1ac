/**
 * Mutants that no test can notice, with the reason why: they are not made.
 *
 * An entry is found by the changed line, not by its number; one that no mutant fits any more fails
 * `tests/mutation/mutants_test.ts`.
 *
 * @module
 */
import type { Mutant } from "./mutants.ts";

/** One such mutant, as `deno task mutate` prints it. */
export interface Equivalent extends Pick<Mutant, "path" | "was" | "becomes"> {
  readonly why: string;
}

/** Sorted by path. */
export const EQUIVALENT: readonly Equivalent[] = [];

/** Whether an entry speaks of this mutant. */
export function fits(
  { path, was, becomes }: Equivalent,
  mutant: Mutant,
): boolean {
  return mutant.path === path && mutant.was === was &&
    mutant.becomes === becomes;
}
