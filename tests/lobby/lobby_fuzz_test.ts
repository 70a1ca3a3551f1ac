import { expect } from "@std/expect";
import { openLobby, startMatch } from "../support/lobby.ts";
import { until } from "../support/waiting.ts";
import { exchangeDuring, fuzzLobby, fuzzRelay, MANY } from "./fuzz.ts";

const SEED = Number(Deno.env.get("SEED") ?? 1);

Deno.test(`a lobby under hostile input serves the others as if there were none (seed ${SEED})`, async () => {
  await using lobby = await openLobby({
    ...{ ...MANY, matchLingerMs: 100 },
  });
  const victim = await startMatch(lobby, { room: "VICTIM" });
  const [token] = victim.tokens;
  const answers = new Set<string>();
  const heaps: number[] = [];
  const exchange = await exchangeDuring(lobby, async () => {
    for (const seed of [SEED, SEED + 1]) {
      const some = { lobby, seed, inputs: 1_000, connections: 20 };
      const report = await fuzzLobby(some);
      for (const answer of Object.keys(report.answers)) answers.add(answer);
      await fuzzRelay({ lobby, token, inputs: 50, seed });
      await until(() => lobby.counts().connections === 6, "Closing");
      heaps.push(Deno.memoryUsage().heapUsed);
    }
  });

  // The inputs got everywhere: into rooms, into matches, and to each of these walls.
  expect([...answers]).toEqual(expect.arrayContaining([
    ...["welcome", "roster", "start", "pong", "watching"],
    ...["already_joined", "bad_message", "bad_token", "line_too_long"],
    ...["no_such_room", "not_playing", "rules", "too_fast", "version"],
  ]));
  expect(answers.has("no message")).toBe(false);
  expect(exchange).toMatchObject({ wrong: 0, areUp: true });
  // The collector decides when; a leak of a kilobyte an input would be no more than 1 MB here.
  expect(heaps[1] - heaps[0]).toBeLessThan(16 * 1024 * 1024);
  const later = await startMatch(lobby, { players: 4 });
  expect(later.starts.length).toBe(4);
  for (const match of [later, victim]) await match[Symbol.asyncDispose]();
  const empty = {
    connections: 0,
    relays: 0,
    rooms: 0,
    matches: 0,
    watchers: 0,
  };
  await until(
    () => JSON.stringify(lobby.counts()) === JSON.stringify(empty),
    "Forgetting",
  );
});
