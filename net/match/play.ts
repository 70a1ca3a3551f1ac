/**
 * A match in play, as one member holds it: packets feed its rollback, and are made from it; its
 * membership says whose inputs count.
 *
 * @module
 */
import { lastSegment, type Presence } from "../../game/presence.ts";
import { type Game, Rollback } from "../../game/rollback.ts";
import {
  ABSENT_INPUT,
  OVER,
  PHASE,
  SERVING,
  WINNER,
} from "../../game/state.ts";
import { inputDelayFor } from "./clock/input_delay.ts";
import type { PeerClock } from "./clock/peer_clock.ts";
import { leadOver, TimeSync } from "./clock/time_sync.ts";
import { type Desync, HashWatch, type TickHash } from "./hash_watch.ts";
import { InputRuns } from "./input_runs.ts";
import type { PeerLiveness } from "./membership/liveness.ts";
import { Membership, type MembershipEvent } from "./membership/membership.ts";
import { shownBeyond } from "./membership/membership_change.ts";
import type { NegativeControls } from "./membership/negative_controls.ts";
import type { Timers } from "./membership/timers.ts";
import type { Said } from "./outbox.ts";
import { OwnRecord } from "./own_record.ts";
import type { Return } from "./returning.ts";
import { type Incarnation, isNewer, type SlotRecord } from "./wire/record.ts";
import { has, setOf, type SlotSet, slotsOf } from "./wire/slot_set.ts";
import type { InputRun, PlayPacket, SnapshotPacket } from "./wire/wire.ts";

export interface PlayOptions {
  readonly slot: number;
  readonly players: number;
  /** Incarnation of each slot at tick 0, by slot, and the own one now. */
  readonly epochs: readonly number[];
  readonly epoch: number;
  readonly game: Game;
  /** By slot; shared with the session, which feeds them. */
  readonly clocks: readonly PeerClock[];
  readonly liveness: PeerLiveness;
  readonly timers: Timers;
  readonly controls: NegativeControls;
  /** Set for a player that comes back. */
  readonly from: Return | undefined;
  readonly nowMs: number;
}

/** What most ticks bring. */
const NONE: readonly never[] = [];

/** To be called: `receive` for each packet, then `settle`, `tick` when one is due, and `say`. */
export class Play {
  /** First confirmed state in which the game is over; nothing is confirmed beyond it. */
  endTick: number | undefined;
  /** The others went on without this host. */
  isOut = false;
  /** How many ticks after it was sampled this host's input counts. */
  inputDelayTicks = 0;
  /** Inputs that contradicted what was known of the same slot and tick. */
  conflicts = 0;
  /** How long ticks last, so that all members stay level. */
  readonly sync = new TimeSync();

  readonly #options: PlayOptions;
  readonly #rollback: Rollback;
  readonly #membership: Membership;
  readonly #hashes: HashWatch;
  /** By slot: the newest record, where one has come. */
  readonly #records: (SlotRecord | undefined)[];
  /** Newest records of the other members, except of those that said goodbye. */
  readonly #peers: SlotRecord[] = [];
  /** By slot: highest tick up to which all inputs are known; made anew where it is read. */
  readonly #have: number[];
  readonly #words: OwnRecord;
  readonly #events: MembershipEvent[] = [];

