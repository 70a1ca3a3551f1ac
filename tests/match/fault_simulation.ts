/**
 * Matches in virtual time while everything fails: real sessions, real membership, real rollback, a
 * simulated network and a witness, all decided by one seed.
 *
 * Two phases: in the first, faults, and what must never happen is checked all the time; then the
 * network heals, and everybody must go on or learn how the match ended. The game is a stand-in whose
 * state depends on every input of every tick, so that two hosts can't agree by chance.
 *
 * @module
 */
import type { Presence } from "../../game/presence.ts";
import type { Game } from "../../game/rollback.ts";
import {
  OVER,
  PHASE,
  PLAYERS,
  RALLY,
  STATE_LENGTH,
  TICK,
  WINNER,
} from "../../game/state.ts";
import type { Claim } from "../../net/match/membership/membership.ts";
import { shownBeyond } from "../../net/match/membership/membership_change.ts";
import type { NegativeControls } from "../../net/match/membership/negative_controls.ts";
import type { Timers } from "../../net/match/membership/timers.ts";
import type { Play } from "../../net/match/play.ts";
import { Session } from "../../net/match/session.ts";
import type { SessionEvent } from "../../net/match/session_event.ts";
import { has, sizeOf } from "../../net/match/wire/slot_set.ts";
import { sha256 } from "../../net/player/sha256.ts";
import {
  SimulatedNetwork,
  type SimulatedTransport,
} from "../../net/simulation/simulated.ts";
import { createRandom } from "../support/simulation.ts";
import {
  CALM_MS,
  drawSchedule,
  type Fault,
  type FaultSchedule,
  type Step,
} from "./fault_schedule.ts";

/** Shorter than a match's, in the same order, so that more happens in less time. */
const TIMERS: Timers = {
  unstableMs: 200,
  suspectMs: 600,
  graceMs: 3000,
  lostMs: 5000,
};
/** Without a new confirmation for this long after the network healed, somebody waits for ever. */
const STUCK_MS = 2500;
const CHECK_EVERY_MS = 100;

export interface FaultSimulationOptions {
  readonly seed: number;
  readonly players: number;
  readonly controls?: NegativeControls;
  /** A witness that forgets its grants halfway: a negative control. */
  readonly isWitnessForgetful?: boolean;
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

interface Host {
  readonly slot: number;
  session: Session;
  transport: SimulatedTransport;
  epoch: number;
  clockMs: number;
  readonly clockRate: number;
  status: "running" | "dead" | "refused";
  pausedUntilMs: number;
  restartAtMs: number;
  dueMs: number;
  /** Confirmed hashes by tick, since it began or came back. */
  hashes: number[];
  progressMs: number;
  /** A game that is played again from the confirmed inputs alone. */
  replayed:
    | { readonly game: Game; readonly state: Int32Array; tick: number }
    | undefined;
}

/** Where a host stands before a turn. */
interface Position {
  readonly play: Play;
  readonly era: number;
  readonly presences: readonly Presence[];
  readonly confirmedTick: number;
}

export function simulateFaults(
  options: FaultSimulationOptions,
): FaultSimulationResult {
  return new FaultSimulation(options).run();
}

class FaultSimulation {
  readonly #options: FaultSimulationOptions;
  readonly #schedule: FaultSchedule;
  readonly #faults: readonly Fault[];
  readonly #random: () => number;
  readonly #network: SimulatedNetwork;
  readonly #hosts: Host[];
  readonly #witness: SimulatedWitness;
  readonly #violations = new Map<string, string>();
  readonly #counters: Record<string, number> = {};
  readonly #trace: string[] = [];
  readonly #members = new Map<number, string>();
  readonly #winners = new Set<string>();
  readonly #applied = new Set<Fault>();
  /** Cuts and pauses that a step has brought about. */
  readonly #cuts: { from: number; to: number; untilMs: number }[] = [];
  #stepsLeft: number[];
  #isHealthy = false;
  #healthy = 0;
  #hasAgreed = false;
  #deaths = 0;

