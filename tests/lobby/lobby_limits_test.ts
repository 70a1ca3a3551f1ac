import { expect } from "@std/expect";
import { fitLimits } from "../../net/lobby_server/fitted_limits.ts";
import { DEFAULT_LIMITS } from "../../net/lobby_server/limits.ts";
import { join, openLobby, RawClient, startMatch } from "../support/lobby.ts";
import { until } from "../support/waiting.ts";

const JOIN = { type: "join", version: 4, name: "Mia" };

Deno.test("the lobby limits connections from one address, freed when they close", async () => {
  await using lobby = await openLobby({ connectionsPerAddress: 2 });
  await using match = await startMatch(lobby);
  await expect(join(lobby)).rejects
    .toMatchObject({ code: "too_many_connections" });

  await match[Symbol.asyncDispose]();
  await until(() => lobby.counts().connections === 0, "Closing");

  await using _seat = await join(lobby);
});

const PING = '{"type":"ping"}\n';

for (
  const [what, limits, said, heard] of [
    [
      "control messages a second",
      { messages: { perSecond: 1, burst: 5 } },
      PING.repeat(8),
      "pong pong pong pong pong too_fast: 1 messages a second are allowed.",
    ],
    [
      "bytes a line",
      {},
      "x".repeat(1_000_000),
      "line_too_long: A line has at most 4096 bytes.",
    ],
    [
      "bytes a line to what it was told",
      { lineBytes: 100 },
      `${PING}${"x".repeat(101)}\n`,
      "pong line_too_long: A line has at most 100 bytes.",
    ],
    [
      "the time to the first line, half a line being none",
      { firstLineMs: 200 },
      PING.slice(0, 9),
      "silent: Nothing came from you for too long; a player says ping every 2 s.",
    ],
  ] as const
) {
  Deno.test(`the lobby limits ${what}`, async () => {
    await using lobby = await openLobby(limits);
    using raw = await RawClient.connect(lobby, said);

    const all: string[] = [];
    for (let one = await raw.message(); one; one = await raw.message()) {
      all.push(one.type === "error" ? `${one.code}: ${one.message}` : one.type);
    }
    expect(all.join(" ")).toBe(heard);
  });
}

Deno.test("the lobby limits lines that wait for a reader", async () => {
  await using lobby = await openLobby({
    messages: { perSecond: 1e6, burst: 1e6 },
  });
  using raw = await RawClient.connect(lobby, JOIN);
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
  const [seat] = match.seats;
  using raw = await RawClient.connect(lobby, "x".repeat(10_000));
  await raw.messageOf("error");

  const event = seat.next();
  await using _other = await join(lobby, { players: 4 });
  expect(await Promise.race([event, Promise.resolve("nothing")]))
    .toBe("nothing");
  expect(lobby.counts().matches).toBe(1);
});

Deno.test("who takes the lobby for a web page is told what it is, and who speaks TLS that it doesn't", async () => {
  await using lobby = await openLobby();
  const { port } = lobby;
  for (const method of ["GET", "POST", "DELETE"]) {
    const answer = await fetch(`http://127.0.0.1:${port}/page`, { method });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      "This is the lobby of a Pong match, not a web page. " +
      `Type: pong play --host 127.0.0.1 --port ${port}\n`,
    ]);
  }
  for (
    const [host, words] of [
      ["Host: [fd00::7]:80\r\n", "--host fd00::7\n"],
      ["host: lobby.example\r\n", "--host lobby.example\n"],
      ["Host: a b\r\n", "--host with the name of this computer\n"],
      ["", "--host with the name of this computer\n"],
    ]
  ) {
    using raw = await RawClient.connect(
      lobby,
      `HEAD / HTTP/1.1\r\n${host}\r\n`,
    );
    const bytes = await raw.bytes();
    expect(new TextDecoder().decode(bytes)).toContain(`pong play ${words}`);
  }
  using tls = await Deno.connectTls({ hostname: "127.0.0.1", port });
  await expect(tls.handshake()).rejects.toThrow(
    "received fatal alert: ProtocolVersion",
  );
  await until(() => lobby.counts().connections === 0, "Closing");
});

Deno.test("an address's messages are limited over all of its connections", async () => {
  await using lobby = await openLobby({
    messagesPerAddress: { perSecond: 1, burst: 5 },
  });
  const answers: string[] = [];
  for (let i = 0; i < 3; i++) {
    using raw = await RawClient.connect(lobby, PING.repeat(2));
    for (let n = 0; n < 2; n++) answers.push((await raw.message()).type);
  }
  expect(answers.join(" ")).toBe("pong pong pong pong pong error");
});

Deno.test("limits fit the descriptors that a process may have, with some left, for any number", () => {
  const { connections, connectionsPerAddress, refusals } = DEFAULT_LIMITS;
  const asked = { connections, connectionsPerAddress, refusals };
  expect(fitLimits(asked, { open: 24, max: 1024 })).toBe(undefined);
  expect(fitLimits(asked, { open: 24, max: 64 }))
    .toEqual({ connections: 25, connectionsPerAddress: 13, refusals: 3 });
  for (let max = 44; max < 580; max++) {
    const lowered = fitLimits(asked, { open: 24, max });
    expect(lowered).toBeDefined();
    const { connections = 0, refusals = 0 } = lowered ?? {};
    expect(connections).toBeGreaterThan(0);
    expect(24 + connections + refusals + 12).toBeLessThanOrEqual(max);
  }
});
