/**
 * A match without an end between real sessions, over a simulated network in virtual time.
 *
 * Unlike a simulation for tests it keeps no history and judges little, so that what is measured is
 * the sessions. Whoever drives it says how a session takes its turn, and may look at the clock there.
 *
 * @module
 */
import { type Bot, botInput, createBot, SKILLS } from "../../game/bot.ts";
import { DEFAULT_RULES, type Rules } from "../../game/court.ts";
import { createPong } from "../../game/pong.ts";
import type { Game } from "../../game/rollback.ts";
import { SCORE, TARGET } from "../../game/state.ts";
import { Session } from "../../net/match/session.ts";
import type { Received } from "../../net/match/transport.ts";
import { SECRET_BYTES } from "../../net/match/wire/wire.ts";
import { sha256 } from "../../net/player/sha256.ts";
import {
  SimulatedNetwork,
  type SimulatedTransport,
} from "../../net/simulation/simulated.ts";
import type { LinkFaults } from "../../net/transport/link_faults.ts";
import { createRandom } from "../support/simulation.ts";

/** More points than are made in years. */
const ENDLESS = 1_000_000_000;

/** How far the processes' starts lie apart, so that their looks at the clock aren't simultaneous. */
const JOIN_MS = 3;

/** Who plays, over what; the seed decides all chance. */
export interface BenchMatchOptions {
  readonly players: number;
  readonly faults: LinkFaults;
  readonly seed: number;
  /** What a player does at a tick; a bot decides if not given. */
  readonly input?: (tick: number) => number;
}

/** One member of the match. */
export interface BenchHost {
  readonly session: Session;
  readonly transport: SimulatedTransport;
  readonly bot: Bot;
  /** When its turn is, in virtual ms. */
  dueMs: number;
}

/** All that a session gets for one turn. */
export interface Turn {
  readonly arrived: readonly Received[];
  readonly nowMs: number;
  readonly input: number;
}

/** Gives a session its turn and returns what it wants to have sent. */
export type TakeTurn = (
  session: Session,
  turn: Turn,
) => readonly Uint8Array[];

/** Pong in which nobody ever wins. */
export function createEndlessPong(rules: Rules, seed: number): Game {
  const game = createPong(rules, seed);
  const { initial } = game;
  initial[TARGET] = ENDLESS;
  if (rules.players > 2) {
    initial.fill(ENDLESS, SCORE, SCORE + rules.players);
  }
  return game;
}

/** The members and the network between them; plays only while `playTo` runs. */
export class BenchMatch {
  readonly hosts: readonly BenchHost[];
  readonly #network: SimulatedNetwork;
  readonly #input: BenchMatchOptions["input"];

  constructor({ players, faults, seed, input }: BenchMatchOptions) {
    this.#input = input;
    const random = createRandom(seed);
    this.#network = new SimulatedNetwork({ random, faults: () => faults });
    const slots = Array.from({ length: players }, (_, slot) => slot);
    this.hosts = slots.map((slot) => ({
      session: new Session({
        slot,
        rules: { ...DEFAULT_RULES, players },
        match: "bench",
        epochs: slots.map(() => 0),
        sha256,
        secret: Uint8Array.from({ length: SECRET_BYTES }, () => random() * 256),
        nowMs: slot * JOIN_MS,
        createGame: createEndlessPong,
      }),
      transport: this.#network.open({ slot, epoch: 0 }),
      bot: createBot({ slot, skill: SKILLS[slot % SKILLS.length], seed: slot }),
      dueMs: slot * JOIN_MS,
    }));
  }

  /** Virtual time. */
  get nowMs(): number {
    return this.#network.nowMs;
  }

  /** Plays until every host has confirmed that tick. Throws when a session ends. */
  playTo(tick: number, takeTurn: TakeTurn = takeTurnAtOnce): void {
    const isBehind = ({ session }: BenchHost) =>
      (session.play?.confirmedTick ?? -1) < tick;
    while (this.hosts.some(isBehind)) this.#turn(takeTurn);
  }

  #turn(takeTurn: TakeTurn): void {
    const host = this.hosts.reduce((a, b) => a.dueMs <= b.dueMs ? a : b);
    const { session, transport } = host;
    const nowMs = host.dueMs;
    this.#network.nowMs = nowMs;
    const arrived = transport.receive();
    const input = this.#inputOf(host);
    const packets = takeTurn(session, { arrived, nowMs, input });
    for (const packet of packets) transport.send(packet);
    session.takeEvents();
    const { outcome } = session;
    if (outcome) {
      throw new Error(`The match ended: ${outcome.reason}. ${outcome.message}`);
    }
    // The same moment again would be a turn in which nothing is due.
    host.dueMs = Math.max(session.nextTickMs, nowMs + 0.01);
  }

  #inputOf({ session: { play }, bot }: BenchHost): number {
    if (!play) return 0;
    return this.#input?.(play.newestTick) ?? botInput(bot, play.state);
  }
}

/** Takes a turn as the match loop does. */
function takeTurnAtOnce(
  session: Session,
  { arrived, nowMs, input }: Turn,
): readonly Uint8Array[] {
  for (const received of arrived) session.receive(received);
  return session.advance(nowMs, input);
}
