/**
 * A player that is out of the match and asks to be taken back: it sends records, holds nothing of
 * the match, and waits for a confirmed state from a member that counts it as one again. Each return
 * is another incarnation of the player.
 *
 * @module
 */
import { lastSegment, type Presence } from "../../game/presence.ts";
import type { Game, Snapshot } from "../../game/rollback.ts";
import type { PeerClock } from "./clock/peer_clock.ts";
import type { PeerLiveness } from "./membership/liveness.ts";
import type { Timers } from "./membership/timers.ts";
import type { Outbox, Said } from "./outbox.ts";
import type { SlotRecord } from "./wire/record.ts";
import { has, type SlotSet } from "./wire/slot_set.ts";
import type { PlayPacket, SnapshotPacket } from "./wire/wire.ts";

/** How often it asks. */
const ASK_INTERVAL_MS = 50;
/** How often a process may come back by itself: four bits of its epoch, beside the seat's. */
const RETURNS_MAX = 15;
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
  /** Epoch of the seat as the lobby gave it. */
  readonly seatEpoch: number;
  /** The match runs already, without this process. */
  readonly isOut: boolean;
  readonly game: Game;
  /** By slot. */
  readonly clocks: readonly PeerClock[];
  readonly liveness: PeerLiveness;
  readonly timers: Timers;
}

/** The returns of one process. */
export class Returning {
  readonly #options: ReturningOptions;
  #isOut: boolean;
  #returns = 0;
  #asks = 0;
  #askedMs = -Infinity;

  constructor(options: ReturningOptions) {
    this.#options = options;
    this.#isOut = options.isOut;
  }

  /** Whether it waits to be taken back. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /** The incarnation that plays, or asks to. */
  get epoch(): number {
    return (this.#options.seatEpoch << 4) | this.#returns;
  }

  /** The others went on without it: it begins to ask. False if it was out too often for that. */
  begin(): boolean {
    if (this.#returns === RETURNS_MAX) return false;
    this.#returns++;
    this.#isOut = true;
    return true;
  }

  /** Asks to be taken back, where it is time to. */
  ask(nowMs: number, outbox: Outbox): void {
    if (nowMs - this.#askedMs < ASK_INTERVAL_MS) return;
    this.#askedMs = nowMs;
    outbox.put(this.say(outbox.said(nowMs)));
  }

  /** Returns the packet that asks. */
  say({ beat, sentAt, farewell, echoes }: Said): PlayPacket {
    const { slot, players, liveness } = this.#options;
    const round = Math.floor(this.#asks++ / ASKS_IN_ORDER);
    const record: SlotRecord = {
      slot,
      epoch: this.epoch,
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

  /** While out, notes whose records are fresh, by whatever path; returns whether anybody's is. */
  hears({ record, relayed }: PlayPacket, atMs: number): boolean {
    if (!this.#isOut) return false;
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

  /**
   * Whether the others took this incarnation back and dropped it again before it heard of that:
   * nobody takes the same one back twice, so it has to ask as another one.
   */
  wasMissed({ record, relayed }: PlayPacket): boolean {
    const { slot } = this.#options;
    return this.#isOut &&
      [record, ...relayed].some(({ members, change }) =>
        change !== undefined && !has(members, slot) &&
        lastSegment(change.presences[slot]).epoch === this.epoch
      );
  }

  /** Ends a return with a snapshot that is for this incarnation and is what it says. */
  takeBack({ to, record, state }: SnapshotPacket): Return | undefined {
    const { slot, players, game } = this.#options;
    const { epoch } = this;
    const presences = record.change?.presences;
    const isForUs = this.#isOut && to.slot === slot && to.epoch === epoch &&
      has(record.members, slot) && presences?.length === players &&
      lastSegment(presences[slot]).epoch === epoch;
    const isTrue = game.isState(state) && game.hash(state) === record.hash;
    if (!isForUs || !isTrue) return undefined;
    this.#isOut = false;
    const { era, members, confirmed: tick } = record;
    return { tick, state, era, members, presences };
  }
}
