/**
 * How an attempt becomes a change: all who are to stay agree on what exactly changes, and once all
 * show that they agreed, each commits it. Where exactly half would stay, as always with two
 * players, the witness must grant the change, too.
 *
 * Once somebody agreed, nobody who is to be dropped is taken back, and later attempts repeat what
 * all their participants agreed to before: somebody may have committed it.
 *
 * @module
 */
import { type AgreedChange, type Attempt, keyOf } from "../wire/record.ts";
import { setOf, sizeOf, slotsOf } from "../wire/slot_set.ts";
import { decideChange, isEqualAim } from "./membership_change.ts";
import type { NegativeControls } from "./negative_controls.ts";
import type { Observation } from "./observation.ts";
import type { Decision, Standing } from "./standing.ts";

/** How often a claim is repeated until the witness has answered. */
const CLAIM_INTERVAL_MS = 200;

/** Another participant's record that shows the same attempt. */
interface Participant {
  readonly slot: number;
  readonly attempt: Attempt;
  readonly agreed: AgreedChange | undefined;
}

/** R7: agrees when all participants show the same attempt, and this host holds all that counts. */
export function agree(
  standing: Standing,
  seen: Observation,
  controls: NegativeControls,
): Decision | undefined {
  const { attempt, agreed } = standing;
  if (!attempt || agreed?.n === attempt.n) return undefined;
  const others = shownByAll(attempt, standing, seen);
  if (!others) return undefined;
  const earlier = agreedEarlier(agreed, others, controls);
  const change = earlier ?? decideChange(
    attempt,
    new Map(others.map(({ slot, attempt: { high } }) => [slot, high] as const))
      .set(seen.slot, attempt.high),
    controls.isCutMinimum ? Math.min : Math.max,
  );
  // The others hold what is missing; their packets bring it.
  const lacks = change.cut.some((tick, slot) => seen.have[slot] < tick);
  if (lacks && !controls.isUnfrozen) {
    return { kind: "copy", attempt: { ...attempt, cut: change.cut } };
  }
  return {
    kind: earlier ? "repeat" : "agree",
    change: { ...change, n: attempt.n },
  };
}

/** R8: commits what all participants agreed to, or claims it from the witness first. */
export function conclude(
  standing: Standing,
  seen: Observation,
  controls: NegativeControls,
): Decision | undefined {
  const { members, attempt, agreed, granted, claimedMs } = standing;
  if (!attempt || agreed?.n !== attempt.n) return undefined;
  const value = keyOf(agreed);
  const isAgreedByAll = shownByAll(attempt, standing, seen)
    ?.every(({ agreed }) => agreed?.n === attempt.n && keyOf(agreed) === value);
  if (!isAgreedByAll && !controls.isUnagreed) return undefined;
  const majority = 2 * sizeOf(members & ~attempt.drop) - sizeOf(members);
  // Who said goodbye claims nothing, so against them half is enough.
  const haveLeft = slotsOf(attempt.drop).every((slot) => seen.hasLeft(slot));
  if (majority > 0 || haveLeft || granted === value) {
    return { kind: "commit", change: agreed };
  }
  const isDue = seen.nowMs - claimedMs >= CLAIM_INTERVAL_MS;
  return majority === 0 && isDue
    ? { kind: "claim", change: agreed }
    : undefined;
}

/** Returns what the other participants show of this attempt, or `undefined` unless all show it. */
function shownByAll(
  attempt: Attempt,
  { members }: Standing,
  seen: Observation,
): readonly Participant[] | undefined {
  const shown: Participant[] = [];
  for (const slot of slotsOf(members & ~attempt.drop & ~setOf(seen.slot))) {
    const change = seen.current(slot)?.change;
    const theirs = change?.attempt;
    if (theirs?.n !== attempt.n || !isEqualAim(theirs, attempt)) {
      return undefined;
    }
    shown.push({ slot, attempt: theirs, agreed: change?.agreed });
  }
  return shown;
}

/** R7: what every participant agreed to in one earlier attempt, or `undefined`. */
function agreedEarlier(
  agreed: AgreedChange | undefined,
  others: readonly Participant[],
  { agreedBefore }: NegativeControls,
): AgreedChange | undefined {
  if (agreedBefore === "newest") {
    return [agreed, ...others.map((other) => other.agreed)]
      .filter((shown) => shown !== undefined)
      .toSorted((a, b) => b.n - a.n)[0];
  }
  if (!agreed || agreedBefore === "forgotten") return undefined;
  const value = keyOf(agreed);
  const isShared = others.every((other) =>
    other.agreed && keyOf(other.agreed) === value
  );
  return isShared ? agreed : undefined;
}
