/**
 * One member's side of a match: barrier, play, end. It does no I/O and reads no clock.
 *
 * Whoever drives it, a process in real time or a simulation in virtual time, calls `receive` for
 * each packet that arrived and then `advance` when `nextTickMs` has come, and broadcasts what
 * `advance` returns. `takeEvents` tells what happened.
 *
 * Rule 1: an input, once sent, never changes; a session that stalls resends and samples nothing.
 * Rule 2: scores, results and hashes are of confirmed ticks only.
 * Rule 3: packets are cumulative: losing any of them delays, and changes nothing.
 * Rule 4: who is out of the match, and alive, asks to be taken back by itself.
 *
 * @module
 */
import type { Rules } from "../game/court.ts";
import { createPong } from "../game/pong.ts";
import type { Game } from "../game/rollback.ts";
import { Barrier } from "./barrier.ts";
import { Beats } from "./beats.ts";
import type { Controls } from "./controls.ts";
import { type Liveness, PeerLiveness } from "./liveness.ts";
import type { Claim } from "./membership.ts";
import { Outbox } from "./outbox.ts";
import type { EndReason } from "./page_protocol.ts";
import { Play, type Return } from "./play.ts";
import type { SessionStats } from "./report.ts";
import { askToReturn, readReturn, type ReturningOptions } from "./returning.ts";
import type { ClaimAnswer, Outcome, SessionEvent } from "./session_event.ts";
import { everySlot, has, setOf, slotsOf } from "./slot_set.ts";
import type { Stamp } from "./stamp.ts";
import { termsOf } from "./terms.ts";
import { TICK_MS } from "./time_sync.ts";
import { DEFAULT_GRACE_MS, type Timers, timersFor } from "./timers.ts";
import type { Received } from "./transport.ts";
import {
  decode,
  type Packet,
  type PlayPacket,
  type SnapshotPacket,
} from "./wire.ts";

/** A hello is repeated this often, and answered at once. */
const HELLO_INTERVAL_MS = 200;
/** A stalled session sends every tick for the first, then at the second interval. */
const EAGER_STALL_MS = 200;
const STALL_INTERVAL_MS = 50;
/** How often a returned player is sent a state to begin with. */
const SNAPSHOT_INTERVAL_MS = 100;
/** A stall shorter than this is not worth a word on the page. */
const PAUSE_AFTER_MS = 250;
/** How long a finished member keeps sending, for others who still miss its last word. */
export const LINGER_MS = 2_000;
/** At most so many ticks at once; after a longer gap play goes on from now instead of catching up. */
const TICKS_AT_ONCE_MAX = 4;
const GAP_MS = 500;
/** An incarnation is the seat's epoch, given by the lobby, and how often it came back by itself. */
const RETURNS_MAX = 15;

export interface SessionOptions {
  readonly slot: number;
  readonly rules: Rules;
  /** The match's ID. */
  readonly match: string;
  /** Epoch of each seat as the lobby gave it, 0 to 15, by slot. */
  readonly epochs: readonly number[];
  /** The match runs already; this process has taken its seat again. */
  readonly isResumed?: boolean;
  /** 16 fresh random bytes. */
  readonly secret: Uint8Array;
  readonly nowMs: number;
  readonly timers?: Timers;
  /** Makes the game from the agreed seed; Pong unless a test says otherwise. */
  readonly createGame?: (rules: Rules, seed: number) => Game;
  readonly controls?: Controls;
}

export class Session {
  /** When `advance` has something to do next, on the driver's clock. */
  nextTickMs: number;
  outcome: Outcome | undefined;

  readonly #options: SessionOptions;
  readonly #players: number;
  readonly #controls: Controls;
  readonly #timers: Timers;
  readonly #beats: Beats;
  readonly #liveness: PeerLiveness;
  readonly #barrier: Barrier;
  readonly #outbox: Outbox;
  /** Newest epoch of each seat that its transport has shown. */
  readonly #epochs: number[];
  #play: Play | undefined;
  #isReturning: boolean;
  #returns = 0;
  /** Slots that have shown that they began, and need no more hellos. */
  #begun: number;
  #mustAnswer = false;
  #helloMs = -Infinity;
  #sentLastMs = -Infinity;
  #snapshotMs = -Infinity;
  #advancedMs: number;
  #progressMs: number;
  #overMs = Infinity;
  #events: SessionEvent[] = [];
  #packetsIn = 0;
  #bytesIn = 0;
  #rejected = 0;
  #stalledInAllMs = 0;

