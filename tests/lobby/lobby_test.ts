import { expect } from "@std/expect";
import { startLobby } from "../../lobby.ts";
import { NetworkError } from "../../net/link/network_error.ts";
import {
  FOREVER,
  join,
  nextOf,
  openLobby,
  RawClient,
  startMatch,
} from "../support/lobby.ts";
import { until } from "../support/waiting.ts";

const JOIN = { type: "join", version: 3, name: "Mia" };
const EMPTY = {
  ...{ connections: 0, relays: 0 },
  ...{ rooms: 0, matches: 0, watchers: 0 },
};

for (const players of [2, 3, 4]) {
  Deno.test(`the lobby introduces ${players} players to each other`, async () => {
    await using lobby = await openLobby();

    await using match = await startMatch(lobby, { players });

    const [first] = match.starts;
    expect(match.starts)
      .toEqual(match.tokens.map((token) => ({ ...first, token })));
    expect(new Set(match.tokens).size).toBe(players);
    expect(first.players.map(({ slot, id, start }) => ({ slot, id, start })))
      .toEqual(
        match.seats.map(({ welcome: { slot, id, start } }) => ({
          slot,
          id,
          start,
        })),
      );
    expect(first.transport).toEqual({ kind: "relay" });
    expect(new Set(first.players.map(({ id }) => id)).size).toBe(players);
  });
}

Deno.test("somebody who leaves before the start frees the seat, and the others see it", async () => {
  await using lobby = await openLobby();
  await using mia = await join(lobby, { players: 3, name: "Mia" });
  const ben = await join(lobby, { players: 3, name: "Ben" });
  await nextOf(mia, "roster");
  await nextOf(mia, "roster");

  await ben[Symbol.asyncDispose]();

  const { roster } = await nextOf(mia, "roster");
  expect(roster.players.map(({ name }) => name)).toEqual(["Mia"]);
  expect((await nextOf(ben, "left")).kind).toBe("left");
  await using ada = await join(lobby, { players: 3, name: "Ada" });
  expect(ada.welcome.slot).toBe(1);
});

Deno.test("a connection that breaks frees its seat", async () => {
  await using lobby = await openLobby();
  await using mia = await join(lobby, { players: 3 });
  using raw = await RawClient.connect(lobby);
  await raw.say({ ...JOIN, players: 3 });
  await raw.messageOf("roster");
  await nextOf(mia, "roster");
  await nextOf(mia, "roster");

  raw.close();

  const { roster } = await nextOf(mia, "roster");
  expect(roster.players.length).toBe(1);
});

Deno.test("a dead connection is noticed, one that pings lives on", async () => {
  await using lobby = await openLobby({ silenceMs: 400 });
  await using mia = await join(lobby, { players: 3 }, { pingEveryMs: 50 });
  using dead = await RawClient.connect(lobby);
  await dead.say({ ...JOIN, players: 3 });

  for (const length of [1, 2, 1]) {
    const { roster } = await nextOf(mia, "roster");
    expect(roster.players.length).toBe(length);
  }

  expect((await dead.messageOf("error")).code).toBe("silent");
  expect(await dead.line()).toBe(undefined);
});

Deno.test("a player learns that the lobby shuts down", async () => {
  await using lobby = await openLobby();
  await using seat = await join(lobby);

  await lobby[Symbol.asyncDispose]();

  expect((await nextOf(seat, "refused")).code).toBe("shutting_down");
});

Deno.test("many matches run at the same time", async () => {
  await using lobby = await openLobby({
    connections: 200,
    connectionsPerAddress: 200,
  });
  const rooms = Array.from({ length: 30 }, (_, i) => `ROOM${i}`);

  const matches = await Promise.all(
    rooms.map((room) => startMatch(lobby, { room })),
  );

  expect(new Set(matches.map(({ starts }) => starts[0].match)).size).toBe(30);
  expect(lobby.counts().matches).toBe(30);
  for (const match of matches) await match[Symbol.asyncDispose]();
});

