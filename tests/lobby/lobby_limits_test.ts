import { expect } from "@std/expect";
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
