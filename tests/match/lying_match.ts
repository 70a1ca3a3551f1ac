/**
 * A match in virtual time in which one member lies. What happened is noted, and not judged here.
 *
 * The same match can be played without the lie, or with a member that falls silent where the other
 * one begins to lie: what the lie may cost is measured by these two.
 *
 * @module
 */
import type { Game } from "../../game/rollback.ts";
import type { NegativeControls } from "../../net/match/membership/negative_controls.ts";
import type { Timers } from "../../net/match/membership/timers.ts";
import { PAYLOAD_BYTES_MAX } from "../../net/match/transport.ts";
import { has, type SlotSet } from "../../net/match/wire/slot_set.ts";
import {
  type PlayingHost,
  takeTurnAtOnce,
  VirtualMatch,
} from "../../net/simulation/virtual_match.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import { Watching } from "../../net/watch/watching.ts";
import { createRandom, SYSTEM } from "../support/simulation.ts";
import { findExcess } from "./fault_bounds.ts";
import { drawLie, Liar, type Lie } from "./lie.ts";
import { createStandIn } from "./stand_in.ts";
import { TwoFaced } from "../support/two_faced.ts";

const TIMERS: Timers = {
  ...{ unstableMs: 200, suspectMs: 600, graceMs: 3000, lostMs: 5000 },
};
/** When a lie may begin in each phase, from `low` to `high`. */
const PHASES = {
  hello: { low: 0, high: 900 },
  play: { low: 1200, high: 1800 },
  attempt: { low: 1700, high: 2100 },
  returning: { low: 1200, high: 1800 },
  over: { low: 1000, high: 1500 },
  watching: { low: 1200, high: 1800 },
};
export type Phase = keyof typeof PHASES;

export const STEP_MS = 50;
/** When somebody is cut off in "attempt", for how long, or begins anew in "returning". */
const EVENT_MS = 1200;
const CUT_MS = 900;
/** Where the game of "over" ends. */
const LAST_TICK = 30;
/** So long the others are looked at from the beginning of the lie on. */
const OBSERVED_MS = 2500;
/** How long it takes to drop one that differs. */
const DIFFERENCE_MS = 1500;
/** More than these are endless: events of a turn; steps of all games between two looks. */
const EVENTS_MAX = 64;
const GAME_STEPS_MAX = 5000;
/** The slot under which the watcher listens. */
const WATCHER = 9;

/** All that a seed decides. */
export interface LiedMatch {
  readonly players: number;
  readonly phase: Phase;
  /** Who lies, from when on, in how many packets, and to whom alone, if not to all. */
  readonly liar: number;
  readonly fromMs: number;
  readonly packets: number;
  readonly receiver: number | undefined;
  /** Who is cut off in "attempt", or begins anew in "returning". */
  readonly victim: number;
  readonly lie: Lie;
  readonly controls?: NegativeControls;
}

/** Draws a match and its lie. */
export function drawLiedMatch(seed: number, among?: number): LiedMatch {
  const random = createRandom(seed ^ 0x11e5);
  const pick = <T>(from: readonly T[]) =>
    from[Math.floor(random() * from.length)];
  const players = among ?? pick([2, 3, 4]);
  const phase = pick(Object.keys(PHASES) as Phase[]);
  const { low, high } = PHASES[phase];
  const slots = Array.from({ length: players }, (_, slot) => slot);
  const liar = pick(slots);
  return {
    ...{ players, phase, liar },
    fromMs: low + random() * (high - low),
    packets: pick([1, 5, Infinity]),
    receiver: random() < 0.3
      ? pick(slots.filter((slot) => slot !== liar))
      : undefined,
    victim: pick(slots),
    lie: drawLie(random),
  };
}

/** What one member showed. */
export interface Shown {
  /** By step: its confirmed tick. */
  readonly confirmed: number[];
  hashes: (number | undefined)[];
  startedMs: number;
  /** Longest time in which another played without it, or it was out. */
  absentMs: number;
}

/** One match; `kind` says what of its lie is true. */
export class LyingMatch {
  readonly match: VirtualMatch;
  readonly shown: readonly Shown[];
  readonly watching: Watching | undefined;
  /** What grew, or differed among the honest. */
  readonly violations = new Set<string>();
  /** What was lied about; empty before. */
  told = "";
  /** How often the others went on without the liar. */
  drops = 0;
  /** How often it asked to come back in vain. */
  asks = 0;

