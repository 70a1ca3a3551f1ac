/**
 * A match in virtual time in which one member lies, held against the same match without the lie.
 *
 * From the moment the lie begins, each honest member must confirm at least 95 % of the ticks that it
 * confirms without it. A member may take itself out by what it says: then the time that the others
 * need for that, the *patience*, is allowed for each time that it is dropped, and in a match of two
 * once, until it ends. Before tick 0 one member can hold up the others, but then none may begin; and
 * once all have, they must play on as if nothing had been said.
 *
 * @module
 */
import { TICK_MS } from "../../game/court.ts";
import type { Game } from "../../game/rollback.ts";
import type { Timers } from "../../net/match/membership/timers.ts";
import { PAYLOAD_BYTES_MAX } from "../../net/match/transport.ts";
import { everySlot, has } from "../../net/match/wire/slot_set.ts";
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

const TIMERS: Timers = {
  ...{ unstableMs: 200, suspectMs: 600, graceMs: 3000, lostMs: 5000 },
};
const PHASES = [
  ...["hello", "play", "attempt", "returning", "over", "watching"] as const,
];
type Phase = typeof PHASES[number];

const STEP_MS = 50;
/** When somebody is cut off or begins anew, and when the game of "over" ends, about. */
const EVENT_MS = 1800;
const CUT_MS = 900;
const LAST_TICK = 60;
/** So long the honest are looked at from the beginning of the lie on. */
const OBSERVED_MS = 3000;
/** How long it takes to drop a member, and for one to be back that was dropped. */
const DROP_MS = TIMERS.suspectMs + 500;
const RETURN_MS = 1500;
/** And to end a match of two. */
const END_MS = TIMERS.lostMs + 500;
const EVENTS_MAX = 64;
/** Games are stepped at most so often between two looks: who does it more often never ends. */
const STEPS_MAX = 5000;
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
}

export interface LiedResult {
  readonly match: LiedMatch;
  /** What was lied about; empty where the lie found nothing to be told in. */
  readonly told: string;
  /** What must not happen and did: "kind: details". */
  readonly violations: readonly string[];
  /** How many honest ones were out of the match for a moment who aren't without the lie. */
  readonly outs: number;
}

/** What one honest member showed at the end of each step. */
interface Shown {
  readonly confirmed: number[];
  hashes: (number | undefined)[];
  startedMs: number;
  outs: number;
}

/** Draws a match and its lie. */
function drawLiedMatch(seed: number, among?: number): LiedMatch {
  const random = createRandom(seed ^ 0x11e5);
  const below = (bound: number) => Math.floor(random() * bound);
  const players = among ?? 2 + below(3);
  const phase = PHASES[below(PHASES.length)];
  const liar = below(players);
  const span = { hello: [0, 900], attempt: [500, 900], over: [-300, 200] };
  const [low, high] = phase in span
    ? span[phase as keyof typeof span]
    : [0, 600];
  const fromMs = (phase === "hello" ? 0 : EVENT_MS) + low +
    random() * (high - low);
  return {
    ...{ players, phase, liar, fromMs },
    packets: [1, 5, Infinity][below(3)],
    receiver: random() < 0.3
      ? (liar + 1 + below(players - 1)) % players
      : undefined,
    victim: (liar + below(players)) % players,
    lie: drawLie(random),
  };
}

/** Plays the match of a seed, and the same one without the lie. */
export function playLie(seed: number, among?: number): LiedResult {
  const match = drawLiedMatch(seed, among);
  const lied = new LyingMatch(match, true);
  const violations: string[] = [];
  try {
    lied.play();
    violations.push(...lied.findViolations(truthOf(match)));
  } catch (error) {
    violations.push(`throws: ${placeOf(error)}`);
  }
  return { match, told: lied.told, violations, outs: lied.outs };
}

/** Matches without a lie, by all that makes a difference to them. */
const truths = new Map<string, LyingMatch>();

function truthOf(match: LiedMatch): LyingMatch {
  const { players, phase, victim } = match;
  const key = `${players} ${phase} ${victim}`;
  const known = truths.get(key);
  if (known) return known;
  const truth = new LyingMatch({ ...match, fromMs: EVENT_MS + 1000 }, false);
  truth.play();
  truths.set(key, truth);
  return truth;
}