  constructor(options: PlayOptions) {
    this.#options = options;
    const { slot, players, epochs, from, timers, controls } = options;
    this.#rollback = new Rollback(options.game, players, from);
    this.#membership = new Membership({ slot, timers, controls }, epochs);
    const runs = new InputRuns({
      slot,
      players,
      rollback: this.#rollback,
      clocks: options.clocks,
      isSentThrice: controls.isSentThrice ?? false,
    });
    this.#hashes = new HashWatch(players);
    this.#records = Array.from({ length: players }, () => undefined);
    this.#have = this.#records.map(() => -1);
    this.#words = new OwnRecord({
      ...{ slot, players, epoch: options.epoch, runs },
      rollback: this.#rollback,
      membership: this.#membership,
      liveness: options.liveness,
      records: this.#records,
      have: this.#have,
    });
    if (from) this.#membership.begin(from.era, from.members, from.presences);
    this.#applyPresences();
    options.liveness.welcome(this.members, options.nowMs);
    this.inputDelayTicks = inputDelayFor(options.clocks);
    this.#noteEnd();
  }

  get newestTick(): number {
    return this.#rollback.tick;
  }

  get confirmedTick(): number {
    return this.#rollback.confirmedTick;
  }

  /** Newest state, predicted. Valid until the next call; copy it to keep it. */
  get state(): Int32Array {
    return this.#rollback.state;
  }

  get confirmedState(): Int32Array {
    return this.#rollback.confirmedState;
  }

  /** Returns the state before a tick from `confirmedTick` to `newestTick`; owned as `state` is. */
  stateAt(tick: number): Int32Array {
    return this.#rollback.stateAt(tick);
  }

  /** What wrong guesses cost. Whoever plots `deepestTicks` sets it back to 0. */
  get rollbackWork(): Pick<
    Rollback,
    "rollbacks" | "resimulatedTicks" | "deepestTicks"
  > {
    return this.#rollback;
  }

  get era(): number {
    return this.#membership.standing.era;
  }

  get members(): SlotSet {
    return this.#membership.standing.members;
  }

  get presences(): readonly Presence[] {
    return this.#membership.standing.presences;
  }

  /** By slot: the newest record of each other player, where one has come. Owned by this object. */
  get records(): readonly (SlotRecord | undefined)[] {
    return this.#records;
  }

  get desync(): Desync | undefined {
    return this.#hashes.desync;
  }

  hashAt(tick: number): number | undefined {
    return this.#rollback.hashAt(tick);
  }

  /** By slot: the confirmed states and hashes that each other member claimed lately. */
  claimedHashes(): readonly (readonly TickHash[])[] {
    return this.#hashes.claimed();
  }

  /** Returns what counted for a slot at a confirmed tick of the last `HISTORY_TICKS`. */
  inputAt(slot: number, tick: number): number {
    return this.#rollback.countedInput(slot, tick);
  }

  /** Who has won by the game's rules, or by being the only one left. */
  winner(): number | null {
    const winner = this.#rollback.confirmedState[WINNER];
    if (winner >= 0) return winner;
    return this.isWalkover ? this.#options.slot : null;
  }

  /** Whether this host is the last of the match. */
  get isWalkover(): boolean {
    return this.endTick === undefined &&
      this.members === setOf(this.#options.slot);
  }

  /** Whether some member said that states differ. */
  get isDesyncTold(): boolean {
    return this.#records.some((record) => record?.farewell === "desync");
  }

  hasLeft(slot: number): boolean {
    return this.#records[slot]?.farewell === "left";
  }

  /** Slots of members whose missing inputs hold up the next confirmation. */
  missing(): readonly number[] {
    return slotsOf(this.members & ~setOf(this.#options.slot)).filter((slot) =>
      this.#rollback.have(slot) < this.confirmedTick
    );
  }

  /** Whether every member has confirmed the end of the game with the same hash. */
  isAgreedOver(): boolean {
    const { endTick } = this;
    if (endTick === undefined) return false;
    if (this.#options.controls.isResultUnagreed) return true;
    return slotsOf(this.members & ~setOf(this.#options.slot)).every((slot) =>
      this.#hashes.comparedTick(slot) >= endTick
    );
  }

  /** Returns what happened to the membership since the last call, oldest first. */
  takeEvents(): readonly MembershipEvent[] {
    return this.#events.length === 0 ? NONE : this.#events.splice(0);
  }

  /** The witness granted this value. */
  grant(value: string): void {
    this.#membership.grant(value);
  }

  /** Takes in a packet; false where it says what can't be true. */
  receive(
    { record: own, relayed, runs }: Omit<PlayPacket, "kind" | "echoes">,
    atMs: number,
  ): boolean {
    if (!this.#isPossible(own)) return false;
    this.#takeRecord(own, atMs);
    for (const record of relayed) {
      const isOther = record.slot !== this.#options.slot;
      if (isOther && this.#isPossible(record)) this.#takeRecord(record, atMs);
    }
    for (const run of runs) this.#takeRun(run);
    return true;
  }

  /** Replays what was guessed wrong, confirms what can be, and evaluates the membership. */
  settle(nowMs: number): void {
    this.#rollback.settle();
    this.#confirm();
    this.#noteHave();
    const { liveness } = this.#options;
    const happened = this.#membership.evaluate({
      nowMs,
      records: this.#records,
      liveness,
      have: this.#have,
    });
    for (const event of happened) {
      this.#events.push(event);
      if (event.kind !== "committed") continue;
      liveness.welcome(event.joined, nowMs);
      this.#applyPresences();
      this.#rollback.settle();
      this.#confirm();
    }
    if (!has(this.members, this.#options.slot)) this.isOut = true;
    this.#compareHashes();
  }

  /** Plays one tick with this host's input; false where the match has to wait for somebody. */
  tick(nowMs: number, input: number): boolean {
    const rollback = this.#rollback;
    if (this.endTick !== undefined) return true;
    if (rollback.isFull) return false;
    const { slot: me } = this.#options;
    // Only between rallies: a change in the middle of one would be felt.
    if (rollback.state[PHASE] === SERVING) {
      this.inputDelayTicks = inputDelayFor(this.#options.clocks);
    }
    const bounded = Math.max(-127, Math.min(127, Math.trunc(input) || 0));
    const until = rollback.tick + this.inputDelayTicks;
    let next = rollback.nextInputTick(me);
    while (
      next >= this.#ownFrom && next <= until &&
      rollback.addInput(me, next, bounded) === "added"
    ) next = rollback.nextInputTick(me);
    rollback.advance();
    this.#confirm();
    // Right after a tick: the others' records, too, are of that moment.
    const lead = leadOver(this.#peers, rollback.tick, {
      clocks: this.#options.clocks,
      freshMs: this.#options.timers.suspectMs,
      nowMs,
    });
    if (lead !== undefined) this.sync.add(lead);
    return true;
  }

  /** Returns the packet that says all that the others may need; to be encoded at once. */
  say(said: Said): PlayPacket {
    this.#noteHave();
    return this.#words.packet(said, this.#peers);
  }

  /**
   * Returns a packet with a state that all members have confirmed; to be encoded at once. Of a newer
   * one nobody else might hold the inputs, and if this host were lost, no cut could be copied.
   */
  snapshot(said: Said, to: Incarnation): SnapshotPacket {
    this.#noteHave();
    const { confirmedTick, oldestTick } = this.#rollback;
    const confirmed = this.#peers.filter((peer) => !peer.isReturning)
      .map((peer) => peer.confirmed);
    const tick = Math.max(oldestTick, Math.min(confirmedTick, ...confirmed));
    return this.#words.snapshot(said, to, tick);
  }

  /** Players that are members again and still wait for a state to begin with. */
  returned(): readonly Incarnation[] {
    const isBack = ({ slot, epoch, isReturning }: SlotRecord) =>
      isReturning && epoch === lastSegment(this.presences[slot]).epoch;
    return this.#peers.some(isBack) ? this.#peers.filter(isBack) : NONE;
  }

  /** First tick of which this incarnation's inputs count; older ones were its predecessor's. */
  get #ownFrom(): number {
    return lastSegment(this.presences[this.#options.slot]).from;
  }

  /** Finds the other members again, after a record or the members have changed. */
  #findPeers(): void {
    let count = 0;
    for (const record of this.#records) {
      const isPeer = record && has(this.members, record.slot) &&
        record.farewell === "none";
      if (isPeer) this.#peers[count++] = record;
    }
    this.#peers.length = count;
  }

  #noteHave(): void {
    for (let slot = 0; slot < this.#have.length; slot++) {
      this.#have[slot] = this.#rollback.have(slot);
    }
  }

  /** Within one era nobody can hold more of this host's inputs than it made. */
  #isPossible(record: SlotRecord): boolean {
    if (record.era !== this.era || record.isReturning) return true;
    const { slot: me } = this.#options;
    const mine = this.#rollback.have(me);
    return record.have[me] <= Math.max(mine, record.confirmed - 1) &&
      record.confirmed <= mine + 1;
  }

  #takeRecord(record: SlotRecord, atMs: number): void {
    const { slot, sentAt } = record;
    const known = this.#records[slot];
    if (known && !isNewer(record, known)) return;
    this.#records[slot] = record;
    if (!record.isReturning) this.#hashes.note(record);
    const { clocks, liveness, timers, slot: me } = this.#options;
    // What counts is when it was sent: a backlog of old ones may come all at once.
    const isFresh = clocks[slot].isFresh(sentAt, atMs, timers.suspectMs);
    if (isFresh) liveness.hear(slot, atMs, has(record.hears, me));
    if (record.era > this.era) this.#follow(record, atMs);
    this.#findPeers();
  }

  /** R9: a record of a higher era is the commit. */
  #follow(record: SlotRecord, atMs: number): void {
    const { slot: me, epoch, liveness } = this.#options;
    const presences = record.change?.presences;
    if (!presences || this.isOut) return;
    const isMember = has(record.members, me) &&
      lastSegment(presences[me]).epoch === epoch;
    const beyond = shownBeyond(this.presences, presences, this.confirmedTick);
    if (!isMember || beyond !== undefined) {
      this.isOut = true;
      return;
    }
    liveness.welcome(this.#membership.adopt(record, presences), atMs);
    this.#applyPresences();
  }

  #applyPresences(): void {
    this.#findPeers();
    for (const [slot, presence] of this.presences.entries()) {
      this.#rollback.setPresence(slot, presence);
    }
  }

  #takeRun({ slot, start, inputs }: InputRun): void {
    const isOwn = slot === this.#options.slot;
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i];
      if (input === ABSENT_INPUT) return;
      if (isOwn && start + i >= this.#ownFrom) return;
      if (!this.#membership.mayTake(slot, start + i)) return;
      const verdict = this.#rollback.addInput(slot, start + i, input);
      if (verdict === "gap") return;
      if (verdict === "conflict") this.conflicts++;
    }
  }

  #confirm(): void {
    const rollback = this.#rollback;
    if (!this.#membership.mayConfirm) return;
    while (this.endTick === undefined && rollback.confirmNext()) {
      this.#noteEnd();
    }
  }

  /** The newest confirmed state may be the end, even the one that a returned player begins with. */
  #noteEnd(): void {
    const { confirmedState, confirmedTick } = this.#rollback;
    if (confirmedState[PHASE] === OVER) this.endTick = confirmedTick;
  }

  /** Only within one era must what members have confirmed be the same. */
  #compareHashes(): void {
    for (const record of this.#peers) {
      const isComparable = record.era === this.era && !record.isReturning &&
        record.epoch === lastSegment(this.presences[record.slot]).epoch;
      if (isComparable) this.#hashes.compare(record, this.#rollback);
    }
  }
}
