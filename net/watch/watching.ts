/**
 * A match as it is shown to a watcher. It does no I/O, reads no clock, and sends nothing: all that
 * the members do for it is to send a confirmed state once a second.
 *
 * Whoever drives it calls `receive` for each packet that arrived and then `advance` when
 * `nextTickMs` has come. Nothing is shown before a second member claims the same. When inputs that
 * nobody sends again are missing, it begins anew with the next snapshot; what was shown stays true.
 *
 * Only what a member says of itself counts, so no member can lie about another.
 *
 * @module
 */
import { type Rules, TICK_MS } from "../../game/court.ts";
import { createPong } from "../../game/pong.ts";
import { DEFAULT_GRACE_MS } from "../../game/court.ts";
import type { Game } from "../../game/rollback.ts";
import { OVER, PHASE, SCORE, WINNER } from "../../game/state.ts";
import { Beats } from "../match/clock/beats.ts";
import { ConfirmedLog } from "../match/confirmed_log.ts";
import { Gate } from "../match/gate.ts";
import { timersFor } from "../match/membership/timers.ts";
import type { EndReason } from "../match/outcome.ts";
import type { SessionStats } from "../match/session.ts";
import type { Received } from "../match/transport.ts";
import { isNewer, type SlotRecord } from "../match/wire/record.ts";
import { has, sizeOf, type SlotSet, slotsOf } from "../match/wire/slot_set.ts";
import type { SnapshotPacket } from "../match/wire/wire.ts";
import type { PlayerState } from "../page/protocol.ts";
import { FollowedMatch, HeardInputs, isSound } from "./followed_match.ts";
import { PlayoutClock } from "./playout_clock.ts";

/** If nothing was confirmed for so long, the match is shown as paused. */
const PAUSE_AFTER_MS = 250;
/** If nothing was confirmed for so long, or members are so far ahead, a snapshot may help. */
const BEGIN_ANEW_AFTER_MS = 500;
const AHEAD_TICKS_MAX = 30;
/** Silences that the page tells of, as members judge them. */
const { unstableMs: UNSTABLE_MS, suspectMs: SUSPECT_MS } = timersFor(
  DEFAULT_GRACE_MS,
);
/** A watcher has no slot of its own, so it listens to all members. */
const NO_SLOT = -1;

export interface WatchingOptions {
  readonly rules: Rules;
  /** Epoch of each seat as the lobby gave it, by slot. */
  readonly epochs: readonly number[];
  readonly nowMs: number;
  /** Makes the game; its seed doesn't matter. Pong unless a test says otherwise. */
  readonly createGame?: (rules: Rules, seed: number) => Game;
}

/** How the match ended, as far as a watcher can see. */
export interface WatchedOutcome {
  readonly reason: Extract<
    EndReason,
    "finished" | "walkover" | "player left" | "desync"
  >;
  readonly winner: number | null;
}

/** One match, from the watcher's first packet to its end. */
export class Watching {
  /** Set once all that can be shown was shown, or at once when states differ. */
  outcome: WatchedOutcome | undefined;
  /** What was confirmed, from the first believed state on; a little ahead of what is shown. */
  readonly log = new ConfirmedLog();

  readonly #options: WatchingOptions;
  readonly #game: Game;
  readonly #gate: Gate;
  readonly #inputs = new HeardInputs();
  /** By slot: the newest record, and when the last packet came. */
  readonly #records: (SlotRecord | undefined)[];
  readonly #heardMs: number[];
  /** What is believed and shown, and what may replace it. */
  #match: FollowedMatch | undefined;
  #candidate: FollowedMatch | undefined;
  #playout: PlayoutClock | undefined;
  #nowMs: number;
  #idleUntilMs: number;

  constructor(options: WatchingOptions) {
    const { rules, epochs, nowMs, createGame = createPong } = options;
    const { players } = rules;
    this.#options = options;
    this.#game = createGame(rules, 0);
    const beats = new Beats(players);
    this.#gate = new Gate({ slot: NO_SLOT, players, epochs, beats });
    this.#records = epochs.map(() => undefined);
    this.#heardMs = epochs.map(() => nowMs);
    this.#nowMs = this.#idleUntilMs = nowMs;
  }

  /** When `advance` has something to do next, on the driver's clock. */
  get nextTickMs(): number {
    const playout = this.outcome ? undefined : this.#playout;
    return playout?.nextTickMs ?? this.#idleUntilMs;
  }

