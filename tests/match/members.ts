/**
 * Members of one match for tests of sessions: real sessions in virtual time, over a network that
 * only delays. A test puts members to sleep, cuts links, and sees every packet on its way.
 *
 * @module
 */
import type { Rules } from "../../game/court.ts";
import { createPong } from "../../game/pong.ts";
import type { Game } from "../../game/rollback.ts";
import { SCORE, TARGET } from "../../game/state.ts";
import { Session } from "../../net/match/session.ts";
import type { SessionEvent } from "../../net/match/session_event.ts";
import type { Received } from "../../net/match/transport.ts";
import { sha256 } from "../../net/player/sha256.ts";

/** Packets that wait for a member that sleeps, the newest ones: as many as the lobby keeps. */
const WAITING_MAX = 256;

export interface MembersOptions {
  readonly rules?: Partial<Rules>;
  readonly players?: number;
  readonly delayMs?: number;
  /** By slot: what its clock shows at first. */
  readonly clockMs?: readonly number[];
  /** Pong in which nobody ever wins, if not given. */
  readonly createGame?: (rules: Rules, seed: number) => Game;
}

export interface Member {
  readonly slot: number;
  session: Session;
  /** What this member's clock shows at virtual time 0; less when it stood still in its sleep. */
  clockMs: number;
  isAsleep: boolean;
  readonly events: SessionEvent[];
  readonly inbox: Received[];
}

/** The members and the network between them. */
export class Members {
  /** Virtual time. */
  nowMs = 0;
  /** Whether a packet from one slot to another is lost now. */
  isCut = (_from: number, _to: number) => false;
  /** Sees each packet that a member sends. */
  onSend: (from: number, packet: Uint8Array) => unknown = () => {};
  /** What a member steers. */
  inputOf = (_slot: number) => 0;
  readonly members: readonly Member[];
  readonly rules: Rules;
  readonly #options: MembersOptions;

  constructor(options: MembersOptions = {}) {
    this.#options = options;
    const { players = 2, rules, clockMs = [] } = options;
    this.rules = { players, points: 9, lives: 9, ...rules };
    this.members = Array.from({ length: players }, (_, slot) => ({
      slot,
      session: this.createSession(slot, clockMs[slot] ?? 0),
      clockMs: clockMs[slot] ?? 0,
      isAsleep: false,
      events: [],
      inbox: [],
    }));
  }

  /** A session of the match; `nowMs` on its own clock. */
  createSession(slot: number, nowMs: number): Session {
    const { players } = this.rules;
    const { createGame = createEndlessPong } = this.#options;
    return new Session({
      slot,
      rules: this.rules,
      match: "members",
      epochs: Array.from({ length: players }, () => 0),
      secret: new Uint8Array(16).fill(slot + 1),
      sha256,
      nowMs,
      createGame,
    });
  }

  /** Goes on for so long, or until `isDone`. Returns whether it is. */
  run(forMs: number, isDone = () => false): boolean {
    const untilMs = this.nowMs + forMs;
    while (!isDone()) {
      const awake = this.members.filter(({ isAsleep }) => !isAsleep);
      const next = awake.reduce((a, b) => dueMs(a) <= dueMs(b) ? a : b);
      if (dueMs(next) > untilMs) {
        this.nowMs = untilMs;
        return isDone();
      }
      this.nowMs = Math.max(this.nowMs, dueMs(next));
      this.#turn(next);
    }
    return true;
  }

  /** Runs until all have confirmed some ticks of a match that has begun. */
  begin(): void {
    const hasBegun = ({ session: { play } }: Member) =>
      (play?.confirmedTick ?? 0) > 60;
    if (!this.run(10_000, () => this.members.every(hasBegun))) {
      throw new Error("The match did not begin");
    }
  }

  /** Ends a member's sleep, in which its clock stood still for `stoodMs`. */
  wake(member: Member, { stoodMs }: { readonly stoodMs: number }): void {
    member.isAsleep = false;
    member.clockMs -= stoodMs;
    // It takes in only now what came in the meantime.
    const late = member.inbox.map((it) => ({ ...it, atMs: this.nowMs }));
    member.inbox.splice(0, late.length, ...late);
  }

  #turn(member: Member): void {
    const { session, inbox, slot } = member;
    const clockMs = this.nowMs + member.clockMs;
    while (inbox.length > 0 && inbox[0].atMs <= this.nowMs) {
      const [received] = inbox.splice(0, 1);
      session.receive({ ...received, atMs: received.atMs + member.clockMs });
    }
    const packets = session.advance(clockMs, this.inputOf(slot));
    for (const packet of packets) this.#send(slot, packet.slice());
    member.events.push(...session.takeEvents());
    if (session.nextTickMs <= clockMs) session.nextTickMs = clockMs + 1;
  }

  #send(slot: number, packet: Uint8Array): void {
    this.onSend(slot, packet);
    const { delayMs = 20 } = this.#options;
    for (const to of this.members) {
      if (to.slot === slot || this.isCut(slot, to.slot)) continue;
      const atMs = this.nowMs + delayMs;
      to.inbox.push({ from: { slot, epoch: 0 }, atMs, packet });
      if (to.inbox.length > WAITING_MAX) to.inbox.shift();
    }
  }
}

function createEndlessPong(rules: Rules, seed: number): Game {
  const game = createPong(rules, seed);
  game.initial[TARGET] = 1e9;
  if (rules.players > 2) game.initial.fill(1e9, SCORE, SCORE + rules.players);
  return { ...game, isState: () => true };
}

function dueMs({ session, clockMs }: Member): number {
  return session.nextTickMs - clockMs;
}
