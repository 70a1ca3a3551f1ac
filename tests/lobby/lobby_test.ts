import { expect } from "@std/expect";
import { startLobby } from "../../lobby.ts";
import {
  join,
  nextOf,
  openLobby,
  RawClient,
  relay,
  RESULT,
  startMatch,
} from "../support/lobby.ts";
import { until } from "../support/waiting.ts";

const JOIN = { type: "join", version: 4, name: "Mia" };

Deno.test("a connection that breaks frees its seat", async () => {
  await using lobby = await openLobby();
  await using mia = await join(lobby, { players: 3 });
  using raw = await RawClient.connect(lobby, { ...JOIN, players: 3 });
  for (const length of [1, 2, 1]) {
    const { roster } = await nextOf(mia, "roster");
    expect(roster.players.length).toBe(length);
    if (length === 2) raw.close();
  }
});

Deno.test("a dead connection is noticed, one that pings lives on", async () => {
  await using lobby = await openLobby({ silenceMs: 400 });
  await using mia = await join(lobby, { players: 3 }, { pingEveryMs: 50 });
  using dead = await RawClient.connect(lobby, { ...JOIN, players: 3 });

  for (const length of [1, 2, 1]) {
    const { roster } = await nextOf(mia, "roster");
    expect(roster.players.length).toBe(length);
  }

  expect((await dead.messageOf("error")).code).toBe("silent");
  expect(await dead.line()).toBe(undefined);
});

Deno.test("the lobby forgets everything when all have left", async () => {
  await using lobby = await openLobby({ matchLingerMs: 50 });
  await using match = await startMatch(lobby);
  await using transport = await relay(lobby, match.tokens[0]);
  const empty = {
    connections: 0,
    relays: 0,
    rooms: 0,
    matches: 0,
    watchers: 0,
  };
  expect(lobby.counts())
    .toEqual({ ...empty, connections: 3, relays: 1, matches: 1 });

  await match[Symbol.asyncDispose]();
  await transport[Symbol.asyncDispose]();

  await until(
    () => JSON.stringify(lobby.counts()) === JSON.stringify(empty),
    "Forgetting",
  );
});

Deno.test("results are taken from players only", async () => {
  await using lobby = await openLobby();
  using mia = await RawClient.connect(lobby, JOIN);
  await mia.say({ type: "result", match: "m", ...RESULT });
  expect((await mia.messageOf("error")).code).toBe("not_playing");
  using ben = await RawClient.connect(lobby, JOIN);

  const tokens: string[] = [];
  for (const raw of [mia, ben]) {
    const { match, token } = await raw.messageOf("start");
    tokens.push(token);
    await raw.say({ type: "result", match, ...RESULT });
    await raw.say({ type: "ping" });
    await raw.messageOf("pong");
  }

  await expect(join(lobby, { resume: tokens[0] })).rejects
    .toMatchObject({ message: "The match is over." });
});

Deno.test("a web page's request reaches no second line", async () => {
  await using lobby = await openLobby();
  const request = `POST / HTTP/1.1\r\n\r\n${JSON.stringify(JOIN)}\n`;
  using raw = await RawClient.connect(lobby, request);

  expect(await raw.line()).toBe("HTTP/1.1 400 Bad Request\r");
  while (await raw.line() !== undefined);
  expect(lobby.counts().rooms).toBe(0);
});

Deno.test("a typing error after the first line is forgiven", async () => {
  await using lobby = await openLobby();
  using raw = await RawClient.connect(lobby, JOIN);
  await raw.messageOf("roster");

  await raw.say('{oops\n{"type":"ping"}\n');

  expect((await raw.message()).code).toBe("bad_message");
  expect((await raw.message()).type).toBe("pong");
});

Deno.test("a player learns that the lobby shuts down, told to or by its signal", async () => {
  for (const isTold of [true, false]) {
    const stop = new AbortController();
    await using lobby = await startLobby({
      ...{ hostname: "127.0.0.1", port: 0, signal: stop.signal },
    });
    using raw = await RawClient.connect(lobby, { type: "ping" });
    await raw.messageOf("pong");

    if (isTold) void lobby[Symbol.asyncDispose]();
    else stop.abort();

    expect((await raw.message()).code).toBe("shutting_down");
    expect(await raw.line()).toBe(undefined);
  }
});
