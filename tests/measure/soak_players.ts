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
import type { StartMessage } from "../../net/lobby/protocol.ts";
import { joinLobby, type LobbySeat } from "../../net/lobby/seat.ts";
import { Session } from "../../net/match/session.ts";
import { SECRET_BYTES } from "../../net/match/wire/wire.ts";
import { runMatchLoop } from "../../net/player/match_loop.ts";
import { sha256 } from "../../net/player/sha256.ts";
import { openRelay } from "../../net/transport/relay.ts";
import { readLines } from "./ordered_process.ts";

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

interface Player {
  readonly session: Session;
  readonly progress: Progress;
  /** Resolves when it is well into play. */
  readonly begun: Promise<void>;
  /** Resolves when it has said goodbye and left the lobby. */
  readonly done: Promise<void>;
}

/** Counts the times in which nothing was confirmed. */
class Progress {
  stalls = 0;
  longestStallMs = 0;
  #tick = 0;
  #atMs = performance.now();

  take(confirmedTick: number): void {
    if (confirmedTick === this.#tick) return;
    this.#tick = confirmedTick;
    this.look();
    this.#atMs = performance.now();
  }

  /** Counts the time since the last confirmed tick, too. */
  look(): void {
    const passedMs = performance.now() - this.#atMs;
    if (passedMs >= STALL_MS_MIN) this.stalls++;
    this.longestStallMs = Math.max(this.longestStallMs, passedMs);
  }

  restart(): void {
    this.stalls = this.longestStallMs = 0;
    this.#atMs = performance.now();
  }
}

/** Takes a seat and the relay, and plays until `stop` aborts. */
async function enter(port: number, stop: AbortSignal): Promise<Player> {
  await using stack = new AsyncDisposableStack();
  // The links outlive `stop` by a goodbye.
  const { signal } = new AbortController();
  const lobby = { hostname: "127.0.0.1", port, signal };
  const seat = stack.use(await joinLobby({ ...lobby, join: { name: "Bot" } }));
  const { match, rules, token, players } = await startOf(seat);
  const transport = stack.use(await openRelay({ ...lobby, token }));
  const { slot } = seat.welcome;
  const session = new Session({
    slot,
    rules,
    match,
    epochs: players.map(({ epoch }) => epoch),
    sha256,
    secret: crypto.getRandomValues(new Uint8Array(SECRET_BYTES)),
    nowMs: performance.now(),
  });
  const bot = createBot({ slot, skill: "hard", seed: slot });
  const progress = new Progress();
  const begun = Promise.withResolvers<void>();
  const links = stack.move();
  const done = runMatchLoop({
    session,
    transport,
    nowMs: () => performance.now(),
    input: () => session.play ? botInput(bot, session.play.state) : 0,
    onAdvance: () => {
      session.takeEvents();
      if (!session.play) return;
      const { confirmedTick } = session.play;
      progress.take(confirmedTick);
      if (confirmedTick >= WARM_TICKS) begun.resolve();
    },
    signal: stop,
  }).finally(() => links.disposeAsync());
  return { session, progress, begun: begun.promise, done };
}

async function startOf(seat: LobbySeat): Promise<StartMessage> {
  for (;;) {
    const event = await seat.next();
    if (event.kind === "start") return event.start;
    if (event.kind !== "roster") {
      throw new Error(`No match: ${JSON.stringify(event)}`);
    }
  }
}

/** Counts what happens to all players from now on, until the function that it returns is called. */
function count(players: readonly Player[]): () => SoakCounts {
  const packetsIn = () =>
    players.reduce((sum, { session }) => sum + session.stats.packetsIn, 0);
  const ticks = () =>
    players.map(({ session }) => session.play?.confirmedTick ?? 0);
  const packetsBefore = packetsIn();
  const ticksBefore = ticks();
  for (const { progress } of players) progress.restart();
  return () => {
    for (const { progress } of players) progress.look();
    return {
      stalls: players.reduce((sum, { progress }) => sum + progress.stalls, 0),
      longestStallMs: Math.max(
        ...players.map(({ progress }) => progress.longestStallMs),
      ),
      packets: packetsIn() - packetsBefore,
      ticksMin: Math.min(...ticks().map((tick, at) => tick - ticksBefore[at])),
      lost:
        players.filter(({ session }) => session.outcome !== undefined).length,
    };
  };
}

if (import.meta.main) {
  const [port, players] = Deno.args.map(Number);
  const stop = new AbortController();
  const all = await Promise.all(
    Array.from({ length: players }, () => enter(port, stop.signal)),
  );
  await Promise.all(all.map(({ begun }) => begun));
  answer("playing");
  let finish = count(all);
  for await (const order of readLines(Deno.stdin.readable)) {
    if (order === "begin") finish = count(all);
    if (order !== "end") continue;
    answer(JSON.stringify(finish()));
    break;
  }
  stop.abort();
  await Promise.all(all.map(({ done }) => done));
}

function answer(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