  constructor(options: FaultSimulationOptions) {
    const { seed, players, without } = options;
    this.#options = options;
    this.#schedule = drawSchedule(seed, players);
    this.#faults = this.#schedule.faults.filter((_, i) => !without?.has(i));
    this.#stepsLeft = this.#faults.map((fault) =>
      fault.kind === "at step" ? fault.times : 0
    );
    this.#random = createRandom(seed ^ 0x7e57);
    const ways = this.#linkFaults();
    this.#network = new SimulatedNetwork({
      random: this.#random,
      faults: () => ways,
      isCut: (from, to, nowMs) => this.#isCut(from, to, nowMs),
      heldUntilMs: (from, to, nowMs) => this.#heldUntilMs(from, to, nowMs),
    });
    this.#witness = new SimulatedWitness(this.#faults);
    this.#hosts = Array.from(
      { length: players },
      (_, s) => this.#createHost(s),
    );
  }

  run(): FaultSimulationResult {
    const { endMs, healMs } = this.#schedule;
    const network = this.#network;
    let checkedMs = 0;
    let hasHealed = false;
    while (network.nowMs < endMs && this.#violations.size === 0) {
      const host = this.#hosts.reduce((a, b) => a.dueMs <= b.dueMs ? a : b);
      if (host.dueMs === Infinity) break;
      network.nowMs = Math.max(network.nowMs, host.dueMs);
      this.#applyFaults();
      if (!hasHealed && network.nowMs >= healMs) {
        hasHealed = true;
        this.#noteHealth();
      }
      this.#turn(host);
      if (network.nowMs - checkedMs < CHECK_EVERY_MS) continue;
      checkedMs = network.nowMs;
      this.#comparePrefixes();
    }
    if (this.#violations.size === 0) this.#judgeEnd();
    return {
      schedule: this.#schedule,
      violations: [...this.#violations.values()],
      counters: this.#counters,
      trace: this.#trace,
    };
  }

  #linkFaults() {
    const { loss, duplication, delayMaxMs, healMs } = this.#schedule;
    const nowMs = () => this.#network?.nowMs ?? 0;
    const isCalm = () => nowMs() < CALM_MS;
    return {
      delayMs: 10,
      get jitterMs() {
        return isCalm() ? 5 : delayMaxMs - 10;
      },
      get loss() {
        if (isCalm()) return 0;
        return nowMs() >= healMs ? loss / 5 : loss;
      },
      get duplication() {
        return isCalm() ? 0 : duplication;
      },
      reordering: 0.02,
    };
  }

  #isCut(from: number, to: number, nowMs: number): boolean {
    return this.#faults.some((fault) =>
      fault.kind === "cut" && liesOn(fault, from, to) &&
      nowMs >= fault.atMs && nowMs < fault.untilMs
    ) || this.#cuts.some((cut) => liesOn(cut, from, to) && nowMs < cut.untilMs);
  }

  #heldUntilMs(from: number, to: number, nowMs: number): number {
    let untilMs = 0;
    for (const fault of this.#faults) {
      const isHeld = fault.kind === "hold" && liesOn(fault, from, to) &&
        nowMs >= fault.atMs && nowMs < fault.untilMs;
      if (isHeld) untilMs = Math.max(untilMs, fault.untilMs);
    }
    return untilMs;
  }

  #createHost(slot: number): Host {
    const { clocksMs, clockRates } = this.#schedule;
    const host: Host = {
      slot,
      epoch: 0,
      clockMs: clocksMs[slot],
      clockRate: clockRates[slot],
      status: "running",
      pausedUntilMs: 0,
      restartAtMs: Infinity,
      dueMs: 0,
      hashes: [],
      progressMs: 0,
      replayed: undefined,
      transport: this.#network.open({ slot, epoch: 0 }),
      session: this.#createSession(slot, clocksMs[slot], 0),
    };
    return host;
  }

  #createSession(slot: number, nowMs: number, epoch: number): Session {
    const { players, seed, controls } = this.#options;
    const { lastTick } = this.#schedule;
    const epochs = Array.from(
      { length: players },
      (_, s) => s === slot ? epoch : this.#hosts?.[s].epoch ?? 0,
    );
    return new Session({
      slot,
      rules: { players, points: 9, lives: 9 },
      match: `faults ${seed}`,
      epochs,
      isResumed: epoch > 0,
      sha256,
      secret: Uint8Array.from({ length: 16 }, () => this.#random() * 256),
      nowMs,
      timers: TIMERS,
      createGame: (_, gameSeed) => createStandIn(players, gameSeed, lastTick),
      controls: controls ?? {},
    });
  }

  #clock(host: Host): number {
    return host.clockMs + this.#network.nowMs * host.clockRate;
  }

  #turn(host: Host): void {
    const nowMs = this.#network.nowMs;
    if (host.status !== "running") {
      if (nowMs >= host.restartAtMs) this.#restart(host);
      return;
    }
    if (host.pausedUntilMs > nowMs) {
      host.dueMs = host.pausedUntilMs;
      return;
    }
    const { session, transport } = host;
    const clockMs = this.#clock(host);
    for (const { from, atMs, packet } of transport.receive()) {
      session.receive({
        from,
        atMs: clockMs - (nowMs - atMs) * host.clockRate,
        packet,
      });
    }
    for (const answer of this.#witness.answersFor(host.slot, nowMs)) {
      session.answerClaim(clockMs, answer);
    }
    const before = this.#positionOf(host);
    const input = Math.floor(this.#random() * 9) * 30 - 120;
    const packets = session.advance(clockMs, input)
      .map((packet) => packet.slice());
    const events = session.takeEvents();
    const isStopped = this.#takeEvents(host, events, packets);
    this.#checkPosition(host, before);
    this.#takeHashes(host);
    if (!isStopped) { for (const packet of packets) transport.send(packet); }
    if (this.#random() < 0.01) transport.send(this.#garbage(packets));
    if (host.status !== "running") return;
    const waitMs = (session.nextTickMs - clockMs) / host.clockRate;
    const isDone = session.isDone(clockMs);
    host.dueMs = isDone ? Infinity : nowMs + Math.max(waitMs, 1);
  }

  /** A packet that is none: cut off, or of random bytes. */
  #garbage(packets: readonly Uint8Array[]): Uint8Array {
    const [packet] = packets;
    if (packet && this.#random() < 0.5) {
      return packet.slice(
        0,
        1 + Math.floor(this.#random() * (packet.length - 1)),
      );
    }
    const length = 1 + Math.floor(this.#random() * 60);
    return Uint8Array.from({ length }, () => this.#random() * 256);
  }

  #positionOf({ session: { play } }: Host): Position | undefined {
    return play && {
      play,
      era: play.era,
      presences: play.presences,
      confirmedTick: play.confirmedTick,
    };
  }

  /** An era has one set of members, and no confirmed tick may change with it. */
  #checkPosition(
    host: Host,
    before: Position | undefined,
  ): void {
    const { play } = host.session;
    if (!play || play.isOut) return;
    const members = JSON.stringify([play.members, play.presences]);
    const known = this.#members.get(play.era);
    if (known === undefined) this.#members.set(play.era, members);
    else if (known !== members) {
      this.#violate(
        "two sets of members",
        `era ${play.era}: ${known} and ${members}`,
      );
    }
    if (!before || before.play !== play || before.era === play.era) return;
    const tick = shownBeyond(
      before.presences,
      play.presences,
      before.confirmedTick,
    );
    if (tick !== undefined) {
      this.#violate("confirmed changed", `slot ${host.slot} tick ${tick}`);
    }
  }

  #takeHashes(host: Host): void {
    const { play } = host.session;
    if (!play) return;
    for (
      let tick = Math.max(host.hashes.length, play.confirmedTick - 200);
      tick <= play.confirmedTick;
      tick++
    ) {
      const hash = play.hashAt(tick);
      if (hash === undefined) continue;
      host.hashes[tick] = hash;
      host.progressMs = this.#network.nowMs;
      this.#replay(host, play, tick);
    }
  }

  /** What is confirmed must be what the confirmed inputs give, played again without any network. */
  #replay(host: Host, play: Play, tick: number): void {
    const { players } = this.#options;
    if (host.replayed?.tick === tick - 1) {
      const inputs = Array.from(
        { length: players },
        (_, slot) => play.inputAt(slot, tick - 1),
      );
      const { game, state } = host.replayed;
      game.step(state, Int8Array.from(inputs), 0);
      host.replayed.tick = tick;
      if (game.hash(state) !== host.hashes[tick]) {
        this.#violate("replay differs", `slot ${host.slot} tick ${tick}`);
      }
    } else if (tick === play.confirmedTick) {
      const game = createStandIn(players, 0, this.#schedule.lastTick);
      host.replayed = { game, state: play.confirmedState.slice(), tick };
    }
  }

  /** Returns whether a fault at one of the steps has kept the packets from being sent. */
  #takeEvents(
    host: Host,
    events: readonly SessionEvent[],
    packets: readonly Uint8Array[],
  ): boolean {
    let isStopped = false;
    for (const event of events) {
      const step = stepOf(event);
      this.#note(event, host);
      if (event.kind === "claim") {
        const { nowMs } = this.#network;
        const { loss, delayMaxMs } = this.#schedule;
        this.#count("claims");
        if (this.#random() >= loss) {
          const wayMs = this.#random() * delayMaxMs;
          this.#witness.claim(host.slot, event.claim, nowMs + wayMs);
        }
      }
      if (event.kind === "returned") {
        host.hashes = [];
        host.replayed = undefined;
      }
      if (step && this.#happensAt(host, step, packets)) isStopped = true;
      if (event.kind !== "over") continue;
      const { reason, winner, hash } = event.outcome;
      if (reason === "desync") this.#violate("desync", `slot ${host.slot}`);
      if (winner === null) continue;
      this.#winners.add(
        reason === "finished" ? `${winner} ${hash}` : `${winner}`,
      );
      const told = [...this.#winners];
      if (new Set(told.map((text) => text.split(" ")[0])).size > 1) {
        this.#violate("two winners", told.join(" and "));
      }
    }
    return isStopped;
  }

  #note(event: SessionEvent, { slot, session }: Host): void {
    const name = event.kind === "membership" ? event.what : event.kind;
    this.#count(name);
    if (event.kind === "membership" && event.what === "agreed") {
      this.#hasAgreed = true;
    }
    if (event.kind === "over") this.#count(`over: ${event.outcome.reason}`);
    if (!this.#options.isTraced) return;
    const { play } = session;
    const detail = event.kind === "over"
      ? JSON.stringify(event.outcome)
      : event.kind === "claim"
      ? JSON.stringify(event.claim)
      : event.kind === "peer"
      ? `${event.slot} is ${event.state}`
      : play
      ? `era ${play.era} members ${play.members} confirmed ${play.confirmedTick}`
      : "";
    this.#say(`slot ${slot}: ${name} ${detail}`);
  }

  /** Faults placed at this step hit this host; half of the times its packets still go to some. */
  #happensAt(
    host: Host,
    step: Step,
    packets: readonly Uint8Array[],
  ): boolean {
    const nowMs = this.#network.nowMs;
    if (nowMs >= this.#schedule.healMs) return false;
    for (const [i, fault] of this.#faults.entries()) {
      if (fault.kind !== "at step" || fault.step !== step) continue;
      if (this.#stepsLeft[i] <= 0 || this.#random() < 0.5) continue;
      this.#stepsLeft[i]--;
      this.#count(`hit ${step}`);
      this.#say(`slot ${host.slot}: ${fault.action} at ${step}`);
      const untilMs = Math.min(this.#schedule.healMs, nowMs + fault.lastsMs);
      const one = 1 << host.slot;
      const everybody = 15;
      if (fault.heardBy !== 0) {
        const deaf = { from: one, to: everybody & ~fault.heardBy };
        this.#cuts.push({ ...deaf, untilMs: nowMs + 0.001 });
        for (const packet of packets) host.transport.send(packet);
      }
      switch (fault.action) {
        case "kill":
          this.#kill(host, fault.restartMs);
          break;
        case "pause":
          host.pausedUntilMs = untilMs;
          break;
        case "isolate":
          this.#cuts.push({ from: one, to: everybody, untilMs });
          this.#cuts.push({ from: everybody, to: one, untilMs });
          break;
        case "deafen":
          this.#cuts.push({ from: everybody, to: one, untilMs });
          break;
        case "mute":
          this.#cuts.push({ from: one, to: everybody, untilMs });
          break;
      }
      return true;
    }
    return false;
  }

  #applyFaults(): void {
    const nowMs = this.#network.nowMs;
    for (const fault of this.#faults) {
      if (fault.kind === "at step" || fault.atMs > nowMs) continue;
      if (this.#applied.has(fault)) continue;
      this.#applied.add(fault);
      this.#say(`fault ${JSON.stringify(fault)}`);
      switch (fault.kind) {
        case "pause":
          this.#hosts[fault.slot].pausedUntilMs = fault.untilMs;
          break;
        case "kill":
          this.#kill(this.#hosts[fault.slot], fault.restartMs);
          break;
        case "clock jump":
          this.#hosts[fault.slot].clockMs += fault.byMs;
          break;
        case "cut":
        case "hold":
        case "witness down":
        case "witness forgets":
          break;
      }
    }
    if (this.#options.isWitnessForgetful && nowMs > this.#schedule.healMs / 2) {
      this.#witness.forgetOnce();
    }
  }

  #kill(host: Host, restartMs: number): void {
    if (host.status !== "running" || host.session.outcome) return;
    this.#count("kills");
    this.#say(`slot ${host.slot}: killed`);
    this.#deaths++;
    host.status = "dead";
    void host.transport[Symbol.asyncDispose]();
    const latestMs = this.#schedule.healMs + 1000;
    const atMs = this.#network.nowMs + restartMs;
    host.restartAtMs = host.dueMs = atMs <= latestMs ? atMs : Infinity;
  }

  #restart(host: Host): void {
    const nowMs = this.#network.nowMs;
    const epoch = this.#witness.resume(host.slot, host.epoch, nowMs);
    if (epoch === undefined) {
      this.#count("resumes refused");
      host.status = "refused";
      host.dueMs = Infinity;
      return;
    }
    this.#count("resumes");
    host.status = "running";
    host.epoch = epoch;
    host.hashes = [];
    host.replayed = undefined;
    host.progressMs = nowMs;
    host.pausedUntilMs = 0;
    // Another process: another clock.
    host.clockMs += 1e6;
    host.transport = this.#network.open({ slot: host.slot, epoch });
    host.session = this.#createSession(host.slot, this.#clock(host), epoch);
    host.dueMs = nowMs;
    this.#say(`slot ${host.slot}: resumes as ${epoch}`);
  }

  /** Hosts of one era must have confirmed the same. */
  #comparePrefixes(): void {
    const playing = this.#hosts.filter(({ status, session }) =>
      status === "running" && session.play && !session.play.isOut
    );
    for (const [i, one] of playing.entries()) {
      for (const other of playing.slice(i + 1)) {
        const [a, b] = [one.session.play, other.session.play];
        if (!a || !b || a.era !== b.era) continue;
        const tick = Math.min(one.hashes.length, other.hashes.length) - 1;
        const [x, y] = [one.hashes[tick], other.hashes[tick]];
        if (x === undefined || y === undefined || x === y) continue;
        this.#violate(
          "prefixes differ",
          `slots ${one.slot} and ${other.slot} at tick ${tick}`,
        );
      }
    }
  }

  /** After the healing: a majority that is alive and of one era must be able to go on. */
  #noteHealth(): void {
    const nowMs = this.#network.nowMs;
    const playing = this.#hosts.filter(({ status, session }) =>
      status === "running" && session.play && !session.outcome
    );
    const era = Math.max(0, ...playing.map((h) => h.session.play?.era ?? 0));
    const current = playing.filter((host) =>
      host.session.play?.era === era && host.pausedUntilMs <= nowMs &&
      host.slot !== this.#schedule.lastingSlot &&
      nowMs - host.progressMs < TIMERS.lostMs - 2000
    );
    const members = current[0]?.session.play?.members ?? 0;
    this.#healthy = current.reduce((set, { slot }) => set | 1 << slot, 0) &
      members;
    this.#isHealthy = 2 * sizeOf(this.#healthy) > sizeOf(members);
    if (this.#isHealthy) this.#count("healthy when healed");
  }

  #judgeEnd(): void {
    const nowMs = this.#network.nowMs;
    const running = this.#hosts.filter(({ status, session }) =>
      status === "running" && !session.outcome
    );
    const era = Math.max(
      0,
      ...this.#hosts.map(({ session }) => session.play?.era ?? 0),
    );
    for (const { slot, session, progressMs } of running) {
      if (slot === this.#schedule.lastingSlot || !session.play) continue;
      if (session.play.era < era) {
        this.#violate("does not learn its fate", `slot ${slot}`);
      }
      if (nowMs - progressMs > STUCK_MS) {
        this.#violate("waits for ever", `slot ${slot}`);
      }
    }
    for (const { slot, session } of this.#hosts) {
      const { play } = session;
      if (play && play.conflicts > 0) this.#violate("input changed", `${slot}`);
      this.#count("rollbacks", play?.rollbackWork.rollbacks ?? 0);
      this.#count("rejected packets", session.stats.rejected);
    }
    const isAlive = this.#winners.size > 0 ||
      running.some(({ session, progressMs }) =>
        session.play && nowMs - progressMs < STUCK_MS
      );
    if (isAlive) return;
    this.#count("lost");
    if (this.#deaths === 0) this.#count("lost without a kill");
    if (this.#isHealthy && !this.#hasAgreed) {
      this.#violate("lost after healing", `slots ${this.#healthy}`);
    }
  }

  #violate(kind: string, details: string): void {
    if (this.#violations.has(kind)) return;
    this.#violations.set(kind, `${kind}: ${details}`);
    this.#say(`VIOLATION ${kind}: ${details}`);
  }

  #count(name: string, by = 1): void {
    this.#counters[name] = (this.#counters[name] ?? 0) + by;
  }

  #say(text: string): void {
    if (!this.#options.isTraced) return;
    this.#trace.push(`${this.#network.nowMs.toFixed(0).padStart(6)} ${text}`);
  }
}

