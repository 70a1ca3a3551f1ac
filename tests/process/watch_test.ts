/**
 * Watching with real processes: what a watcher shows is what the players had, and it disturbs nobody.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Status } from "../../net/player/status.ts";
import { ignoreWithoutBroker, startBroker } from "../support/broker.ts";
import {
  expectOneLine,
  expectSameStates,
  lobbyAt,
  type PongProcess,
  resultOf,
  startLobbyProcess,
  startPong,
  statusOf,
  waitForStatus,
  waitForView,
} from "../support/processes.ts";

/** What a watcher tells of the match. */
type WatcherStatus =
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

type Lobby = PongProcess & { readonly port: number };

interface Room {
  readonly code: string;
  readonly players: number;
  /** To win; or lives, of more than two players. */
  readonly points: number;
}

/** Long enough to begin to watch in the middle, over soon enough to wait for. */
const ROOM: Room = { code: "ARENA", players: 2, points: 4 };

/** A player whose page nobody opens: it loses soon, and its process stays when the match is over. */
function startIdler(lobby: Lobby, room: Partial<Room> = {}): PongProcess {
  return startPong([...playIn(lobby, room), "--no-open"]);
}

function startBot(lobby: Lobby, room: Partial<Room> = {}): PongProcess {
  return startPong([...playIn(lobby, room), "--bot", "easy"]);
}

function playIn(lobby: Lobby, room: Partial<Room>): readonly string[] {
  const { code, players, points } = { ...ROOM, ...room };
  return [
    ...["play", ...lobbyAt(lobby), "--room", code, "--players", `${players}`],
    ...["--points", `${points}`, "--lives", `${points}`],
  ];
}

function startWatcher(lobby: Lobby, room?: string): PongProcess {
  const which = room === undefined ? [] : ["--room", room];
  return startPong(["watch", ...lobbyAt(lobby), "--no-open", ...which]);
}

/** Waits until a watcher has something of the match. */
function waitToSee(watcher: PongProcess): Promise<WatcherStatus> {
  return waitForStatus<WatcherStatus>(
    watcher,
    ({ phase, confirmedTick }) => phase === "playing" && confirmedTick > 0,
  );
}

interface Match {
  readonly bot: PongProcess;
  readonly idlers: readonly PongProcess[];
  readonly watcher: PongProcess;
}

/** Waits for the end; what the watcher has and what all players have must be the same. */
async function expectOneTruth({ bot, idlers, watcher }: Match): Promise<void> {
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

async function watchFromTheMiddle(
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

for (const count of [2, 4]) {
  Deno.test(`a watcher that comes late sees what ${count} players have, over the relay`, () =>
    watchFromTheMiddle(count));
}

Deno.test("over RabbitMQ", { ignore: ignoreWithoutBroker() }, async (test) => {
  await using broker = await startBroker();
  for (const count of [2, 4]) {
    const url = await broker.createVhost(`watch${count}`);
    await test.step(`a watcher that comes late sees what ${count} players have`, () =>
      watchFromTheMiddle(count, url));
  }
});

Deno.test("a watcher follows a room from the lobby to the result, and its players know of it", async () => {
  await using lobby = await startLobbyProcess();
  await using mia = startPong([
    ...["play", ...lobbyAt(lobby), "--no-open", "--name", "Mia"],
    ...["--room", ROOM.code, "--points", "2"],
  ]);
  await waitForStatus(mia, ({ phase }) => phase === "lobby");
  await using watcher = startWatcher(lobby, ROOM.code);
  const gathering = await waitForStatus<WatcherStatus>(
    watcher,
    ({ players }) => players.length === 1,
  );
  expect(gathering.phase).toBe("lobby");
  expect(gathering.players[0].name).toBe("Mia");
  await waitForView(mia, ({ watchers }) => watchers === 1);

  await using bot = startBot(lobby, { points: 2 });

  await waitToSee(watcher);
  await waitForView(
    mia,
    ({ phase, watchers }) => phase === "playing" && watchers === 1,
  );
  await expectOneTruth({ bot, idlers: [mia], watcher });
});

Deno.test("a watcher that is killed disturbs neither the players nor another watcher", async () => {
  await using lobby = await startLobbyProcess();
  await using bot = startBot(lobby);
  await using idler = startIdler(lobby);
  await waitForStatus(idler, ({ tick }) => tick > 0);
  await using victim = startWatcher(lobby, ROOM.code);
  await using watcher = startWatcher(lobby, ROOM.code);
  await waitToSee(victim);
  await waitToSee(watcher);
  await waitForStatus<WatcherStatus>(watcher, ({ watchers }) => watchers === 2);

  victim.kill("SIGKILL");

  await waitForStatus<WatcherStatus>(watcher, ({ watchers }) => watchers === 1);
  await expectOneTruth({ bot, idlers: [idler], watcher });
  const { stats, era } = await statusOf(idler);
  expect(era).toBe(0);
  expect(stats.stalledMs).toBeLessThan(1000);
});

Deno.test("without a room the match that began last is watched, with --once to its end", async () => {
  await using lobby = await startLobbyProcess();
  const older = { code: "OLDER", points: 99 };
  await using _one = startBot(lobby, older);
  await using two = startBot(lobby, older);
  await waitForStatus(two, ({ tick }) => tick > 0);
  await using bot = startBot(lobby, { code: "NEWER" });
  await using _idler = startIdler(lobby, { code: "NEWER" });
  const { match } = await waitForStatus(bot, ({ tick }) => tick > 0);

  await using watcher = startPong([
    ...["watch", ...lobbyAt(lobby), "--no-open", "--once"],
  ]);

  const seen = await waitToSee(watcher);
  expect([seen.room, seen.match]).toEqual(["NEWER", match]);
  expect(await watcher.exited).toBe(0);
  expect((await resultOf(bot)).match).toBe(match);
});

Deno.test("what can't be watched is refused in a line", async () => {
  await using lobby = await startLobbyProcess();
  await using bot = startBot(lobby);
  await waitForStatus(bot, ({ phase }) => phase === "lobby");

  await using nowhere = startWatcher(lobby, "NOWHERE");
  await using nothing = startWatcher(lobby);

  await expectOneLine(nowhere, /^pong: .*NOWHERE/);
  await expectOneLine(nothing, /^pong: /);
});
