/**
 * What goes wrong in one simulated match, drawn from its seed: links, processes, the witness, and
 * faults placed at the very moment at which a member takes a step of the protocol, for random
 * timing hardly ever hits them.
 *
 * Each fault stands for itself, so that a failing history can be shrunk by leaving some out.
 *
 * @module
 */
import { createRandom } from "../support/simulation.ts";

/** Before this everybody starts undisturbed; the barrier has a simulation of its own. */
export const CALM_MS = 1500;
/** Unit of the schedule: a third of an "unstable" silence. */
const UNIT_MS = 50;
/** After the network is healed, so long until everybody must have learned its fate. */
const AFTERMATH_MS = 12_500;

/** A step of the protocol at which a fault may be placed. */
export const STEPS = [
  "attempted",
  "agreed",
  "committed",
  "claim",
  "returned",
] as const;
export type Step = typeof STEPS[number];

export type Fault =
  /** Packets from a slot of `from` to a slot of `to` (bits) are lost, or held until the end. */
  | {
    readonly kind: "cut" | "hold";
    readonly from: number;
    readonly to: number;
    readonly atMs: number;
    readonly untilMs: number;
  }
  | {
    readonly kind: "pause";
    readonly slot: number;
    readonly atMs: number;
    readonly untilMs: number;
  }
  /** The process dies; its seat is taken again `restartMs` later, or never. */
  | {
    readonly kind: "kill";
    readonly slot: number;
    readonly atMs: number;
    readonly restartMs: number;
  }
  | {
    readonly kind: "witness down" | "witness forgets";
    readonly atMs: number;
    readonly untilMs: number;
  }
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

export interface FaultSchedule {
  readonly faults: readonly Fault[];
  /** When all but a lasting fault is over. */
  readonly healMs: number;
  readonly endMs: number;
  /** Tick at which the game ends; never, if `Infinity`. */
  readonly lastTick: number;
  readonly loss: number;
  readonly duplication: number;
  readonly delayMaxMs: number;
  /** By slot: clock rate, 1 ± 500 ppm, and what the clock shows at first. */
  readonly clockRates: readonly number[];
  readonly clocksMs: readonly number[];
  /** A slot whose links stay broken for good, or -1. */
  readonly lastingSlot: number;
}

export function drawSchedule(seed: number, players: number): FaultSchedule {
  const random = createRandom(Math.imul(seed, 0x2545f491) + players);
  const int = (low: number, high: number) =>
    low + Math.floor(random() * (high - low + 1));
  const chance = (p: number) => random() < p;
  const everybody = (1 << players) - 1;
  const healMs = CALM_MS + int(60, 200) * UNIT_MS;
  const faults: Fault[] = [];
  const slot = () => int(0, players - 1);
  const span = () => {
    const atMs = CALM_MS + int(5, (healMs - CALM_MS) / UNIT_MS) * UNIT_MS;
    const units = chance(0.3) ? int(1, 200) : int(1, 40);
    return { atMs, untilMs: Math.min(healMs, atMs + units * UNIT_MS) };
  };
  const cut = (from: number, to: number, { atMs, untilMs } = span()) => {
    const kind = chance(0.15) ? "hold" : "cut";
    faults.push({ kind, from, to, atMs, untilMs });
  };
  for (let count = int(0, 4); count > 0; count--) {
    const [one, other] = [1 << slot(), 1 << slot()];
    const during = span();
    switch (int(0, 8)) {
      case 0:
        cut(one, other, during);
        break;
      case 1:
        cut(one, other, during);
        cut(other, one, during);
        break;
      case 2:
        if (chance(0.67)) cut(everybody, one, during);
        if (chance(0.67)) cut(one, everybody, during);
        break;
      case 3: {
        const half = int(1, everybody - 1);
        cut(half, everybody & ~half, during);
        cut(everybody & ~half, half, during);
        break;
      }
      case 4:
        faults.push({ kind: "pause", slot: slot(), ...during });
        break;
      case 5:
        faults.push({
          kind: "kill",
          slot: slot(),
          atMs: during.atMs,
          restartMs: chance(0.6) ? int(5, 80) * UNIT_MS : Infinity,
        });
        break;
      case 6:
        cut(everybody, everybody, during);
        break;
      case 7:
        for (let s = 0; s < players; s++) {
          cut(1 << s, 1 << (s + 1) % players, during);
        }
        break;
      case 8:
        faults.push({
          kind: "clock jump",
          slot: slot(),
          atMs: during.atMs,
          byMs: int(1, 100) * UNIT_MS,
        });
        break;
    }
  }
  let lastingSlot = -1;
  if (chance(0.12)) {
    lastingSlot = slot();
    const atMs = span().atMs;
    const way = int(1, 3);
    const lasting = { kind: "cut", atMs, untilMs: Infinity } as const;
    const one = 1 << lastingSlot;
    if (way & 1) faults.push({ ...lasting, from: everybody, to: one });
    if (way & 2) faults.push({ ...lasting, from: one, to: everybody });
  }
  if (chance(0.6)) {
    const actions = ["kill", "isolate", "deafen", "mute", "pause"] as const;
    faults.push({
      kind: "at step",
      step: STEPS[int(0, STEPS.length - 1)],
      action: actions[int(0, actions.length - 1)],
      times: int(1, 2),
      lastsMs: int(3, 80) * UNIT_MS,
      heardBy: chance(0.5) ? int(0, everybody) : 0,
      restartMs: chance(0.6) ? int(5, 80) * UNIT_MS : Infinity,
    });
  }
  if (chance(0.3)) {
    const { atMs, untilMs } = span();
    const forGood = chance(0.4);
    faults.push({
      kind: "witness down",
      atMs,
      untilMs: forGood ? Infinity : untilMs,
    });
  }
  const endsAtMs = CALM_MS +
    int(20, (healMs - CALM_MS) / UNIT_MS + 20) * UNIT_MS;
  return {
    faults,
    healMs,
    endMs: healMs + AFTERMATH_MS,
    lastTick: chance(0.5) ? Math.round(endsAtMs * 0.06) : Infinity,
    loss: chance(0.3) ? 0 : random() * 0.3,
    duplication: random() * 0.1,
    delayMaxMs: int(1, 4) * UNIT_MS,
    clockRates: Array.from(
      { length: players },
      () => 1 + (random() - 0.5) / 1000,
    ),
    clocksMs: Array.from({ length: players }, () => random() * 1e7),
    lastingSlot,
  };
}