Deno.test("the lobby forgets everything when all have left", async () => {
  await using lobby = await openLobby({ matchLingerMs: 50 });
  await using match = await startMatch(lobby);
  expect(lobby.counts()).toEqual({ ...EMPTY, connections: 2, matches: 1 });

  await match[Symbol.asyncDispose]();

  await until(
    () => JSON.stringify(lobby.counts()) === JSON.stringify(EMPTY),
    "Forgetting",
  );
});

Deno.test("results are taken from players only", async () => {
  await using lobby = await openLobby();
  using raw = await RawClient.connect(lobby);
  await raw.say(JOIN);
  const result = {
    reason: "finished",
    winner: 0,
    score: [11, 2],
    confirmedTick: 9,
    hash: 1,
  } as const;
  await raw.say({ type: "result", match: "m", ...result });
  expect((await raw.messageOf("error")).code).toBe("not_playing");
  await using seat = await join(lobby);
  await nextOf(seat, "start");

  seat.sendResult(result);
  const { match } = await raw.messageOf("start");
  await raw.say({ type: "result", match, ...result });
  await raw.say({ type: "ping" });

  expect((await raw.message()).type).toBe("pong");
});

Deno.test("one connection gets one seat", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby);
  using raw = await RawClient.connect(lobby);
  await raw.say({ ...JOIN, players: 3 });
  await raw.messageOf("roster");

  const [token] = match.tokens;
  for (
    const message of [
      { ...JOIN, players: 4 },
      { ...JOIN, resume: token },
      { type: "return", version: 3, token },
    ]
  ) {
    await raw.say(message);
    expect((await raw.message()).code).toBe("already_joined");
  }
  await raw.say({ type: "return", version: 4, token });
  expect((await raw.message()).code).toBe("version");
});

Deno.test("a web page's request reaches no second line", async () => {
  await using lobby = await openLobby();
  using raw = await RawClient.connect(lobby);

  await raw.say(
    "POST / HTTP/1.1\r\n\r\n" + JSON.stringify({ ...JOIN, players: 4 }) + "\n",
  );

  expect((await raw.message()).code).toBe("bad_message");
  expect(await raw.line()).toBe(undefined);
  expect(lobby.counts().rooms).toBe(0);
});

Deno.test("a typing error after the first line is forgiven", async () => {
  await using lobby = await openLobby();
  using raw = await RawClient.connect(lobby);
  await raw.say(JOIN);
  await raw.messageOf("roster");

  await raw.say("{oops\n");
  await raw.say({ type: "ping" });

  expect((await raw.message()).code).toBe("bad_message");
  expect((await raw.message()).type).toBe("pong");
});

Deno.test("who says no more still gets all answers", async () => {
  await using lobby = await openLobby();
  using raw = await RawClient.connect(lobby);

  await raw.say('{"type":"ping"}\n'.repeat(30));
  await raw.finish();

  for (let i = 0; i < 30; i++) expect((await raw.message())?.type).toBe("pong");
  expect(await raw.line()).toBe(undefined);
});

Deno.test("a port in use is one clear error", async () => {
  await using lobby = await openLobby();

  const second = startLobby({
    hostname: "127.0.0.1",
    port: lobby.port,
    signal: FOREVER,
  });

  await expect(second).rejects.toThrow(NetworkError);
  await expect(second).rejects.toThrow(
    `Cannot listen on 127.0.0.1:${lobby.port}: another program uses port`,
  );
});

Deno.test("a lobby that isn't there is one clear error", async () => {
  const lobby = await openLobby();
  await lobby[Symbol.asyncDispose]();

  const joining = join(lobby);

  await expect(joining).rejects.toThrow(NetworkError);
  await expect(joining).rejects.toThrow("no lobby listens there");
});

Deno.test("a lobby ends when its signal aborts", async () => {
  const stop = new AbortController();
  await using lobby = await startLobby({
    hostname: "127.0.0.1",
    port: 0,
    signal: stop.signal,
  });
  using raw = await RawClient.connect(lobby);
  await raw.say({ type: "ping" });
  await raw.messageOf("pong");

  stop.abort();

  expect((await raw.message()).code).toBe("shutting_down");
  expect(await raw.line()).toBe(undefined);
});
