/**
 * A player that is out of the match and asks to be taken back: it sends records, holds nothing of
 * the match, and waits for a confirmed state from a member that counts it as one again.
 *
 * @module
 */
import { lastSegment, type Presence } from "../../game/presence.ts";
import type { Game, Snapshot } from "../../game/rollback.ts";
import type { PeerClock } from "./clock/peer_clock.ts";
import type { PeerLiveness } from "./membership/liveness.ts";
import type { Timers } from "./membership/timers.ts";
import type { Said } from "./outbox.ts";
import type { SlotRecord } from "./wire/record.ts";
import { has, type SlotSet } from "./wire/slot_set.ts";
import type { PlayPacket, SnapshotPacket } from "./wire/wire.ts";

/** After how many asks the next ones count as later whatever their beats: half of a beat's range. */
const ASKS_IN_ORDER = 1 << 14;

/** Where a player that comes back begins: a confirmed state, and who is in the match. */
export interface Return extends Snapshot {
  readonly era: number;
  readonly members: SlotSet;
  readonly presences: readonly Presence[];
}

export interface ReturningOptions {
  readonly slot: number;
  readonly players: number;
  /** The new incarnation. */
  readonly epoch: number;
  readonly game: Game;
  /** By slot. */
  readonly clocks: readonly PeerClock[];
  readonly liveness: PeerLiveness;
  readonly timers: Timers;
}

/** One return, as incarnation `epoch`. */
export class Returning {
  readonly #options: ReturningOptions;
  #asks = 0;

  constructor(options: ReturningOptions) {
    this.#options = options;
  }

  /** Returns the packet that asks to be taken back. */
  say({ beat, sentAt, farewell, echoes }: Said): PlayPacket {
    const { slot, players, epoch, liveness } = this.#options;
    const round = Math.floor(this.#asks++ / ASKS_IN_ORDER);
    const record: SlotRecord = {
      slot,
      epoch,
      beat,
      sentAt,
      era: 0,
      members: 0,
      hears: liveness.heard,
      farewell,
      isReturning: true,
      // Nothing is confirmed; it is here so that beats needn't order what lies far apart.
      confirmed: round,
      tick: round,
      hash: 0,
      have: Array.from({ length: players }, () => -1),
      change: undefined,
    };
    return { kind: "play", record, echoes, relayed: [], runs: [] };
  }

  /** Notes whose records are fresh, by whatever path; returns whether anybody's is. */
  hears({ record, relayed }: PlayPacket, atMs: number): boolean {
    const { slot: me, clocks, liveness, timers } = this.#options;
    let isAnybody = false;
    for (const { slot, sentAt } of [record, ...relayed]) {
      const isFresh = clocks[slot].isFresh(sentAt, atMs, timers.suspectMs);
      if (slot === me || !isFresh) continue;
      liveness.hear(slot, atMs, true);
      isAnybody = true;
    }
    return isAnybody;
  }

  /** Returns where to begin, if the snapshot is for this incarnation and is what it says. */
  read({ to, record, state }: SnapshotPacket): Return | undefined {
    const { slot, players, epoch, game } = this.#options;
    const presences = record.change?.presences;
    const isForUs = to.slot === slot && to.epoch === epoch &&
      has(record.members, slot) && presences?.length === players &&
      lastSegment(presences[slot]).epoch === epoch;
    const isTrue = game.isState(state) && game.hash(state) === record.hash;
    if (!isForUs || !isTrue) return undefined;
    const { era, members, confirmed: tick } = record;
    return { tick, state, era, members, presences };
  }
}
