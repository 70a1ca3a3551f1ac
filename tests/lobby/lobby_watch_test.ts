/**
 * Readiness, playing again and watching, through a real lobby over sockets.
 *
 * @module
 */
import { expect } from "@std/expect";
import { openRelay } from "../../net/transport/relay.ts";
import {
  FOREVER,
  join,
  nextOf,
  openLobby,
  RawClient,
  startMatch,
  watch,
} from "../support/lobby.ts";
import { soon, until } from "../support/waiting.ts";

Deno.test("the lobby hears how far away its players are, and tells all in the room", async () => {
  await using lobby = await openLobby();
  const often = { pingEveryMs: 50 };
  await using _mia = await join(lobby, { players: 3 }, often);
  await using ben = await join(lobby, { players: 3 }, often);

  let told: readonly (number | null)[] = [null];
  while (told.includes(null)) {
    const { roster } = await nextOf(ben, "roster");
    told = roster.players.map(({ rttMs }) => rttMs);
  }

  expect(told.map(Number.isInteger)).toEqual([true, true]);
});

Deno.test("all of a match who want to play again do so on the same connections", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby, { room: "MINE" });
  const [mia, ben] = match.seats;
  const [first] = match.starts;
  mia.askAgain();
  expect(await nextOf(ben, "again"))
    .toEqual({ kind: "again", wanted: [0], gone: [] });

  ben.askAgain();

  const { start } = await nextOf(mia, "start");
  expect(start.match).not.toBe(first.match);
  expect(start.players).toEqual(first.players);
  expect((await nextOf(ben, "start")).start.match).toBe(start.match);
  expect(lobby.counts().connections).toBe(2);
  await using relay = await openRelay({
    ...{ hostname: "127.0.0.1", port: lobby.port },
    ...{ token: start.token, signal: FOREVER },
  });
  expect(relay.link.up).toBe(true);
});

Deno.test("who wanted to play again still does after its connection broke", async () => {
  await using lobby = await openLobby({ silenceMs: 300 });
  await using mia = await join(lobby, {}, { pingEveryMs: 1_000 });
  await using ben = await join(lobby, {}, { pingEveryMs: 50 });
  await nextOf(mia, "start");
  mia.askAgain();
  expect(await nextOf(mia, "link")).toEqual({ kind: "link", up: false });

  while ((await nextOf(ben, "again")).wanted.length > 0);
  expect(await nextOf(mia, "link")).toEqual({ kind: "link", up: true });
  while ((await nextOf(ben, "again")).wanted.length === 0);
});

Deno.test("a watcher hears who gathers, listens to the match, and to the next one", async () => {
  await using lobby = await openLobby();
  await using mia = await join(lobby, { room: "MINE" });
  await using eve = await watch(lobby, "mine");
  expect(eve.watching.room).toBe("MINE");
  const { roster } = await nextOf(eve, "roster");
  expect([roster.players.length, roster.watchers]).toEqual([1, 1]);

  await using ben = await join(lobby, { room: "MINE" });
  const { start } = await nextOf(eve, "start");
  expect(start.match).toBe((await nextOf(mia, "start")).start.match);
  expect(await nextOf(ben, "watchers")).toEqual({ kind: "watchers", count: 1 });
  using relay = await RawClient.connect(lobby);
  await relay.say(`watch ${start.token}\n`);
  expect(await relay.message()).toEqual({ type: "watch" });

  for (const seat of [mia, ben]) seat.askAgain();
  const { start: next } = await nextOf(eve, "start");
  expect(next.match).toBe((await nextOf(mia, "start")).start.match);
  using late = await RawClient.connect(lobby);
  await late.say(`watch ${start.token}\n`);
  expect((await late.message()).code).toBe("bad_token");
});

Deno.test("a watcher who leaves is counted no more, and its relay connection ends", async () => {
  await using lobby = await openLobby({ relaySilenceMs: 60_000 });
  await using match = await startMatch(lobby);
  const [mia] = match.seats;
  const eve = await watch(lobby);
  await using _ada = await watch(lobby);
  const { start: { token } } = await nextOf(eve, "start");
  using relay = await RawClient.connect(lobby);
  await relay.say(`watch ${token}\n`);
  await relay.message();
  expect((await nextOf(mia, "watchers")).count).toBe(1);
  expect((await nextOf(mia, "watchers")).count).toBe(2);

  await eve[Symbol.asyncDispose]();

  expect(await nextOf(eve, "left")).toEqual({ kind: "left" });
  expect((await nextOf(mia, "watchers")).count).toBe(1);
  while (await soon(relay.bytes(), "The relay's end") !== undefined);
  expect(lobby.counts().watchers).toBe(1);
});

Deno.test("a watcher has one relay connection, the newest", async () => {
  await using lobby = await openLobby({ relaySilenceMs: 60_000 });
  await using _match = await startMatch(lobby);
  await using eve = await watch(lobby);
  const { start: { token } } = await nextOf(eve, "start");
  using former = await RawClient.connect(lobby);
  await former.say(`watch ${token}\n`);
  await former.message();

  using newest = await RawClient.connect(lobby);
  await newest.say(`watch ${token}\n`);

  expect(await newest.message()).toEqual({ type: "watch" });
  while (await soon(former.bytes(), "The former's end") !== undefined);
});

Deno.test("a watcher is told when everybody has left", async () => {
  await using lobby = await openLobby();
  const match = await startMatch(lobby);
  await using eve = await watch(lobby);

  await match[Symbol.asyncDispose]();

  expect((await nextOf(eve, "refused")).code).toBe("match_over");
  await until(() => lobby.counts().connections === 0, "Closing");
});
