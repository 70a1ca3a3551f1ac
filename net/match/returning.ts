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
import { HashWatch } from "./hash_watch.ts";
import { HeardRecords } from "./heard_records.ts";
import { type Commitment, isShownBy } from "./membership/commitment.ts";
import type { PeerLiveness } from "./membership/liveness.ts";
import type { NegativeControls } from "./membership/negative_controls.ts";
import type { Timers } from "./membership/timers.ts";
import type { Outbox, Said } from "./outbox.ts";
import { type Proofs, withProof } from "./proofs.ts";
import type { SlotRecord } from "./wire/record.ts";
import { has, setOf, type SlotSet, slotsOf } from "./wire/slot_set.ts";
import type { PlayPacket, SnapshotPacket } from "./wire/wire.ts";

/** How often it asks. */
const ASK_INTERVAL_MS = 50;
/**
 * How long a returning player waits for a second member to claim the state that it was offered, in
 * parts of the time after which it would be dropped again; twice that for whose state was no good.
 */
const ALONE_PART = 1 / 4;
/** How often a process may come back by itself: four bits of its epoch, beside the seat's. */
const RETURNS_MAX = 15;
/** After how many asks the next ones count as later whatever their beats: half of a beat's range. */
const ASKS_IN_ORDER = 1 << 14;

/** Where a player that comes back begins: a confirmed state, and who is in the match. */
export interface Return extends Snapshot {
  /** Whose state it is. */
  readonly giver: number;
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
  readonly proofs: Proofs | undefined;
  readonly controls?: NegativeControls | undefined;
}

/** The returns of one process. */
export class Returning {
  readonly #options: ReturningOptions;
  #isOut: boolean;
  #returns = 0;
  #asks = 0;
  #askedMs = -Infinity;
  #astray = 0;
  /** What was heard since this return began. */
  #heard!: HeardRecords;
  #hashes!: HashWatch;
  /** When this return was first offered a state; whose it took last time. */
  #offeredMs: number | undefined;
  #giver: number | undefined;

  constructor(options: ReturningOptions) {
    this.#options = options;
    this.#isOut = options.isOut;
    this.#listen();
  }

  #listen(): void {
    const { players, proofs, controls } = this.#options;
    this.#heard = new HeardRecords(players, proofs, controls);
    this.#hashes = new HashWatch(players, -Infinity);
  }

  /** Whether it waits to be taken back. */
  get isOut(): boolean {
    return this.#isOut;
  }

  /** The incarnation that plays, or asks to. */
  get epoch(): number {
    return (this.#options.seatEpoch << 4) | this.#returns;
  }

  /**
   * A slot whose inputs are to count only as others pass them on. Whoever tells this host other
   * inputs than the rest leads it astray; nobody can say who it was, so each time it is another.
   */
  get distrusted(): number | undefined {
    const { slot, players } = this.#options;
    if (this.#astray === 0 || players === 2) return undefined;
    return (slot + 1 + (this.#astray - 1) % (players - 1)) % players;
  }

  /**
   * The others went on without it, perhaps because its state was another one: it begins to ask.
   * False if it was out too often for that.
   */
  begin(isAstray: boolean): boolean {
    if (this.#returns === RETURNS_MAX) return false;
    if (isAstray) this.#astray++;
    this.#returns++;
    this.#isOut = true;
    this.#offeredMs = undefined;
    this.#listen();
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
    const { slot, players, liveness, proofs } = this.#options;
    const round = Math.floor(this.#asks++ / ASKS_IN_ORDER);
    const record: SlotRecord = {
      slot,
      epoch: this.epoch,
      beat,
      sentAt,
      era: 0,
      members: 0,
      hears: liveness.heard,
      suspects: 0,
      farewell,
      isReturning: true,
      // Nothing is confirmed; it is here so that beats needn't order what lies far apart.
      confirmed: round,
      tick: round,
      hash: 0,
      have: Array.from({ length: players }, () => -1),
      change: undefined,
      proof: undefined,
    };
    return {
      kind: "play",
      record: withProof(record, players, proofs),
      echoes,
      relayed: [],
      runs: [],
    };
  }

  /** While out, takes in what members say; returns whether anybody's own word is fresh. */
  hears({ record: own, relayed }: PlayPacket, atMs: number): boolean {
    if (!this.#isOut) return false;
    const { slot: me, clocks, liveness, timers } = this.#options;
    let isAnybody = false;
    for (const record of [own, ...relayed]) {
      const { slot, sentAt } = record;
      const kind = slot === me
        ? undefined
        : this.#heard.take(record, own.slot, atMs);
      const isFresh = clocks[slot].isFresh(sentAt, atMs, timers.suspectMs);
      if (!kind || !isFresh) continue;
      liveness.hear(slot, atMs, true);
      if (kind === "word") isAnybody = true;
      if (kind === "word" && !record.isReturning) this.#hashes.note(record);
    }
    return isAnybody;
  }

  /**
   * Whether the others took this incarnation back and dropped it again before it heard of that:
   * nobody takes the same one back twice, so it has to ask as another one.
   */
  get wasMissed(): boolean {
    const { slot: me } = this.#options;
    const { words } = this.#heard;
    return this.#isOut &&
      words.some((word) => {
        const presences = word?.change?.presences;
        if (!word || !presences || has(word.members, me)) return false;
        if (lastSegment(presences[me]).epoch !== this.epoch) return false;
        return this.#isAgreed({ ...word, presences });
      });
  }

  /**
   * Ends a return with a snapshot that is for this incarnation and is what it says: at once where
   * another member has confirmed the same, else after a moment, and rather not from one whose state
   * was no good last time.
   */
  takeBack(
    { to, record, state }: SnapshotPacket,
    atMs: number,
  ): Return | undefined {
    const { slot, game, timers, controls } = this.#options;
    const { epoch } = this;
    const presences = record.change?.presences;
    const isForUs = this.#isOut && to.slot === slot && to.epoch === epoch &&
      has(record.members, slot) && presences !== undefined &&
      lastSegment(presences[slot]).epoch === epoch;
    const isTrue = game.isState(state) && game.hash(state) === record.hash;
    if (!isForUs || !isTrue) return undefined;
    const { slot: giver, era, members, confirmed: tick } = record;
    this.#offeredMs ??= atMs;
    const waitMs = timers.suspectMs * ALONE_PART *
      (giver === this.#giver ? 2 : 1);
    const isBelieved = controls?.isSnapshotUnclaimed ||
      this.#isAgreed({ era, members, presences }) &&
        this.#isClaimedByOther(record);
    if (!isBelieved && atMs - this.#offeredMs < waitMs) return undefined;
    this.#isOut = false;
    this.#giver = giver;
    return { giver, tick, state, era, members, presences };
  }

  /** Whether all members say that they are in this era, by their newest words. */
  #isAgreed(said: Commitment): boolean {
    const others = said.members & ~setOf(this.#options.slot);
    return slotsOf(others).every((slot) =>
      isShownBy(this.#heard.words[slot], said)
    );
  }

  /** Whether another member claims the same state, or there is none that could. */
  #isClaimedByOther(
    { slot: giver, members, confirmed, hash }: SlotRecord,
  ): boolean {
    const others = members & ~setOf(giver) & ~setOf(this.#options.slot);
    const claimed = this.#hashes.claimed();
    return others === 0 ||
      slotsOf(others).some((slot) =>
        claimed[slot].some(([tick, theirs]) =>
          tick === confirmed && theirs === hash
        )
      );
  }
}
