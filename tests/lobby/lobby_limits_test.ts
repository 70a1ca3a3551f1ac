import { expect } from "@std/expect";
import { join, openLobby, RawClient, startMatch } from "../support/lobby.ts";
import { until } from "../support/waiting.ts";

const JOIN = { type: "join", version: 3, name: "Mia" };

Deno.test("the lobby limits connections in all", async () => {
  await using lobby = await openLobby({ connections: 2 });
  await using _match = await startMatch(lobby);

  await expect(join(lobby)).rejects.toMatchObject({ code: "lobby_full" });
});

Deno.test("the lobby limits connections from one address, freed when they close", async () => {
  await using lobby = await openLobby({ connectionsPerAddress: 2 });
  await using match = await startMatch(lobby);
  await expect(join(lobby)).rejects.toMatchObject({
    code: "too_many_connections",
  });

  await match[Symbol.asyncDispose]();
  await until(() => lobby.counts().connections === 0, "Closing");

  await using _seat = await join(lobby);
});

Deno.test("the lobby limits control messages a second", async () => {
  await using lobby = await openLobby({
    messages: { perSecond: 1, burst: 5 },
  });
  using raw = await RawClient.connect(lobby);

  await raw.say('{"type":"ping"}\n'.repeat(8));

  for (let i = 0; i < 5; i++) expect((await raw.message()).type).toBe("pong");
  expect((await raw.message()).code).toBe("too_fast");
  expect(await raw.line()).toBe(undefined);
});

Deno.test("the lobby limits bytes a line", async () => {
  await using lobby = await openLobby();
  using raw = await RawClient.connect(lobby);

  await raw.say("x".repeat(1_000_000));

  expect((await raw.message()).code).toBe("line_too_long");
  expect(await raw.line()).toBe(undefined);
});

Deno.test("the lobby limits bytes a line to what it was told", async () => {
  await using lobby = await openLobby({ lineBytes: 100 });
  using raw = await RawClient.connect(lobby);

  await raw.say({ type: "ping" });
  expect((await raw.message()).type).toBe("pong");
  await raw.say("x".repeat(101) + "\n");

  expect(await raw.message()).toMatchObject({
    code: "line_too_long",
    message: "A line has at most 100 bytes.",
  });
});

Deno.test("the lobby limits the time to the first line, half a line being none", async () => {
  await using lobby = await openLobby({ firstLineMs: 200 });
  using raw = await RawClient.connect(lobby);

  await raw.say('{"type":"jo');

  expect((await raw.message()).code).toBe("silent");
  expect(await raw.line()).toBe(undefined);
});

Deno.test("the lobby limits lines that wait for a reader", async () => {
  await using lobby = await openLobby({
    messages: { perSecond: 1e6, burst: 1e6 },
    connections: 1,
  });
  using raw = await RawClient.connect(lobby);
  await raw.say(JOIN);

  const bad = '{"type":"nothing"}\n'.repeat(500);
  const flooding = (async () => {
    for (let i = 0; i < 1_500; i++) await raw.say(bad);
  })();

  await expect(flooding).rejects.toThrow();
  await until(() => lobby.counts().connections === 0, "Closing");
});

Deno.test("who breaks a limit disturbs nobody else", async () => {
  await using lobby = await openLobby();
  await using match = await startMatch(lobby);
  using raw = await RawClient.connect(lobby);

  await raw.say("x".repeat(10_000));
  await raw.messageOf("error");

  const [seat] = match.seats;
  const event = seat.next();
  await using _other = await join(lobby, { players: 4 });
  expect(await Promise.race([event, Promise.resolve("nothing")]))
    .toBe("nothing");
  expect(lobby.counts().matches).toBe(1);
});