  readonly #options: LiedMatch;
  readonly #kind: "lied" | "true" | "mute";
  readonly #liar: Liar;
  #lies = 0;
  #gameSteps = 0;
  #equalMs = 0;
  #hasDropped = false;
  readonly #events: number[] = [];
  readonly #absentSinceMs: number[] = [];
  readonly #faces = new TwoFaced();

  constructor(options: LiedMatch, kind: "lied" | "true" | "mute") {
    const { players, phase, liar, victim, fromMs, controls = {} } = options;
    const rules = { players, points: 9, lives: 9 };
    this.#options = options;
    this.#kind = kind;
    this.#liar = new Liar(options.lie, { slot: liar, players });
    this.shown = Array.from({ length: players }, () => ({
      ...{ confirmed: [], hashes: [], startedMs: Infinity, absentMs: 0 },
    }));
    const createGame = (_: unknown, seed: number) => this.#createGame(seed);
    const isWatched = phase === "watching" || phase === "over";
    if (isWatched) {
      const epochs = this.shown.map(() => 0);
      this.watching = new Watching({ rules, epochs, nowMs: 0, createGame });
    }
    const isCutOff = (slot: number, nowMs: number) =>
      phase === "attempt" && slot === victim &&
      nowMs >= EVENT_MS && nowMs < EVENT_MS + CUT_MS;
    const inputs = createRandom(7);
    this.match = new VirtualMatch({
      ...{ ...SYSTEM, rules, random: createRandom(1) },
      network: {
        faults: () => ({ ...NO_FAULTS, delayMs: 10 }),
        isCut: (from, to, nowMs) =>
          isCutOff(from, nowMs) || isCutOff(to, nowMs) ||
          (from === liar && this.#faces.isUnheard(to)) ||
          (from === liar && kind === "mute" && nowMs >= fromMs),
      },
      lobby: { silenceMs: 1000 },
      session: () => ({ timers: TIMERS, createGame, controls }),
      hooks: {
        onBegin: ({ session }) => session.watchers = isWatched ? 1 : 0,
        input: () => Math.floor(inputs() * 9) * 30 - 120,
        takeTurn: (session, turn) => {
          const packets = takeTurnAtOnce(session, turn);
          const isLiar = session === this.match.hosts[liar].session;
          return isLiar ? this.#say(packets) : packets;
        },
        onEvent: ({ slot }, event) => {
          const { kind } = event;
          const isLiarOut = this.match.hosts[liar].session?.isReturning;
          const isInVain = kind === "membership" && event.what === "backed out";
          if (slot === this.honest[0] && isInVain && isLiarOut) this.asks++;
          const shown = this.shown[slot];
          if (kind === "started") shown.startedMs = this.match.nowMs;
          if (kind === "out" || kind === "returned") shown.hashes = [];
          this.#events[slot] = (this.#events[slot] ?? 0) + 1;
        },
        onSend: (host, packet) => this.#pass(host, packet),
        onTurn: (host) => this.#note(host),
      },
    });
  }

  /** Slots of all but the liar. */
  get honest(): readonly number[] {
    return [...this.shown.keys()].filter((slot) => slot !== this.#options.liar);
  }

  /** Plays as long as the others are looked at. Throws what one of them throws. */
  play(): void {
    const { fromMs, phase, victim } = this.#options;
    const { match } = this;
    for (let nowMs = 0; nowMs <= fromMs + OBSERVED_MS; nowMs += STEP_MS) {
      if (phase === "returning" && nowMs === EVENT_MS) {
        match.kill(match.hosts[victim]);
        match.restart(match.hosts[victim], nowMs + STEP_MS);
      }
      this.#gameSteps = 0;
      match.play(nowMs);
      this.watching?.advance(nowMs);
      this.#noteMembers(nowMs);
      this.#compareHashes(nowMs);
      for (const excess of findExcess(match)) {
        this.violations.add(`grows: ${excess.replace(/^\d+/, "")}`);
      }
    }
  }

  /** Plays on, when all has been noted, for so long or until `isOver`. */
  playOn(forMs: number, isOver = () => false): void {
    const untilMs = this.match.nowMs + forMs;
    while (this.match.nowMs < untilMs && !isOver()) {
      this.#gameSteps = 0;
      this.match.play(this.match.nowMs + STEP_MS, isOver);
      if (this.match.hosts.every(({ dueMs }) => dueMs === Infinity)) return;
    }
  }

  #createGame(seed: number): Game {
    const { players, phase } = this.#options;
    const lastTick = phase === "over" ? LAST_TICK : Infinity;
    const game = createStandIn(players, seed, lastTick);
    return {
      ...game,
      step: (state, ...inputs) => {
        if (++this.#gameSteps > GAME_STEPS_MAX) throw new Error("No end");
        game.step(state, ...inputs);
      },
    };
  }

  /** What the liar sends: the truth to whom it doesn't lie. */
  #say(packets: readonly Uint8Array[]): readonly Uint8Array[] {
    const { liar, fromMs, receiver, phase } = this.#options;
    const play = this.match.hosts[liar].session?.play;
    for (const packet of packets) {
      const isTime = this.match.nowMs >= fromMs && (phase !== "hello" || !play);
      const isLied = this.#kind === "lied" && isTime &&
        this.#lies < this.#options.packets;
      const isDeceived = (slot: number) =>
        isLied && (receiver === undefined || slot === receiver);
      if (isLied) {
        this.#lies++;
        this.#faces.say(this.#liar.tell(packet, play), isDeceived);
        this.told = this.#liar.told;
      }
      this.#faces.say(packet, (slot) => !isDeceived(slot));
    }
    return this.#faces.take();
  }

  #pass({ slot, epoch }: PlayingHost, packet: Uint8Array): void {
    const isLiar = slot === this.#options.liar;
    if (!isLiar && packet.length > PAYLOAD_BYTES_MAX) {
      this.violations.add("grows: packets");
    }
    if (!isLiar || !this.#faces.isUnheard(WATCHER)) {
      const received = { from: { slot, epoch }, packet };
      this.watching?.receive({ ...received, atMs: this.match.nowMs });
    }
    if (isLiar) this.#faces.next();
  }

