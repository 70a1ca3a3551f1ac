/**
 * A match as a watcher follows it, who only listens: begun from a member's snapshot, and played on
 * from what each member says of itself.
 *
 * A tick counts here once every member has confirmed it in the same era: only then can no change of
 * the members take it back (whoever may go on without the others holds all inputs up to it). As for
 * members, records of a higher era are the commit of a change, once all who decided it show it.
 *
 * A snapshot is one member's word. It is believed when all members have confirmed as much and
 * another one claims the same hash; from then on, it is a desync if half of the members differ.
 *
 * @module
 */
import { SLOTS_MAX } from "../../game/court.ts";
import {
  epochAt,
  lastSegment,
  type Presence,
  presentFromStart,
} from "../../game/presence.ts";
import { type Game, HISTORY_TICKS, Rollback } from "../../game/rollback.ts";
import { ABSENT_INPUT } from "../../game/state.ts";
import type { Desync, TickHash } from "../match/hash_watch.ts";
import {
  type Commitment,
  isShownByAll,
} from "../match/membership/commitment.ts";
import { shownBeyond } from "../match/membership/membership_change.ts";
import { isNewer, type SlotRecord } from "../match/wire/record.ts";
import {
  has,
  setOf,
  sizeOf,
  type SlotSet,
  slotsOf,
} from "../match/wire/slot_set.ts";
import type { InputRun, SnapshotPacket } from "../match/wire/wire.ts";

/** A watcher has no slot of its own. */
const NO_SLOT = -1;

export interface FollowOptions {
  readonly game: Game;
  readonly players: number;
  readonly inputs: HeardInputs;
  readonly nowMs: number;
  /** Whether a player can't think any more that it plays, as far as a watcher can tell. */
  readonly isGone: (slot: number) => boolean;
}

/** `take` each record, then `advance`; it is confirmed as far as `confirmedTick`. */
export class FollowedMatch {
  /** When something was confirmed last. */
  progressMs: number;
  members: SlotSet;
  /** Tick of the snapshot. */
  readonly firstTick: number;

  readonly #options: FollowOptions;
  /** The slot that sent the snapshot. */
  readonly giver: number;
  readonly #rollback: Rollback;
  #era: number;
  #presences: readonly Presence[];
  /** By slot, of any era: the newest record. */
  readonly #words: (SlotRecord | undefined)[];
  /** By slot, of this era: the first claim that differs from what is followed here. */
  readonly #differences: (Desync | undefined)[];
  /** By slot, of this era: newest record, claims still to be compared, newest compared tick. */
  readonly #records: (SlotRecord | undefined)[];
  readonly #claims: TickHash[][];
  readonly #compared: number[];
  /** The last confirmed states, to be shown later. */
  readonly #states: readonly Int32Array[];

