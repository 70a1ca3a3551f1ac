/**
 * Makes happen what a schedule of faults says: cuts ways, stops machines, kills processes, sets
 * clocks, takes the lobby away, and strikes where a member takes a step of the protocol.
 *
 * @module
 */
import { PACKET_BYTES_MAX } from "../../net/match/transport.ts";
import type { SessionEvent } from "../../net/match/session_event.ts";
import { has } from "../../net/match/wire/slot_set.ts";
import type {
  PlayingHost,
  VirtualHost,
  VirtualMatch,
} from "../../net/simulation/virtual_match.ts";
import type { WayFaults } from "../../net/simulation/way.ts";
import type { FaultWorld, Notes } from "./fault_notes.ts";
import {
  CALM_MS,
  type Fault,
  type FaultAtStep,
  type FaultSchedule,
  type Step,
} from "./fault_schedule.ts";

/** Each of the four slots, as bits. */
const EVERYBODY = 15;
/** Hosts that are stopped: how often, and for how long. */
const STOP_EVERY_MS = 500;
const STOP_MS = { min: 50, max: 200 };
/** So many ticks before its end a game is about to end; one turn of so many is struck then. */
const ENDING = { ticks: 24, turns: 6 };
/** How many of all packets are followed by one that is none. */
const GARBAGE_RATE = 0.01;

/** What happens to packets before the faults begin: nearly nothing. */
const CALM: WayFaults = {
  ...{ delayMs: 10, jitterMs: 5, loss: 0, duplication: 0, reordering: 0.02 },
};

/** Packets from some slots to others (bits) are lost or, with `isHeld`, come at the end. */
interface Obstacle {
  readonly from: number;
  readonly to: number;
  readonly atMs: number;
  readonly untilMs: number;
  readonly isHeld: boolean;
}

/** The faults of one match; its methods are called by the match's hooks and its network. */
export class Nemesis {
  readonly #schedule: FaultSchedule;
  readonly #match: () => VirtualMatch;
  readonly #random: () => number;
  readonly #notes: Notes;
  /** What happens to packets while faults last, and after. */
  readonly #bad: WayFaults;
  readonly #healed: WayFaults;
  readonly #atStep: { readonly fault: FaultAtStep; times: number }[];
  readonly #obstacles: Obstacle[];
  /** By sender: to whom nothing gets through now; and when that may change. */
  readonly #cutTo = new Uint8Array(4);
  #cutsChangeMs = 0;
  /** What is due at a moment, the next one last. */
  readonly #due: { readonly atMs: number; readonly act: () => void }[] = [];
  /** What strikes the host whose turn it is, once the turn is over. */
  #strike: (() => void) | undefined;
  /** By slot: when it is stopped next, and until when that goes on. */
  readonly #stopsMs: number[] = [];
  #stopsUntilMs = -Infinity;

  /** `faults` are those of the schedule that happen. */
  constructor(
    { schedule, match, notes }: FaultWorld,
    faults: readonly Fault[],
    random: () => number,
  ) {
    this.#schedule = schedule;
    this.#match = match;
    this.#random = random;
    this.#notes = notes;
    this.#atStep = faults.filter((fault) => fault.kind === "at step")
      .map((fault) => ({ fault, times: fault.times }));
    for (const fault of faults) {
      if (fault.kind === "at step") continue;
      this.#at(fault.atMs, () => this.#begin(fault));
    }
    this.#obstacles = faults.flatMap(obstaclesOf);
    const { loss, duplication, delayMaxMs, bursts, isOrdered } = schedule;
    const jitterMs = delayMaxMs - CALM.delayMs;
    const bad = { jitterMs, loss, duplication, bursts, isOrdered };
    this.#bad = { ...CALM, ...bad };
    if (bursts) notes.count("bursts");
    if (isOrdered) notes.count("over TCP");
    if (schedule.clockRates.some((rate) => Math.abs(rate - 1) >= 0.01)) {
      notes.count("clock off");
    }
    this.#healed = { ...this.#bad, loss: loss / 5, bursts: undefined };
  }

  /** What happens to packets by themselves, now. */
  ways(): WayFaults {
    const nowMs = this.#nowMs;
    if (nowMs < CALM_MS) return CALM;
    return nowMs < this.#schedule.healMs ? this.#bad : this.#healed;
  }

