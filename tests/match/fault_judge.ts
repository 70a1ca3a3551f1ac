/**
 * Judges a match of faults: what must never happen, looked for after every turn, and what must have
 * happened by the end.
 *
 * @module
 */
import { SLOTS_MAX } from "../../game/court.ts";
import type { Presence } from "../../game/presence.ts";
import type { Game } from "../../game/rollback.ts";
import { shownBeyond } from "../../net/match/membership/membership_change.ts";
import type { Timers } from "../../net/match/membership/timers.ts";
import type { Play } from "../../net/match/play.ts";
import type { SessionEvent } from "../../net/match/session_event.ts";
import { PAYLOAD_BYTES_MAX } from "../../net/match/transport.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import { has, sizeOf, type SlotSet } from "../../net/match/wire/slot_set.ts";
import { decode } from "../../net/match/wire/wire.ts";
import {
  isPlaying,
  type PlayingHost,
  type VirtualHost,
  type VirtualMatch,
} from "../../net/simulation/virtual_match.ts";
import { findExcess } from "./fault_bounds.ts";
import type { FaultWorld, Notes } from "./fault_notes.ts";
import type { FaultSchedule } from "./fault_schedule.ts";
import { type LyingMember, SPLITTING } from "../support/lying_member.ts";
import { createStandIn } from "./stand_in.ts";

/** Without a new confirmation for this long after the network healed, somebody waits for ever. */
const STUCK_MS = 2500;
/** Who asks to be taken back for this long after the network healed is shut out for good. */
const SHUT_OUT_MS = 8000;
/** So long after that it may turn out that all is well again, and the match need not go on. */
const PEACE_MS = 2500;
const CHECK_EVERY_MS = 100;

/** Most play time that a turn counts, and thus how inexact a silence is. */
const STEP_MS_MAX = 67;

/** Most events of a turn. */
const EVENTS_MAX = 64;

/** What one host has shown so far. */
class Shown {
  /** Confirmed hashes by tick, since it began or came back. */
  hashes: number[] = [];
  progressMs = 0;
  /** Since when it has asked to be taken back. */
  outSinceMs = Infinity;
  /** Where it stood after its last turn. */
  play: Play | undefined;
  presences: readonly Presence[] = [];
  confirmedTick = 0;
  /** What follows from the confirmed inputs alone, up to `tick`. */
  state: Int32Array | undefined;
  tick = 0;
  events = 0;
  /** The era in which it agreed to a change last, and the one that it claimed last. */
  agreedEra = -1;
  claimedEra = -1;
  /** Its first record after the healing. */
  healed: SlotRecord | undefined;
  /** Its own play time, its clock after the last turn, and by slot: when it fell silent. */
  playMs = 0;
  clockMs = 0;
  silentSinceMs: number[] = [];
}

/** The judge of one match; its methods are called by the match's hooks. */
export class Judge {
  readonly #schedule: FaultSchedule;
  readonly #match: () => VirtualMatch;
  readonly #timers: Timers;
  readonly #notes: Notes;
  readonly #shown: readonly Shown[];
  /** A game that is played again. */
  readonly #game: Game;
  readonly #violations = new Map<string, string>();
  /** By era: its members and presences. */
  readonly #members = new Map<
    number,
    { readonly members: SlotSet; readonly presences: readonly Presence[] }
  >();
  readonly #winners = new Set<number>();
  readonly #inputs = new Int8Array(SLOTS_MAX);
  #checkedMs = 0;
  #equalMs = 0;
  #hasHealed = false;
  #healthy = 0;
  #healedEra = 0;
  #isHealthy = false;
  #isSettled = false;
  /** A liar ended a match with the only one that was left; or deals with each of two others. */
  #hasPairEnded = false;
  #isDoubleDealt = false;

  constructor(
    { schedule, match, notes }: FaultWorld,
    players: number,
    timers: Timers,
  ) {
    this.#schedule = schedule;
    this.#match = match;
    this.#notes = notes;
    this.#timers = timers;
    this.#shown = Array.from({ length: players }, () => new Shown());
    this.#game = createStandIn(players, 0, schedule.lastTick);
  }

