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
export const EQUIVALENT: readonly Equivalent[] = [
  {
    path: "game/bot.ts",
    was: "const flight = state[HITS] * 8 + state[LAST_HIT];",
    becomes: "const flight = state[HITS] * 9 + state[LAST_HIT];",
    why: "Only the flight before is compared with, which has one hit less.",
  },
  {
    path: "game/bot.ts",
    was: "const flight = state[HITS] * 8 + state[LAST_HIT];",
    becomes: "const flight = state[HITS] * 8 - state[LAST_HIT];",
    why: "Only the flight before is compared with, which has one hit less.",
  },
  {
    path: "game/bot.ts",
    was: "const flight = state[HITS] * 8 + state[LAST_HIT];",
    becomes: "const flight = state[HITS] / 8 + state[LAST_HIT];",
    why: "Only the flight before is compared with, which has one hit less.",
  },
  {
    path: "game/rollback.ts",
    was: "for (let tick = this.confirmedTick; tick < this.tick; tick++) {",
    becomes: "for (let tick = this.confirmedTick; tick <= this.tick; tick++) {",
    why: "`tick` itself is what stands there when no tick is wrong.",
  },
  {
    path: "game/rollback.ts",
    was: "if (tick < this.#wrongTick && this.#used[at] !== input) {",
    becomes: "if (tick <= this.#wrongTick && this.#used[at] !== input) {",
    why: "It would be set to what it is.",
  },
  {
    path: "game/start_position.ts",
    was: "const along = createState(rules, 0)[PADDLE + slot];",
    becomes: "const along = createState(rules, 1)[PADDLE + slot];",
    why: "No paddle's place is left to chance.",
  },
  {
    path: "game/state.ts",
    was: "state[PHASE] = SERVING;",
    becomes: ";",
    why: "That is 0, as all of a new state.",
  },
  {
    path: "game/statistics.ts",
    was: "if (speed <= fastestBall && state[HITS] <= longestRallyHits) return;",
    becomes: "if (false) return;",
    why: "It then only remembers what was as good, too.",
  },
  {
    path: "game/statistics.ts",
    was: "if (speed <= fastestBall && state[HITS] <= longestRallyHits) return;",
    becomes:
      "if (speed < fastestBall && state[HITS] <= longestRallyHits) return;",
    why: "It then only remembers what was as good, too.",
  },
  {
    path: "game/statistics.ts",
    was: "if (speed <= fastestBall && state[HITS] <= longestRallyHits) return;",
    becomes:
      "if (speed <= fastestBall && state[HITS] < longestRallyHits) return;",
    why: "It then only remembers what was as good, too.",
  },
  {
    path: "game/statistics.ts",
    was: "if (speed <= fastestBall && state[HITS] <= longestRallyHits) return;",
    becomes: "if (speed <= fastestBall && state[HITS] <= longestRallyHits) ;",
    why: "It then only remembers what was as good, too.",
  },
  {
    path: "game/step.ts",
    was: "const length = slot < 2 ? height : width;",
    becomes: "const length = slot <= 2 ? height : width;",
    why: "A duel has no slot 2, and a square's sides are equal.",
  },
  {
    path: "game/step.ts",
    was: "let last = -1;",
    becomes: "let last = -2;",
    why: "Whoever asks looks only whether it is below 0.",
  },
  {
    path: "game/step.ts",
    was: "const sideX = vx < 0 ? 0 : 1;",
    becomes: "const sideX = vx <= 0 ? 0 : 1;",
    why: "What doesn't move along an axis reaches neither of its sides.",
  },
  {
    path: "game/step.ts",
    was: "const sideY = vy < 0 ? 2 : 3;",
    becomes: "const sideY = vy <= 0 ? 2 : 3;",
    why: "What doesn't move along an axis reaches neither of its sides.",
  },
  {
    path: "game/step.ts",
    was: "for (let slot = 0; slot < state[PLAYERS]; slot++) {",
    becomes: "for (let slot = 0; slot <= state[PLAYERS]; slot++) {",
    why: "The side of a slot without a player is a wall.",
  },
  {
    path: "game/step.ts",
    was: "if (last >= 0) return -1;",
    becomes: "if (last >= 0) return -2;",
    why: "Whoever asks looks only whether it is below 0.",
  },
  {
    path: "net/lobby_server/witness.ts",
    was:
      "(newest !== undefined && claim.era < newest.era ? newest : undefined);",
    becomes:
      "(newest !== undefined && claim.era <= newest.era ? newest : undefined);",
    why: "A claim for the newest era has been answered just before.",
  },
  {
    path: "net/match/membership/agreement.ts",
    was: "shown.push({ slot, attempt: theirs, agreed: change?.agreed });",
    becomes:
      "shown.unshift({ slot, attempt: theirs, agreed: change?.agreed });",
    why: "Participants have no order.",
  },
  {
    path: "net/match/membership/agreement.ts",
    was:
      "return [agreed, ...others.map((other) => other.agreed)] .filter((shown) => shown !== undefined)",
    becomes: "return [agreed, ...others.map((other) => other.agreed)]",
    why: "Sorting puts what is undefined last.",
  },
];

/** Whether an entry speaks of this mutant. */
export function fits(
  { path, was, becomes }: Equivalent,
  mutant: Mutant,
): boolean {
  return mutant.path === path && mutant.was === was &&
    mutant.becomes === becomes;
}