  isCut(from: number, to: number, nowMs: number): boolean {
    if (nowMs >= this.#cutsChangeMs) this.#setCuts(nowMs);
    return has(this.#cutTo[from], to);
  }

  heldUntilMs(from: number, to: number, nowMs: number): number {
    let latestMs = 0;
    for (const it of this.#obstacles) {
      const isMet = it.isHeld && nowMs >= it.atMs && nowMs < it.untilMs &&
        has(it.from, from) && has(it.to, to);
      if (isMet) latestMs = Math.max(latestMs, it.untilMs);
    }
    return latestMs;
  }

  /** Draws how long a line is under way to the lobby, or from it. */
  lobbyWayMs(nowMs: number): number {
    const isCalm = nowMs < CALM_MS;
    return isCalm ? 1 : this.#random() * this.#schedule.delayMaxMs;
  }

  /** It is a host's turn: everything that is due by now happens. */
  onTime(host: VirtualHost): void {
    const nowMs = this.#nowMs;
    for (const due = this.#due; (due.at(-1)?.atMs ?? Infinity) <= nowMs;) {
      due.pop()?.act();
    }
    if (nowMs < this.#stopsUntilMs) this.#stopNowAndThen(host, nowMs);
  }

  /** Half of the members that take a step are struck, once their turn is over. */
  onEvent(host: PlayingHost, event: SessionEvent): void {
    const step = stepOf(event);
    if (step) this.#meet(host, step);
  }

  /** Now and then a packet is followed by one that is none. */
  onSend({ transport }: PlayingHost, packet: Uint8Array): void {
    if (this.#random() >= GARBAGE_RATE) return;
    const random = this.#random;
    const below = (bound: number) => 1 + Math.floor(random() * bound);
    transport.send(
      random() < 0.5 && packet.length < PACKET_BYTES_MAX
        ? packet.slice(0, below(packet.length - 1))
        : Uint8Array.from({ length: below(60) }, () => random() * 256),
    );
  }

  /** A host's turn is over: it may be the moment to strike. */
  onTurn(host: PlayingHost): void {
    const { confirmedTick = 0 } = host.session.play ?? {};
    const restTicks = this.#schedule.lastTick - confirmedTick;
    const isChosen = restTicks <= ENDING.ticks &&
      this.#random() < 1 / ENDING.turns;
    if (isChosen) this.#meet(host, "ending");
    const strike = this.#strike;
    this.#strike = undefined;
    strike?.();
  }

  get #nowMs(): number {
    return this.#match().nowMs;
  }

  /** Decides whether a host is struck that takes a step in this turn. */
  #meet(host: PlayingHost, step: Step): void {
    const { healMs } = this.#schedule;
    if (this.#strike || this.#nowMs >= healMs) return;
    for (const chosen of this.#atStep) {
      const { fault } = chosen;
      if (fault.step !== step || chosen.times <= 0) continue;
      if (this.#random() < 0.5) continue;
      chosen.times--;
      this.#notes.count(`hit ${step}`);
      this.#notes.say(() => `slot ${host.slot}: ${fault.action} at ${step}`);
      const one = 1 << host.slot;
      // What this turn sends is heard by some, if at all.
      this.#obstruct({ from: one, to: EVERYBODY & ~fault.heardBy }, 0);
      this.#strike = () => this.#actAtStep(host, fault);
      return;
    }
  }

  #begin(fault: Exclude<Fault, FaultAtStep>): void {
    const match = this.#match();
    const { lobby } = match;
    this.#notes.count(fault.kind);
    this.#notes.say(() => `fault ${JSON.stringify(fault)}`);
    switch (fault.kind) {
      case "cut":
      case "hold":
        break; // The network asks.
      case "nap":
        this.#sleep(match.hosts[fault.slot], fault);
        break;
      case "stops":
        this.#stopsUntilMs = Math.max(this.#stopsUntilMs, fault.untilMs);
        break;
      case "kill":
        this.#kill(match.hosts[fault.slot], fault.restartMs);
        break;
      case "clock jump":
        match.hosts[fault.slot].clock.jump(fault.byMs);
        break;
      case "lobby down":
      case "lobby restarts":
        if (fault.kind === "lobby restarts") lobby.restart();
        lobby.isUp = false;
        this.#at(fault.untilMs, () => lobby.isUp = true);
        break;
      case "lobby cut off":
        lobby.cutOff |= fault.slots;
        this.#at(fault.untilMs, () => {
          lobby.cutOff &= ~fault.slots;
          if (!lobby.knowsMatch) this.#notes.count("lobby forgot");
        });
    }
  }

  #sleep(
    host: VirtualHost,
    { untilMs, isClockRunning, linkBackMs }: Extract<Fault, { kind: "nap" }>,
  ): void {
    const lengthMs = untilMs - this.#nowMs;
    this.#match().sleep(host, untilMs);
    this.#at(untilMs, () => {
      // Unless it was killed, or sleeps on for another reason.
      const isWaking = host.asleepUntilMs === untilMs;
      if (isClockRunning || !isWaking) return;
      host.clock.jump(-lengthMs * host.clock.rate);
    });
    if (linkBackMs === 0 || !host.transport) return;
    const { transport } = host;
    transport.link = { up: false, detail: "The machine slept." };
    this.#at(untilMs + linkBackMs, () => {
      transport.link = { up: true, detail: "" };
    });
  }

  #stopNowAndThen(host: VirtualHost, nowMs: number): void {
    const atMs = this.#stopsMs[host.slot] ??= nowMs +
      this.#random() * STOP_EVERY_MS;
    if (nowMs < atMs) return;
    const { min, max } = STOP_MS;
    const untilMs = nowMs + min + this.#random() * (max - min);
    this.#notes.count("stopped");
    this.#match().sleep(host, untilMs);
    this.#stopsMs[host.slot] = untilMs + this.#random() * 2 * STOP_EVERY_MS;
  }

  #actAtStep(host: PlayingHost, fault: FaultAtStep): void {
    const { action, lastsMs, restartMs } = fault;
    const one = 1 << host.slot;
    if (action === "kill") return this.#kill(host, restartMs);
    if (action === "pause") {
      const untilMs = Math.min(this.#schedule.healMs, this.#nowMs + lastsMs);
      return this.#match().sleep(host, untilMs);
    }
    if (action !== "deafen") {
      this.#obstruct({ from: one, to: EVERYBODY }, lastsMs);
    }
    if (action !== "mute") {
      this.#obstruct({ from: EVERYBODY, to: one }, lastsMs);
    }
  }

  #kill(host: VirtualHost, restartMs: number): void {
    if (host.status !== "playing" || host.session?.outcome) return;
    const match = this.#match();
    const atMs = this.#nowMs + restartMs;
    this.#notes.count("kills");
    this.#notes.say(() => `slot ${host.slot}: killed`);
    match.kill(host);
    if (atMs > this.#schedule.healMs + 1000) return;
    match.restart(host, atMs);
    // Another process: another clock.
    host.clock.jump(1e6);
  }

  #obstruct(
    { from, to }: Pick<Obstacle, "from" | "to">,
    lastsMs: number,
  ): void {
    const atMs = this.#nowMs;
    const { healMs } = this.#schedule;
    // Even one that lasts no time holds up what is sent at this moment.
    const untilMs = Math.max(atMs + 0.001, Math.min(healMs, atMs + lastsMs));
    this.#obstacles.push({ from, to, atMs, untilMs, isHeld: false });
    this.#cutsChangeMs = atMs;
  }

  #setCuts(nowMs: number): void {
    this.#cutTo.fill(0);
    this.#cutsChangeMs = Infinity;
    for (const { from, to, atMs, untilMs, isHeld } of this.#obstacles) {
      if (isHeld || nowMs >= untilMs) continue;
      const changeMs = nowMs < atMs ? atMs : untilMs;
      this.#cutsChangeMs = Math.min(this.#cutsChangeMs, changeMs);
      if (nowMs < atMs) continue;
      for (let slot = 0; slot < 4; slot++) {
        if (has(from, slot)) this.#cutTo[slot] |= to;
      }
    }
  }

  #at(atMs: number, act: () => void): void {
    this.#due.push({ atMs, act });
    this.#due.sort((a, b) => b.atMs - a.atMs);
  }
}

function obstaclesOf(fault: Fault): readonly Obstacle[] {
  if (fault.kind === "cut" || fault.kind === "hold") {
    return [{ ...fault, isHeld: fault.kind === "hold" }];
  }
  if (fault.kind === "nap" && fault.linkBackMs > 0) {
    const { slot, atMs, linkBackMs } = fault;
    const time = { atMs, untilMs: fault.untilMs + linkBackMs, isHeld: false };
    return [
      { from: 1 << slot, to: EVERYBODY, ...time },
      { from: EVERYBODY, to: 1 << slot, ...time },
    ];
  }
  if (fault.kind !== "lobby down" && fault.kind !== "lobby restarts") return [];
  const { atMs, untilMs, isRelay } = fault;
  const all = { from: EVERYBODY, to: EVERYBODY };
  return isRelay ? [{ ...all, atMs, untilMs, isHeld: false }] : [];
}

function stepOf(event: SessionEvent): Step | undefined {
  if (event.kind === "claim" || event.kind === "returned") return event.kind;
  if (event.kind !== "membership") return undefined;
  const { what } = event;
  return what === "attempted" || what === "agreed" || what === "committed"
    ? what
    : undefined;
}
