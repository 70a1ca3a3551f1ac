/**
 * A watcher's process without its process: what its page shows of a room whose players play nothing,
 * and how watching ends.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Lobby } from "../../lobby.ts";
import { JoinError } from "../../net/lobby/join_error.ts";
import type { View } from "../../net/page/protocol.ts";
import { type WatcherOptions, watchMatches } from "../../net/watch/watcher.ts";
import { join, openLobby, watch } from "../support/lobby.ts";
import { ASSETS, openPage } from "../support/page_client.ts";

/** Watches a room as a process does, with its page open. */
async function openWatcher(
  { port }: Lobby,
  options: Partial<WatcherOptions> = {},
) {
  const stop = new AbortController();
  const served = Promise.withResolvers<string>();
  const over = watchMatches({
    ...{ lobby: { hostname: "127.0.0.1", port }, room: "MINE", stay: true },
    ...{ signal: stop.signal, assets: ASSETS, pagePort: 0, isLan: false },
    nowMs: () => performance.now(),
    randomBytes: (length) => new Uint8Array(length),
    onServing: ({ url }) => served.resolve(url),
    ...options,
  });
  over.catch(served.reject);
  const url = await served.promise;
  const page = await openPage({ server: { url } });
  /** Skips views until one is such. */
  const view = async (isSuch: (view: View) => boolean): Promise<View> => {
    for (;;) {
      const message = await page.nextMessage();
      const view = typeof message === "string" && JSON.parse(message);
      if (view && isSuch(view)) return view;
    }
  };
  return { over, url, page, view, stop };
}

Deno.test("a watcher's page shows who gathers, then their match, then why there is no more", async () => {
  await using lobby = await openLobby();
  const asked = { room: "MINE", players: 3, lives: 7, isReady: false };
  const named = { ...asked, name: "Mia", look: 2 };
  const mia = await join(lobby, named, { pingEveryMs: 50 });
  const { over, url, page, view, stop } = await openWatcher(lobby);
  expect(await view(({ watchers }) => watchers === 1)).toMatchObject({
    ...{ role: "watcher", phase: "lobby", room: "MINE", match: "", notice: "" },
    rules: { players: 3, lives: 7 },
    players: [{
      ...{ slot: 0, name: "Mia", look: 2, isBot: false, isLocalBot: false },
      ...{ score: 7, state: "waiting", jitterMs: null, awaySeconds: null },
    }],
  });

  const ben = await join(lobby, { ...asked, name: "Ben", isReady: true });
  const bot = await join(lobby, { ...asked, name: "Bot", isBot: true });
  const full = await view(({ players }) => players.length === 3);
  await view(({ players: [{ rttMs }] }) => rttMs !== null);
  expect(full.players.map(({ state, isBot }) => [state, isBot]))
    .toEqual([["waiting", false], ["ready", false], ["ready", true]]);
  mia.setReady(true);
  const begun = await view(({ phase }) => phase === "syncing");
  expect(begun)
    .toMatchObject({ transport: "relay", waitingFor: [], winner: null });
  expect(begun.match).not.toBe("");
  expect(begun.players.map(({ slot, name, score }) => [slot, name, score]))
    .toEqual([[0, "Mia", 7], [1, "Ben", 7], [2, "Bot", 7]]);
  await using _second = await watch(lobby, "MINE");
  await view(({ watchers }) => watchers === 2);
  // Nobody plays, so all fall silent.
  const silent = await view(({ players }) => players[0].state === "suspect");
  const status = await (await fetch(url.replace("/?", "/status?"))).json();
  expect(status).toMatchObject({
    ...{ role: "watcher", phase: "syncing", room: "MINE", watchers: 2 },
    ...{ match: begun.match, tick: 0, winner: null, reason: null },
    stats: { packetsIn: 0, rejected: 0 },
  });
  expect(silent.players.map(({ rttMs, awaySeconds }) => [rttMs, awaySeconds]))
    .toEqual([[null, 2], [null, 2], [null, 2]]);

  for (const seat of [mia, ben, bot]) await seat[Symbol.asyncDispose]();
  const { notice } = await view(({ notice }) => notice !== "");
  expect(notice).toContain("Everybody has left this room");
  stop.abort();
  await page.closed;
  expect(await over).toBe(undefined);
});

Deno.test("watching goes on without the lobby, and ends when it is told to", async () => {
  const lobby = await openLobby();
  const seats = [];
  for (const room of ["MINE", "MINE", "OPEN"]) {
    seats.push(await join(lobby, { room }));
  }
  const playing = await openWatcher(lobby, { stay: false });
  const waiting = await openWatcher(lobby, { stay: true, room: "OPEN" });
  await playing.view(({ phase }) => phase === "syncing");

  await lobby[Symbol.asyncDispose]();

  await waiting.view(({ notice }) => /is gone: .*Trying again/.test(notice));
  for (const { page, stop, over } of [playing, waiting]) {
    stop.abort();
    expect(await over).toBe(undefined);
    await page.closed;
  }
  for (const seat of seats) await seat[Symbol.asyncDispose]();
});

Deno.test("watching ends with its signal, and doesn't begin without a room", async () => {
  await using lobby = await openLobby();
  await using _mia = await join(lobby, { room: "MINE" });
  const { over, page, stop } = await openWatcher(lobby);

  stop.abort();

  expect(await over).toBe(undefined);
  await page.closed;
  expect(lobby.counts().watchers).toBe(0);
  await expect(openWatcher(lobby, { room: "NONE" })).rejects
    .toBeInstanceOf(JoinError);
  const { signal } = stop;
  await expect(openWatcher(lobby, { signal })).rejects.toThrow("aborted");
});
