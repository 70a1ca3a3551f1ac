/**
 * Whole matches of bots over a bad network, judged: one seed decides all.
 *
 * `simulate` judges nothing but what every match must hold: equal confirmed prefixes, equal to an
 * offline run of the same inputs, and an end.
 *
 * @module
 */
import { botInput, createBot, SKILLS } from "../../game/bot.ts";
import type { Rules } from "../../game/court.ts";
import { createPong } from "../../game/pong.ts";
import type { Game } from "../../game/rollback.ts";
import {
  createSeatTokens,
  SEAT_KEY_BYTES,
} from "../../net/lobby_server/seat_token.ts";
import type { NegativeControls } from "../../net/match/membership/negative_controls.ts";
import { sha256 } from "../../net/player/sha256.ts";
import { HostClock } from "../../net/simulation/host_clock.ts";
import {
  type PlayingHost,
  VirtualMatch,
} from "../../net/simulation/virtual_match.ts";
import type { LinkFaults } from "../../net/transport/link_faults.ts";

/** Longest match that a simulation waits for, in virtual ms: half an hour. */
const MATCH_MS_MAX = 30 * 60_000;

/** What a virtual match needs of this system. */
export const SYSTEM = {
  sha256,
  tokens: createSeatTokens(new Uint8Array(SEAT_KEY_BYTES)),
};

/** Everything that a seed decides; printed with a failing seed. */
export interface Scenario {
  readonly seed: number;
  readonly rules: Rules;
  readonly faults: LinkFaults;
  /** By slot: when its process is there, and begins to hear, in ms. */
  readonly joinMs: readonly number[];
  /** By slot: what its clock shows at first. */
  readonly clockMs: readonly number[];
}

export interface SimulationOptions {
  readonly controls?: NegativeControls;
  /** By slot: makes a host's game; for negative controls. */
  readonly createGame?: (slot: number, rules: Rules, seed: number) => Game;
  /** By slot: the rules that a host believes in, where they are not the scenario's. */
  readonly terms?: (slot: number, rules: Rules) => Rules;
  /** By slot: how fast its clock runs; 1 is right. */
  readonly clockRate?: (slot: number) => number;
  /** Stops after so much virtual time, whether the match is over or not. */
  readonly untilMs?: number;
  readonly isCut?: (from: number, to: number, nowMs: number) => boolean;
  /** Whether a host's transport says that its link works. */
  readonly isLinkUp?: (nowMs: number) => boolean;
}

/** One host's view of a match, as it unfolded. */
export interface SimulatedHost extends PlayingHost {
  /** Hash of each confirmed state, by tick; of what it missed while it was out there is none. */
  readonly hashes: number[];
  hasReturned: boolean;
  /** Confirmed inputs: one array of all slots for each tick. */
  readonly inputs: number[][];
  /** What was said of others' links, and when. */
  readonly states: {
    readonly slot: number;
    readonly state: string;
    readonly atMs: number;
  }[];
  seed: number | undefined;
  startedMs: number | undefined;
}

export interface SimulationResult {
  readonly hosts: readonly SimulatedHost[];
  /** What must never happen, in words; empty where all is well. */
  readonly failures: readonly string[];
  readonly virtualMs: number;
}

