/**
 * A match in play, as one member holds it: rollback fed from packets, and packets made from it.
 *
 * What each member says of itself is its *record*; the newest record of everybody is kept and
 * repeated to the others, so news of a member travels by any path. Inputs are sent from the oldest
 * that a live member lacks, and inputs of third members go along when somebody has lacked them for
 * longer than their own packets should take: a dead link between two of four is no event.
 *
 * @module
 */
import { ABSENT_INPUT, OVER, PHASE, SERVING, WINNER } from "../game/state.ts";
import { type Game, HISTORY_TICKS, Rollback } from "../game/rollback.ts";
import type { TickHash } from "./confirmed_log.ts";
import type { PeerLiveness } from "./liveness.ts";
import type { PeerClock } from "./peer_clock.ts";
import { TICK_MS, TimeSync } from "./time_sync.ts";
import {
  type Farewell,
  type InputRun,
  isNewer,
  type PlayPacket,
  RUN_INPUTS_MAX,
  type SlotRecord,
} from "./wire.ts";

/** A record older than this is no sign of life, however new it is here: backlogs come in bursts. */
const FRESH_MS = 2000;
/** A member's tick is not guessed further ahead than this after its last word. */
const EXTRAPOLATION_MS_MAX = 250;
/** Input delay: what of a packet's way it takes away from prediction, and its limit. */
const UNDELAYED_TICKS = 2;
const INPUT_DELAY_TICKS_MAX = 3;
/** How much longer than a round trip a third member's input may be missing before it is passed on. */
const GOSSIP_SLACK_TICKS = 4;
/** Sends for which it is remembered what was known. */
const SENDS = 32;

export interface PlayOptions {
  readonly slot: number;
  readonly players: number;
  readonly epochs: readonly number[];
  readonly game: Game;
  /** By slot; shared with the session, which feeds them. */
  readonly clocks: readonly PeerClock[];
  readonly liveness: PeerLiveness;
}

/** Two members hold different states of one confirmed tick. */
export interface Desync {
  readonly slot: number;
  readonly tick: number;
  readonly ours: number;
  readonly theirs: number;
}

export class Play {
  /** First confirmed state in which the game is over; nothing is confirmed beyond it. */
  endTick: number | undefined;
  desync: Desync | undefined;
  /** The first member that said goodbye. */
  farewellFrom:
    | { readonly slot: number; readonly farewell: Farewell }
    | undefined;
  /** How many ticks after it is sampled the own input counts. */
  inputDelayTicks = 0;
  /** Inputs that contradicted what was known of the same slot and tick. */
  conflicts = 0;

  readonly #options: PlayOptions;
  readonly #rollback: Rollback;
  readonly #sync = new TimeSync();
  /** By slot: the newest record, where one has come. */
  readonly #records: (SlotRecord | undefined)[];
  /** By slot: newest confirmed state that was compared and equal. */
  readonly #compared: number[];
  /** By slot: what the others claimed of confirmed states, newest last; evidence in a dispute. */
  readonly #claimed: TickHash[][];
  /** `have` of all slots at each of the last sends, to know what was known a while ago. */
  readonly #haveThen: Int32Array;
  #sends = 0;