  /** What must never happen and did, each kind once: "kind: details". */
  get violations(): readonly string[] {
    return [...this.#violations.values()];
  }

  get hasFailed(): boolean {
    return this.#violations.size > 0;
  }

  /** All is well again: everybody who still plays does so with all the others, or has an end. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** A process has begun. */
  onBegin({ slot, epoch, clockMs }: PlayingHost): void {
    this.#restart(slot);
    Object.assign(this.#shown[slot], {
      ...{ outSinceMs: Infinity, playMs: 0, clockMs, silentSinceMs: [] },
    });
    if (epoch > 0) this.#notes.count("resumes");
    this.#notes.say(() => `slot ${slot}: begins in epoch ${epoch}`);
  }

  onSend({ slot }: PlayingHost, packet: Uint8Array): void {
    if (packet.length > PAYLOAD_BYTES_MAX) {
      this.#violate("too much kept", `slot ${slot}: ${packet.length} bytes`);
    }
    const shown = this.#shown[slot];
    if (shown.healed || this.#nowMs < this.#schedule.healMs) return;
    const decoded = decode(packet, { slot, players: this.#shown.length });
    if (decoded?.kind === "play") shown.healed = decoded.record;
  }

  onEvent(host: PlayingHost, event: SessionEvent): void {
    const { slot } = host;
    const shown = this.#shown[slot];
    shown.events++;
    this.#note(host, event);
    if (slot === this.#liar) return;
    switch (event.kind) {
      case "started":
        return;
      case "claim":
        shown.claimedEra = event.claim.era;
        return;
      case "peer":
        return this.#checkAccusation(host, event);
      case "membership":
        if (event.what === "agreed") {
          shown.agreedEra = host.session.play?.era ?? -1;
        }
        return;
      case "out":
        shown.outSinceMs = this.#nowMs;
        return;
      case "returned":
        shown.outSinceMs = Infinity;
        return this.#restart(slot);
      case "over": {
        const { reason, winner, message } = event.outcome;
        if (message.includes("can't reach each other")) {
          this.#notes.count("nobody wins");
        }
        // Nobody knows who lies of two that differ, nor who is right if a liar tells each other inputs.
        const isPair = this.#isPair(host.session.play?.members ?? 0);
        if (isPair) this.#hasPairEnded = true;
        if (reason === "desync" && !isPair && !this.#isSplit) {
          this.#violate("desync", `slot ${slot}`);
        }
        const { liar, faults } = this.#schedule;
        const isLiarsDoing = liar && faults.length === 0 && !isPair &&
          !this.#isSplit;
        if (isLiarsDoing && reason === "connection lost") {
          this.#violate("lost to a liar", `slot ${slot}`);
        }
        // Of more, one may have been out since long before.
        const isUntold = this.#winners.size > 0 && this.#shown.length === 2;
        if (winner === null && isUntold && !liar && this.#hasWitness) {
          this.#violate("not told the result", `slot ${slot}`);
        }
        if (winner === null) return;
        this.#winners.add(winner);
        if (this.#winners.size > 1) {
          this.#violate("two winners", [...this.#winners].join(" and "));
        }
      }
    }
  }

  /** Whether the liar tells others different inputs, so that there may be no majority. */
  get #isSplit(): boolean {
    return SPLITTING.has(this.#schedule.liar?.strategy ?? "");
  }

  /** Whether a liar and one other are alone: it can end their match without a winner. */
  #isPair(members: SlotSet): boolean {
    return has(members, this.#liar) && sizeOf(members) === 2;
  }

  /** A host's turn is over. */
  onTurn(host: PlayingHost): void {
    const { session: { play }, slot } = host;
    const shown = this.#shown[slot];
    if (play && slot !== this.#liar) {
      this.#checkPresences(slot, play);
      this.#takeHashes(slot, play);
    }
    shown.play = play;
    shown.confirmedTick = play?.confirmedTick ?? 0;
    if (shown.events > EVENTS_MAX) {
      this.#violate("too much kept", `slot ${slot}: ${shown.events} events`);
    }
    shown.events = 0;
    shown.playMs = this.#playMs(host);
    shown.clockMs = host.clockMs;
    const nowMs = this.#nowMs;
    if (!this.#hasHealed && nowMs >= this.#schedule.healMs) {
      this.#hasHealed = true;
      this.#noteHealth();
    }
    if (nowMs - this.#checkedMs < CHECK_EVERY_MS) return;
    this.#checkedMs = nowMs;
    this.#comparePrefixes();
    for (const excess of findExcess(this.#match())) {
      this.#violate("too much kept", excess);
    }
    if (nowMs >= this.#schedule.healMs + PEACE_MS) {
      this.#isSettled = this.#isInPeace();
    }
  }

  /** The match is over: everybody must have gone on, or have learned how it ended. */
  judgeEnd(liar?: LyingMember): void {
    if (liar?.hasOverclaimed && this.#schedule.faults.length === 0) {
      this.#violate("granted to a liar", `slot ${liar.plan.slot}`);
    }
    const nowMs = this.#nowMs;
    const hosts = this.#honest;
    const running = hosts.filter(isPlaying)
      .filter(({ session }) => !session.outcome);
    const isStuck = ({ slot }: PlayingHost) =>
      nowMs - this.#shown[slot].progressMs > STUCK_MS;
    const era = newestEraOf(hosts);
    const isGoingOn = running
      .some((host) => host.session.play !== undefined && !isStuck(host));
    for (const host of running) {
      const { slot, session: { play } } = host;
      if (slot === this.#schedule.lastingSlot) continue;
      const outMs = nowMs - this.#shown[slot].outSinceMs;
      if (isGoingOn && outMs > SHUT_OUT_MS && !this.#isSplit) {
        this.#violate("shut out", `slot ${slot}`);
      }
      if (!play) continue;
      if (play.era < era) {
        this.#violate("does not learn its fate", `slot ${slot}`);
      }
      if (isStuck(host)) this.#violate("waits for ever", `slot ${slot}`);
    }
    for (const { slot, session, status } of hosts) {
      const { play } = session ?? {};
      // A liar can say of an input what it likes, but only the first word counts.
      if (play && play.conflicts > 0 && this.#liar < 0) {
        this.#violate("input changed", `${slot}`);
      }
      this.#notes.count("rollbacks", play?.rollbackWork.rollbacks ?? 0);
      this.#notes.count("rejected packets", session?.stats.rejected ?? 0);
      this.#notes.count("resumes refused", Number(status === "refused"));
    }
    if (this.#winners.size > 0 || isGoingOn) return;
    this.#notes.count("lost");
    if (this.#hasPairEnded) return;
    if (this.#isHealthy && !this.#isExcused() && !this.#isSplit) {
      this.#violate("lost after healing", `slots ${this.#healthy}`);
    }
  }

  /** Whether the lobby was there, for all, from the beginning until now. */
  get #hasWitness(): boolean {
    return !Object.keys(this.#notes.counters)
      .some((name) => name.startsWith("lobby"));
  }

  get #nowMs(): number {
    return this.#match().nowMs;
  }

  /** Who lies, or -1; only the others are judged. */
  get #liar(): number {
    return this.#schedule.liar?.slot ?? -1;
  }

  get #honest(): readonly VirtualHost[] {
    return this.#match().hosts.filter(({ slot }) => slot !== this.#liar);
  }

  /** For how long a host has played, not counting its sleep, as of this turn. */
  #playMs({ slot, clockMs }: PlayingHost): number {
    const shown = this.#shown[slot];
    return shown.playMs + Math.min(clockMs - shown.clockMs, STEP_MS_MAX);
  }

  /** Nobody suspects another before it was silent for long enough while it could be heard. */
  #checkAccusation(
    host: PlayingHost,
    { slot, state }: Extract<SessionEvent, { kind: "peer" }>,
  ): void {
    const { silentSinceMs } = this.#shown[host.slot];
    const playMs = this.#playMs(host);
    if (state === "unstable") silentSinceMs[slot] = playMs;
    if (state !== "suspect") return;
    const { unstableMs, suspectMs } = this.#timers;
    const silentMs = playMs - (silentSinceMs[slot] ?? playMs);
    if (silentMs >= suspectMs - unstableMs - STEP_MS_MAX) return;
    this.#violate("accused in a hurry", `slot ${slot} by slot ${host.slot}`);
  }

  #restart(slot: number): void {
    const shown = this.#shown[slot];
    shown.hashes = [];
    shown.state = undefined;
    shown.progressMs = this.#nowMs;
  }

  /** An era has one set of members, and no confirmed tick may change with it. */
  #checkPresences(slot: number, play: Play): void {
    const shown = this.#shown[slot];
    const { presences: before } = shown;
    const { presences } = play;
    if (presences === before || play.isOut) return;
    shown.presences = presences;
    const { era, members } = play;
    const said = { members, presences };
    const known = this.#members.get(era) ?? said;
    this.#members.set(era, known);
    const [both, other] = [said, known].map((it) => JSON.stringify(it));
    if (both !== other) {
      const isDealt = this.#shown.length === 3 &&
        members !== known.members &&
        this.#isPair(members) && this.#isPair(known.members);
      if (isDealt) this.#isDoubleDealt = true;
      this.#violate("two sets of members", `era ${era}: ${both} and ${other}`);
    }
    if (shown.play !== play) return;
    const tick = shownBeyond(before, presences, shown.confirmedTick);
    if (tick !== undefined) {
      this.#violate("confirmed changed", `slot ${slot} tick ${tick}`);
    }
  }

  #takeHashes(slot: number, play: Play): void {
    const shown = this.#shown[slot];
    const { hashes } = shown;
    const { confirmedTick } = play;
    const from = Math.max(hashes.length, confirmedTick - 200);
    for (let tick = from; tick <= confirmedTick; tick++) {
      const hash = play.hashAt(tick);
      if (hash === undefined) continue;
      hashes[tick] = hash;
      shown.progressMs = this.#nowMs;
      this.#replay(slot, play, tick);
    }
  }

  /** What is confirmed must be what the confirmed inputs give, played again without any network. */
  #replay(slot: number, play: Play, tick: number): void {
    const shown = this.#shown[slot];
    if (shown.state && shown.tick === tick - 1) {
      const inputs = this.#inputs;
      for (let s = 0; s < SLOTS_MAX; s++) inputs[s] = play.inputAt(s, tick - 1);
      this.#game.step(shown.state, inputs, 0);
      shown.tick = tick;
      if (this.#game.hash(shown.state) !== shown.hashes[tick]) {
        this.#violate("replay differs", `slot ${slot} tick ${tick}`);
      }
    } else if (tick === play.confirmedTick) {
      shown.state = play.confirmedState.slice();
      shown.tick = tick;
    }
  }