/** Whether the way from one slot to another belongs to a cut between two sets of slots. */
function liesOn(
  cut: { readonly from: number; readonly to: number },
  from: number,
  to: number,
): boolean {
  return has(cut.from, from) && has(cut.to, to);
}

function stepOf(event: SessionEvent): Step | undefined {
  if (event.kind === "claim" || event.kind === "returned") return event.kind;
  if (event.kind !== "membership") return undefined;
  const { what } = event;
  return what === "attempted" || what === "agreed" || what === "committed"
    ? what
    : undefined;
}

/** A game whose state is a hash of all inputs so far, and which ends at `lastTick`. */
function createStandIn(
  players: number,
  seed: number,
  lastTick: number,
): Game {
  const initial = new Int32Array(STATE_LENGTH);
  initial[PHASE] = RALLY;
  initial[PLAYERS] = players;
  initial[WINNER] = -1;
  initial[1] = seed;
  return {
    initial,
    step(state, inputs, offset) {
      state[TICK]++;
      for (let slot = 0; slot < players; slot++) {
        state[1] = Math.imul(
          state[1] ^ (inputs[offset + slot] + slot * 257),
          0x01000193,
        );
      }
      if (state[TICK] !== lastTick) return;
      state[PHASE] = OVER;
      state[WINNER] = (state[1] >>> 8) % players;
    },
    isState: () => true,
    hash: (state) => (state[1] ^ Math.imul(state[TICK], 0x85ebca6b)) >>> 0,
  };
}