  constructor(options: PlayOptions) {
    this.#options = options;
    const { players } = options;
    this.#rollback = new Rollback(options.game, players);
    this.#records = Array.from({ length: players }, () => undefined);
    this.#compared = this.#records.map(() => -1);
    this.#claimed = this.#records.map(() => []);
    this.#haveThen = new Int32Array(SENDS * players).fill(-1);
    this.#chooseInputDelay();
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

  get rollbacks(): number {
    return this.#rollback.rollbacks;
  }

  get resimulatedTicks(): number {
    return this.#rollback.resimulatedTicks;
  }

  get leadTicks(): number {
    return this.#sync.leadTicks;
  }

  /** How long the next tick lasts, so that all members stay level. */
  tickMs(): number {
    return this.#sync.tickMs();
  }

  hashAt(tick: number): number | undefined {
    return this.#rollback.hashAt(tick);
  }

  /** Returns a confirmed input of the last `HISTORY_TICKS`. */
  inputAt(slot: number, tick: number): number {
    return this.#rollback.inputAt(slot, tick);
  }

  /** By slot: the confirmed states and hashes that each other member claimed lately. */
  claimedHashes(): readonly (readonly TickHash[])[] {
    return this.#claimed;
  }

  winner(): number | null {
    const winner = this.#rollback.confirmedState[WINNER];
    return winner >= 0 ? winner : null;
  }

  hasLeft(slot: number): boolean {
    return (this.#records[slot]?.farewell ?? "none") !== "none";
  }

  /** Slots whose inputs hold up the next confirmation. */
  missing(): readonly number[] {
    const { slot: me } = this.#options;
    return this.#records.map((_, slot) => slot).filter((slot) =>
      slot !== me && this.#rollback.have(slot) < this.confirmedTick
    );
  }

  /** Whether every member has confirmed the end of the game with the same hash. */
  isAgreedOver(): boolean {
    const { endTick } = this;
    if (endTick === undefined) return false;
    const { slot: me } = this.#options;
    return this.#compared.every((tick, slot) => slot === me || tick >= endTick);
  }

  /** Takes in a packet; false where it says what can't be true. */
  receive(packet: PlayPacket, atMs: number): boolean {
    if (!this.#isPossible(packet.record)) return false;
    this.#takeRecord(packet.record, atMs);
    for (const record of packet.relayed) {
      const isOther = record.slot !== this.#options.slot;
      if (isOther && this.#isPossible(record)) this.#takeRecord(record, atMs);
    }
    for (const run of packet.runs) this.#takeRun(run);
    return true;
  }

  /** Replays what was guessed wrong, and confirms what can be. */
  settle(): void {
    this.#rollback.settle();
    this.#confirm();
    this.#compareHashes();
  }

  /** Plays one tick with the own input; false where the match has to wait for somebody. */
  tick(nowMs: number, input: number): boolean {
    const rollback = this.#rollback;
    if (this.endTick !== undefined) return true;
    if (rollback.isFull) return false;
    const { slot: me } = this.#options;
    if (rollback.state[PHASE] === SERVING) this.#chooseInputDelay();
    const bounded = Math.max(-127, Math.min(127, Math.trunc(input) || 0));
    const until = rollback.tick + this.inputDelayTicks;
    for (let tick = rollback.have(me) + 1; tick <= until; tick++) {
      rollback.addInput(me, tick, bounded);
    }
    rollback.advance();
    this.#confirm();
    this.#levelTicks(nowMs);
    return true;
  }

  /** Returns the packet that says all that the others may need. */
  say(
    { beat, sentAt, farewell, echoes }:
      & Pick<SlotRecord, "beat" | "sentAt" | "farewell">
      & Pick<PlayPacket, "echoes">,
  ): PlayPacket {
    const { slot, players, epochs, liveness } = this.#options;
    const rollback = this.#rollback;
    const record: SlotRecord = {
      slot,
      epoch: epochs[slot],
      beat,
      sentAt,
      era: 0,
      view: (1 << players) - 1,
      hears: liveness.hears,
      farewell,
      confirmed: rollback.confirmedTick,
      tick: rollback.tick,
      hash: rollback.hashAt(rollback.confirmedTick) ?? 0,
      have: this.#records.map((_, s) => rollback.have(s)),
    };
    this.#haveThen.set(record.have, (++this.#sends % SENDS) * players);
    // With two players there is no third whose news could be passed on.
    const relayed = players === 2
      ? []
      : this.#records.filter((known) => known !== undefined);
    return { kind: "play", record, echoes, relayed, runs: this.#runs() };
  }

  #isPossible(record: SlotRecord): boolean {
    const { slot: me, epochs } = this.#options;
    const mine = this.#rollback.have(me);
    return record.epoch === epochs[record.slot] &&
      record.have[me] <= mine && record.confirmed <= mine + 1;
  }

  #takeRecord(record: SlotRecord, atMs: number): void {
    const { slot } = record;
    const known = this.#records[slot];
    if (known && !isNewer(record.beat, known.beat)) return;
    this.#records[slot] = record;
    const claimed = this.#claimed[slot];
    claimed.push([record.confirmed, record.hash]);
    if (claimed.length > HISTORY_TICKS) claimed.shift();
    if (record.farewell !== "none") {
      this.farewellFrom ??= { slot, farewell: record.farewell };
    }
    const { clocks, liveness, slot: me } = this.#options;
    const isFresh = clocks[slot].ageMs(record.sentAt, atMs) <= FRESH_MS;
    if (isFresh && (record.hears >> me) & 1) liveness.hear(slot, atMs);
  }

  #takeRun({ slot, start, inputs }: InputRun): void {
    if (slot === this.#options.slot) return;
    for (let i = 0; i < inputs.length; i++) {
      const input = inputs[i];
      if (input === ABSENT_INPUT) return;
      const verdict = this.#rollback.addInput(slot, start + i, input);
      if (verdict === "gap") return;
      if (verdict === "conflict") this.conflicts++;
    }
  }

  #confirm(): void {
    const rollback = this.#rollback;
    while (this.endTick === undefined && rollback.confirmNext()) {
      if (rollback.confirmedState[PHASE] === OVER) {
        this.endTick = rollback.confirmedTick;
      }
    }
  }

  #compareHashes(): void {
    for (const record of this.#records) {
      if (!record || record.confirmed <= this.#compared[record.slot]) continue;
      const ours = this.#rollback.hashAt(record.confirmed);
      if (ours === undefined) continue;
      this.#compared[record.slot] = record.confirmed;
      if (ours === record.hash) continue;
      this.desync ??= {
        slot: record.slot,
        tick: record.confirmed,
        ours,
        theirs: record.hash,
      };
    }
  }

  /** Estimates where the others are now, and leans towards their mean. Right after a tick, as they send. */
  #levelTicks(nowMs: number): void {
    let sum = 0;
    let count = 0;
    for (const record of this.#records) {
      if (!record) continue;
      const { clocks } = this.#options;
      const ageMs = clocks[record.slot].ageMs(record.sentAt, nowMs);
      if (ageMs > FRESH_MS) continue;
      const sinceMs = Math.max(0, Math.min(ageMs, EXTRAPOLATION_MS_MAX));
      sum += record.tick + sinceMs / TICK_MS;
      count++;
    }
    if (count > 0) this.#sync.add(this.#rollback.tick - sum / count);
  }

