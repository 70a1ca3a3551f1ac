/**
 * What goes wrong in one simulated match, drawn from its seed: links, processes, clocks, the lobby,
 * and faults placed at the very moment at which a member takes a step of the protocol, for random
 * timing hardly ever hits them.
 *
 * Each fault stands for itself, so that a failing history can be shrunk by leaving some out.
 *
 * @module
 */
import type { Bursts } from "../../net/simulation/way.ts";
import { createRandom } from "../support/simulation.ts";
import { type LyingPlan, STRATEGIES } from "../support/lying_member.ts";

/** Before this everybody starts undisturbed; the barrier has a simulation of its own. */
export const CALM_MS = 1500;
/** Unit of the schedule: a third of an "unstable" silence. */
const UNIT_MS = 50;
/** After the network is healed, so long until everybody must have learned its fate. */
const AFTERMATH_MS = 12_500;
const MINUTE_MS = 60_000;

/** Steps of the protocol at which a fault may be placed. */
const STEPS = [
  "attempted",
  "agreed",
  "committed",
  "claim",
  "returned",
] as const;
/** "ending": the game is about to end. */
export type Step = typeof STEPS[number] | "ending";

/** From when until when a fault lasts. */
interface Span {
  readonly atMs: number;
  readonly untilMs: number;
}

export type Fault =
  /** Packets from a slot of `from` to a slot of `to` (bits) are lost, or held until the end. */
  | Span & {
    readonly kind: "cut" | "hold";
    readonly from: number;
    readonly to: number;
  }
  /** The machine sleeps; what is sent to it meanwhile waits or, with its link down, is lost. */
  | Span & {
    readonly kind: "nap";
    readonly slot: number;
    readonly isClockRunning: boolean;
    /** How long its link takes to come back when it wakes up; 0: the link stays up. */
    readonly linkBackMs: number;
  }
  /** All hosts are stopped twice a second, as on a machine with too much to do. */
  | Span & { readonly kind: "stops" }
  /** The process dies; its seat is taken again `restartMs` later, or never. */
  | {
    readonly kind: "kill";
    readonly slot: number;
    readonly atMs: number;
    readonly restartMs: number;
  }
  /** The lobby is gone; it comes back with all that it knew, or with its key alone. */
  | Span & {
    readonly kind: "lobby down" | "lobby restarts";
    /** Packets go through it, too. */
    readonly isRelay: boolean;
  }
  /** Nothing gets through between the lobby and these slots (bits). */
  | Span & { readonly kind: "lobby cut off"; readonly slots: number }
  /** The clock of a slot jumps ahead, as after a correction. */
  | {
    readonly kind: "clock jump";
    readonly slot: number;
    readonly atMs: number;
    readonly byMs: number;
  }
  /** Something happens to whoever takes this step, up to `times` times. */
  | {
    readonly kind: "at step";
    readonly step: Step;
    readonly action: "kill" | "isolate" | "deafen" | "mute" | "pause";
    readonly times: number;
    readonly lastsMs: number;
    /** Slots that still get what the step's packet says. */
    readonly heardBy: number;
    readonly restartMs: number;
  };

/** A fault that strikes where a member takes a step. */
export type FaultAtStep = Extract<Fault, { kind: "at step" }>;

export interface FaultSchedule {
  readonly faults: readonly Fault[];
  /** When all but a lasting fault is over. */
  readonly healMs: number;
  readonly endMs: number;
  /** Tick at which the game ends; never, if `Infinity`. */
  readonly lastTick: number;
  readonly loss: number;
  readonly bursts: Bursts | undefined;
  /** Packets go over TCP. */
  readonly isOrdered: boolean;
  readonly duplication: number;
  readonly delayMaxMs: number;
  /** By slot: clock rate, and what the clock shows at first. */
  readonly clockRates: readonly number[];
  readonly clocksMs: readonly number[];
  /** A slot whose links stay broken for good, or -1. */
  readonly lastingSlot: number;
  /** Who lies, and how; nobody, if not given. */
  readonly liar?: LyingPlan;
}

/** What is drawn from one seed. */
class Dice {
  readonly players: number;
  readonly everybody: number;
  readonly random: () => number;

  constructor(seed: number, players: number) {
    this.players = players;
    this.everybody = (1 << players) - 1;
    this.random = createRandom(Math.imul(seed, 0x5bd1e995) + players);
  }