/** The lobby as witness: the first claim of an era wins, and a resumed seat is not passed over. */
class SimulatedWitness {
  readonly #faults: readonly Fault[];
  #granted = new Map<number, Claim>();
  #answers: {
    readonly slot: number;
    readonly atMs: number;
    readonly claim: Claim;
    readonly winner: Claim | undefined;
  }[] = [];
  readonly #resumed = new Map<number, number>();
  #hasForgotten = false;

  constructor(faults: readonly Fault[]) {
    this.#faults = faults;
  }

  claim(slot: number, claim: Claim, atMs: number): void {
    if (this.#isDown(atMs)) return;
    const isPassingOver = [...this.#resumed].some(([s, epoch]) =>
      !claim.seats.some(([seat, at]) => seat === s && at >= epoch)
    );
    if (!this.#granted.has(claim.era) && !isPassingOver) {
      this.#granted.set(claim.era, claim);
      for (const [s] of claim.seats) this.#resumed.delete(s);
    }
    const winner = this.#granted.get(claim.era);
    this.#answers.push({ slot, atMs: atMs + 20, claim, winner });
  }

  answersFor(slot: number, nowMs: number) {
    const due = this.#answers.filter((a) => a.slot === slot && a.atMs <= nowMs);
    this.#answers = this.#answers.filter((answer) => !due.includes(answer));
    return due.map(({ claim, winner }) => ({
      era: claim.era,
      isGranted: winner?.value === claim.value,
      value: winner?.value,
      seats: winner?.seats,
    }));
  }

  /** Returns the seat's new epoch, or `undefined` where the match went on without it. */
  resume(slot: number, epoch: number, nowMs: number): number | undefined {
    const last = [...this.#granted.values()].at(-1);
    const isLost = last && !last.seats.some(([seat]) => seat === slot);
    if (this.#isDown(nowMs) || isLost || epoch === 15) return undefined;
    this.#resumed.set(slot, epoch + 1);
    return epoch + 1;
  }

  forgetOnce(): void {
    if (this.#hasForgotten) return;
    this.#hasForgotten = true;
    this.#granted = new Map();
  }

  #isDown(nowMs: number): boolean {
    return this.#faults.some((fault) =>
      fault.kind === "witness down" && nowMs >= fault.atMs &&
      nowMs < fault.untilMs
    );
  }
}