  constructor(options: SessionOptions) {
    const { slot, rules, nowMs, epochs, isResumed = false } = options;
    this.#options = options;
    this.#players = rules.players;
    this.#controls = options.controls ?? {};
    this.#timers = options.timers ?? timersFor(DEFAULT_GRACE_MS);
    this.#beats = new Beats(rules.players);
    const { players } = rules;
    this.#outbox = new Outbox({ slot, players, beats: this.#beats });
    this.#liveness = new PeerLiveness({
      slot,
      players: rules.players,
      timers: this.#timers,
      nowMs,
    });
    this.#epochs = epochs.slice();
    this.#barrier = new Barrier({
      slot,
      players: rules.players,
      terms: termsOf(rules, options.match),
      secret: options.secret,
      nowMs,
      isStartRepeated: !this.#controls.isStartSaidOnce,
    });
    this.#isReturning = isResumed;
    this.#begun = isResumed ? everySlot(rules.players) : setOf(slot);
    this.nextTickMs = nowMs;
    this.#advancedMs = nowMs;
    this.#progressMs = nowMs;
  }

  /** The match in play; `undefined` until tick 0 is due. */
  get play(): Play | undefined {
    return this.#play;
  }

  get stats(): SessionStats {
    return {
      packetsIn: this.#packetsIn,
      packetsOut: this.#outbox.packets,
      bytesIn: this.#bytesIn,
      bytesOut: this.#outbox.bytes,
      rejected: this.#rejected,
      stalledMs: this.#stalledInAllMs,
    };
  }

  get phase(): "syncing" | "playing" | "paused" | "over" {
    if (this.outcome) return "over";
    if (this.#isReturning) return "paused";
    if (!this.#play) return "syncing";
    return this.#stalledMs >= PAUSE_AFTER_MS ? "paused" : "playing";
  }

  /** Slots for which the match waits; empty while it runs. */
  get waitingFor(): readonly number[] {
    const { phase } = this;
    if (phase === "syncing") return slotsOf(this.#barrier.waitingFor);
    return phase === "paused" ? this.#play?.missing() ?? [] : [];
  }

  /** This member is out of the match and waits to be taken back. */
  get isReturning(): boolean {
    return this.#isReturning;
  }

  /** Until the wait is given up, in ms; `null` while there is none. */
  get patienceMs(): number | null {
    if (this.phase !== "paused") return null;
    const limitMs = this.#isReturning
      ? this.#timers.lostMs
      : this.#timers.graceMs;
    return Math.max(0, limitMs - this.#stalledMs);
  }

  /** When tick 0 begins or began, on the driver's clock; `undefined` while not agreed. */
  startMs(nowMs: number): number | undefined {
    return this.#barrier.startMs(nowMs, this.#beats.clocks);
  }

  /** Whether the member said all that others may need, and may go. */
  isDone(nowMs: number): boolean {
    return nowMs - this.#overMs >= LINGER_MS;
  }

  rttMs(slot: number): number | undefined {
    return this.#beats.clocks[slot].rttMs;
  }

  /** How the link to a player looks: liveness in play, readiness before. */
  stateOf(
    slot: number,
  ): Liveness | "waiting" | "ready" | "left" | "away" {
    const play = this.#play;
    if (!play) {
      if (this.#isReturning) {
        return slot === this.#options.slot
          ? "away"
          : this.#liveness.stateOf(slot);
      }
      return has(this.#barrier.waitingFor, slot) ? "waiting" : "ready";
    }
    if (play.hasLeft(slot)) return "left";
    return has(play.view, slot) ? this.#liveness.stateOf(slot) : "away";
  }

  /** Returns what happened since the last call, oldest first. */
  takeEvents(): readonly SessionEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** Takes in one packet. Never throws for what it holds. */
  receive({ from, atMs, packet: bytes }: Received): void {
    const isMember = from.slot < this.#players &&
      from.slot !== this.#options.slot &&
      from.epoch >= this.#epochs[from.slot];
    const frame = { slot: from.slot, players: this.#players };
    const packet = isMember ? decode(bytes, frame) : undefined;
    const epoch = packet?.kind === "hello"
      ? packet.epoch
      : packet?.record.epoch;
    const isOurs = packet !== undefined && epoch !== undefined &&
      epoch >> 4 === from.epoch;
    if (isOurs && from.epoch > this.#epochs[from.slot]) {
      // Another process: what was learned of the former one's clock is of no use.
      this.#epochs[from.slot] = from.epoch;
      this.#beats.forget(from.slot);
    }
    if (!isOurs || !this.#accept(packet, from.slot, atMs)) {
      this.#rejected++;
      return;
    }
    this.#packetsIn++;
    this.#bytesIn += bytes.length;
  }

  /** Takes in what the witness answered to a claim. */
  answerClaim(nowMs: number, answer: ClaimAnswer): void {
    const { era, isGranted, value, seats } = answer;
    const { slot } = this.#options;
    if (this.outcome || !value || !seats) return;
    if (this.#play && era !== this.#play.era + 1) return;
    if (isGranted) {
      this.#play?.grant(value);
      return;
    }
    const isIn = seats.some(([s, epoch]) =>
      s === slot && epoch === this.#epochs[slot]
    );
    if (isIn) return;
    // What the last one left has seen may even be this member's victory: nobody here can know.
    if (seats.length === 1) {
      this.#end(nowMs, "connection lost", "The match ended without you.");
    } else this.#goOut(nowMs);
  }

  /**
   * Does all that is due at `nowMs` with the player's input (−127…127) and returns the packets to
   * broadcast. They are valid until the next call.
   */
  advance(nowMs: number, input: number): readonly Uint8Array[] {
    const outbox = this.#outbox;
    outbox.clear();
    if (this.isDone(nowMs)) return outbox.outgoing;
    const gapMs = nowMs - this.#advancedMs;
    this.#advancedMs = nowMs;
    if (gapMs > GAP_MS) {
      this.nextTickMs = nowMs;
      this.#progressMs += gapMs;
    }
    const view = this.#play?.view ?? everySlot(this.#players);
    for (const { slot, state } of this.#liveness.update(nowMs, view)) {
      this.#events.push({ kind: "peer", slot, state });
    }
    if (this.#isReturning) this.#ask(nowMs);
    else if (!this.#play) this.#wait(nowMs);
    if (this.#play) this.#run(this.#play, nowMs, input);
    return outbox.outgoing;
  }

  /** Leaves on purpose: the next packets say goodbye. */
  leave(nowMs: number): void {
    if (this.outcome) return;
    this.#outbox.farewell = "left";
    this.#end(nowMs, "player left", "You left the match.");
  }

  /** Nothing will come through the transport any more. */
  loseConnection(nowMs: number, message: string): void {
    if (!this.outcome) this.#end(nowMs, "connection lost", message);
  }

  get #epoch(): number {
    return (this.#epochs[this.#options.slot] << 4) | this.#returns;
  }

  #accept(packet: Packet, slot: number, atMs: number): boolean {
    const { beat, sentAt } = packet.kind === "hello" ? packet : packet.record;
    const echo = packet.echoes[this.#options.slot];
    this.#beats.receive({ slot, beat, sentAt, echo, atMs });
    switch (packet.kind) {
      case "hello":
        if (!this.#play) this.#barrier.receive(slot, packet);
        if (this.#isFresh(slot, sentAt, atMs)) {
          this.#liveness.hear(slot, atMs, true);
        }
        this.#mustAnswer = true;
        return true;
      case "snapshot":
        if (this.#isReturning) this.#return(packet, atMs);
        return true;
      case "play":
        // Before this member has begun, a play packet can wait: all of it will be sent again.
        this.#begun |= setOf(slot);
        if (this.#isReturning) this.#hearFromAfar(packet, atMs);
        return this.#play?.receive(packet, atMs) ?? true;
    }
  }

  /** Whether a packet is a sign of life: what somebody kept back or recorded is none. */
  #isFresh(slot: number, sentAt: Stamp, atMs: number): boolean {
    const ageMs = this.#beats.clocks[slot].ageMs(sentAt, atMs);
    return ageMs <= this.#timers.suspectMs;
  }

  /** While returning: who is there, by any path. */
  #hearFromAfar(packet: PlayPacket, atMs: number): void {
    for (const record of [packet.record, ...packet.relayed]) {
      const { slot, sentAt } = record;
      if (slot === this.#options.slot) continue;
      if (!this.#isFresh(slot, sentAt, atMs)) continue;
      this.#liveness.hear(slot, atMs, true);
      this.#progressMs = this.#advancedMs;
    }
  }

  #goOut(nowMs: number): void {
    this.#play = undefined;
    if (this.#returns === RETURNS_MAX) {
      this.#end(nowMs, "connection lost", "You were away too often.");
      return;
    }
    this.#isReturning = true;
    this.#returns++;
    this.#progressMs = nowMs;
    this.#events.push({ kind: "out" });
  }

  get #returning(): ReturningOptions {
    const { slot, rules, createGame = createPong } = this.#options;
    return {
      slot,
      players: this.#players,
      epoch: this.#epoch,
      game: createGame(rules, 0),
      liveness: this.#liveness,
    };
  }

  /** While returning: asks, and gives up when nobody is heard any more. */
  #ask(nowMs: number): void {
    this.nextTickMs = nowMs + TICK_MS;
    if (this.outcome) return;
    if (this.#stalledMs > this.#timers.lostMs) {
      this.#end(nowMs, "connection lost", "");
    }
    if (nowMs - this.#sentLastMs < STALL_INTERVAL_MS) return;
    this.#sentLastMs = nowMs;
    this.#outbox.put(askToReturn(this.#returning, this.#outbox.said(nowMs)));
  }

  #return(packet: SnapshotPacket, atMs: number): void {
    const from = readReturn(this.#returning, packet);
    if (!from) return;
    const play = this.#createPlay(0, atMs, from);
    this.#play = play;
    this.#isReturning = false;
    this.#progressMs = atMs;
    this.nextTickMs = atMs;
    const former = from.presences[this.#options.slot].at(-2);
    const keptTick = former ? former.to + 1 : -1;
    this.#events.push({ kind: "returned", keptTick });
    play.receive({ record: packet.record, relayed: [], runs: [] }, atMs);
    // The others are about here; no input of this member counts before it was said to.
    while (play.newestTick < packet.record.tick && play.tick(atMs, 0));
  }

  #createPlay(seed: number, nowMs: number, from: Return | undefined): Play {
    const { rules, slot, epochs, createGame = createPong } = this.#options;
    return new Play({
      slot,
      players: this.#players,
      epochs: epochs.map((epoch) => epoch << 4),
      epoch: this.#epoch,
      game: createGame(rules, seed),
      clocks: this.#beats.clocks,
      liveness: this.#liveness,
      timers: this.#timers,
      controls: this.#controls,
      from,
      nowMs,
    });
  }

  /** Before tick 0. */
  #wait(nowMs: number): void {
    const barrier = this.#barrier;
    if (nowMs >= this.nextTickMs) this.nextTickMs = nowMs + TICK_MS;
    barrier.update(nowMs, this.#beats.clocks);
    const { failure } = barrier;
    if (failure) this.#end(nowMs, failure.reason, failure.message);
    this.#sendHello(nowMs);
    const startMs = barrier.startMs(nowMs, this.#beats.clocks);
    const { seed } = barrier;
    if (this.outcome || startMs === undefined || seed === undefined) return;
    if (nowMs < startMs) {
      this.nextTickMs = Math.min(this.nextTickMs, startMs);
      return;
    }
    this.#play = this.#createPlay(seed, nowMs, undefined);
    this.nextTickMs = startMs;
    this.#progressMs = nowMs;
    this.#events.push({ kind: "started", seed });
  }

  #run(play: Play, nowMs: number, input: number): void {
    const confirmedBefore = play.confirmedTick;
    if (!this.outcome) play.settle(nowMs);
    let ticks = 0;
    let isStalled = false;
    while (nowMs >= this.nextTickMs && ticks++ < TICKS_AT_ONCE_MAX) {
      if (!this.outcome && !play.tick(nowMs, input)) isStalled = true;
      this.nextTickMs += isStalled ? TICK_MS : play.tickMs();
    }
    if (nowMs >= this.nextTickMs) this.nextTickMs = nowMs + TICK_MS;
    if (play.confirmedTick > confirmedBefore) this.#progressMs = nowMs;
    if (isStalled) this.#stalledInAllMs += ticks * TICK_MS;
    this.#takeMembershipEvents(play);
    this.#judge(play, nowMs);
    if (ticks === 0 || !this.#play) return;
    const intervalMs = this.#stalledMs < EAGER_STALL_MS ? 0 : STALL_INTERVAL_MS;
    if (nowMs - this.#sentLastMs >= intervalMs) this.#sendPlay(play, nowMs);
    this.#sendSnapshots(play, nowMs);
    if (this.#begun !== everySlot(this.#players)) this.#sendHello(nowMs);
  }

  get #stalledMs(): number {
    return this.#advancedMs - this.#progressMs;
  }

  #takeMembershipEvents(play: Play): void {
    for (const event of play.takeEvents()) {
      if (event.kind === "claim") this.#claim(event.claim);
      else this.#events.push({ kind: "membership", what: event.kind });
      if (event.kind === "committed") this.#progressMs = this.#advancedMs;
    }
  }

  /** The witness knows seats by the epochs that it gave them itself. */
  #claim(claim: Claim): void {
    const seats = claim.seats.map(([slot, epoch]) =>
      [slot, epoch >> 4] as const
    );
    this.#events.push({ kind: "claim", claim: { ...claim, seats } });
  }

  /** Ends the match when something has ended it. */
  #judge(play: Play, nowMs: number): void {
    if (this.outcome) return;
    if (play.desync) {
      this.#outbox.farewell = "desync";
      const { slot, tick } = play.desync;
      const message = `Player ${slot + 1} has another state at tick ${tick}.`;
      this.#end(nowMs, "desync", message);
    } else if (play.isDesyncTold) this.#end(nowMs, "desync", "");
    else if (play.isOut) this.#goOut(nowMs);
    else if (play.isAgreedOver()) this.#end(nowMs, "finished", "");
    else if (play.isWalkover) this.#end(nowMs, "walkover", "");
    else if (this.#stalledMs > this.#timers.lostMs) {
      this.#end(nowMs, "connection lost", "");
    }
  }

  #end(nowMs: number, reason: EndReason, message: string): void {
    const play = this.#play;
    const isDecided = reason === "finished" || reason === "walkover";
    this.outcome = {
      reason,
      winner: isDecided ? play?.winner() ?? null : null,
      confirmedTick: play?.confirmedTick ?? 0,
      hash: play?.hashAt(play.confirmedTick) ?? 0,
      message,
    };
    this.#overMs = nowMs;
    this.#events.push({ kind: "over", outcome: this.outcome });
  }

  #sendHello(nowMs: number): void {
    const dueMs = this.#mustAnswer ? TICK_MS / 2 : HELLO_INTERVAL_MS;
    if (nowMs - this.#helloMs < dueMs) return;
    this.#helloMs = nowMs;
    this.#mustAnswer = false;
    this.#outbox.put({
      kind: "hello",
      epoch: this.#epoch,
      ...this.#outbox.said(nowMs),
      ...this.#barrier.say(),
    });
  }

  #sendPlay(play: Play, nowMs: number): void {
    this.#sentLastMs = nowMs;
    this.#outbox.put(play.say(this.#outbox.said(nowMs)));
  }

  #sendSnapshots(play: Play, nowMs: number): void {
    if (nowMs - this.#snapshotMs < SNAPSHOT_INTERVAL_MS) return;
    for (const { slot, epoch } of play.returned()) {
      this.#snapshotMs = nowMs;
      const said = this.#outbox.said(nowMs);
      this.#outbox.put({
        kind: "snapshot",
        record: play.record(said),
        echoes: said.echoes,
        to: { slot, epoch },
        state: play.confirmedState,
      });
    }
  }
}