  #chooseInputDelay(): void {
    const { clocks } = this.#options;
    const slowest = Math.max(...clocks.map((clock) => clock.transitP90Ms()));
    const ticks = Math.ceil(slowest / TICK_MS) - UNDELAYED_TICKS;
    this.inputDelayTicks = Math.max(0, Math.min(INPUT_DELAY_TICKS_MAX, ticks));
  }

  #runs(): InputRun[] {
    const runs: InputRun[] = [];
    for (let slot = 0; slot < this.#options.players; slot++) {
      const run = this.#run(slot);
      if (run) runs.push(run);
    }
    return runs;
  }

  /** Inputs of `slot` from the oldest that another member lacks. */
  #run(slot: number): InputRun | undefined {
    const { slot: me, players } = this.#options;
    const have = this.#rollback.have(slot);
    let start = have + 1;
    for (let peer = 0; peer < players; peer++) {
      if (peer === me || peer === slot || this.hasLeft(peer)) continue;
      const acked = this.#records[peer]?.have[slot] ?? -1;
      if (slot === me || acked < this.#haveLongAgo(slot, peer)) {
        start = Math.min(start, acked + 1);
      }
    }
    start = Math.max(start, have - HISTORY_TICKS / 2);
    const length = Math.min(have + 1 - start, RUN_INPUTS_MAX);
    if (length <= 0) return undefined;
    const inputs: number[] = [];
    for (let i = 0; i < length; i++) {
      inputs.push(this.#rollback.inputAt(slot, start + i));
    }
    return { slot, start, inputs };
  }

  /** What was known of `slot` so long ago that `peer` should have acknowledged it by now. */
  #haveLongAgo(slot: number, peer: number): number {
    const { clocks, players } = this.#options;
    const rttTicks = Math.ceil((clocks[peer].rttMs ?? 0) / TICK_MS);
    const ago = Math.min(SENDS - 1, rttTicks + GOSSIP_SLACK_TICKS);
    const send = this.#sends - ago;
    return send < 0 ? -1 : this.#haveThen[(send % SENDS) * players + slot];
  }
}