  /** Hosts of one era must have confirmed the same. */
  #comparePrefixes(): void {
    let isEqual = true;
    const playing = this.#honest.filter(isPlaying)
      .filter(({ session: { play } }) => play && !play.isOut);
    for (const { slot, session } of playing) {
      for (const other of playing.filter((it) => it.slot > slot)) {
        if (session.play?.era !== other.session.play?.era) continue;
        const [ours, theirs] = [this.#shown[slot], this.#shown[other.slot]];
        const tick = Math.min(ours.hashes.length, theirs.hashes.length) - 1;
        const [x, y] = [ours.hashes[tick], theirs.hashes[tick]];
        if (x === undefined || y === undefined || x === y) continue;
        isEqual = false;
        // Whom a liar told something else may differ until it is dropped for that.
        const sinceMs = this.#liar < 0 ? -Infinity : this.#equalMs;
        if (this.#nowMs - sinceMs < STUCK_MS || this.#isSplit) continue;
        const who = `slots ${slot} and ${other.slot}`;
        this.#violate("prefixes differ", `${who} at tick ${tick}`);
      }
    }
    if (isEqual) this.#equalMs = this.#nowMs;
  }

  #isInPeace(): boolean {
    const hosts = this.#honest;
    if (hosts.some(({ status }) => status === "joining")) return false;
    const left = hosts.filter(isPlaying)
      .filter(({ session }) => !session.outcome);
    const members = slotsOf(left);
    return left.every(({ slot, session: { play } }) =>
      play && (play.members & ~(1 << this.#liar)) === members &&
      play.era === left[0].session.play?.era &&
      this.#nowMs - this.#shown[slot].progressMs < 2 * CHECK_EVERY_MS
    );
  }

  /** After the healing: a majority that is alive and of one era must be able to go on. */
  #noteHealth(): void {
    const nowMs = this.#nowMs;
    const playing = this.#honest.filter(isPlaying)
      .filter(({ session }) => session.play && !session.outcome);
    const era = newestEraOf(playing);
    const current = playing.filter(({ slot, session, asleepUntilMs }) =>
      session.play?.era === era && asleepUntilMs <= nowMs &&
      slot !== this.#schedule.lastingSlot &&
      nowMs - this.#shown[slot].progressMs < this.#timers.lostMs - 2000
    );
    const members = current[0]?.session.play?.members ?? 0;
    this.#healthy = slotsOf(current) & members;
    this.#isHealthy = 2 * sizeOf(this.#healthy) > sizeOf(members);
    this.#healedEra = era;
    if (this.#isHealthy) this.#notes.count("healthy when healed");
  }

  /**
   * Whoever agreed may have committed: while one of them is missing, the others can't know. A
   * half depends on the witness, which may have forgotten; and of two who are there nobody wins.
   */
  #isExcused(): boolean {
    const isDuel = sizeOf(this.#healthy) === 2;
    return this.#shown.some(({ agreedEra, claimedEra, healed }, slot) => {
      const hasClaimed = claimedEra === this.#healedEra + 1;
      if (hasClaimed && (isDuel || !this.#hasWitness)) return true;
      if (agreedEra !== this.#healedEra) return false;
      if (!has(this.#healthy, slot) || !healed) return true;
      const drop = healed.change?.agreed?.drop ?? 0;
      return (healed.members & ~drop & ~this.#healthy) !== 0;
    });
  }

  #note({ slot, session }: PlayingHost, event: SessionEvent): void {
    const name = event.kind === "membership" ? event.what : event.kind;
    this.#notes.count(name);
    if (event.kind === "over") {
      this.#notes.count(`over: ${event.outcome.reason}`);
    }
    this.#notes.say(() => `slot ${slot}: ${name} ${detailOf(event, session)}`);
  }

  #violate(kind: string, details: string): void {
    // Two of three who can't hear each other can't know that a liar agrees with each of them.
    if (this.#isDoubleDealt || this.#violations.has(kind)) return;
    this.#violations.set(kind, `${kind}: ${details}`);
    this.#notes.say(() => `VIOLATION ${kind}: ${details}`);
  }
}

function newestEraOf(hosts: readonly VirtualHost[]): number {
  return Math.max(0, ...hosts.map(({ session }) => session?.play?.era ?? 0));
}

function slotsOf(hosts: readonly VirtualHost[]): number {
  return hosts.reduce((set, { slot }) => set | 1 << slot, 0);
}

function detailOf(
  event: SessionEvent,
  { play }: PlayingHost["session"],
): string {
  if (event.kind === "over") return JSON.stringify(event.outcome);
  if (event.kind === "claim") return JSON.stringify(event.claim);
  if (event.kind === "peer") return `${event.slot} is ${event.state}`;
  if (!play) return "";
  const { era, members, confirmedTick } = play;
  return `era ${era} members ${members} confirmed ${confirmedTick}`;
}
