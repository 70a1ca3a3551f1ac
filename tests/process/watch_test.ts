/**
 * Watching with real processes: what a watcher shows is what the players had, and it disturbs nobody.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  expectOneLine,
  lobbyAt,
  resultOf,
  startLobbyProcess,
  startPong,
  statusOf,
  waitForStatus,
  waitForView,
} from "../support/processes.ts";
import {
  expectOneTruth,
  ROOM,
  startBot,
  startIdler,
  startWatcher,
  waitToSee,
  type WatcherStatus,
  watchFromTheMiddle,
} from "./watched_room.ts";

/** Who heard nothing for so long would take somebody for lost; a busy machine stalls for less. */
const SILENCE_MS = 2000;

for (const count of [2, 4]) {
  Deno.test(`a watcher that comes late sees what ${count} players have, over the relay`, () =>
    watchFromTheMiddle(count));
}

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
  expect(stats.stalledMs).toBeLessThan(SILENCE_MS);
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