  #note({ slot, session: { play } }: PlayingHost): void {
    if (this.#events[slot] > EVENTS_MAX) this.violations.add("grows: events");
    this.#events[slot] = 0;
    if (!play) return;
    const { hashes } = this.shown[slot];
    const { confirmedTick } = play;
    const from = Math.max(hashes.length, confirmedTick - 60);
    for (let tick = from; tick <= confirmedTick; tick++) {
      hashes[tick] = play.hashAt(tick);
    }
  }

  #noteMembers(nowMs: number): void {
    const { hosts } = this.match;
    const { liar } = this.#options;
    let members: SlotSet = 15;
    for (const [slot, { confirmed }] of this.shown.entries()) {
      const { play, outcome } = hosts[slot].session ?? {};
      confirmed.push(play?.confirmedTick ?? confirmed.at(-1) ?? 0);
      if (play && !outcome && slot !== liar) members &= play.members;
    }
    const hasDropped = !has(members, liar);
    if (hasDropped && !this.#hasDropped) this.drops++;
    this.#hasDropped = hasDropped;
    for (const slot of this.honest) {
      const isThere = has(members, slot) && !hosts[slot].session?.isReturning;
      if (isThere) this.#absentSinceMs[slot] = nowMs;
      const absentMs = nowMs - (this.#absentSinceMs[slot] ?? nowMs);
      const shown = this.shown[slot];
      shown.absentMs = Math.max(shown.absentMs, absentMs);
    }
  }

  /** Who was told something else than others may differ until it is dropped for that. */
  #compareHashes(nowMs: number): void {
    // Whom the lobby told how it ended goes on with nothing of its own.
    const { hosts } = this.match;
    const [first, ...others] = this.honest
      .filter((slot) => hosts[slot].session?.outcome?.score === undefined)
      .map((slot) => this.shown[slot].hashes);
    const isEqual = others.every((hashes) => {
      const tick = Math.min(first.length, hashes.length) - 1;
      const [a, b] = [first[tick], hashes[tick]];
      return a === undefined || b === undefined || a === b;
    });
    if (isEqual) this.#equalMs = nowMs;
    if (nowMs - this.#equalMs <= DIFFERENCE_MS) return;
    this.violations.add("hashes differ: among the honest");
  }
}