  get phase(): "syncing" | "playing" | "paused" | "over" {
    if (this.outcome) return "over";
    if (!this.#match) return "syncing";
    return this.#isPaused(this.#match) ? "paused" : "playing";
  }

  /** The tick that is shown; `undefined` while syncing. */
  get tick(): number | undefined {
    return this.#playout?.tick;
  }

  /** The confirmed state that is shown. Valid until the next call; copy it to keep it. */
  get state(): Int32Array | undefined {
    const { tick } = this;
    return tick === undefined ? undefined : this.#match?.stateAt(tick);
  }

  /** By slot: points or lives, as shown; empty while syncing. */
  get scores(): readonly number[] {
    const { state } = this;
    return state ? this.#records.map((_, slot) => state[SCORE + slot]) : [];
  }

  /** Slots for which the match waits; empty while it runs. */
  get waitingFor(): readonly number[] {
    return this.phase === "paused" ? this.#match?.missing() ?? [] : [];
  }

  /** For how long nothing at all was heard, in whole seconds. */
  get secondsSinceNews(): number {
    return Math.floor((this.#nowMs - Math.max(...this.#heardMs)) / 1000);
  }

  /** How long a slot has been silent. */
  silentMs(slot: number): number {
    return Math.max(0, this.#nowMs - this.#heardMs[slot]);
  }

  linkStateOf(slot: number): PlayerState {
    if (this.#records[slot]?.farewell === "left") return "left";
    if (this.#match && !has(this.#match.members, slot)) return "away";
    const silentMs = this.silentMs(slot);
    if (silentMs >= SUSPECT_MS) return "suspect";
    return silentMs >= UNSTABLE_MS ? "unstable" : "ok";
  }

  get stats(): Pick<SessionStats, "packetsIn" | "bytesIn" | "rejected"> {
    const { packets: packetsIn, bytes: bytesIn, rejected } = this.#gate;
    return { packetsIn, bytesIn, rejected };
  }

  /** Takes in one packet. Never throws for what it holds. */
  receive(received: Received): void {
    const packet = this.#gate.admit(received);
    if (!packet) {
      this.#gate.rejected++;
      return;
    }
    const { from: { slot }, atMs } = received;
    this.#heardMs[slot] = Math.max(this.#heardMs[slot], atMs);
    if (packet.kind === "hello") return;
    const { record } = packet;
    const known = this.#records[slot];
    if (!known || isNewer(record, known)) this.#records[slot] = record;
    if (packet.kind === "play") {
      for (const run of packet.runs) {
        if (run.slot === slot) this.#inputs.note(record.epoch, run);
      }
    }
    this.#match?.take(record);
    this.#candidate?.take(record);
    if (packet.kind === "snapshot") this.#consider(packet, atMs);
  }

  /** Does all that is due at `nowMs`. */
  advance(nowMs: number): void {
    this.#nowMs = nowMs;
    if (nowMs >= this.#idleUntilMs) this.#idleUntilMs = nowMs + TICK_MS;
    if (this.outcome) return;
    this.#match?.advance(nowMs);
    this.#candidate?.advance(nowMs);
    this.#chooseMatch();
    const match = this.#match;
    if (!match) return;
    this.log.take(match);
    this.#playout?.advance(nowMs, match.confirmedTick);
    this.#judge(match);
  }

  /** Makes a snapshot the candidate, if nothing is followed yet or what is followed is stuck. */
  #consider(snapshot: SnapshotPacket, atMs: number): void {
    const { record } = snapshot;
    for (const followed of [this.#match, this.#candidate]) {
      if (!followed) continue;
      const aheadTicks = record.confirmed - followed.confirmedTick;
      const isStuck = aheadTicks > AHEAD_TICKS_MAX ||
        atMs - followed.progressMs >= BEGIN_ANEW_AFTER_MS;
      if (!isStuck || aheadTicks <= 0) return;
    }
    if (!isSound(snapshot, this.#game)) {
      this.#gate.rejected++;
      return;
    }
    const { players } = this.#options.rules;
    this.#candidate = new FollowedMatch(snapshot, {
      game: this.#game,
      players,
      inputs: this.#inputs,
      nowMs: atMs,
    });
    for (const known of this.#records) if (known) this.#candidate.take(known);
  }

  /** Believes the candidate, or drops it. */
  #chooseMatch(): void {
    const candidate = this.#candidate;
    if (!candidate) return;
    const hasRecovered = this.#match &&
      this.#match.confirmedTick >= candidate.confirmedTick;
    if (candidate.desync || hasRecovered) {
      this.#candidate = undefined;
      return;
    }
    const isBelieved = candidate.isCorroborated ||
      (candidate.isOfOneMember && this.#isAlone(candidate.members));
    // In a match that runs, a moment tells whether any input was missed before the snapshot.
    const hasBegun = candidate.confirmedTick > candidate.firstTick ||
      candidate.isUpToDate &&
        this.#nowMs - candidate.progressMs >= PAUSE_AFTER_MS;
    if (!isBelieved || !hasBegun) return;
    this.log.restart(candidate, this.#match?.confirmedTick ?? -1);
    this.#match = candidate;
    this.#candidate = undefined;
    this.#playout = new PlayoutClock({
      firstTick: candidate.firstTick,
      newestTick: candidate.confirmedTick,
      nowMs: this.#nowMs,
    });
  }

  /** Whether no player outside these members can still think that it plays this match. */
  #isAlone(members: SlotSet): boolean {
    return this.#records.every((record, slot) =>
      has(members, slot) || this.silentMs(slot) >= SUSPECT_MS ||
      record?.isReturning || record?.farewell === "left"
    );
  }

  /** Whether nothing was confirmed lately, and all that was confirmed is shown. */
  #isPaused({ confirmedTick, progressMs }: FollowedMatch): boolean {
    return this.tick === confirmedTick &&
      this.#nowMs - progressMs >= PAUSE_AFTER_MS;
  }

  #judge(match: FollowedMatch): void {
    const slots = slotsOf(match.members);
    const saysBye = (farewell: SlotRecord["farewell"]) => (slot: number) =>
      this.#records[slot]?.farewell === farewell;
    if (match.desync || slots.some(saysBye("desync"))) {
      this.outcome = { reason: "desync", winner: null };
      return;
    }
    const state = match.stateAt(this.tick ?? match.firstTick);
    if (state[PHASE] === OVER) {
      this.outcome = { reason: "finished", winner: state[WINNER] };
    } else if (!this.#isPaused(match)) return;
    else if (sizeOf(match.members) === 1) {
      this.outcome = { reason: "walkover", winner: slots[0] };
    } else if (slots.every(saysBye("left"))) {
      this.outcome = { reason: "player left", winner: null };
    }
  }
}
