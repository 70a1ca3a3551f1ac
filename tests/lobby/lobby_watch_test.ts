// Watching, and playing again, through a real lobby over sockets.
import { expect } from "@std/expect";
import type { Lobby } from "../../lobby.ts";
import type { LobbyWatch } from "../../net/lobby/watch.ts";
import {
  join,
  nextOf,
  openLobby,
  RawClient,
  startMatch,
  watch,
} from "../support/lobby.ts";
import { soon, until } from "../support/waiting.ts";

/** Opens the relay connection of somebody who watches a match. */
async function listen(lobby: Lobby, eve: LobbyWatch): Promise<RawClient> {
  const { start: { token } } = await nextOf(eve, "start");
  const client = await RawClient.connect(lobby, `watch ${token}\n`);
  expect(await client.message()).toEqual({ type: "watch" });
  return client;
}

Deno.test("a watcher hears who gathers, listens to the match, and to the next one", async () => {
  await using lobby = await openLobby();
  await using mia = await join(lobby, { room: "MINE" });
  await using eve = await watch(lobby, "mine");
  expect(eve.watching.room).toBe("MINE");
  const { roster } = await nextOf(eve, "roster");
  expect([roster.players.length, roster.watchers]).toEqual([1, 1]);

  await using ben = await join(lobby, { room: "MINE" });
  using _first = await listen(lobby, eve);
  expect(await nextOf(ben, "watchers")).toEqual({ kind: "watchers", count: 1 });
  await nextOf(mia, "start");
  for (const seat of [mia, ben]) seat.askAgain();
  using _second = await listen(lobby, eve);
});

Deno.test("a watcher who leaves is counted no more, and its relay connection ends", async () => {
  await using lobby = await openLobby({ relaySilenceMs: 60_000 });
  await using match = await startMatch(lobby);
  const [mia] = match.seats;
  const eve = await watch(lobby);
  await using _ada = await watch(lobby);
  using client = await listen(lobby, eve);
  for (const count of [1, 2]) {
    expect((await nextOf(mia, "watchers")).count).toBe(count);
  }

  await eve[Symbol.asyncDispose]();

  expect(await nextOf(eve, "left")).toEqual({ kind: "left" });
  expect((await nextOf(mia, "watchers")).count).toBe(1);
  while (await soon(client.bytes(), "The relay's end") !== undefined);
  expect(lobby.counts().watchers).toBe(1);
});

Deno.test("a watcher has one relay connection, the newest, with its newest token", async () => {
  await using lobby = await openLobby({ relaySilenceMs: 60_000 });
  await using match = await startMatch(lobby);
  await using eve = await watch(lobby);
  const { start: { token } } = await nextOf(eve, "start");
  const listen = () => RawClient.connect(lobby, `watch ${token}\n`);
  using former = await listen();
  await former.message();

  using newest = await listen();

  expect(await newest.message()).toEqual({ type: "watch" });
  while (await soon(former.bytes(), "The former's end") !== undefined);
  for (const seat of match.seats) seat.askAgain();
  await nextOf(eve, "start");
  using late = await listen();
  expect((await late.message()).code).toBe("bad_token");
});

Deno.test("a watcher is told when everybody has left", async () => {
  await using lobby = await openLobby();
  const match = await startMatch(lobby);
  await using eve = await watch(lobby);

  await match[Symbol.asyncDispose]();

  expect((await nextOf(eve, "refused")).code).toBe("match_over");
  await until(() => lobby.counts().connections === 0, "Closing");
});
