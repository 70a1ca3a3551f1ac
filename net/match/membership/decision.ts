/**
 * What a member decides at one moment, from where it stands and what it observes.
 *
 * @module
 */
import { setOf, type SlotSet, slotsOf } from "../wire/slot_set.ts";
import { agree, conclude } from "./agreement.ts";
import { follow, open, revise } from "./attempts.ts";
import { type Decider, Observation, type Observed } from "./observation.ts";
import { carryOut, type Decision, type Standing } from "./standing.ts";

/** Returns all that can be decided now, oldest first, and where the member stands after it. */
export function decide(
  before: Standing,
  observed: Observed,
  decider: Decider,
): {
  readonly decisions: readonly Decision[];
  readonly standing: Standing;
  /** Whom this member would drop: its own opinion. */
  readonly suspected: SlotSet;
} {
  const { slot: me, controls } = decider;
  const seen = new Observation(observed, before, decider);
  const { nowMs, have } = observed;
  const decisions: Decision[] = [];
  let standing = before;
  const take = (decision: Decision | undefined) => {
    if (!decision) return;
    decisions.push(decision);
    standing = carryOut(decision, standing, { nowMs, have, controls });
  };

  for (const slot of slotsOf(before.members & ~setOf(me))) {
    take(follow(standing, seen, slot));
  }
  const { attempt } = standing;
  take(
    attempt ? revise(attempt, standing, seen) : open(standing, seen, controls),
  );
  take(agree(standing, seen, controls));
  take(conclude(standing, seen, controls));
  return { decisions, standing, suspected: seen.suspected };
}
