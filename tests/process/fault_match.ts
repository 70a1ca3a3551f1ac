/**
 * Running matches of bots for tests that break something in the middle: real processes, over the
 * lobby's relay or a broker.
 *
 * The games never end by themselves within a test. What hosts must agree on is read from their
 * `/status` while they play.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Status } from "../../net/player/status.ts";
import { temporaryFolder } from "../support/lobby.ts";
import {
  lobbyAt,
  type PongProcess,
  SHARED_TICKS_MIN,
  startLobbyProcess,
  startPong,
  statusOf,
  waitForStatus,
} from "../support/processes.ts";
import { until } from "../support/waiting.ts";

/** Well into play: everybody's inputs are on their way, and the first ball is served. */
const WARM_TICKS = 120;

export type LobbyProcess = Awaited<ReturnType<typeof startLobbyProcess>>;

export interface FaultMatch extends AsyncDisposable {
  readonly lobby: LobbyProcess;
  /** By slot. */
  readonly bots: readonly PongProcess[];
  /** What all hosts agreed on when the match was handed over. */
  readonly before: Status;
  /** Starts a lobby again, where the one that is gone was. */
  restartLobby(): Promise<LobbyProcess>;
  /** Starts a process that takes the seat of a bot again. */
  resume(slot: number): PongProcess;
}

export interface FaultMatchOptions {
  readonly players: number;
  /** Words for each `pong play`. */
  readonly args?: readonly string[];
  /** Address of the broker's virtual host; over the relay if not given. */
  readonly broker?: string;
}

/** Starts a match; resolves when all are well into it. */
export async function startFaultMatch(
  { players, args = [], broker }: FaultMatchOptions,
): Promise<FaultMatch> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await temporaryFolder());
  const lobbyArgs = [
    ...["--state-folder", `${path}/lobby`],
    ...(broker === undefined ? [] : ["--broker", broker]),
  ];
  const lobby = stack.use(await startLobbyProcess(lobbyArgs));
  const folders = Array.from({ length: players }, (_, at) => `${path}/${at}`);
  const started = folders.map((folder) => ({
    folder,
    bot: stack.use(startPong([
      ...["play", ...lobbyAt(lobby)],
      ...["--players", `${players}`, "--points", "99", "--lives", "99"],
      ...["--bot", "hard", "--state-folder", folder, ...args],
    ])),
  }));
  const seated = await Promise.all(started.map(async ({ bot, folder }) => {
    const isWarm = (status: Status) => status.confirmedTick > WARM_TICKS;
    return { bot, folder, status: await waitForStatus(bot, isWarm) };
  }));
  seated.sort((a, b) => a.status.slot - b.status.slot);
  const moved = stack.move();
  return {
    lobby,
    bots: seated.map(({ bot }) => bot),
    before: seated[0].status,
    restartLobby: async () =>
      moved.use(
        await startLobbyProcess(["--port", `${lobby.port}`, ...lobbyArgs]),
      ),
    resume: (slot) =>
      moved.use(startPong([
        ...["play", "--resume", "--state-folder", seated[slot].folder],
        ...args,
      ])),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/**
 * Waits until these hosts have confirmed the same states at 100 ticks after `tick`; whatever else
 * they share must be the same too, each time one looks. Returns their last words.
 */
export async function expectOneTruth(
  bots: readonly PongProcess[],
  tick: number,
): Promise<readonly Status[]> {
  const known = new Map<number, number>();
  const shared = bots.map(() => new Set<number>());
  let statuses: readonly Status[] = [];
  const common = () =>
    [...shared[0]].filter((at) => shared.every((ticks) => ticks.has(at)));
  await until(async () => {
    statuses = await Promise.all(bots.map(statusOf));
    for (const [bot, { hashes, slot }] of statuses.entries()) {
      for (const [at, hash] of hashes) {
        if (!known.has(at)) known.set(at, hash);
        expect({ slot, at, hash }).toEqual({ slot, at, hash: known.get(at) });
        if (at > tick) shared[bot].add(at);
      }
    }
    return common().length >= SHARED_TICKS_MIN;
  }, () => {
    const where = statuses.map(({ hashes: _, ...rest }) => rest);
    return `only ${common().length} shared ticks after ${tick}: ` +
      JSON.stringify(where);
  });
  return statuses;
}

/** Runs cases at the same time, each to its end, for a match that is left behind outlives its test. */
export async function together(
  cases: readonly (() => Promise<void>)[],
): Promise<void> {
  const ends = await Promise.allSettled(cases.map((run) => run()));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

/** The newest tick that any of these hosts has reached. */
export async function newestTick(
  bots: readonly PongProcess[],
): Promise<number> {
  const statuses = await Promise.all(bots.map(statusOf));
  return Math.max(...statuses.map(({ tick }) => tick));
}

/** What a host says of a player. */
export function playerState(status: Status, slot: number): string {
  return status.players.find((player) => player.slot === slot)?.state ?? "";
}

/** Nobody's points have been taken back, and nobody lives longer than before. */
export function expectScoreKept(before: Status, after: Status): void {
  const isDuel = before.players.length === 2;
  for (const { slot, score } of before.players) {
    const now = after.players.find((player) => player.slot === slot)?.score;
    if (isDuel) expect(now).toBeGreaterThanOrEqual(score);
    else expect(now).toBeLessThanOrEqual(score);
  }
}

/** Waits until all play in that era: on a busy machine a match also pauses for moments. */
export function untilPlaying(
  bots: readonly PongProcess[],
  era: number,
): Promise<readonly Status[]> {
  return Promise.all(
    bots.map((bot) =>
      waitForStatus(
        bot,
        (status) => status.phase === "playing" && status.era === era,
      )
    ),
  );
}

/** Waits until all confirm beyond what the fault left: all are still in, and nothing was taken back. */
export async function expectToGoOn(
  { bots, before }: FaultMatch,
): Promise<void> {
  const tick = await newestTick(bots);
  await Promise.all(
    bots.map((bot) =>
      waitForStatus(bot, ({ confirmedTick }) => confirmedTick > tick)
    ),
  );

  await expectOneTruth(bots, tick);
  for (const status of await untilPlaying(bots, 0)) {
    expect(status.stats.rejected).toBe(0);
    expectScoreKept(before, status);
  }
}
