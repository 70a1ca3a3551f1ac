/**
 * One member's side of a match: barrier, play, end. It does no I/O and reads no clock.
 *
 * Whoever drives it, a process in real time or a simulation in virtual time, calls `receive` for
 * each packet that arrived and then `advance` when `nextTickMs` has come, and broadcasts what
 * `advance` returns. `takeEvents` tells what happened.
 *
 * Rule 1: an input, once sent, never changes; a session that stalls resends, and samples no more.
 * Rule 2: scores, results and hashes are of confirmed ticks only.
 * Rule 3: packets are cumulative: losing any of them delays, and changes nothing.
 * Rule 4: who is out of the match, and alive, asks to be taken back by itself.
 *
 * @module
 */
import { DEFAULT_GRACE_MS, type Rules, TICK_MS } from "../../game/court.ts";
import { createPong } from "../../game/pong.ts";
import type { Game } from "../../game/rollback.ts";
import { Beats } from "./clock/beats.ts";
import type { PeerClock } from "./clock/peer_clock.ts";
import { Gate } from "./gate.ts";
import { Absences } from "./membership/absences.ts";
import { PeerLiveness } from "./membership/liveness.ts";
import type { NegativeControls } from "./membership/negative_controls.ts";
import { type Timers, timersFor } from "./membership/timers.ts";
import { Opening } from "./opening.ts";
import { Outbox } from "./outbox.ts";
import {
  type EndReason,
  isOwnEnd,
  judge,
  type Outcome,
  outcomeOf,
  type ToldEnd,
} from "./outcome.ts";
import { Play } from "./play.ts";
import { PlaySender } from "./play_sender.ts";
import type { Proofs } from "./proofs.ts";
import { type Return, Returning } from "./returning.ts";
import type { ClaimAnswer, SessionEvent } from "./session_event.ts";
import type { Received } from "./transport.ts";
import { everySlot } from "./wire/slot_set.ts";
import { termsOf } from "./wire/terms.ts";
import type { Packet, SnapshotPacket } from "./wire/wire.ts";
import { eraOf, forWitness } from "./witness_words.ts";

/** How long a finished member keeps sending, for others who have yet to confirm the end. */
const LINGER_MS = 2_000;
/** Most ticks in one `advance`; after a longer gap play goes on from now instead of catching up. */
const TICKS_AT_ONCE_MAX = 4;
const GAP_MS = 500;

/** What most ticks bring. */
const NONE: readonly never[] = [];

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
  /** SHA-256; returns 32 bytes. */
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  /** Without them, changes count only by members' own packets. */
  readonly proofs?: Proofs | undefined;
  readonly nowMs: number;
  readonly timers?: Timers;
  /** Makes the game from the agreed seed; Pong unless a test says otherwise. */
  readonly createGame?: (rules: Rules, seed: number) => Game;
  readonly controls?: NegativeControls;
}

/** What a session counts, from its beginning. */
export interface SessionStats {
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Packets that were malformed, impossible, or not from a member's present incarnation. */
  readonly rejected: number;
  /** For how long a tick was due and had to wait for somebody. */
  readonly stalledMs: number;
}

/** One member's match; see the top of this file for who calls what. */
export class Session {
  /** When `advance` has something to do next, on the driver's clock. */
  nextTickMs: number;
  outcome: Outcome | undefined;
  /** Set by the driver: whether this host's link works, as its transport says; how many watch. */
  isLinkUp = true;
  watchers = 0;
  /** What comes before tick 0. */
  readonly opening: Opening;
  readonly liveness: PeerLiveness;
  readonly timers: Timers;

  readonly #options: SessionOptions;
  readonly #players: number;
  readonly #beats: Beats;
  readonly #outbox: Outbox;
  readonly #sender: PlaySender;
  readonly #gate: Gate;
  readonly #returning: Returning;
  readonly #absences: Absences;
  #play: Play | undefined;
  #advancedMs: number;
  #progressMs: number;
  #overMs = Infinity;
  #toldEra = 0;
  readonly #events: SessionEvent[] = [];
  #stalledInAllMs = 0;

