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
 *
 * @module
 */
import type { Rules } from "../game/court.ts";
import { createPong } from "../game/pong.ts";
import type { Game } from "../game/rollback.ts";
import { PREDICTION_TICKS_MAX } from "../game/rollback.ts";
import { TICKS_PER_SECOND } from "../game/court.ts";
import { Barrier, slotsOf } from "./barrier.ts";
import { Beats } from "./beats.ts";
import { type Liveness, PeerLiveness } from "./liveness.ts";
import type { EndReason } from "./page_protocol.ts";
import { Play } from "./play.ts";
import { stampOf } from "./stamp.ts";
import { TICK_MS } from "./time_sync.ts";
import { PACKET_BYTES_MAX, type Received } from "./transport.ts";
import {
  decode,
  encode,
  type Farewell,
  type Packet,
  type Terms,
  WIRE_VERSION,
} from "./wire.ts";

/** A hello is repeated this often, and answered at once. */
const HELLO_INTERVAL_MS = 200;
/** A stalled session sends every tick for the first, then at the second interval. */
const EAGER_STALL_MS = 200;
const STALL_INTERVAL_MS = 50;
/** A stall shorter than this is not worth a word on the page. */
const PAUSE_AFTER_MS = 250;
/** Nothing confirmed for so long ends the match without a winner. */
const LOST_AFTER_MS = 30_000;
/** How long a finished member keeps sending, for others who still miss its last word. */
export const LINGER_MS = 2_000;
/** At most so many ticks at once; after a longer gap play goes on from now instead of catching up. */
const TICKS_AT_ONCE_MAX = 4;
const GAP_MS = 500;

export interface SessionOptions {
  readonly slot: number;
  readonly rules: Rules;
  /** The match's ID. */
  readonly match: string;
  /** Incarnation of each slot's process, by slot. */
  readonly epochs: readonly number[];
  /** 16 fresh random bytes. */
  readonly secret: Uint8Array;
  readonly nowMs: number;
  /** Makes the game from the agreed seed; Pong unless a test says otherwise. */
  readonly createGame?: (rules: Rules, seed: number) => Game;
  /** False only as a negative control in simulation. */
  readonly isStartRepeated?: boolean;
}

/** How a match ended for this member. */
export interface Outcome {
  readonly reason: EndReason;
  readonly winner: number | null;
  /** Newest confirmed state and its hash; the end of the game where it is finished. */
  readonly confirmedTick: number;
  readonly hash: number;
  /** For a person; empty where the reason says it all. */
  readonly message: string;
}

export type SessionEvent =
  | { readonly kind: "started"; readonly seed: number }
  | { readonly kind: "peer"; readonly slot: number; readonly state: Liveness }
  | { readonly kind: "over"; readonly outcome: Outcome };

export interface SessionStats {
  packetsIn: number;
  packetsOut: number;
  bytesIn: number;
  bytesOut: number;
  /** Packets that were malformed, impossible, or not from a member's present incarnation. */
  rejected: number;
  stalledMs: number;
}

export class Session {
  readonly stats: SessionStats = {
    packetsIn: 0,
    packetsOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    rejected: 0,
    stalledMs: 0,
  };
  /** When `advance` has something to do next, on the driver's clock. */
  nextTickMs: number;
  outcome: Outcome | undefined;

  readonly #options: SessionOptions;
  readonly #players: number;
  readonly #beats: Beats;
  readonly #liveness: PeerLiveness;
  readonly #barrier: Barrier;
  #play: Play | undefined;
  /** Bit s: slot s has shown that it began, so it needs no more hellos. */
  #begun = 0;
  #mustAnswer = false;
  #helloMs = -Infinity;
  #sentLastMs = -Infinity;
  #advancedMs: number;
  #progressMs: number;
  #overMs = Infinity;
  #farewell: Farewell = "none";
  #events: SessionEvent[] = [];
  readonly #outgoing: Uint8Array[] = [];
  readonly #buffers = [0, 1].map(() => new Uint8Array(PACKET_BYTES_MAX));

