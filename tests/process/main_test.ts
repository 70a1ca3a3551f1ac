/**
 * The program as a person meets it: what it prints, how it fails, with which exit code.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  expectOneLine,
  lobbyAt,
  resultOf,
  startLobbyProcess,
  startPong,
  waitForStatus,
} from "../support/processes.ts";

/** Runs `pong` to its end; standard error must be one clear line, never a stack trace. */
async function expectFailure(
  args: readonly string[],
  message: RegExp,
  code = 1,
): Promise<void> {
  await using pong = startPong(args);
  await expectOneLine(pong, message, code);
}

function closedPort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}

Deno.test("a wrong option ends with one line and exit code 2", async () => {
  await expectFailure(
    ["play", "--hots", "a"],
    /^pong: unknown option '--hots'.*see pong play --help/,
    2,
  );
});

Deno.test("a lobby that isn't there is explained", async () => {
  const port = `${closedPort()}`;
  await expectFailure(
    ["play", "--host", "127.0.0.1", "--port", port, "--bot"],
    new RegExp(`^pong: .*127\\.0\\.0\\.1:${port}`),
  );
});

Deno.test("a port in use is said, with what to do", async () => {
  await using lobby = await startLobbyProcess();
  const port = `${lobby.port}`;
  await expectFailure(
    ["lobby", "--host", "127.0.0.1", "--port", port],
    new RegExp(`^pong: .*${port}.*another port`),
  );
});

Deno.test("a page port in use is said", async () => {
  await using lobby = await startLobbyProcess();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = `${taken.addr.port}`;
  const words = ["play", ...lobbyAt(lobby)];
  await expectFailure(
    [...words, "--bot", "--page-port", port],
    new RegExp(`^pong: .*${port}`),
  );
});

Deno.test("a broker that isn't there is explained, without its password", async () => {
  const url = `amqp://mia:verysecret@127.0.0.1:${closedPort()}`;
  const words = ["lobby", "--host", "127.0.0.1", "--port", "0"];
  await using pong = startPong([...words, "--broker", url]);

  await expectOneLine(pong, /^pong: .*broker/i);
  expect(pong.stderr).not.toContain("verysecret");
});

Deno.test("a lobby prints its port, and ends with 0 when it is stopped", async () => {
  await using lobby = await startLobbyProcess();
  lobby.kill("SIGTERM");

  expect(await lobby.exited).toBe(0);
  expect(lobby.stderr).toBe("");
});

Deno.test("a player who waits in the lobby can be stopped, and its seat is free", async () => {
  await using lobby = await startLobbyProcess();
  const join = ["play", ...lobbyAt(lobby)];
  await using first = startPong([...join, "--bot"]);
  await first.line(/^status: /);
  first.kill("SIGINT");
  expect(await first.exited).toBe(0);

  await using second = startPong([...join, "--bot", "--points", "1"]);
  const alone = await waitForStatus(
    second,
    ({ players }) => players.length > 0,
  );
  expect(alone.players.length).toBe(1);
});

Deno.test("logs are JSON on standard error when asked for, and hold no secret", async () => {
  await using lobby = await startLobbyProcess();
  const words = ["play", ...lobbyAt(lobby)];
  const bot = [...words, "--bot", "easy", "--points", "1"];
  const logged = [...bot, "--log-format", "json", "--log-level", "debug"];
  await using one = startPong(logged);
  await using two = startPong(bot);
  await Promise.all([resultOf(one), resultOf(two)]);
  expect(await one.exited).toBe(0);

  const lines = one.stderr.trim().split("\n").map((line) => JSON.parse(line));
  expect(lines.length).toBeGreaterThan(1);
  expect(lines[0]).toHaveProperty("level");
  expect(one.stderr).not.toMatch(/token/i);
});

Deno.test("the demo plays a whole match with bots and prints its result", async () => {
  await using demo = startPong([
    ...["demo", "--humans", "0", "--players", "3"],
    ...["--lives", "1", "--skill", "easy"],
  ]);

  const result = await resultOf(demo);

  expect(result.reason).toBe("finished");
  expect(await demo.exited).toBe(0);
});
