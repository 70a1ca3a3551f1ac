/**
 * Which attempt a member is in: it follows another's, opens one, or revises its own.
 *
 * Higher numbers take the place of lower ones, so that members which attempt different things come
 * to attempt the same. A member that has left an attempt never gives it its vote again, and an
 * attempt decides nothing for whom it would drop: that one plays on until a commit.
 *
 * @module
 */
import type { Attempt } from "../wire/record.ts";
import { has, setOf, type SlotSet, slotsOf } from "../wire/slot_set.ts";
import { ACTIVATION_TICKS, isEqualAim } from "./membership_change.ts";
import type { NegativeControls } from "./negative_controls.ts";
import type { Observation } from "./observation.ts";
import type { Decision, Standing } from "./standing.ts";

/** Least time from backing out of one attempt to backing out of the next. */
const BACK_OUT_PAUSE_MS = 150;

/**
 * R5: joins the attempt of member `slot`. Where both have the same number, or this host has agreed
 * in its own, it enters a third that drops whom either would.
 */
export function follow(
  standing: Standing,
  seen: Observation,
  slot: number,
): Decision | undefined {
  const { members, attempt, attemptNumber, agreed } = standing;
  const theirs = seen.current(slot)?.change?.attempt;
  if (!theirs || theirs.n < attemptNumber) return undefined;
  if (attempt && has(attempt.drop, slot)) return undefined;
  if (has(theirs.drop, seen.slot)) return undefined;
  if (!isMeant(theirs, standing, seen)) return undefined;
  const limit = seen.numberOf(slot);
  if (theirs.n > limit) {
    return attempt ? undefined : { kind: "catch up", n: limit };
  }
  const isSameNumber = attempt?.n === theirs.n;
  if (isSameNumber && isEqualAim(attempt, theirs)) return undefined;
  const isKept = attempt && (isSameNumber || agreed?.n === attempt.n);
  const drop = (theirs.drop | (isKept ? attempt.drop : 0)) & members;
  // Where both together drop more than that one, a return has to wait.
  const join = drop === theirs.drop ? theirs.join : undefined;
  if (drop === 0 && !join) return undefined;
  if (!isSameNumber && drop === theirs.drop) {
    return { kind: "join", aim: { n: theirs.n, drop, join } };
  }
  const n = seen.freeNumber(attemptNumber);
  return { kind: "merge", aim: { n, drop, join } };
}

/** R3, R10: opens an attempt to drop the suspects or, where there are none, to take one back. */
export function open(
  standing: Standing,
  seen: Observation,
  controls: NegativeControls,
): Decision | undefined {
  const { members, attemptNumber } = standing;
  const { suspects } = seen;
  const live = members & ~suspects;
  if (!isWithin(live, seen.present)) return undefined;
  if (suspects !== 0) {
    if (!seen.mayDrop(suspects)) return undefined;
    const n = seen.freeNumber(attemptNumber);
    const join = seen.replacement();
    return { kind: "open", aim: { n, drop: suspects, join } };
  }
  const join = seen.returning();
  if (!join) return undefined;
  const n = seen.freeNumber(attemptNumber);
  if (controls.isReturnUnagreed) {
    const at = seen.have[seen.slot] + ACTIVATION_TICKS;
    return { kind: "commit", change: { n, drop: 0, join, cut: [], at } };
  }
  return { kind: "take back", aim: { n, drop: 0, join } };
}

/** R5, R6: widens the own attempt, backs out of it, or opens it anew with a still higher number. */
export function revise(
  attempt: Attempt,
  { members, attemptNumber, agreed, attemptingMs, backedOutMs }: Standing,
  seen: Observation,
): Decision | undefined {
  const { drop, join } = attempt;
  const participants = members & ~drop;
  const lost = seen.suspects & participants;
  const n = seen.freeNumber(attemptNumber);
  const mayWiden = lost !== 0 && isWithin(participants & ~lost, seen.present) &&
    seen.mayDrop(drop | lost);
  if (mayWiden) {
    return { kind: "widen", aim: { n, drop: drop | lost, join: undefined } };
  }
  const back = drop & ~seen.lostOf(drop) & seen.present;
  // It may ask one of the members alone, and keep the others waiting for that one.
  const hasJoinerGone = join !== undefined &&
    (!has(seen.heard, join.slot) || seen.isInVain(attemptingMs));
  const mayBackOut = !agreed && !seen.isAgreedSeen(participants) &&
    seen.nowMs - backedOutMs > BACK_OUT_PAUSE_MS;
  if (mayBackOut && (back !== 0 || hasJoinerGone)) {
    return { kind: "back out", n, rest: drop & ~back };
  }
  const isOvertaken = slotsOf(participants & ~setOf(seen.slot)).some((slot) =>
    seen.numberOf(slot) > attempt.n
  );
  return isOvertaken ? { kind: "overtake", aim: { n, drop, join } } : undefined;
}

/**
 * Whether most of those who'd stay mean what is attempted, or this host did so itself before and
 * somebody has agreed since.
 */
function isMeant(
  { drop, join }: Attempt,
  { members, tried }: Standing,
  seen: Observation,
): boolean {
  const isKept = isWithin(drop, tried) && seen.isAgreedSeen(members & ~drop);
  return (isKept || seen.lostOf(drop) === drop) &&
    (!join || seen.isAsking(join));
}

function isWithin(slots: SlotSet, others: SlotSet): boolean {
  return (slots & ~others) === 0;
}