  constructor(options: SessionOptions) {
    const { slot, rules, nowMs } = options;
    this.#options = options;
    this.#players = rules.players;
    this.#beats = new Beats(rules.players);
    this.#liveness = new PeerLiveness(slot, rules.players, nowMs);
    this.#barrier = new Barrier({
      slot,
      players: rules.players,
      terms: termsOf(options),
      secret: options.secret,
      nowMs,
      isStartRepeated: options.isStartRepeated ?? true,
    });
    this.nextTickMs = nowMs;
    this.#advancedMs = nowMs;
    this.#progressMs = nowMs;
  }

  /** The match in play; `undefined` until tick 0 is due. */
  get play(): Play | undefined {
    return this.#play;
  }

  get phase(): "syncing" | "playing" | "paused" | "over" {
    if (this.outcome) return "over";
    if (!this.#play) return "syncing";
    return this.#stalledMs >= PAUSE_AFTER_MS ? "paused" : "playing";
  }

  /** Slots for which the match waits; empty while it runs. */
  get waitingFor(): readonly number[] {
    const { phase } = this;
    if (phase === "syncing") return slotsOf(this.#barrier.waitingFor);
    return phase === "paused" ? this.#play?.missing() ?? [] : [];
  }

  /** Until the wait is given up, in ms; `null` while there is none. */
  get patienceMs(): number | null {
    if (this.phase !== "paused") return null;
    return Math.max(0, LOST_AFTER_MS - this.#stalledMs);
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
  stateOf(slot: number): Liveness | "waiting" | "ready" | "left" {
    if (this.#play) {
      return this.#play.hasLeft(slot) ? "left" : this.#liveness.stateOf(slot);
    }
    return (this.#barrier.waitingFor >> slot) & 1 ? "waiting" : "ready";
  }

  /** Returns what happened since the last call, oldest first. */
  takeEvents(): readonly SessionEvent[] {
    const events = this.#events;
    if (events.length > 0) this.#events = [];
    return events;
  }

  /** Takes in one packet. Never throws for what it holds. */
  receive({ from, atMs, packet: bytes }: Received): void {
    const { slot, epochs } = this.#options;
    const isMember = from.slot < this.#players && from.slot !== slot &&
      epochs[from.slot] === from.epoch;
    const frame = { slot: from.slot, players: this.#players };
    const packet = isMember ? decode(bytes, frame) : undefined;
    if (!packet || !this.#accept(packet, from.slot, atMs)) {
      this.stats.rejected++;
      return;
    }
    this.stats.packetsIn++;
    this.stats.bytesIn += bytes.length;
  }

  /**
   * Does all that is due at `nowMs` with the player's input (−127…127) and returns the packets to
   * broadcast. They are valid until the next call.
   */
  advance(nowMs: number, input: number): readonly Uint8Array[] {
    this.#outgoing.length = 0;
    if (this.isDone(nowMs)) return this.#outgoing;
    const gapMs = nowMs - this.#advancedMs;
    this.#advancedMs = nowMs;
    if (gapMs > GAP_MS) {
      this.nextTickMs = nowMs;
      this.#progressMs += gapMs;
    }
    for (const { slot, state } of this.#liveness.update(nowMs)) {
      this.#events.push({ kind: "peer", slot, state });
    }
    if (!this.#play) this.#wait(nowMs);
    if (this.#play) this.#run(this.#play, nowMs, input);
    return this.#outgoing;
  }

  /** Leaves on purpose: the next packets say goodbye. */
  leave(nowMs: number): void {
    if (this.outcome) return;
    this.#farewell = "left";
    this.#end(nowMs, "player left", "You left the match.");
  }

  /** Nothing will come through the transport any more. */
  loseConnection(nowMs: number, message: string): void {
    if (!this.outcome) this.#end(nowMs, "connection lost", message);
  }

  #accept(packet: Packet, slot: number, atMs: number): boolean {
    const { beat, sentAt, epoch } = packet.kind === "hello"
      ? packet
      : packet.record;
    if (epoch !== this.#options.epochs[slot]) return false;
    if (packet.kind === "hello") {
      if (!this.#play) this.#barrier.receive(slot, packet);
      this.#liveness.hear(slot, atMs);
      this.#mustAnswer = true;
    } else {
      // Before this member has begun, a play packet can wait: all of it will be sent again.
      this.#begun |= 1 << slot;
      if (this.#play && !this.#play.receive(packet, atMs)) return false;
    }
    const echo = packet.echoes[this.#options.slot];
    this.#beats.receive({ slot, beat, sentAt, echo, atMs });
    return true;
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
    const { rules, slot, epochs, createGame = createPong } = this.#options;
    this.#play = new Play({
      slot,
      players: this.#players,
      epochs,
      game: createGame(rules, seed),
      clocks: this.#beats.clocks,
      liveness: this.#liveness,
    });
    this.nextTickMs = startMs;
    this.#progressMs = nowMs;
    this.#events.push({ kind: "started", seed });
  }

  #run(play: Play, nowMs: number, input: number): void {
    const confirmedBefore = play.confirmedTick;
    play.settle();
    let ticks = 0;
    let isStalled = false;
    while (nowMs >= this.nextTickMs && ticks++ < TICKS_AT_ONCE_MAX) {
      if (!this.outcome && !play.tick(nowMs, input)) isStalled = true;
      this.nextTickMs += isStalled ? TICK_MS : play.tickMs();
    }
    if (nowMs >= this.nextTickMs) this.nextTickMs = nowMs + TICK_MS;
    if (play.confirmedTick > confirmedBefore) this.#progressMs = nowMs;
    if (isStalled) this.stats.stalledMs += ticks * TICK_MS;
    this.#judge(play, nowMs);
    if (ticks === 0) return;
    const intervalMs = this.#stalledMs < EAGER_STALL_MS ? 0 : STALL_INTERVAL_MS;
    if (nowMs - this.#sentLastMs >= intervalMs) this.#sendPlay(play, nowMs);
    const everybody = (1 << this.#players) - 1;
    const knowsStart = this.#begun | (1 << this.#options.slot);
    if (knowsStart !== everybody) this.#sendHello(nowMs);
  }

  get #stalledMs(): number {
    return this.#advancedMs - this.#progressMs;
  }

  /** Ends the match when something has ended it. */
  #judge(play: Play, nowMs: number): void {
    if (this.outcome) return;
    if (play.desync) {
      this.#farewell = "desync";
      const { slot, tick } = play.desync;
      const message = `Player ${slot + 1} has another state at tick ${tick}.`;
      this.#end(nowMs, "desync", message);
    } else if (play.isAgreedOver()) {
      this.#end(nowMs, "finished", "");
    } else if (play.endTick === undefined && play.farewellFrom !== undefined) {
      const { slot, farewell } = play.farewellFrom;
      if (farewell === "desync") this.#end(nowMs, "desync", "");
      else this.#end(nowMs, "player left", `Player ${slot + 1} left.`);
    } else if (this.#stalledMs > LOST_AFTER_MS) {
      this.#end(nowMs, "connection lost", "");
    }
  }

  #end(nowMs: number, reason: EndReason, message: string): void {
    const play = this.#play;
    this.outcome = {
      reason,
      winner: reason === "finished" && play ? play.winner() : null,
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
    this.#send({
      kind: "hello",
      epoch: this.#options.epochs[this.#options.slot],
      beat: this.#beats.take(nowMs),
      sentAt: stampOf(nowMs),
      ...this.#barrier.say(),
      echoes: this.#beats.echoes(nowMs),
    }, 0);
  }

  #sendPlay(play: Play, nowMs: number): void {
    this.#sentLastMs = nowMs;
    const packet = play.say({
      beat: this.#beats.take(nowMs),
      sentAt: stampOf(nowMs),
      farewell: this.#farewell,
      echoes: this.#beats.echoes(nowMs),
    });
    this.#send(packet, 1);
  }

  #send(packet: Packet, buffer: 0 | 1): void {
    const { slot } = this.#options;
    const frame = { slot, players: this.#players };
    const bytes = encode(packet, frame, this.#buffers[buffer]);
    this.stats.packetsOut++;
    this.stats.bytesOut += bytes.length;
    this.#outgoing.push(bytes);
  }
}

function termsOf({ rules, match }: SessionOptions): Terms {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(match)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return {
    protocol: WIRE_VERSION,
    ticksPerSecond: TICKS_PER_SECOND,
    window: PREDICTION_TICKS_MAX,
    players: rules.players,
    points: rules.points,
    lives: rules.lives,
    match: hash >>> 0,
  };
}
