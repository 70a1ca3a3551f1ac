/**
 * What the others' words prove of a change: whether a member does its part in an attempt, and
 * whether a change was really committed.
 *
 * @module
 */
import { lastSegment, type Presence } from "../../../game/presence.ts";
import { type AgreedChange, keyOf, type SlotRecord } from "../wire/record.ts";
import { has, sizeOf, type SlotSet, slotsOf } from "../wire/slot_set.ts";
import { applyChange, isEqualAim, shownBeyond } from "./membership_change.ts";
import type { NegativeControls } from "./negative_controls.ts";
import type { Standing } from "./standing.ts";

/**
 * Whether a participant of the own attempt does its part by now: shows the same attempt, passes on
 * the inputs that it claims to hold, agrees once it can. `have`: a slot's highest tick up to
 * which its inputs are known.
 */
export function isInStep(
  { era, change }: SlotRecord,
  { attempt, agreed, era: ours }: Standing,
  have: (slot: number) => number,
): boolean {
  const theirs = change?.attempt;
  if (!attempt || !theirs || era !== ours) return false;
  if (theirs.n !== attempt.n || !isEqualAim(theirs, attempt)) return false;
  const keepsInputs = attempt.cut?.some((cut, slot) =>
    have(slot) < cut && theirs.high[slot] >= cut
  );
  if (keepsInputs) return false;
  if (agreed?.n !== attempt.n) return true;
  const shown = change?.agreed;
  return shown?.n === attempt.n && keyOf(shown) === keyOf(agreed);
}

/** A change that a member says was committed, and by whose words it is judged. */
export interface Commitment {
  readonly era: number;
  readonly members: SlotSet;
  readonly presences: readonly Presence[];
}

/**
 * Whether all who decided a commitment show it: those who were members before and stay. `me` among
 * them has agreed to it, or they are a majority without it, and repeated what they had agreed to
 * before it could. One that another claims to have decided alone needs the word of all who are
 * members by it, and of two at least, or the witness. `words`: by slot, the newest.
 */
export function isShownByAll(
  said: Commitment,
  standing: Commitment & Partial<Pick<Standing, "agreed">>,
  words: readonly (SlotRecord | undefined)[],
  me: number,
): boolean {
  const staying = slotsOf(said.members & standing.members).filter((slot) =>
    epochIn(said.presences, slot) === epochIn(standing.presences, slot)
  );
  const others = staying.filter((slot) => slot !== me);
  const isOwn = others.length < staying.length;
  const isNext = said.era === standing.era + 1;
  const leadsThere = (agreed: AgreedChange | undefined) => {
    if (!agreed || !isNext) return false;
    return isSame(said, applyChange(agreed, standing));
  };
  const showing = isOwn || others.length > 1
    ? others
    : slotsOf(said.members).filter((slot) => slot !== me);
  const isMajority = 2 * others.length > sizeOf(standing.members);
  const isDecided = isOwn
    ? isMajority || leadsThere(standing.agreed)
    : showing.length > 1;
  if (!isDecided) return false;
  return showing.every((slot) => {
    const word = words[slot];
    return word?.era === standing.era
      ? leadsThere(word.change?.agreed)
      : isShownBy(word, said);
  });
}

/** Where a host stands that may follow others' commitment. */
export interface Follower {
  readonly slot: number;
  /** Its incarnation. */
  readonly epoch: number;
  readonly standing: Standing;
  readonly confirmedTick: number;
  readonly controls: NegativeControls;
}

/**
 * R9: what a commitment makes of a host: a member still, or out, since it isn't one or has confirmed
 * more of a dropped player than counts. `undefined` where not all show it who decided it.
 */
export function placeIn(
  said: Commitment,
  words: readonly (SlotRecord | undefined)[],
  { slot, epoch, standing, confirmedTick, controls }: Follower,
): "member" | "out" | undefined {
  const isShown = controls.isCommitUnshown ||
    isShownByAll(said, standing, words, slot);
  if (!isShown) return undefined;
  const isMember = has(said.members, slot) &&
    epochIn(said.presences, slot) === epoch;
  const beyond = shownBeyond(
    standing.presences,
    said.presences,
    confirmedTick,
  );
  return isMember && beyond === undefined ? "member" : "out";
}

/** Whether a record shows that this was committed, and nothing since. */
export function isShownBy(
  record: SlotRecord | undefined,
  said: Commitment,
): boolean {
  return record?.change !== undefined && record.era === said.era &&
    isSame(said, {
      members: record.members,
      presences: record.change.presences,
    });
}

function epochIn(presences: readonly Presence[], slot: number): number {
  return lastSegment(presences[slot]).epoch;
}

function isSame(
  a: Pick<Commitment, "members" | "presences">,
  b: Pick<Commitment, "members" | "presences">,
): boolean {
  return a.members === b.members &&
    a.presences.every((presence, slot) => isEqual(presence, b.presences[slot]));
}

function isEqual(a: Presence, b: Presence): boolean {
  return a.length === b.length &&
    a.every(({ epoch, from, to }, i) =>
      epoch === b[i].epoch && from === b[i].from && to === b[i].to
    );
}
