/**
 * Matches in virtual time while everything fails: real sessions, membership and rollback, the real
 * lobby as witness, a simulated network, all decided by one seed.
 *
 * Two phases: in the first, faults, and what must never happen is checked all the time; then the
 * network heals, and everybody must go on or learn how the match ended. Who makes the faults knows
 * nothing of who judges.
 *
 * @module
 */
import type { NegativeControls } from "../../net/match/membership/negative_controls.ts";
import type { Timers } from "../../net/match/membership/timers.ts";
import { HostClock } from "../../net/simulation/host_clock.ts";
import {
  isPlaying,
  takeTurnAtOnce,
  VirtualMatch,
} from "../../net/simulation/virtual_match.ts";
import { createRandom, SYSTEM } from "../support/simulation.ts";
import { Judge } from "./fault_judge.ts";
import { Nemesis } from "./fault_nemesis.ts";
import { type FaultWorld, Notes } from "./fault_notes.ts";
import {
  drawLies,
  drawNaps,
  drawSchedule,
  type FaultSchedule,
} from "./fault_schedule.ts";
import { LyingMember } from "../support/lying_member.ts";
import { createStandIn } from "./stand_in.ts";

/** Shorter than a match's, in the same order, so that more happens in less time. */
const TIMERS: Timers = {
  ...{ unstableMs: 200, suspectMs: 600, graceMs: 3000, lostMs: 5000 },
};
/** In proportion to them. */
const LOBBY = { silenceMs: 1000, goneMs: 800, lingerMs: 2000 };

/** What is drawn: everything within seconds, naps of up to an hour, or a member that lies, too. */
const DRAWS = {
  ...{ faults: drawSchedule, naps: drawNaps, lies: drawLies },
} as const;
export type FaultKind = keyof typeof DRAWS;

export interface FaultSimulationOptions {
  readonly seed: number;
  readonly players: number;
  /** Faults, if not given. */
  readonly kind?: FaultKind;
  readonly controls?: NegativeControls;
  /** A witness that forgets its grants once somebody has won: a negative control. */
  readonly isWitnessForgetful?: boolean;
  /** Packets that wait for one who sleeps aren't bounded: a negative control. */
  readonly isInboxUnbounded?: boolean;
  /** Faults to leave out, by their place in the schedule. */
  readonly without?: ReadonlySet<number>;
  readonly isTraced?: boolean;
}

export interface FaultSimulationResult {
  readonly schedule: FaultSchedule;
  /** What must never happen and did, each kind once: "kind: details". */
  readonly violations: readonly string[];
  readonly counters: Readonly<Record<string, number>>;
  readonly trace: readonly string[];
}

/** Plays one history. */
export function simulateFaults(
  options: FaultSimulationOptions,
): FaultSimulationResult {
  const { seed, players, kind = "faults", without, controls = {} } = options;
  const schedule = DRAWS[kind](seed, players);
  const { clocksMs, clockRates, lastTick, healMs, endMs } = schedule;
  const faults = schedule.faults.filter((_, i) => !without?.has(i));
  const random = createRandom(seed ^ 0x7e57);
  const notes = new Notes(() => match.nowMs, options.isTraced ?? false);
  const world: FaultWorld = { schedule, match: () => match, notes };
  const nemesis = new Nemesis(world, faults, random);
  const judge = new Judge(world, players, TIMERS);
  const liar = schedule.liar && new LyingMember(schedule.liar, players, random);
  const isLiar = (slot: number) => slot === liar?.plan.slot;
  if (liar) notes.count(liar.plan.strategy);
  const match: VirtualMatch = new VirtualMatch({
    ...SYSTEM,
    random,
    rules: { players, points: 9, lives: 9 },
    graceMs: TIMERS.graceMs,
    network: {
      waitingMax: options.isInboxUnbounded ? Infinity : undefined,
      faults: () => nemesis.ways(),
      isCut: (from, to, nowMs) =>
        nemesis.isCut(from, to, nowMs) ||
        (isLiar(from) && liar?.isUnheard(to) === true),
      heldUntilMs: (from, to, nowMs) => nemesis.heldUntilMs(from, to, nowMs),
    },
    lobby: { ...LOBBY, wayMs: (nowMs) => nemesis.lobbyWayMs(nowMs) },
    clocks: clocksMs.map((showsMs, slot) =>
      new HostClock({ showsMs, rate: clockRates[slot] })
    ),
    session: () => ({
      timers: TIMERS,
      createGame: (_, gameSeed) => createStandIn(players, gameSeed, lastTick),
      controls,
    }),
    hooks: {
      onTime: (host) => nemesis.onTime(host),
      onBegin: (host) => judge.onBegin(host),
      input: () => Math.floor(random() * 9) * 30 - 120,
      ...(liar && {
        takeTurn: (session, turn) => {
          const packets = takeTurnAtOnce(session, turn);
          const host = match.hosts[liar.plan.slot];
          const isItsTurn = isPlaying(host) && host.session === session;
          return isItsTurn ? liar.say(packets, host, match.nowMs) : packets;
        },
      }),
      onEvent(host, event) {
        judge.onEvent(host, event);
        nemesis.onEvent(host, event);
      },
      onSend(host, packet) {
        judge.onSend(host, packet);
        if (isLiar(host.slot)) liar?.onSend();
        nemesis.onSend(host, packet);
      },
      onTurn(host) {
        judge.onTurn(host);
        nemesis.onTurn(host);
      },
    },
  });
  if (options.isWitnessForgetful) {
    const hasSomebodyWon = () =>
      match.hosts.some(({ session }) =>
        (session?.outcome?.winner ?? null) !== null
      );
    match.play(healMs, () => judge.hasFailed || hasSomebodyWon());
    match.lobby.forgetGrants();
  }
  match.play(endMs, () => judge.hasFailed || judge.isSettled);
  if (!judge.hasFailed) judge.judgeEnd(liar);
  const { violations } = judge;
  return { schedule, violations, ...notes };
}
