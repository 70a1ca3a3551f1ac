/**
 * The program as a person meets it: what it prints, how it fails, with which exit code.
 *
 * @module
 */
import { expect } from "@std/expect";
import { temporaryFolder } from "../support/lobby.ts";
import {
  expectOneLine,
  lobbyAt,
  resultOf,
  startLobbyProcess,
  startPong,
  waitForStatus,
} from "../support/processes.ts";
import { until } from "../support/waiting.ts";
import { openVenue } from "./venue.ts";

/** Runs `pong` to its end; standard error must be one clear line, never a stack trace. */
async function expectFailure(
  args: readonly string[],
  message: string,
  code = 1,
): Promise<void> {
  await using pong = startPong(args);
  await expectOneLine(pong, new RegExp(`^pong: ${message}`), code);
  expect(pong.stderr).not.toContain("verysecret");
}

function closedPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("a wrong option ends with one line and exit code 2", () =>
  expectFailure(
    ["play", "--hots", "a"],
    "unknown option '--hots'.*see pong play --help",
    2,
  ));

Deno.test("a lobby that isn't there is explained", async () => {
  const port = closedPort();
  await expectFailure(
    ["play", ...lobbyAt({ port }), "--bot"],
    `.*127\\.0\\.0\\.1:${port}`,
  );
});

Deno.test("a port in use is said, with what to do", async () => {
  await using lobby = await startLobbyProcess();
  await expectFailure(
    ["lobby", ...lobbyAt(lobby)],
    `.*${lobby.port}.*another port`,
  );
});

Deno.test("a page port in use is said", async () => {
  await using lobby = await startLobbyProcess();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const port = `${taken.addr.port}`;
  await expectFailure(
    ["play", ...lobbyAt(lobby), "--bot", "--page-port", port],
    `.*${port}`,
  );
});

Deno.test("a broker that isn't there is explained, without its password", () =>
  expectFailure([
    ...["lobby", ...lobbyAt({ port: 0 }), "--broker"],
    `amqp://mia:verysecret@127.0.0.1:${closedPort()}`,
  ], ".*[bB]roker"));

Deno.test("an authority that can't be read, or is none, is said before anything is sent", async () => {
  const rubbish = await Deno.makeTempFile();
  await Deno.writeTextFile(rubbish, "-----BEGIN PRIVATE KEY-----");
  using _file = { [Symbol.dispose]: () => Deno.removeSync(rubbish) };
  for (const command of ["lobby", "play", "watch"]) {
    const words = [command, ...lobbyAt({ port: closedPort() }), "--broker-ca"];
    await expectFailure([...words, "/none"], ".*/none as --broker-ca: No such");
    await expectFailure([...words, rubbish], ".*holds no certificate in PEM");
  }
});

Deno.test("a lobby prints its port, and ends with 0 when it is stopped", async () => {
  await using lobby = await startLobbyProcess();
  lobby.kill("SIGTERM");

  expect(await lobby.exited).toBe(0);
  expect(lobby.stderr).toBe("");
});

Deno.test("a player who waits in the lobby can be stopped, and its seat is free", async () => {
  await using venue = await openVenue();
  const first = venue.play("--bot");
  await first.line(/^status: /);
  first.kill("SIGINT");
  expect(await first.exited).toBe(0);

  const { players } = await waitForStatus(
    venue.play("--bot", "--points", "1"),
    ({ players }) => players.length > 0,
  );
  expect(players.length).toBe(1);
});

Deno.test(
  "a player ends when its terminal is closed, and neither waits for its browser nor ends it",
  {
    ignore: Deno.build.os !== "linux",
  },
  async () => {
    await using folder = await temporaryFolder();
    const { path } = folder;
    const script = `#!/bin/sh\necho $$ > ${path}/pid\nexec sleep 1000\n`;
    await Deno.writeTextFile(`${path}/xdg-open`, script, { mode: 0o755 });
    const PATH = Deno.env.get("PATH") ?? "";
    Deno.env.set("PATH", `${path}:${PATH}`);
    const words = ["play", "--page-port", "0", "--state-folder", path];
    await using player = startPong(words);
    Deno.env.set("PATH", PATH);
    const pid = () => Deno.readTextFile(`${path}/pid`).catch(() => "");
    await until(async () => (await pid()).endsWith("\n"), "A browser");
    const browser = Number(await pid());
    const fields = await Deno.readTextFile(`/proc/${browser}/stat`);
    // Its process group, and so what the terminal's Ctrl-C goes to.
    expect(fields.split(" ")[4]).toBe(`${browser}`);

    player.kill("SIGHUP");

    expect(await player.exited).toBe(0);
    Deno.kill(browser, "SIGTERM");
  },
);

Deno.test("logs are JSON on standard error when asked for, and hold no secret", async () => {
  await using venue = await openVenue();
  const bot = ["--bot", "easy", "--points", "1"];
  const one = venue.play(
    ...[...bot, "--log-format", "json", "--log-level", "debug"],
  );
  await Promise.all([one, venue.play(...bot)].map(resultOf));
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

  expect(await resultOf(demo)).toMatchObject({ reason: "finished" });
  expect(await demo.exited).toBe(0);
});
