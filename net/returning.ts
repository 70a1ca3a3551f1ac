/**
 * A member that is out of the match and asks to be taken back: it talks, holds nothing, and waits
 * for a confirmed state from somebody whose view has it again.
 *
 * @module
 */
import { lastSegment } from "../game/presence.ts";
import type { Game } from "../game/rollback.ts";
import type { PeerLiveness } from "./liveness.ts";
import type { Return } from "./play.ts";
import type { SlotRecord } from "./record.ts";
import { has } from "./slot_set.ts";
import type { PlayPacket, SnapshotPacket } from "./wire.ts";

export interface ReturningOptions {
  readonly slot: number;
  readonly players: number;
  /** The new incarnation. */
  readonly epoch: number;
  readonly game: Game;
  readonly liveness: PeerLiveness;
}

/** Returns the packet of a member that asks to be taken back. */
export function askToReturn(
  { slot, players, epoch, liveness }: ReturningOptions,
  { beat, sentAt, farewell, echoes }:
    & Pick<SlotRecord, "beat" | "sentAt" | "farewell">
    & Pick<PlayPacket, "echoes">,
): PlayPacket {
  const record: SlotRecord = {
    slot,
    epoch,
    beat,
    sentAt,
    era: 0,
    view: 0,
    hears: liveness.heard,
    farewell,
    isReturning: true,
    confirmed: 0,
    tick: 0,
    hash: 0,
    have: Array.from({ length: players }, () => -1),
    change: undefined,
  };
  return { kind: "play", record, echoes, relayed: [], runs: [] };
}

/** Returns where to begin, if the snapshot is for this incarnation and is what it says. */
export function readReturn(
  { slot, players, epoch, game }: ReturningOptions,
  { to, record, state }: SnapshotPacket,
): Return | undefined {
  const presences = record.change?.presences;
  const isForUs = to.slot === slot && to.epoch === epoch &&
    has(record.view, slot) && presences?.length === players &&
    lastSegment(presences[slot]).epoch === epoch;
  const isState = state.length === game.initial.length &&
    game.hash(state) === record.hash;
  if (!isForUs || !isState) return undefined;
  const { era, view, confirmed: tick } = record;
  return { tick, state, era, view, presences };
}
