/**
 * Mutants that no test can notice, with the reason why: they are not made.
 *
 * An entry is found by the changed line, not by its number; one that no mutant fits any more fails
 * `tests/mutation/mutants_test.ts`.
 *
 * @module
 */
import type { Mutant } from "./mutants.ts";

/** Files and reasons, each with a line and all that it may become, as `deno task mutate` prints it. */
const LISTED =
  `game/bot.ts: Only the flight before is compared with, which has one hit less.
- const flight = state[HITS] * 8 + state[LAST_HIT];
+ const flight = state[HITS] * 9 + state[LAST_HIT];
+ const flight = state[HITS] * 8 - state[LAST_HIT];
+ const flight = state[HITS] / 8 + state[LAST_HIT];

game/rollback.ts: \`tick\` itself is what stands there when no tick is wrong.
- for (let tick = this.confirmedTick; tick < this.tick; tick++) {
+ for (let tick = this.confirmedTick; tick <= this.tick; tick++) {

game/rollback.ts: It would be set to what it is.
- if (tick < this.#wrongTick && this.#used[at] !== input) {
+ if (tick <= this.#wrongTick && this.#used[at] !== input) {

game/start_position.ts: No paddle's place is left to chance.
- const along = createState(rules, 0)[PADDLE + slot];
+ const along = createState(rules, 1)[PADDLE + slot];

game/state.ts: That is 0, as all of a new state.
- state[PHASE] = SERVING;
+ ;

game/statistics.ts: It then only remembers what was as good, too.
- if (speed <= fastestBall && state[HITS] <= longestRallyHits) return;
+ if (false) return;
+ if (speed < fastestBall && state[HITS] <= longestRallyHits) return;
+ if (speed <= fastestBall && state[HITS] < longestRallyHits) return;
+ if (speed <= fastestBall && state[HITS] <= longestRallyHits) ;

game/step.ts: A duel has no slot 2, and a square's sides are equal.
- const length = slot < 2 ? height : width;
+ const length = slot <= 2 ? height : width;

game/step.ts: Whoever asks looks only whether it is below 0.
- let last = -1;
+ let last = -2;

game/step.ts: What doesn't move along an axis reaches neither of its sides.
- const sideX = vx < 0 ? 0 : 1;
+ const sideX = vx <= 0 ? 0 : 1;

game/step.ts: What doesn't move along an axis reaches neither of its sides.
- const sideY = vy < 0 ? 2 : 3;
+ const sideY = vy <= 0 ? 2 : 3;

game/step.ts: The side of a slot without a player is a wall.
- for (let slot = 0; slot < state[PLAYERS]; slot++) {
+ for (let slot = 0; slot <= state[PLAYERS]; slot++) {

game/step.ts: Whoever asks looks only whether it is below 0.
- if (last >= 0) return -1;
+ if (last >= 0) return -2;

net/match/membership/agreement.ts: Participants have no order.
- shown.push({ slot, attempt: theirs, agreed: change?.agreed });
+ shown.unshift({ slot, attempt: theirs, agreed: change?.agreed });

net/match/membership/agreement.ts: Sorting puts what is undefined last.
- return [agreed, ...others.map((other) => other.agreed)] .filter((shown) => shown !== undefined)
+ return [agreed, ...others.map((other) => other.agreed)]
`;

/** One such mutant. */
export type Equivalent = Pick<Mutant, "path" | "was" | "becomes">;

/** Each that is listed. */
export const EQUIVALENT: readonly Equivalent[] = LISTED.split("\n\n")
  .flatMap((entry) => {
    const [head, was, ...others] = entry.trim().split("\n");
    const path = head.slice(0, head.indexOf(":"));
    const textOf = (line: string) => line.slice("+ ".length);
    return others
      .map((it) => ({ path, was: textOf(was), becomes: textOf(it) }));
  });

/** Whether an entry speaks of this mutant. */
export function fits(
  { path, was, becomes }: Equivalent,
  mutant: Mutant,
): boolean {
  return mutant.path === path && mutant.was === was &&
    mutant.becomes === becomes;
}
