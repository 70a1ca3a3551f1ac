/**
 * Rooms with a watcher, in real processes: what it shows must be what the players had.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Status } from "../../net/player/status.ts";
import {
  expectSameStates,
  lobbyAt,
  type PongProcess,
  resultOf,
  startLobbyProcess,
  startPong,
  statusOf,
  waitForStatus,
} from "../support/processes.ts";

/** What a watcher tells of the match. */
export type WatcherStatus =
  & Pick<
    Status,
    | "phase"
    | "room"
    | "match"
    | "confirmedTick"
    | "hashes"
    | "players"
    | "winner"
    | "reason"
  >
  & { readonly role: string; readonly watchers: number };

export type Lobby = PongProcess & { readonly port: number };

export interface Room {
  readonly code: string;
  readonly players: number;
  /** To win; or lives, of more than two players. */
  readonly points: number;
}

/** Long enough to begin to watch in the middle, over soon enough to wait for. */
export const ROOM: Room = { code: "ARENA", players: 2, points: 4 };

/** A player whose page nobody opens: it loses soon, and its process stays when the match is over. */
export function startIdler(
  lobby: Lobby,
  room: Partial<Room> = {},
): PongProcess {
  return startPong([...playIn(lobby, room), "--no-open"]);
}

export function startBot(lobby: Lobby, room: Partial<Room> = {}): PongProcess {
  return startPong([...playIn(lobby, room), "--bot", "easy"]);
}

function playIn(lobby: Lobby, room: Partial<Room>): readonly string[] {
  const { code, players, points } = { ...ROOM, ...room };
  return [
    ...["play", ...lobbyAt(lobby), "--room", code, "--players", `${players}`],
    ...["--points", `${points}`, "--lives", `${points}`],
  ];
}

export function startWatcher(lobby: Lobby, room?: string): PongProcess {
  const which = room === undefined ? [] : ["--room", room];
  return startPong(["watch", ...lobbyAt(lobby), "--no-open", ...which]);
}

/** Waits until a watcher has something of the match. */
export function waitToSee(watcher: PongProcess): Promise<WatcherStatus> {
  return waitForStatus<WatcherStatus>(
    watcher,
    ({ phase, confirmedTick }) => phase === "playing" && confirmedTick > 0,
  );
}

export interface Match {
  readonly bot: PongProcess;
  readonly idlers: readonly PongProcess[];
  readonly watcher: PongProcess;
}

/** Waits for the end; what the watcher has and what all players have must be the same. */
export async function expectOneTruth(
  { bot, idlers, watcher }: Match,
): Promise<void> {
  const results = await Promise.all([bot, ...idlers].map(resultOf));
  const seen = await waitForStatus<WatcherStatus>(
    watcher,
    ({ phase }) => phase === "over",
  );
  const [result] = results;
  for (const other of results) expect(other).toEqual(result);
  expect(result.reason).toBe("finished");
  expect(seen).toMatchObject({
    role: "watcher",
    match: result.match,
    winner: result.winner,
    reason: "finished",
  });
  expect(seen.players.map(({ score }) => score)).toEqual(result.score);
  expect(new Map(seen.hashes).get(result.confirmedTick)).toBe(result.hash);
  for (const idler of idlers) {
    const status = await statusOf(idler);
    expectSameStates(status, seen);
    expect(status.stats.rejected).toBe(0);
  }
}

/** Plays a match of so many, over `broker` if given, and watches from its middle to its end. */
export async function watchFromTheMiddle(
  count: number,
  broker?: string,
): Promise<void> {
  await using lobby = await startLobbyProcess(
    broker === undefined ? [] : ["--broker", broker],
  );
  await using stack = new AsyncDisposableStack();
  const room = { players: count, points: count === 2 ? ROOM.points : 2 };
  await using bot = startBot(lobby, room);
  const idlers = Array.from(
    { length: count - 1 },
    () => stack.use(startIdler(lobby, room)),
  );
  await waitForStatus(bot, ({ tick }) => tick > 120);

  await using watcher = startWatcher(lobby, ROOM.code);

  const first = await waitToSee(watcher);
  expect(first.watchers).toBe(1);
  expect(first.hashes[0][0]).toBeGreaterThan(0);
  await expectOneTruth({ bot, idlers, watcher });
  watcher.kill("SIGINT");
  expect(await watcher.exited).toBe(0);
}
