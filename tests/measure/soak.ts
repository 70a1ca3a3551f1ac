/**
 * Many matches at once through one lobby, for a while: does anybody have to wait, and does the lobby
 * grow?
 *
 * The lobby is a process of its own, watched through `/proc`; the players share a few others.
 * Everything runs on one machine, so the players' work competes with the lobby's: a figure here is
 * the least that a lobby can do.
 *
 * Run it with `deno task soak [matches] [seconds]`.
 *
 * @module
 */
import { startLobbyProcess } from "../support/processes.ts";
import { last } from "../support/waiting.ts";
import { mean } from "./bench_figure.ts";
import { startOrdered } from "./ordered_process.ts";
import { addCounts, type SoakCounts } from "./soak_players.ts";

export interface SoakOptions {
  /** Of two players each. */
  readonly matches: number;
  readonly durationMs: number;
  /** For how long the lobby's heap may find its size before its memory is looked at. */
  readonly warmUpMs: number;
  /** Among how many the players are divided. */
  readonly processes: number;
}

/** What was seen while all matches were running. */
export interface SoakFigures extends SoakCounts {
  readonly watchedS: number;
  /** Including the time before the memory was looked at. */
  readonly playedS: number;
  readonly packetsPerSecond: number;
  /** Of one core. */
  readonly lobbyCpuPercent: number;
  /** Memory of the lobby, on average over the first and the last third. */
  readonly lobbyFirstMb: number;
  readonly lobbyLastMb: number;
}

/** In 30 matches for 150 s the lobby grew in the first minute and not after it. */
const WARM_UP_MS = 60_000;

/** How often the lobby's memory is looked at. */
const LOOK_EVERY_MS = 250;

/** Ticks of the clock in which the kernel counts, on every Linux of today. */
const KERNEL_TICKS_PER_S = 100;

/** Plays all matches; the time counts from when all have begun. */
export async function soak(
  { matches, durationMs, warmUpMs, processes }: SoakOptions,
): Promise<SoakFigures> {
  await using stack = new AsyncDisposableStack();
  const connections = `${4 * matches + 10}`;
  const lobby = stack.use(
    await startLobbyProcess([
      ...["--max-connections", connections, "--max-rooms", connections],
      ...["--max-connections-per-address", connections],
    ]),
  );
  const groups = share(2 * matches, processes).map((players) =>
    stack.use(startOrdered("./soak_players.ts", [lobby.port, players]))
  );
  for (const group of groups) await group.answer();

  for (const group of groups) await group.tell("begin");
  const begunMs = performance.now();
  await watchMemory(lobby.pid, warmUpMs);
  const startMs = performance.now();
  const cpuBeforeS = cpuSecondsOf(lobby.pid);
  const memoryMb = await watchMemory(lobby.pid, durationMs);
  const endMs = performance.now();
  const cpuS = cpuSecondsOf(lobby.pid) - cpuBeforeS;
  for (const group of groups) await group.tell("end");
  const counts: SoakCounts[] = [];
  for (const group of groups) counts.push(await group.answer());
  const third = Math.ceil(memoryMb.length / 3);
  const total = counts.reduce(addCounts);
  return {
    ...total,
    watchedS: (endMs - startMs) / 1000,
    playedS: (endMs - begunMs) / 1000,
    packetsPerSecond: total.packets / (endMs - begunMs) * 1000,
    lobbyCpuPercent: cpuS / (endMs - startMs) * 1000 * 100,
    lobbyFirstMb: mean(memoryMb.slice(0, third)),
    lobbyLastMb: mean(memoryMb.slice(-third)),
  };
}

/** Divides as evenly as possible. */
function share(players: number, processes: number): readonly number[] {
  return Array.from(
    { length: processes },
    (_, at) => Math.floor((players + at) / processes),
  ).filter((count) => count > 0);
}

/** Looks at a process's resident memory for so long, in MB. */
async function watchMemory(
  pid: number,
  durationMs: number,
): Promise<readonly number[]> {
  const looks: number[] = [];
  for (let atMs = 0; atMs < durationMs; atMs += LOOK_EVERY_MS) {
    await last(LOOK_EVERY_MS);
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    looks.push(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
  }
  return looks;
}

/** Time that a process has computed so far. */
function cpuSecondsOf(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The name before the last bracket may hold anything; time in user and in kernel mode follow.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / KERNEL_TICKS_PER_S;
}

if (import.meta.main) {
  const [matches = 50, seconds = 60] = Deno.args.map(Number);
  const it = await soak({
    ...{ matches, durationMs: seconds * 1000 },
    ...{ warmUpMs: WARM_UP_MS, processes: 4 },
  });
  const text = `${matches} matches at once for ${it.playedS.toFixed(0)} s, ` +
    `looked at for ${it.watchedS.toFixed(0)} s
packets: ${it.packetsPerSecond.toFixed(0)}/s arrived
slowest player: ${(it.ticksMin / it.playedS).toFixed(1)} ticks/s
stalls over 250 ms: ${it.stalls}
longest time without a confirmed tick: ${it.longestStallMs.toFixed(0)} ms
matches lost: ${it.lost / 2}
lobby: ${it.lobbyCpuPercent.toFixed(0)} % of a core
lobby: ${it.lobbyFirstMb.toFixed(1)} MB in the first third, ` +
    `${it.lobbyLastMb.toFixed(1)} MB in the last
`;
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
