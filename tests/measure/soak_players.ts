/**
 * A process with many players in it, for `soak.ts`: each has its own seat, relay and session, and
 * plays in real time.
 *
 * It is told by lines what to do: "begin" forgets what was counted so far, "end" prints the counts
 * as one line of JSON and leaves. Before, it prints "playing" once all of its players do.
 *
 * @module
 */
import { botInput, createBot } from "../../game/bot.ts";
import { Session } from "../../net/match/session.ts";
import { runMatchLoop } from "../../net/player/match_loop.ts";
import { answer, readLines } from "./ordered_process.ts";
import { takeSeat } from "./taken_seat.ts";

/** A stall shorter than this is not seen by anybody. */
const STALL_MS_MIN = 250;

/** The compiler is warm, and the clocks of both players are level. */
const WARM_TICKS = 120;

/** What the players of a process counted together. */
export interface SoakCounts {
  /** How often a player confirmed nothing for 250 ms, and the longest time. */
  readonly stalls: number;
  readonly longestStallMs: number;
  /** Packets that arrived. */
  readonly packets: number;
  /** Fewest ticks that a player has confirmed. */
  readonly ticksMin: number;
  /** Players whose match ended before it was to. */
  readonly lost: number;
}

/** Counts what becomes of a session from now on. */
class Progress {
  stalls = 0;
  longestStallMs = 0;
  readonly #session: Session;
  readonly #fromTick: number;
  readonly #packetsBefore: number;
  #tick: number;
  #atMs = performance.now();

  constructor(session: Session) {
    this.#session = session;
    this.#fromTick = this.#tick = this.#confirmedTick;
    this.#packetsBefore = session.stats.packetsIn;
  }

  get #confirmedTick(): number {
    return this.#session.play?.confirmedTick ?? 0;
  }

  look(): void {
    if (this.#confirmedTick !== this.#tick) this.#endWait();
  }

  #endWait(): void {
    const nowMs = performance.now();
    const passedMs = nowMs - this.#atMs;
    if (passedMs >= STALL_MS_MIN) this.stalls++;
    this.longestStallMs = Math.max(this.longestStallMs, passedMs);
    this.#tick = this.#confirmedTick;
    this.#atMs = nowMs;
  }

  /** The time since the last confirmed tick counts, too. */
  finish(): SoakCounts {
    this.#endWait();
    const { stalls, longestStallMs } = this;
    const { stats, outcome } = this.#session;
    return {
      ...{ stalls, longestStallMs },
      packets: stats.packetsIn - this.#packetsBefore,
      ticksMin: this.#tick - this.#fromTick,
      lost: outcome === undefined ? 0 : 1,
    };
  }
}

interface Player {
  readonly session: Session;
  progress: Progress;
  /** Resolves when it is well into play. */
  readonly begun: Promise<void>;
  /** Resolves when it has said goodbye and left the lobby. */
  readonly done: Promise<void>;
}

/** Takes a seat and the relay, and plays until `stop` aborts. */
async function enter(port: number, stop: AbortSignal): Promise<Player> {
  const seat = await takeSeat(port);
  const session = new Session(seat.session);
  const { slot } = seat.session;
  const bot = createBot({ slot, skill: "hard", seed: slot });
  const begun = Promise.withResolvers<void>();
  const player = {
    session,
    progress: new Progress(session),
    begun: begun.promise,
  };
  const done = runMatchLoop({
    session,
    transport: seat.transport,
    nowMs: () => performance.now(),
    input: () => session.play ? botInput(bot, session.play.state) : 0,
    onAdvance: () => {
      session.takeEvents();
      player.progress.look();
      const { confirmedTick = 0 } = session.play ?? {};
      if (confirmedTick >= WARM_TICKS) begun.resolve();
    },
    signal: stop,
    // The links outlive `stop` by a goodbye.
  }).finally(() => seat[Symbol.asyncDispose]());
  return Object.assign(player, { done });
}

/** Makes one of what two players, or two groups of them, counted. */
export function addCounts(a: SoakCounts, b: SoakCounts): SoakCounts {
  return {
    stalls: a.stalls + b.stalls,
    longestStallMs: Math.max(a.longestStallMs, b.longestStallMs),
    packets: a.packets + b.packets,
    ticksMin: Math.min(a.ticksMin, b.ticksMin),
    lost: a.lost + b.lost,
  };
}

if (import.meta.main) {
  const [port, count] = Deno.args.map(Number);
  const stop = new AbortController();
  const players = await Promise.all(
    Array.from({ length: count }, () => enter(port, stop.signal)),
  );
  await Promise.all(players.map(({ begun }) => begun));
  answer("playing");
  for await (const order of readLines(Deno.stdin.readable)) {
    if (order === "end") break;
    for (const it of players) it.progress = new Progress(it.session);
  }
  answer(players.map(({ progress }) => progress.finish()).reduce(addCounts));
  stop.abort();
  await Promise.all(players.map(({ done }) => done));
}
