import { expect } from "@std/expect";
import { openRelay } from "../../net/transport/relay.ts";
import { FOREVER, openLobby, startMatch } from "../support/lobby.ts";
import { until } from "../support/waiting.ts";
import { exchangeDuring, fuzzLobby, fuzzRelay } from "./fuzz.ts";

const SEED = Number(Deno.env.get("SEED") ?? 1);
const INPUTS = 2_000;
const CONNECTIONS = 20;

/** Errors that hostile input meets. */
const WALLS = [
  "already_joined",
  "bad_message",
  "bad_token",
  "line_too_long",
  "no_such_room",
  "not_playing",
  "rules",
  "too_fast",
  "version",
];

Deno.test(`a lobby under hostile input serves the others as if there were none (seed ${SEED})`, async () => {
  await using lobby = await openLobby({
    connections: 200,
    connectionsPerAddress: 200,
    matchLingerMs: 100,
  });
  const match = await startMatch(lobby, { room: "QUIET" });
  const victim = await startMatch(lobby, { room: "VICTIM" });
  const [a, b] = await Promise.all(
    match.tokens.map((token) =>
      openRelay({
        hostname: "127.0.0.1",
        port: lobby.port,
        token,
        signal: FOREVER,
      })
    ),
  );
  const answers = new Set<string>();
  const throwInputs = async (seed: number) => {
    const { port } = lobby;
    const connections = CONNECTIONS;
    const report = await fuzzLobby({
      port,
      inputs: INPUTS / 2,
      connections,
      seed,
    });
    for (const answer of Object.keys(report.answers)) answers.add(answer);
    const [token] = victim.tokens;
    await fuzzRelay({ port, token, inputs: 50, seed });
    await until(() => lobby.counts().connections === 6, "Closing");
    return Deno.memoryUsage().heapUsed;
  };

  const heaps: number[] = [];
  const exchange = await exchangeDuring(async () => {
    heaps.push(await throwInputs(SEED), await throwInputs(SEED + 1));
  }, [a, b]);

  // The inputs got everywhere: into rooms, into matches, and to each of these walls.
  expect([...answers]).toEqual(
    expect.arrayContaining([
      ...["welcome", "roster", "start", "pong", "watching"],
      ...WALLS,
    ]),
  );
  expect(answers.has("no message")).toBe(false);
  expect(exchange).toEqual({ ...exchange, wrong: 0 });
  expect([a.link.up, b.link.up]).toEqual([true, true]);
  // The collector decides when; a leak of a kilobyte an input would be no more than 1 MB here.
  expect(heaps[1] - heaps[0]).toBeLessThan(16 * 1024 * 1024);
  await using later = await startMatch(lobby, { players: 4 });
  expect(later.starts.length).toBe(4);
  await later[Symbol.asyncDispose]();
  for (const end of [a, b, match, victim]) await end[Symbol.asyncDispose]();
  const empty = {
    ...{ connections: 0, relays: 0 },
    ...{ rooms: 0, matches: 0, watchers: 0 },
  };
  await until(
    () => JSON.stringify(lobby.counts()) === JSON.stringify(empty),
    "Forgetting",
  );
});
