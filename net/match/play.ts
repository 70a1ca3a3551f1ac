/**
 * A match in play, as one member holds it: packets feed its rollback, and are made from it; its
 * membership says whose inputs count.
 *
 * @module
 */
import { lastSegment, type Presence } from "../../game/presence.ts";
import { type Game, Rollback } from "../../game/rollback.ts";
import { OVER, PHASE, SERVING, WINNER } from "../../game/state.ts";
import { inputDelayFor } from "./clock/input_delay.ts";
import type { PeerClock } from "./clock/peer_clock.ts";
import { leadOver, TimeSync } from "./clock/time_sync.ts";
import { Contributions } from "./contributions.ts";
import { type Desync, HashWatch } from "./hash_watch.ts";
import { HeardRecords } from "./heard_records.ts";
import { InputRuns } from "./input_runs.ts";
import type { PeerLiveness } from "./membership/liveness.ts";
import type { Absences } from "./membership/absences.ts";
import { placeIn } from "./membership/commitment.ts";
import { Membership, type MembershipEvent } from "./membership/membership.ts";
import type { NegativeControls } from "./membership/negative_controls.ts";
import type { Timers } from "./membership/timers.ts";
import type { Said } from "./outbox.ts";
import { OwnRecord } from "./own_record.ts";
import type { Proofs } from "./proofs.ts";
import type { Return } from "./returning.ts";
import type { Incarnation, SlotRecord } from "./wire/record.ts";
import { has, setOf, sizeOf, type SlotSet, slotsOf } from "./wire/slot_set.ts";
import type { PlayPacket, SnapshotPacket } from "./wire/wire.ts";

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
  readonly absences: Absences;
  readonly proofs: Proofs | undefined;
  /** A slot whose inputs count only as others pass them on. */
  readonly distrusted: number | undefined;
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
  /** What other members' states are found to be. */
  readonly hashes: HashWatch;
  /** How long ticks last, so that all members stay level. */
  readonly sync = new TimeSync();

  readonly #options: PlayOptions;
  readonly #rollback: Rollback;
  readonly #membership: Membership;
  readonly #heard: HeardRecords;
  /** By slot: highest tick up to which all inputs are known; made anew where it is read. */
  readonly #have: number[];
  readonly #contributions: Contributions;
  readonly #words: OwnRecord;
  readonly #events: MembershipEvent[] = [];

  constructor(options: PlayOptions) {
    this.#options = options;
    const { slot, players, epochs, from, timers, controls } = options;
    this.#rollback = new Rollback(options.game, players, from);
    this.#membership = new Membership({ slot, timers, controls }, epochs);
    const runs = new InputRuns({
      ...{ slot, players, rollback: this.#rollback, clocks: options.clocks },
      isSentThrice: controls.isSentThrice ?? false,
    });
    this.hashes = new HashWatch(players, options.nowMs);
    this.#heard = new HeardRecords(players, options.proofs, controls);
    this.#have = this.#heard.words.map(() => -1);
    this.#contributions = new Contributions({
      ...options,
      rollback: this.#rollback,
      membership: this.#membership,
      ...{ hashes: this.hashes, heard: this.#heard },
    });
    this.#words = new OwnRecord({
      ...{ slot, players, epoch: options.epoch, runs },
      ...{ rollback: this.#rollback, membership: this.#membership },
      ...{ liveness: options.liveness, proofs: options.proofs },
      ...{ newest: this.#heard.newest, have: this.#have },
    });
    if (from) this.#membership.begin(from.era, from.members, from.presences);
    this.#welcome(0, options.nowMs);
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
    return this.#heard.newest;
  }

  /** A difference that the members can't settle: no state is that of more than half of them. */
  get desync(): Desync | undefined {
    return this.hashes.unsettled(this.members, this.#options.timers.graceMs);
  }

  /** How many inputs contradicted others of the same slot and tick. */
  get conflicts(): number {
    return this.#contributions.conflicts;
  }

  hashAt(tick: number): number | undefined {
    return this.#rollback.hashAt(tick);
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

  /** Whether the only other member said that states differ, and not in an era without this host. */
  get isDesyncTold(): boolean {
    const [slot] = this.#others;
    const word = this.#heard.words[slot];
    return sizeOf(this.members) === 2 && word?.farewell === "desync" &&
      word.era === this.era;
  }

  hasLeft(slot: number): boolean {
    return this.#heard.words[slot]?.farewell === "left";
  }

  /** Slots of members whose missing inputs hold up the next confirmation. */
  missing(): readonly number[] {
    return this.#others.filter((slot) =>
      this.#rollback.have(slot) < this.confirmedTick
    );
  }

  /** Whether every member has confirmed the end of the game with the same hash. */
  isAgreedOver(): boolean {
    const { endTick } = this;
    if (endTick === undefined) return false;
    if (this.#options.controls.isResultUnagreed) return true;
    return this.#others.every((slot) =>
      this.hashes.comparedTick(slot) >= endTick
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

  /** Takes in a packet; false where it says what can't be true here, but takes its inputs as all do. */
  receive(
    { record: own, relayed, runs }: Omit<PlayPacket, "kind" | "echoes">,
    atMs: number,
  ): boolean {
    const isPossible = this.#isPossible(own);
    const news = (isPossible ? [own, ...relayed] : NONE).filter((record) =>
      this.#isPossible(record) && this.#takeRecord(record, own.slot, atMs)
    );
    if (news.length > 0) this.#heard.findPeers(this.members);
    if (this.endTick !== undefined) this.#compareProofs(relayed, this.endTick);
    for (const run of runs) this.#contributions.take(run, own.slot, atMs);
    // Whether a member keeps up shows once its inputs are here, too.
    for (const record of news) this.#hear(record, record === own, atMs);
    return isPossible;
  }

  /** Replays what was guessed wrong, confirms what can be, and evaluates the membership. */
  settle(nowMs: number): void {
    this.#rollback.settle();
    this.#confirm();
    this.#noteHave();
    const { liveness, absences, controls } = this.#options;
    const { members, attempt } = this.#membership.standing;
    const happened = this.#membership.evaluate({
      ...{ nowMs, liveness, have: this.#have },
      records: this.#heard.words,
      differing: controls.isDifferenceKept ? 0 : this.hashes.outvoted(members),
      mayReturn: (slot, laterMs) => absences.mayReturn(slot, nowMs, laterMs),
    });
    for (const event of happened) {
      this.#events.push(event);
      // Asking in vain costs the others as much as a return, and makes the next one wait as long.
      const asked = event.kind === "backed out" ? attempt?.join : undefined;
      if (asked) this.#noteDropped(setOf(asked.slot), nowMs);
      if (event.kind !== "committed") continue;
      this.#noteDropped(members & ~this.members, nowMs);
      this.#welcome(event.joined, nowMs);
      this.#rollback.settle();
      this.#confirm();
    }
    if (!has(this.members, this.#options.slot)) this.isOut = true;
    this.compare(nowMs);
  }

  /** Compares what members claim; to be called by itself once the match is over for this host. */
  compare(nowMs: number): void {
    const { standing } = this.#membership;
    this.hashes.compare(this.#heard.peers, standing, this.#rollback);
    this.hashes.wait(nowMs, standing.members);
    if (this.hashes.mustYield(standing, this.#options)) this.isOut = true;
  }

  /** Plays one tick with this host's input; false where the match has to wait for somebody. */
  tick(nowMs: number, input: number): boolean {
    const rollback = this.#rollback;
    if (this.endTick !== undefined) return true;
    if (rollback.isFull) return false;
    // Only between rallies: a change in the middle of one would be felt.
    if (rollback.state[PHASE] === SERVING) {
      this.inputDelayTicks = inputDelayFor(this.#options.clocks);
    }
    this.#contributions.addOwn(input, rollback.tick + this.inputDelayTicks);
    rollback.advance();
    this.#confirm();
    // Right after a tick: the others' records, too, are of that moment.
    const lead = leadOver(this.#heard.peers, rollback.tick, {
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
    const hasEnded = this.endTick !== undefined;
    return this.#words.packet(said, this.#heard.acknowledging, hasEnded);
  }

  /**
   * Returns a packet with a state that all members have confirmed; to be encoded at once. Of a newer
   * one nobody else might hold the inputs, and if this host were lost, no cut could be copied.
   */
  snapshot(said: Said, to: Incarnation): SnapshotPacket {
    this.#noteHave();
    const { confirmedTick, oldestTick } = this.#rollback;
    const tick = this.#heard.confirmedByAll(confirmedTick);
    return this.#words.snapshot(said, to, Math.max(oldestTick, tick));
  }

  /** Players that are members again and still wait for a state to begin with. */
  returned(): readonly Incarnation[] {
    return this.#heard.returned(this.presences);
  }

  /** First tick of which this incarnation's inputs count; older ones were its predecessor's. */
  get #ownFrom(): number {
    return lastSegment(this.presences[this.#options.slot]).from;
  }

  get #others(): readonly number[] {
    return slotsOf(this.members & ~setOf(this.#options.slot));
  }

  #noteHave(): void {
    for (let slot = 0; slot < this.#have.length; slot++) {
      this.#have[slot] = this.#rollback.have(slot);
    }
  }

  /** Within one era nobody can have confirmed more of this host's inputs than it made. */
  #isPossible(record: SlotRecord): boolean {
    const { slot: me } = this.#options;
    if (record.era !== this.era || record.isReturning) return true;
    // Of its former incarnations this host may still lack some.
    const mine = Math.max(this.#rollback.have(me), this.#ownFrom - 1);
    return record.confirmed <= mine + 1;
  }

  /** Returns whether it is news. */
  #takeRecord(record: SlotRecord, from: number, atMs: number): boolean {
    if (record.slot === this.#options.slot) return false;
    const kind = this.#heard.take(record, from, atMs);
    if (kind !== "word") return kind !== undefined;
    if (!record.isReturning) this.hashes.note(record);
    if (record.era > this.era) this.#follow(record, atMs);
    return true;
  }

  /** What counts is when it was sent: a backlog of old ones may come all at once. */
  #hear(record: SlotRecord, isDirect: boolean, atMs: number): void {
    const { slot, sentAt, hears } = record;
    const { clocks, liveness, timers, slot: me } = this.#options;
    if (!clocks[slot].isFresh(sentAt, atMs, timers.suspectMs)) return;
    const by = { isDirect, endTick: this.endTick };
    const isMutual = has(hears, me) && this.#contributions.keepsUp(record, by);
    liveness.hear(slot, atMs, isMutual);
  }

  /** R9: records of a higher era are the commit, once all who decided it show it. */
  #follow(record: SlotRecord, atMs: number): void {
    const { confirmedTick } = this;
    const presences = record.change?.presences;
    if (!presences || this.isOut) return;
    const { standing } = this.#membership;
    const where = { ...this.#options, standing, confirmedTick };
    const place = placeIn({ ...record, presences }, this.#heard.words, where);
    if (place === "out") this.isOut = true;
    if (place !== "member") return;
    this.#noteDropped(this.members & ~record.members, atMs);
    this.#welcome(this.#membership.adopt(record, presences), atMs);
  }

  #noteDropped(dropped: SlotSet, nowMs: number): void {
    for (const slot of slotsOf(dropped)) {
      const isDiffering = has(this.hashes.differing, slot);
      this.#options.absences.noteDropped(slot, nowMs, isDiffering);
    }
  }

  /** An era begins: its members took part in the change, so patience with them begins anew. */
  #welcome(joined: SlotSet, nowMs: number): void {
    this.#options.liveness.welcome(this.members, nowMs);
    this.hashes.forgetAllBut(this.members & ~joined);
    this.#heard.findPeers(this.members);
    for (const [slot, presence] of this.presences.entries()) {
      this.#rollback.setPresence(slot, presence);
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

  /** R11: a proof that a member has confirmed the end counts, whatever it says here itself. */
  #compareProofs(records: readonly SlotRecord[], endTick: number): void {
    const news = records.filter((record) =>
      record.confirmed === endTick &&
      this.hashes.comparedTick(record.slot) !== endTick &&
      this.#heard.isProved(record)
    );
    this.hashes.compare(news, this.#membership.standing, this.#rollback);
  }
}