  int(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  chance(p: number): boolean {
    return this.random() < p;
  }

  units(low: number, high: number): number {
    return this.int(low, high) * UNIT_MS;
  }

  slot(): number {
    return this.int(0, this.players - 1);
  }

  /** Part of the time until `healMs`, mostly a short one. */
  span(healMs: number): Span {
    const atMs = CALM_MS + this.units(5, (healMs - CALM_MS) / UNIT_MS);
    const lastsMs = this.chance(0.3) ? this.units(1, 200) : this.units(1, 40);
    return { atMs, untilMs: Math.min(healMs, atMs + lastsMs) };
  }

  restartMs(): number {
    return this.chance(0.6) ? this.units(5, 80) : Infinity;
  }

  cut(from: number, to: number, span: Span): Fault {
    return { kind: this.chance(0.15) ? "hold" : "cut", from, to, ...span };
  }

  nap(slot: number, span: Span): Fault {
    const isClockRunning = this.chance(0.5);
    const linkBackMs = this.chance(0.5) ? 0 : this.units(1, 30);
    return { kind: "nap", slot, isClockRunning, linkBackMs, ...span };
  }
}

/** A match of some seconds in which everything may fail. */
export function drawSchedule(seed: number, players: number): FaultSchedule {
  const dice = new Dice(seed, players);
  // What strikes the end has to last for longer than the grace period.
  const isEndStruck = dice.chance(0.3);
  const healMs = CALM_MS + dice.units(isEndStruck ? 120 : 60, 200);
  const faults: Fault[] = [];
  for (let count = dice.int(0, 4); count > 0; count--) {
    faults.push(...drawFaults(dice, dice.span(healMs)));
  }
  const lastingSlot = dice.chance(0.12) ? dice.slot() : -1;
  if (lastingSlot >= 0) {
    const way = dice.int(1, 3);
    const { atMs } = dice.span(healMs);
    const lasting = { kind: "cut", atMs, untilMs: Infinity } as const;
    const [one, all] = [1 << lastingSlot, dice.everybody];
    if (way & 1) faults.push({ ...lasting, from: all, to: one });
    if (way & 2) faults.push({ ...lasting, from: one, to: all });
  }
  if (dice.chance(0.75)) {
    faults.push(drawAtStep(dice));
    // Somebody who is lost brings most steps about.
    if (players > 2 && dice.chance(0.5)) {
      faults.push(...drawLoss(dice, healMs));
    }
  }
  if (dice.chance(0.1)) faults.push({ kind: "stops", ...dice.span(healMs) });
  if (dice.chance(0.3)) faults.push(drawLobbyFault(dice, dice.span(healMs)));
  const units = (healMs - CALM_MS) / UNIT_MS;
  const endsAtMs = CALM_MS + dice.units(20, units + (isEndStruck ? -80 : 20));
  if (isEndStruck) {
    const lastsMs = dice.units(60, 120);
    const action = dice.chance(0.5) ? "mute" : "deafen";
    const ending = { step: "ending", action, times: 1, lastsMs } as const;
    faults.push({ ...drawAtStep(dice), ...ending });
  }
  return {
    ...{ faults, healMs, endMs: healMs + AFTERMATH_MS, lastingSlot },
    lastTick: isEndStruck || dice.chance(0.5)
      ? Math.round(endsAtMs * 0.06)
      : Infinity,
    ...drawConditions(dice),
  };
}

/** A match in which some sleep, for up to an hour. */
export function drawNaps(seed: number, players: number): FaultSchedule {
  const dice = new Dice(seed, players);
  const faults: Fault[] = [];
  const firstMs = CALM_MS + dice.units(5, 60);
  const lengthMs = drawNapMs(dice);
  const sleepers = dice.chance(0.8) ? 1 : dice.int(1, players - 1);
  const first = dice.slot();
  for (let i = 0; i < sleepers; i++) {
    const atMs = firstMs + dice.units(0, 20);
    const untilMs = atMs + lengthMs;
    faults.push(dice.nap((first + i) % players, { atMs, untilMs }));
  }
  const wokenMs = firstMs + lengthMs + dice.units(0, 60);
  for (let count = dice.int(0, 2); count > 0; count--) {
    const atMs = wokenMs - dice.units(0, 60);
    faults.push(...drawFaults(dice, { atMs, untilMs: wokenMs }));
  }
  const healMs = wokenMs + 2000;
  return {
    ...{ faults, healMs, endMs: healMs + AFTERMATH_MS, lastingSlot: -1 },
    lastTick: Infinity,
    ...drawConditions(dice),
  };
}

/** From a second to an hour; oftenest where a beat of 16 bits tells old from new wrongly. */
function drawNapMs(dice: Dice): number {
  const minutes = dice.chance(0.4)
    ? 9 + dice.random() * 10
    : dice.chance(0.25)
    ? 37 + dice.random() * 18
    : 60 ** dice.random() * 60 ** (dice.random() - 1);
  return minutes * MINUTE_MS;
}

function drawFaults(dice: Dice, span: Span): Fault[] {
  const { everybody, players } = dice;
  const { atMs } = span;
  const [one, other] = [1 << dice.slot(), 1 << dice.slot()];
  const cut = (from: number, to: number) => dice.cut(from, to, span);
  const maybeCut = (from: number, to: number) =>
    dice.chance(0.67) ? [cut(from, to)] : [];
  switch (dice.int(0, 8)) {
    case 0:
      return [cut(one, other)];
    case 1:
      return [cut(one, other), cut(other, one)];
    case 2:
      return [...maybeCut(everybody, one), ...maybeCut(one, everybody)];
    case 3: {
      const half = dice.int(1, everybody - 1);
      return [cut(half, everybody & ~half), cut(everybody & ~half, half)];
    }
    case 4:
      return [dice.nap(dice.slot(), span)];
    case 5: {
      const restartMs = dice.restartMs();
      return [{ kind: "kill", slot: dice.slot(), atMs, restartMs }];
    }
    case 6:
      return [cut(everybody, everybody)];
    case 7:
      return Array.from(
        { length: players },
        (_, s) => cut(1 << s, 1 << (s + 1) % players),
      );
    default: {
      const byMs = dice.units(1, 100);
      return [{ kind: "clock jump", slot: dice.slot(), atMs, byMs }];
    }
  }
}

/** One member lies; half of the times nothing else goes wrong than that packets are lost. */
export function drawLies(seed: number, players: number): FaultSchedule {
  const schedule = drawSchedule(seed, players);
  const dice = new Dice(seed ^ 0x11e5, players);
  const slot = dice.slot();
  return {
    ...schedule,
    ...(dice.chance(0.5) && {
      ...{ faults: [], lastingSlot: -1 },
      // With more, TCP falls silent for seconds by itself.
      loss: schedule.isOrdered ? schedule.loss / 4 : schedule.loss,
    }),
    liar: {
      slot,
      strategy: STRATEGIES[dice.int(0, STRATEGIES.length - 1)],
      fromMs: CALM_MS + dice.units(0, 20),
      to: dice.chance(0.5) ? dice.everybody : dice.int(1, dice.everybody),
    },
  };
}

/** A player whom nobody hears for long enough to be dropped. */
function drawLoss(dice: Dice, healMs: number): Fault[] {
  const { everybody } = dice;
  const one = 1 << dice.slot();
  const atMs = CALM_MS + dice.units(5, 40);
  const untilMs = Math.min(healMs, atMs + dice.units(20, 120));
  const span = { kind: "cut", atMs, untilMs } as const;
  return [
    { ...span, from: one, to: everybody },
    { ...span, from: everybody, to: one },
  ];
}

function drawAtStep(dice: Dice): FaultAtStep {
  const actions = ["kill", "isolate", "deafen", "mute", "pause"] as const;
  return {
    kind: "at step",
    // Half of the times a step after which somebody may know more than all others.
    step: STEPS[dice.chance(0.5) ? dice.int(1, 2) : dice.int(0, 4)],
    action: actions[dice.int(0, 4)],
    times: dice.int(1, 2),
    lastsMs: dice.units(3, 120),
    heardBy: dice.chance(0.7) ? dice.int(0, dice.everybody) : 0,
    restartMs: dice.restartMs(),
  };
}

function drawLobbyFault(dice: Dice, { atMs, untilMs }: Span): Fault {
  if (dice.chance(0.3)) {
    const slots = dice.int(1, dice.everybody);
    return { kind: "lobby cut off", slots, atMs, untilMs };
  }
  const isRelay = dice.chance(0.3);
  if (dice.chance(0.4)) {
    return { kind: "lobby restarts", isRelay, atMs, untilMs };
  }
  const isForGood = !isRelay && dice.chance(0.4);
  const backMs = isForGood ? Infinity : untilMs;
  return { kind: "lobby down", atMs, untilMs: backMs, isRelay };
}

function drawConditions(dice: Dice) {
  const isOrdered = dice.chance(0.2);
  // A tenth of the segments lost is as much as TCP bears.
  const lossMax = isOrdered ? 0.1 : 0.3;
  const clockRates = Array.from(
    { length: dice.players },
    () => 1 + (dice.random() - 0.5) / 1000,
  );
  if (dice.chance(0.15)) {
    const byPercent = 1 + dice.random() * 9;
    const sign = dice.chance(0.5) ? 1 : -1;
    clockRates[dice.slot()] = 1 + sign * byPercent / 100;
  }
  return {
    isOrdered,
    loss: dice.chance(0.3) ? 0 : dice.random() * lossMax,
    bursts: dice.chance(0.2)
      ? {
        meanPackets: dice.int(2, 30),
        share: 0.02 + dice.random() * 0.1,
        loss: 0.5 + dice.random() * 0.5,
      }
      : undefined,
    duplication: dice.random() * 0.1,
    delayMaxMs: dice.units(1, 4),
    clockRates,
    clocksMs: clockRates.map(() => dice.random() * 1e7),
  };
}