/** A small generator for scenarios and networks (mulberry32 by T. Ettinger); returns 0…1. */
export function createRandom(seed: number): () => number {
  let a = Math.imul(seed, 0x9e3779b1) | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Draws a scenario: network of 0–200 ms, jitter 0–50 ms, loss 0–20 %, duplicates, reordering. */
export function createScenario(seed: number, players?: number): Scenario {
  const random = createRandom(seed);
  const count = players ?? 2 + (seed % 3);
  const slots = Array.from({ length: count }, (_, slot) => slot);
  return {
    seed,
    rules: {
      players: count,
      points: 1 + Math.floor(random() * 3),
      lives: 1 + Math.floor(random() * 2),
    },
    faults: {
      delayMs: random() * 200,
      jitterMs: random() * 50,
      loss: random() < 0.2 ? 0 : random() * 0.2,
      duplication: random() * 0.2,
      reordering: random() * 0.2,
    },
    joinMs: slots.map(() => random() < 0.3 ? random() * 3000 : 0),
    clockMs: slots.map(() => random() * 1e7),
  };
}

/** Plays the scenario to its end. */
export function simulate(
  scenario: Scenario,
  options: SimulationOptions = {},
): SimulationResult {
  const { rules, faults, seed, joinMs, clockMs } = scenario;
  const { controls = {}, createGame, isLinkUp, isCut } = options;
  const random = createRandom(seed ^ 0x5eed);
  const hosts: SimulatedHost[] = [];
  const bots = clockMs.map((_, slot) => {
    const skill = SKILLS[Math.floor(random() * SKILLS.length)];
    return createBot({ slot, skill, seed: seed * 4 + slot });
  });
  const match: VirtualMatch = new VirtualMatch({
    ...{ ...SYSTEM, rules, random, joinMs },
    network: { faults: () => faults, ...(isCut && { isCut }) },
    clocks: clockMs.map((showsMs, slot) =>
      new HostClock({ showsMs, rate: options.clockRate?.(slot) ?? 1 })
    ),
    session: (slot) => ({
      controls,
      rules: options.terms?.(slot, rules) ?? rules,
      ...(createGame && { createGame: (...game) => createGame(slot, ...game) }),
    }),
    hooks: {
      // The host itself goes on being one.
      onBegin: (host) =>
        hosts[host.slot] = Object.assign(host, {
          ...{ hashes: [], inputs: [], states: [], hasReturned: false },
          ...{ seed: undefined, startedMs: undefined },
        }),
      onTime: ({ transport }) => {
        const up = isLinkUp?.(match.nowMs) ?? true;
        if (transport) transport.link = { up, detail: "" };
      },
      input: ({ slot, session: { play } }) =>
        play ? botInput(bots[slot], play.state) : 0,
      onEvent({ slot }, event) {
        const host = hosts[slot];
        if (event.kind === "started") {
          host.seed = event.seed;
          host.startedMs = match.nowMs;
        } else if (event.kind === "returned") {
          host.hasReturned = true;
          host.hashes.length = Math.min(host.hashes.length, event.keptTick + 1);
          host.hashes.length = host.session.play?.confirmedTick ?? 0;
        } else if (event.kind === "peer") {
          const { slot, state } = event;
          host.states.push({ slot, state, atMs: match.nowMs });
        }
      },
      onTurn: ({ slot }) => record(hosts[slot]),
    },
  });
  match.play(options.untilMs ?? MATCH_MS_MAX);
  const present = hosts.filter((host) => host !== undefined);
  const isToEnd = options.untilMs === undefined;
  return {
    hosts: present,
    failures: [...judge(present, rules, isToEnd)],
    virtualMs: match.nowMs,
  };
}

function record({ session: { play }, hashes, inputs }: SimulatedHost): void {
  if (!play) return;
  while (hashes.length <= play.confirmedTick) {
    const tick = hashes.length;
    // A confirmed tick is looked at long before it leaves the history.
    hashes.push(play.hashAt(tick) ?? -1);
    if (tick > 0) {
      inputs.push([0, 1, 2, 3].map((slot) => play.inputAt(slot, tick - 1)));
    }
  }
}

/** Yields what must never happen and did, in words. */
function* judge(
  hosts: readonly SimulatedHost[],
  rules: Rules,
  isToEnd: boolean,
): Generator<string> {
  const longest = hosts.filter(({ hasReturned }) => !hasReturned)
    .reduce((a, b) => a.hashes.length >= b.hashes.length ? a : b);
  const seeds = new Set(hosts.map(({ seed }) => seed));
  if (seeds.size !== 1) yield "seeds differ, or not all have begun";
  const reference = replay(longest, rules);
  for (const { slot, hashes, session: { outcome, stats, play } } of hosts) {
    const at = hashes.findIndex((hash, tick) =>
      hash !== undefined && hash !== reference[tick]
    );
    if (at >= 0) yield `slot ${slot} differs at tick ${at}`;
    const reason = outcome?.reason ?? "no end";
    if (isToEnd && reason !== "finished") yield `slot ${slot}: ${reason}`;
    if (outcome?.winner !== hosts[0].session.outcome?.winner) {
      yield `slot ${slot} sees winner ${outcome?.winner}`;
    }
    const { rejected } = stats;
    if (rejected > 0) yield `slot ${slot} rejected ${rejected} packets`;
    if (play && play.conflicts > 0) yield `slot ${slot} saw an input change`;
  }
}

/** Plays a host's confirmed inputs again, offline; returns the hash of each state. */
function replay({ seed, inputs }: SimulatedHost, rules: Rules): number[] {
  if (seed === undefined) return [];
  const game = createPong(rules, seed);
  const state = game.initial.slice();
  return [
    game.hash(state),
    ...inputs.map((ofTick) => {
      game.step(state, Int8Array.from(ofTick), 0);
      return game.hash(state);
    }),
  ];
}