function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frames = error.stack?.match(/(net|game)\/[\w/]+\.ts:\d+/g) ?? [];
  return `${error.message} in ${frames.slice(0, 4).join(" < ")}`;
}

/** One match, with its lie or without. */
class LyingMatch {
  told = "";
  readonly #options: LiedMatch;
  readonly #match: VirtualMatch;
  readonly #liar: Liar;
  readonly #shown: Shown[];
  readonly #watching: Watching | undefined;
  readonly #violations = new Set<string>();
  /** Whether the packet that is being sent is the lie's, or what it is told instead of. */
  #sending: { isLie: boolean; isTwofold: boolean }[] = [];
  #lies = 0;
  /** How often games were stepped since the last look. */
  #steps = 0;
  /** By slot: since when some honest member plays without it; and how often the liar was dropped. */
  readonly #absentMs: number[];
  #drops = 0;
  #hasDropped = false;

  constructor(options: LiedMatch, private readonly isLied: boolean) {
    const { players, phase, liar, lie, victim } = options;
    const lastTick = phase === "over" ? LAST_TICK : Infinity;
    const createGame = (_: unknown, seed: number) => {
      const game = createStandIn(players, seed, lastTick);
      return {
        ...game,
        step: (...args: Parameters<Game["step"]>) => {
          if (++this.#steps > STEPS_MAX) throw new Error("It never ends");
          game.step(...args);
        },
      };
    };
    this.#options = options;
    this.#liar = new Liar(lie, { slot: liar, players });
    this.#absentMs = Array.from({ length: players }, () => Infinity);
    this.#shown = this.#absentMs.map(() => ({
      ...{ confirmed: [], hashes: [], startedMs: Infinity, outs: 0 },
    }));
    const isWatched = phase === "watching" || phase === "over";
    if (isWatched) {
      this.#watching = new Watching({
        ...{ rules: { players, points: 9, lives: 9 }, nowMs: 0, createGame },
        epochs: this.#shown.map(() => 0),
      });
    }
    const inputs = createRandom(7);
    this.#match = new VirtualMatch({
      ...SYSTEM,
      random: createRandom(1),
      rules: { players, points: 9, lives: 9 },
      network: {
        faults: () => ({ ...NO_FAULTS, delayMs: 10 }),
        isCut: (from, to, nowMs) =>
          (from === liar && !this.#isFor(to)) ||
          (phase === "attempt" && (from === victim || to === victim) &&
            nowMs >= EVENT_MS && nowMs < EVENT_MS + CUT_MS),
      },
      lobby: { silenceMs: 1000 },
      session: () => ({ timers: TIMERS, createGame }),
      hooks: {
        onBegin: ({ session }) => session.watchers = isWatched ? 1 : 0,
        input: () => Math.floor(inputs() * 9) * 30 - 120,
        takeTurn: (session, turn) => {
          const packets = takeTurnAtOnce(session, turn);
          const isLiar = session === this.#match.hosts[liar].session;
          return isLiar && isLied ? this.#lieIn(packets) : packets;
        },
        onEvent: ({ slot }, event) => {
          const shown = this.#shown[slot];
          if (event.kind === "started") shown.startedMs = this.#match.nowMs;
          if (event.kind === "out") shown.outs++;
          if (event.kind === "out" || event.kind === "returned") {
            shown.hashes = [];
          }
          events.set(slot, (events.get(slot) ?? 0) + 1);
        },
        onSend: (host, packet) => this.#pass(host, packet),
        onTurn: (host) => {
          const { slot } = host;
          if ((events.get(slot) ?? 0) > EVENTS_MAX) {
            this.#violate("grows: events");
          }
          events.delete(slot);
          this.#note(host);
        },
      },
    });
    const events = new Map<number, number>();
  }

  get outs(): number {
    return this.#honest.reduce((sum, slot) => sum + this.#shown[slot].outs, 0);
  }

  play(): void {
    const { fromMs, phase, victim } = this.#options;
    const match = this.#match;
    const restMs = fromMs + OBSERVED_MS;
    for (let nowMs = 0; nowMs <= restMs; nowMs += STEP_MS) {
      if (phase === "returning" && nowMs === EVENT_MS) {
        const host = match.hosts[victim];
        match.kill(host);
        match.restart(host, nowMs + STEP_MS);
      }
      match.play(nowMs);
      this.#endStep(nowMs);
    }
  }

  /** Compares with the match without the lie, which is as long or longer. */
  findViolations(truth: LyingMatch): readonly string[] {
    const { phase } = this.#options;
    if (phase === "hello") this.#judgeBeginning();
    else this.#judgeTicks(truth);
    this.#judgeEnds();
    return [...this.#violations];
  }

  get #honest(): readonly number[] {
    return [...this.#shown.keys()].filter((slot) =>
      slot !== this.#options.liar
    );
  }

  #violate(what: string): void {
    this.#violations.add(what);
  }

  /** Who gets the packet that is sent next: all, those who are lied to, or the others. */
  #isFor(to: number): boolean {
    const { receiver } = this.#options;
    const [sending] = this.#sending;
    if (!sending?.isTwofold) return true;
    return sending.isLie === (to === receiver);
  }

  #lieIn(packets: readonly Uint8Array[]): readonly Uint8Array[] {
    const { liar, fromMs, receiver, phase } = this.#options;
    const { session } = this.#match.hosts[liar];
    const isTime = this.#match.nowMs >= fromMs &&
      (phase !== "hello" || session?.play === undefined);
    const said: Uint8Array[] = [];
    this.#sending = [];
    for (const packet of packets) {
      if (!isTime || this.#lies >= this.#options.packets) {
        said.push(packet);
        this.#sending.push({ isLie: false, isTwofold: false });
        continue;
      }
      this.#lies++;
      const isTwofold = receiver !== undefined;
      if (isTwofold) {
        said.push(packet);
        this.#sending.push({ isLie: false, isTwofold });
      }
      said.push(this.#liar.tell(packet, session?.play));
      this.told = this.#liar.told;
      this.#sending.push({ isLie: true, isTwofold });
    }
    return said;
  }

  /** A packet was sent: the watcher hears it, too, and all lies but those told to one alone. */
  #pass({ slot, epoch, session }: PlayingHost, packet: Uint8Array): void {
    const isLiar = slot === this.#options.liar;
    if (!isLiar && packet.length > PAYLOAD_BYTES_MAX) {
      this.#violate(`grows: a packet of ${packet.length} bytes`);
    }
    if (!session.play || !isLiar || this.#isFor(WATCHER)) {
      const from = { slot, epoch };
      this.#watching?.receive({ from, packet, atMs: this.#match.nowMs });
    }
    if (isLiar) this.#sending.shift();
  }

  #note({ slot, session: { play } }: PlayingHost): void {
    if (!play) return;
    const { hashes } = this.#shown[slot];
    const { confirmedTick } = play;
    const from = Math.max(hashes.length, confirmedTick - 60);
    for (let tick = from; tick <= confirmedTick; tick++) {
      hashes[tick] = play.hashAt(tick);
    }
  }

  #endStep(nowMs: number): void {
    this.#steps = 0;
    const { hosts } = this.#match;
    const { liar } = this.#options;
    this.#watching?.advance(nowMs);
    let hasDropped = false;
    let absent = 0;
    for (const [slot, { confirmed }] of this.#shown.entries()) {
      const { session } = hosts[slot];
      const play = session?.play;
      confirmed.push(play?.confirmedTick ?? confirmed.at(-1) ?? 0);
      if (!play || session?.outcome || slot === liar) continue;
      absent |= everySlot(hosts.length) & ~play.members;
      if (!has(play.members, liar)) hasDropped = true;
    }
    if (hasDropped && !this.#hasDropped) this.#drops++;
    this.#hasDropped = hasDropped;
    for (const slot of this.#honest) {
      const isAbsent = has(absent, slot) || hosts[slot].session?.isReturning;
      if (!isAbsent) this.#absentMs[slot] = Infinity;
      else if (this.#absentMs[slot] === Infinity) this.#absentMs[slot] = nowMs;
      if (nowMs - this.#absentMs[slot] > RETURN_MS) {
        this.#violate("shut out: an honest member");
      }
    }
    for (const excess of findExcess(this.#match)) {
      this.#violate(`grows: ${excess.replace(/^\d+/, "")}`);
    }
    this.#compareHashes();
  }

  #compareHashes(): void {
    const [first, ...others] = this.#honest.map((slot) =>
      this.#shown[slot].hashes
    );
    for (const hashes of others) {
      const tick = Math.min(first.length, hashes.length) - 1;
      const [a, b] = [first[tick], hashes[tick]];
      if (a !== undefined && b !== undefined && a !== b) {
        this.#violate("hashes differ: among the honest");
      }
    }
  }

  /** All or none begin; and who has, plays on. */
  #judgeBeginning(): void {
    const { hosts, nowMs } = this.#match;
    const begun = this.#honest.filter((slot) =>
      this.#shown[slot].startedMs < Infinity
    );
    if (begun.length > 0 && begun.length < this.#honest.length) {
      this.#violate("split: some have begun, and others not");
    }
    for (const slot of begun) {
      const { startedMs, confirmed } = this.#shown[slot];
      const expected = Math.max(0, nowMs - startedMs) / TICK_MS;
      const allowed = 0.05 * expected + 6 + this.#patienceTicks(slot);
      const lost = expected - (confirmed.at(-1) ?? 0);
      if (lost > allowed && !hosts[slot].session?.outcome) {
        this.#violate("waits: after the beginning");
      }
    }
  }

  #judgeTicks(truth: LyingMatch): void {
    const { fromMs } = this.#options;
    const from = Math.floor(fromMs / STEP_MS);
    for (const slot of this.#honest) {
      const { confirmed } = this.#shown[slot];
      const without = truth.#shown[slot].confirmed;
      const last = confirmed.length - 1;
      const expected = without[last] - without[from];
      const lost = without[last] - confirmed[last];
      if (lost <= 0.05 * expected + this.#patienceTicks(slot)) continue;
      if (this.#isDuelOver(slot)) continue;
      const { outcome, isReturning } = this.#match.hosts[slot].session ?? {};
      const why = outcome?.reason ?? (isReturning ? "out" : "plays");
      this.#violate(`waits: an honest member (${why}) lacks ticks`);
    }
  }

  /** A match of two may end by what one says of itself, if it takes no longer than patience. */
  #isDuelOver(slot: number): boolean {
    if (this.#options.players > 2) return false;
    const { nowMs } = this.#match;
    const { session } = this.#match.hosts[slot];
    if (!session?.outcome) {
      this.#match.play(nowMs + END_MS, () => session?.outcome !== undefined);
    }
    const { outcome } = session ?? {};
    return outcome !== undefined &&
      (outcome.winner === slot || outcome.winner === null);
  }

  #patienceTicks(_slot: number): number {
    return this.#options.players > 2 ? this.#drops * DROP_MS / TICK_MS : 0;
  }

  /** One winner among the honest, and none other for the watcher. */
  #judgeEnds(): void {
    const outcomes = this.#honest
      .map((slot) => this.#match.hosts[slot].session?.outcome);
    const winners = new Set(
      outcomes.flatMap((outcome) =>
        outcome && outcome.winner !== null ? [outcome.winner] : []
      ),
    );
    if (winners.size > 1) this.#violate("two winners: among the honest");
    const { phase, players } = this.#options;
    const reasons = outcomes.map((outcome) => outcome?.reason ?? "plays");
    const isEnded = phase !== "over" && phase !== "hello" && players > 2;
    for (const reason of reasons) {
      if (isEnded && reason !== "plays") this.#violate(`ended: ${reason}`);
    }
    if (
      phase === "over" && players > 2 && reasons.some((r) => r !== "finished")
    ) {
      this.#violate(`ended: ${reasons.join(" and ")} instead of finished`);
    }
    const watched = this.#watching?.outcome;
    if (!watched) return;
    const { winner, reason } = watched;
    if (winner !== null && !winners.has(winner)) {
      this.#violate(`watcher: told a winner (${reason})`);
    } else if (winner === null && players > 2) {
      this.#violate(`watcher: told an end (${reason})`);
    }
  }
}
