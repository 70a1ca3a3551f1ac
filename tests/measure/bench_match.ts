/**
 * A match without an end between real sessions, over a simulated network in virtual time.
 *
 * Unlike a simulation for tests it keeps no history and judges little, so that what is measured is
 * the sessions. Whoever drives it says how a session takes its turn, and may look at the clock there.
 *
 * @module
 */
import { botInput, createBot, SKILLS } from "../../game/bot.ts";
import { DEFAULT_RULES } from "../../game/court.ts";
import {
  isPlaying,
  type MatchHooks,
  type PlayingHost,
  takeTurnAtOnce,
  VirtualMatch,
} from "../../net/simulation/virtual_match.ts";
import type { LinkFaults } from "../../net/transport/link_faults.ts";
import { createEndlessPong } from "../support/endless_pong.ts";
import { createRandom, SYSTEM } from "../support/simulation.ts";

/** How far the processes' starts lie apart, so that their looks at the clock aren't simultaneous. */
const JOIN_MS = 3;

/** Gives a session its turn and returns what it wants to have sent. */
export type TakeTurn = NonNullable<MatchHooks["takeTurn"]>;

/** The members and the network between them; plays only while `playTo` runs. */
export class BenchMatch {
  readonly #match: VirtualMatch;
  #takeTurn: TakeTurn = takeTurnAtOnce;

  constructor({ players, faults, input }: {
    readonly players: number;
    readonly faults: LinkFaults;
    /** What a player does at a tick; a bot decides if not given. */
    readonly input?: (tick: number) => number;
  }) {
    const slots = Array.from({ length: players }, (_, slot) => slot);
    const bots = slots.map((slot) =>
      createBot({ slot, skill: SKILLS[slot % SKILLS.length], seed: slot })
    );
    this.#match = new VirtualMatch({
      ...SYSTEM,
      random: createRandom(1),
      rules: { ...DEFAULT_RULES, players },
      network: { faults: () => faults },
      joinMs: slots.map((slot) => slot * JOIN_MS),
      session: () => ({ createGame: createEndlessPong }),
      hooks: {
        input: ({ slot, session: { play } }) =>
          play
            ? input?.(play.newestTick) ?? botInput(bots[slot], play.state)
            : 0,
        takeTurn: (...turn) => this.#takeTurn(...turn),
        onEvent(_, event) {
          if (event.kind !== "over") return;
          throw new Error(`The match ended: ${JSON.stringify(event.outcome)}`);
        },
      },
    });
  }

  get hosts(): readonly PlayingHost[] {
    return this.#match.hosts.filter(isPlaying);
  }

  /** Virtual time. */
  get nowMs(): number {
    return this.#match.nowMs;
  }

  /** Plays until every host has confirmed that tick. Throws when a session ends. */
  playTo(tick: number, takeTurn: TakeTurn = takeTurnAtOnce): void {
    this.#takeTurn = takeTurn;
    const { hosts } = this.#match;
    this.#match.play(
      Infinity,
      () =>
        hosts.every(({ session }) =>
          (session?.play?.confirmedTick ?? -1) >= tick
        ),
    );
  }
}
