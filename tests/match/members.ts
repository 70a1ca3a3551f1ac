/**
 * Members of one match for tests of sessions: a virtual match over a network that only delays. A
 * test puts members to sleep, cuts links, and sees every packet on its way.
 *
 * @module
 */
import type { Rules } from "../../game/court.ts";
import type { Game } from "../../game/rollback.ts";
import type { SessionEvent } from "../../net/match/session_event.ts";
import { HostClock } from "../../net/simulation/host_clock.ts";
import {
  isPlaying,
  type PlayingHost,
  VirtualMatch,
} from "../../net/simulation/virtual_match.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import { createRandom, SYSTEM } from "../support/simulation.ts";
import { createEndlessPong } from "../support/endless_pong.ts";

export interface MembersOptions {
  readonly rules?: Partial<Rules>;
  readonly players?: number;
  readonly delayMs?: number;
  /** By slot: what its clock shows at first. */
  readonly clockMs?: readonly number[];
  /** Pong in which nobody ever wins, if not given. */
  readonly createGame?: (rules: Rules, seed: number) => Game;
}

export interface Member extends PlayingHost {
  isAsleep: boolean;
  readonly events: SessionEvent[];
}

/** The members and the network between them. */
export class Members {
  /** Whether a packet from one slot to another is lost now. */
  isCut = (_from: number, _to: number) => false;
  /** Sees each packet that a member sends. */
  onSend: (from: number, packet: Uint8Array) => unknown = () => {};
  /** What a member steers. */
  inputOf = (_slot: number) => 0;
  readonly members: readonly Member[];
  readonly #match: VirtualMatch;

  constructor(options: MembersOptions = {}) {
    const { players = 2, rules, clockMs = [], delayMs = 20 } = options;
    const { createGame = createEndlessPong } = options;
    const events: SessionEvent[][] = [];
    this.#match = new VirtualMatch({
      ...SYSTEM,
      random: createRandom(1),
      rules: { players, points: 9, lives: 9, ...rules },
      network: {
        faults: () => ({ ...NO_FAULTS, delayMs }),
        isCut: (from, to) => this.isCut(from, to),
      },
      clocks: Array.from(
        { length: players },
        (_, slot) => new HostClock({ showsMs: clockMs[slot] ?? 0 }),
      ),
      session: () => ({ createGame }),
      hooks: {
        onBegin: ({ slot }) => events[slot] = [],
        input: ({ slot }) => this.inputOf(slot),
        onEvent: ({ slot }, event) => events[slot].push(event),
        onSend: ({ slot }, packet) => this.onSend(slot, packet),
      },
    });
    this.#match.play(0);
    // What a session makes of the witness's answers, a test says itself.
    this.#match.lobby.isUp = false;
    this.members = this.#match.hosts.filter(isPlaying).map((host) =>
      Object.assign(host, { isAsleep: false, events: events[host.slot] })
    );
  }

  /** Virtual time. */
  get nowMs(): number {
    return this.#match.nowMs;
  }

  /** Goes on for so long, or until `isDone`. Returns whether it is. */
  run(forMs: number, isDone = () => false): boolean {
    const untilMs = this.nowMs + forMs;
    for (const member of this.members) {
      // A moment longer: it has no turn before it is woken up.
      if (member.isAsleep) this.#match.sleep(member, untilMs + 1);
    }
    if (!isDone()) this.#match.play(untilMs, isDone);
    return isDone();
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
    member.clock.jump(-stoodMs);
    member.dueMs = member.asleepUntilMs = this.nowMs;
  }
}
