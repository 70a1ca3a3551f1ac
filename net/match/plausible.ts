/**
 * Whether a packet can be true, whoever sent it: the one check of meaning between decoding and
 * whoever believes.
 *
 * It needs nothing but the packet, so that all hosts judge alike, and whoever slept judges as those
 * do who didn't. What only the course of the match can tell is for `Play` to judge.
 *
 * @module
 */
import { lastSegment, OPEN_END, type Presence } from "../../game/presence.ts";
import { HISTORY_TICKS, PREDICTION_TICKS_MAX } from "../../game/rollback.ts";
import { ABSENT_INPUT } from "../../game/state.ts";
import type { AgreedChange, Attempt, SlotRecord } from "./wire/record.ts";
import { everySlot, has, sizeOf, type SlotSet } from "./wire/slot_set.ts";
import type { Packet } from "./wire/wire.ts";

/** A day: no match lasts so long. */
const TICKS_MAX = 24 * 60 * 60 * 60;
/** Each slot has at most 256 incarnations, and each begins and ends in one change. */
const ERAS_MAX = 4 * 2 * 256;
/** So many attempts in one era would take months; adding to it can't leave what a packet can say. */
const ATTEMPTS_MAX = 2 ** 30;
/** From what a member has confirmed to any tick that it can know of. */
const AHEAD_TICKS_MAX = HISTORY_TICKS;
/** The same to the tick that it plays: a snapshot is of a state that others have confirmed, too. */
const SNAPSHOT_BEHIND_TICKS_MAX = 63;

/**
 * Returns whether a member of a match of `players` can have sent this packet in good faith, by what
 * it says of itself. What it passes on may be another thing at each receiver, who knows some of it
 * already; it is left to `isPlausibleRecord`, so that none takes inputs that another one refuses.
 */
export function isPlausible(packet: Packet, players: number): boolean {
  switch (packet.kind) {
    case "hello":
      return ((packet.heard | packet.ready) & ~everySlot(players)) === 0;
    case "play":
      return isPlausibleRecord(packet.record, players) &&
        packet.runs.every(({ inputs }) => !inputs.includes(ABSENT_INPUT));
    case "snapshot":
      return packet.record.change !== undefined &&
        isRecord(packet.record, players, SNAPSHOT_BEHIND_TICKS_MAX);
  }
}

/** Whether a member can have said this of itself in play. */
export function isPlausibleRecord(
  record: SlotRecord,
  players: number,
): boolean {
  return isRecord(record, players, PREDICTION_TICKS_MAX);
}

function isRecord(
  record: SlotRecord,
  players: number,
  aheadMax: number,
): boolean {
  const { slot, era, members, suspects, confirmed, tick } = record;
  if (confirmed > TICKS_MAX || tick - confirmed > aheadMax) return false;
  if (record.isReturning) {
    return era === 0 && members === 0 && suspects === 0 &&
      record.change === undefined && tick === confirmed;
  }
  return era <= ERAS_MAX && has(members, slot) &&
    (era > 0 || members === everySlot(players)) &&
    (suspects & ~members) === 0 && !has(suspects, slot) &&
    isChange(record);
}

function isChange(record: SlotRecord): boolean {
  const { slot, epoch, members, confirmed, change } = record;
  if (!change) return true;
  const { presences, attemptNumber, attempt, agreed } = change;
  const limit = confirmed + AHEAD_TICKS_MAX + SNAPSHOT_BEHIND_TICKS_MAX;
  const isKnown = (tick: number) => tick <= limit;
  return presences.every((presence, s) =>
    isPresence(presence, has(members, s), limit)
  ) &&
    lastSegment(presences[slot]).epoch === epoch &&
    attemptNumber <= ATTEMPTS_MAX &&
    (!attempt || isAim(attempt, record, presences) &&
        attempt.n === attemptNumber && attempt.high.every(isKnown)) &&
    (!agreed || isAim(agreed, record, presences) &&
        agreed.n <= attemptNumber && agreed.cut.every(isKnown) &&
        isKnown(agreed.at));
}

/** Whether segments are in order, and the newest is open just for a member. */
function isPresence(
  presence: Presence,
  isMember: boolean,
  limit: number,
): boolean {
  const last = presence.length - 1;
  return presence.every(({ epoch, from, to }, i) => {
    const before = presence[i - 1];
    const isAfter = !before || epoch > before.epoch && from > before.to &&
        from >= before.from;
    const isEnded = to !== OPEN_END;
    return isAfter && from <= limit && (!isEnded || to <= limit) &&
      isEnded === (i < last || !isMember);
  });
}

/** Whether a member can want this: it stays itself, and nobody comes who is there. */
function isAim(
  { n, drop, join }: Pick<Attempt | AgreedChange, "n" | "drop" | "join">,
  { slot, members }: { readonly slot: number; readonly members: SlotSet },
  presences: readonly Presence[],
): boolean {
  const isWithin = (drop & ~members) === 0 && !has(drop, slot);
  if (!isWithin || n === 0 || sizeOf(drop) === 0 && !join) return false;
  return !join || !has(members & ~drop, join.slot) &&
      join.epoch > lastSegment(presences[join.slot]).epoch;
}