  /** Begins with a snapshot that `isSound`. */
  constructor({ record, state }: SnapshotPacket, options: FollowOptions) {
    const { game, players, nowMs } = options;
    const slots = Array.from({ length: players });
    this.#options = options;
    this.giver = record.slot;
    this.firstTick = record.confirmed;
    this.progressMs = nowMs;
    this.#rollback = new Rollback(game, players, {
      tick: record.confirmed,
      state,
    });
    this.#states = Array.from(
      { length: HISTORY_TICKS },
      () => new Int32Array(state.length),
    );
    this.#keepState();
    this.#words = slots.map(() => undefined);
    this.#differences = slots.map(() => undefined);
    this.#records = slots.map(() => undefined);
    this.#claims = slots.map(() => []);
    this.#compared = slots.map(() => -1);
    this.#era = record.era;
    this.members = record.members;
    this.#presences = record.change?.presences ??
      slots.map(() => presentFromStart(0));
    this.#applyPresences();
  }

  get era(): number {
    return this.#era;
  }

  get confirmedTick(): number {
    return this.#rollback.confirmedTick;
  }

  /** The newest confirmed state. Valid until the next call; copy it to keep it. */
  get confirmedState(): Int32Array {
    return this.#rollback.confirmedState;
  }

  hashAt(tick: number): number | undefined {
    return this.#rollback.hashAt(tick);
  }

  /** Returns what counted for a slot at a confirmed tick of the last `HISTORY_TICKS`. */
  inputAt(slot: number, tick: number): number {
    return this.#rollback.countedInput(slot, tick);
  }

  /** Returns a confirmed state of the last `HISTORY_TICKS`; owned as `confirmedState` is. */
  stateAt(tick: number): Int32Array {
    return this.#states[tick % HISTORY_TICKS];
  }

  /** The first claim that differs, where as many members differ as don't. */
  get desync(): Desync | undefined {
    const differing = this.#differing;
    return 2 * differing.length >= sizeOf(this.members) && !this.isAstray
      ? differing[0]
      : undefined;
  }

  /** Whether most members differ from this in the same way, so that the fault is here. */
  get isAstray(): boolean {
    const differing = this.#differing;
    const isSame = differing.every(({ tick, theirs }) =>
      tick !== differing[0].tick || theirs === differing[0].theirs
    );
    return isSame && 2 * differing.length > sizeOf(this.members);
  }

  get #differing(): readonly Desync[] {
    return this.#differences
      .filter((one) => one !== undefined)
      .filter(({ slot }) => has(this.members, slot));
  }

  /** Whether a second member's claim was compared with it, and all have confirmed as much. */
  get isCorroborated(): boolean {
    return this.#confirmedByAll >= this.firstTick &&
      this.#compared.some((tick, slot) =>
        slot !== this.giver && tick >= this.firstTick
      );
  }

  /** Whether the snapshot's sender says that it is the only member, and its claim was compared. */
  get isOfOneMember(): boolean {
    return this.members === setOf(this.giver) &&
      this.#compared[this.giver] >= this.firstTick;
  }

  /** Whether all is confirmed here that all members have confirmed. */
  get isUpToDate(): boolean {
    return this.#confirmedByAll <= this.confirmedTick;
  }

  /** Members whose inputs hold up the next tick. */
  missing(): readonly number[] {
    return slotsOf(this.members).filter((slot) =>
      this.#rollback.have(slot) < this.confirmedTick
    );
  }

  /** Takes in what a member says of itself. */
  take(record: SlotRecord): void {
    const { slot, confirmed, hash } = record;
    if (record.isReturning) return;
    const word = this.#words[slot];
    if (!word || isNewer(record, word)) this.#words[slot] = record;
    if (record.era > this.#era) this.#follow(record);
    const known = this.#records[slot];
    const isOfMember = record.era === this.#era && has(this.members, slot) &&
      record.epoch === lastSegment(this.#presences[slot]).epoch;
    if (!isOfMember || (known && !isNewer(record, known))) return;
    this.#records[slot] = record;
    const claims = this.#claims[slot];
    const isNews = confirmed > (claims.at(-1)?.[0] ?? this.#compared[slot]);
    if (isNews) claims.push([confirmed, hash]);
    if (claims.length > HISTORY_TICKS) claims.shift();
  }

  /** Plays on as far as all members have confirmed, and compares what they claim. */
  advance(nowMs: number): void {
    const until = this.#confirmedByAll;
    while (this.confirmedTick < until && this.#confirmNext()) {
      this.progressMs = nowMs;
      this.#keepState();
    }
    for (const slot of slotsOf(this.members)) this.#compare(slot);
  }

  /** Newest tick that every member has confirmed; -1 while one has said nothing in this era. */
  get #confirmedByAll(): number {
    const ticks = slotsOf(this.members).map((slot) =>
      this.#records[slot]?.confirmed ?? -1
    );
    return Math.min(...ticks);
  }

  #confirmNext(): boolean {
    const rollback = this.#rollback;
    for (const slot of this.#presences.keys()) this.#addInputs(slot);
    if (rollback.tick === rollback.confirmedTick) rollback.advance();
    else rollback.settle();
    return rollback.confirmNext();
  }

  #addInputs(slot: number): void {
    const rollback = this.#rollback;
    const presence = this.#presences[slot];
    for (;;) {
      const tick = rollback.nextInputTick(slot);
      const epoch = epochAt(presence, tick);
      const input = this.#options.inputs.at(slot, tick, epoch);
      if (input === undefined) return;
      if (rollback.addInput(slot, tick, input) !== "added") return;
    }
  }

  #keepState(): void {
    this.stateAt(this.confirmedTick).set(this.confirmedState);
  }

  #compare(slot: number): void {
    const claims = this.#claims[slot];
    while (claims.length > 0 && claims[0][0] <= this.confirmedTick) {
      const [tick, theirs] = claims[0];
      claims.shift();
      const ours = this.hashAt(tick);
      if (ours === undefined) continue;
      if (ours === theirs) this.#compared[slot] = tick;
      else this.#differences[slot] ??= { slot, tick, ours, theirs };
    }
  }

  /** Follows into a higher era if the record has its presences; else only a new snapshot helps. */
  #follow(record: SlotRecord): void {
    const presences = record.change?.presences;
    if (!presences) return;
    const { confirmedTick } = this;
    if (!this.#isCommitted({ ...record, presences })) return;
    const isContinuous =
      shownBeyond(this.#presences, presences, confirmedTick) === undefined;
    if (!isContinuous) return;
    this.#era = record.era;
    this.members = record.members;
    this.#presences = presences;
    this.#applyPresences();
    this.#records.fill(undefined);
    this.#differences.fill(undefined);
    for (const claims of this.#claims) claims.length = 0;
  }

  /** Whether all who decided it show it or, where that is one, the others are gone. */
  #isCommitted(said: Commitment): boolean {
    const before = {
      era: this.#era,
      members: this.members,
      presences: this.#presences,
    };
    const dropped = slotsOf(this.members & ~said.members);
    const isOfOne = sizeOf(said.members & this.members) === 1 &&
      dropped.every((slot) => this.#options.isGone(slot));
    return isOfOne || isShownByAll(said, before, this.#words, NO_SLOT);
  }

  #applyPresences(): void {
    for (const [slot, presence] of this.#presences.entries()) {
      this.#rollback.setPresence(slot, presence);
    }
  }
}

/** Whether a snapshot has all that is needed to begin with it, and its state has its hash. */
export function isSound(
  { record, state }: SnapshotPacket,
  game: Game,
): boolean {
  const presences = record.change?.presences;
  return presences !== undefined && has(record.members, record.slot) &&
    !record.isReturning &&
    lastSegment(presences[record.slot]).epoch === record.epoch &&
    game.isState(state) && game.hash(state) === record.hash;
}

/** What slots said of their own inputs, kept until a followed match can use it. */
export class HeardInputs {
  /** By slot, a ring of the last `HISTORY_TICKS`: of which tick, by which incarnation, what. */
  readonly #ticks = new Float64Array(SLOTS_MAX * HISTORY_TICKS).fill(-1);
  readonly #epochs = new Uint8Array(SLOTS_MAX * HISTORY_TICKS);
  readonly #inputs = new Int8Array(SLOTS_MAX * HISTORY_TICKS);

  /** Takes in what incarnation `epoch` of a slot says of its own inputs. */
  note(epoch: number, { slot, start, inputs }: InputRun): void {
    for (const [i, input] of inputs.entries()) {
      if (input === ABSENT_INPUT) return;
      const at = cell(slot, start + i);
      // What it said first counts, as it does for the members.
      const isKnown = this.#ticks[at] === start + i &&
        this.#epochs[at] === epoch;
      if (isKnown) continue;
      this.#ticks[at] = start + i;
      this.#epochs[at] = epoch;
      this.#inputs[at] = input;
    }
  }

  /** Returns incarnation `epoch`'s input at a tick; `undefined` where it wasn't heard. */
  at(slot: number, tick: number, epoch: number): number | undefined {
    const at = cell(slot, tick);
    const isIt = this.#ticks[at] === tick && this.#epochs[at] === epoch;
    return isIt ? this.#inputs[at] : undefined;
  }
}

function cell(slot: number, tick: number): number {
  return slot * HISTORY_TICKS + tick % HISTORY_TICKS;
}