  constructor(options: SessionOptions) {
    const { slot, rules, nowMs, epochs, isResumed = false } = options;
    const { createGame = createPong, controls } = options;
    const { timers = timersFor(DEFAULT_GRACE_MS) } = options;
    const { players } = rules;
    this.#options = options;
    this.#players = players;
    this.timers = timers;
    this.#beats = new Beats(players);
    this.#outbox = new Outbox({ slot, players, beats: this.#beats });
    this.#sender = new PlaySender(slot, this.#outbox);
    this.#gate = new Gate({ slot, players, epochs, beats: this.#beats });
    const heard = { slot, players, timers, controls, nowMs };
    this.liveness = new PeerLiveness(heard);
    this.#returning = new Returning({
      ...{ slot, players, timers, liveness: this.liveness },
      ...{ seatEpoch: epochs[slot], isOut: isResumed },
      game: createGame(rules, 0),
      clocks: this.#beats.clocks,
      ...{ proofs: options.proofs, controls },
    });
    this.#absences = new Absences(players, timers.graceMs);
    this.opening = new Opening({
      ...{ slot, players, nowMs },
      terms: termsOf(rules, options.match),
      secret: options.secret,
      sha256: options.sha256,
      isStartRepeated: !controls?.isStartSaidOnce,
      epoch: this.#returning.epoch,
      ...{ beats: this.#beats, outbox: this.#outbox },
      isPast: isResumed,
    });
    this.nextTickMs = this.#advancedMs = this.#progressMs = nowMs;
  }

  /** `undefined` until tick 0 is due. */
  get play(): Play | undefined {
    return this.#play;
  }

  get stats(): SessionStats {
    return {
      packetsIn: this.#gate.packets,
      packetsOut: this.#outbox.packets,
      bytesIn: this.#gate.bytes,
      bytesOut: this.#outbox.bytes,
      rejected: this.#gate.rejected,
      stalledMs: this.#stalledInAllMs,
    };
  }

  /** This member is out of the match and waits to be taken back. */
  get isReturning(): boolean {
    return this.#returning.isOut;
  }

  /** For how long nothing was confirmed, not counting this host's own sleep. */
  get unconfirmedMs(): number {
    return this.#advancedMs - this.#progressMs;
  }

  /** Whether the match is over and the others have had time to hear so: the driver may stop. */
  isDone(nowMs: number): boolean {
    return nowMs - this.#overMs >= LINGER_MS;
  }

  /** How far away a slot is; `rttMs` is `undefined` while nothing is known. */
  distanceTo(slot: number): Pick<PeerClock, "rttMs" | "jitterMs"> {
    return this.#beats.clocks[slot];
  }

  /** Returns what happened since the last call, oldest first. */
  takeEvents(): readonly SessionEvent[] {
    return this.#events.length === 0 ? NONE : this.#events.splice(0);
  }

  /** Takes in one packet. Never throws for what it holds. */
  receive(received: Received): void {
    const packet = this.#gate.admit(received, this.#play?.records);
    if (!packet || !this.#accept(packet, received.from.slot, received.atMs)) {
      this.#gate.rejected++;
    }
  }

  /** Takes in what the witness answered to a claim. */
  answerClaim(nowMs: number, answer: ClaimAnswer): void {
    const { era, isGranted, value, seats } = answer;
    const { slot } = this.#options;
    const play = this.#play;
    if (this.outcome || !value || !seats || era !== (play?.era ?? -2) + 1) {
      return;
    }
    if (isGranted) return play?.grant(value);
    const ours = this.#gate.epochOf(slot);
    if (seats.some(([s, epoch]) => s === slot && epoch === ours)) return;
    this.#goOut(nowMs);
  }

  /** Takes in how it ended; one player's word only of two, and if it can't harm this one. */
  learnEnd(nowMs: number, end: ToldEnd): void {
    const isBelieved = end.isAgreed ||
      this.#players === 2 && (this.isReturning || isOwnEnd(this.#play, end));
    if (this.outcome || !isBelieved) return;
    this.#end(nowMs, end.reason, end.message, end);
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
    const members = this.#play?.members ?? everySlot(this.#players);
    const changes = this.liveness.update(nowMs, members, this.isLinkUp);
    for (const change of changes) {
      this.#events.push({ kind: "peer", ...change });
    }
    if (this.isReturning) this.#ask(nowMs);
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

  /** Ends the match: nothing will come through any more. `message` is for a person. */
  loseConnection(nowMs: number, message: string): void {
    if (!this.outcome) this.#end(nowMs, "connection lost", message);
  }

  #accept(packet: Packet, slot: number, atMs: number): boolean {
    // Whoever says hello has confirmed nothing, not even the beginning.
    const said = packet.kind === "hello"
      ? { ...packet, confirmed: -1 }
      : packet.record;
    const echo = packet.echoes[this.#options.slot];
    const clock = this.#beats.clocks[slot];
    this.#beats.receive({ slot, said, echo, atMs });
    switch (packet.kind) {
      case "hello":
        this.opening.receive(slot, packet, {
          ...{ atMs, hasBegun: this.#play !== undefined },
        });
        // One that was held back, or replayed, is no sign of life.
        if (clock.isFresh(packet.sentAt, atMs, this.timers.suspectMs)) {
          this.liveness.hear(slot, atMs, true);
        }
        return true;
      case "snapshot":
        this.#takeBack(packet, atMs);
        return true;
      case "play":
        this.opening.noteBegun(slot);
        if (this.#returning.hears(packet, atMs)) {
          this.#progressMs = this.#advancedMs;
        }
        if (this.#returning.wasMissed) this.#goOut(atMs);
        return this.#play?.receive(packet, atMs) ?? true;
    }
  }

  #goOut(nowMs: number): void {
    const differing = this.#play?.hashes.differing ?? 0;
    this.#play = undefined;
    if (!this.#returning.begin(differing !== 0)) {
      return this.#end(nowMs, "connection lost", "You were away too often.");
    }
    this.#progressMs = nowMs;
    this.#events.push({ kind: "out" });
  }

  /** While returning: asks, and gives up when nobody is heard any more. */
  #ask(nowMs: number): void {
    this.nextTickMs = nowMs + TICK_MS;
    if (this.outcome) return;
    if (this.unconfirmedMs > this.timers.lostMs) {
      this.#end(nowMs, "connection lost", "");
    }
    this.#returning.ask(nowMs, this.#outbox);
  }

  #takeBack(packet: SnapshotPacket, atMs: number): void {
    const from = this.#returning.takeBack(packet, atMs);
    if (!from) return;
    const play = this.#createPlay(0, atMs, from);
    this.#play = play;
    this.#progressMs = atMs;
    this.nextTickMs = atMs;
    const former = from.presences[this.#options.slot].at(-2);
    const keptTick = former ? former.to + 1 : -1;
    this.#events.push({ kind: "returned", keptTick });
    play.receive({ record: packet.record, relayed: [], runs: [] }, atMs);
    // Catches up with the others; this member's inputs count only from their agreed tick on.
    while (
      play.endTick === undefined && play.newestTick < packet.record.tick &&
      play.tick(atMs, 0)
    );
  }

  #createPlay(seed: number, nowMs: number, from: Return | undefined): Play {
    const { rules, slot, epochs, createGame = createPong } = this.#options;
    return new Play({
      slot,
      players: this.#players,
      epochs: epochs.map((epoch) => epoch << 4),
      epoch: this.#returning.epoch,
      game: createGame(rules, seed),
      clocks: this.#beats.clocks,
      liveness: this.liveness,
      timers: this.timers,
      absences: this.#absences,
      proofs: this.#options.proofs,
      distrusted: this.#returning.distrusted,
      controls: this.#options.controls ?? {},
      from,
      nowMs,
    });
  }

  /** Before tick 0. */
  #wait(nowMs: number): void {
    if (nowMs >= this.nextTickMs) this.nextTickMs = nowMs + TICK_MS;
    const start = this.opening.update(nowMs);
    const { failure } = this.opening;
    if (failure && !this.outcome) {
      this.#end(nowMs, failure.reason, failure.message);
    }
    this.opening.say(nowMs);
    if (this.outcome || !start) return;
    if (nowMs < start.atMs) {
      this.nextTickMs = Math.min(this.nextTickMs, start.atMs);
      return;
    }
    this.#play = this.#createPlay(start.seed, nowMs, undefined);
    this.nextTickMs = start.atMs;
    this.#progressMs = nowMs;
    this.#events.push({ kind: "started", seed: start.seed });
  }

  #run(play: Play, nowMs: number, input: number): void {
    const confirmedBefore = play.confirmedTick;
    if (this.outcome) play.compare(nowMs);
    else play.settle(nowMs);
    let ticks = 0;
    let isStalled = false;
    while (nowMs >= this.nextTickMs && ticks++ < TICKS_AT_ONCE_MAX) {
      if (!this.outcome && !play.tick(nowMs, input)) isStalled = true;
      this.nextTickMs += isStalled ? TICK_MS : play.sync.tickMs();
    }
    if (nowMs >= this.nextTickMs) this.nextTickMs = nowMs + TICK_MS;
    if (play.confirmedTick > confirmedBefore) this.#progressMs = nowMs;
    if (isStalled) this.#stalledInAllMs += ticks * TICK_MS;
    this.#tellEvents(play);
    this.#judge(play, nowMs);
    if (ticks === 0 || !this.#play) return;
    this.#sender.send(play, nowMs, this);
    this.opening.say(nowMs);
  }

  #tellEvents(play: Play): void {
    // A new era is told once, however this member came into it.
    if (play.era !== this.#toldEra && !play.isOut) {
      this.#toldEra = play.era;
      this.#events.push(eraOf(play));
    }
    for (const difference of play.hashes.takeNews()) {
      this.#events.push({ kind: "difference", difference });
    }
    for (const event of play.takeEvents()) {
      if (event.kind === "committed") this.#progressMs = this.#advancedMs;
      this.#events.push(
        event.kind === "claim"
          ? forWitness(event)
          : { kind: "membership", what: event.kind },
      );
    }
  }

  /** Ends the match when something has ended it. */
  #judge(play: Play, nowMs: number): void {
    if (this.outcome) return;
    const { lostMs } = this.timers;
    const verdict = judge(play, { unconfirmedMs: this.unconfirmedMs, lostMs });
    if (verdict.kind === "out") this.#goOut(nowMs);
    if (verdict.kind !== "over") return;
    if (verdict.reason === "desync") this.#outbox.farewell = "desync";
    this.#end(nowMs, verdict.reason, verdict.message);
  }

  #end(
    nowMs: number,
    reason: EndReason,
    message: string,
    end?: ToldEnd,
  ): void {
    this.outcome = outcomeOf(this.#play, { reason, message, end });
    this.#overMs = nowMs;
    this.#events.push({ kind: "over", outcome: this.outcome });
  }
}
