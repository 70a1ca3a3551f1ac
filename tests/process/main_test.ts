/**
 * The program as a person meets it: what it prints, how it fails, with which exit code.
 *
 * @module
 */
import { expect } from "@std/expect";
import { existsSync } from "node:fs";
import { temporaryFolder } from "../support/lobby.ts";
import {
  addressOf,
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
  { code = 1, env = {} }: {
    readonly code?: number;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<void> {
  await using pong = startPong(args, { env });
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
    "unknown option '--hots'.*see .*play --help",
    { code: 2 },
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
  expectFailure(["lobby", ...lobbyAt({ port: 0 })], ".*[bB]roker at 127", {
    env: { PONG_BROKER: `amqp://mia:very/sec@ret@127.0.0.1:${closedPort()}` },
  }));

Deno.test("a broker's address comes from a file, and what is wrong with that is said", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/broker`;
  const words = ["lobby", ...lobbyAt({ port: 0 }), "--broker-file", file];
  await expectFailure(words, ".*broker.*: No such file");
  await Deno.writeTextFile(file, " \n", { mode: 0o600 });
  await expectFailure(words, ".*is empty");
  await Deno.writeTextFile(file, "amqp:/mia:verysecret@127.0.0.1\n");
  await expectFailure(words, "Cannot use this broker address: write it as");
  await Deno.writeTextFile(file, `amqp://127.0.0.1:${closedPort()}\n`);
  await expectFailure(words, "Cannot use the broker at 127");
  await Deno.chmod(file, 0o644);
  await using pong = startPong(words);
  expect(await pong.exited).toBe(1);
  expect(pong.stderr).toMatch(/^pong: others .*chmod 600.*\n.*broker at.*\n$/);
});

Deno.test("a browser is given an address without the secret of the page", async () => {
  await using folder = await temporaryFolder();
  const given = `${folder.path}/given`;
  const text =
    `#!/bin/sh\necho "$1" > ${given}.new; mv ${given}.new ${given}\n`;
  await Deno.writeTextFile(`${folder.path}/xdg-open`, text, { mode: 0o700 });
  const path = `${folder.path}:${Deno.env.get("PATH")}`;
  await using pong = startPong(["play"], { env: { PATH: path } });

  const address = await addressOf(pong);
  await until(() => existsSync(given), "no browser was asked");

  const asked = (await Deno.readTextFile(given)).trim();
  const { search, href } = new URL(address);
  expect(asked).not.toContain(search.replace("?token=", ""));
  const shown = await fetch(asked);
  expect([shown.status, shown.url]).toEqual([200, href]);
  const again = await fetch(asked);
  expect([again.status, await again.text()])
    .toEqual([410, expect.stringContaining("Open the one that")]);
  await shown.body?.cancel();
});

/** Homes in which nothing can be kept, even by an administrator; `FOLDER` is the test's own. */
const HOMES = {
  "no home": "",
  "a home that nobody can write to": "/proc/1/none",
  "a file where state belongs": "FOLDER/home",
};

for (const [what, home] of Object.entries(HOMES)) {
  Deno.test(`with ${what} every command works, remembers nothing, and says so once`, async () => {
    await using folder = await temporaryFolder();
    await Deno.mkdir(`${folder.path}/home/.local/state`, { recursive: true });
    await Deno.writeTextFile(`${folder.path}/home/.local/state/pong`, "");
    const env = {
      ...{ HOME: home.replace("FOLDER", folder.path), XDG_STATE_HOME: "" },
      ...{ PONG_STATE_FOLDER: "", USER: "", USERNAME: "" },
      DENO_DIR: Deno.env.get("DENO_DIR") ??
        `${Deno.env.get("HOME")}/.cache/deno`,
    };
    const start = (...words: string[]) => startPong(words, { env });
    await using lobby = start("lobby", ...lobbyAt({ port: 0 }));
    const [, port] = await lobby.line(/^listening on .*:(\d+)$/);
    const at = lobbyAt({ port: Number(port) });
    await using play = start("play", ...at, "--no-open");
    await using demo = start("demo", "--no-open");
    await using resume = start("play", "--resume");
    await using watch = start("watch", ...at);

    for (const pong of [play, demo, lobby]) {
      if (pong !== lobby) await addressOf(pong);
      pong.kill("SIGINT");
      expect(await pong.exited).toBe(0);
      expect(pong.stderr).toMatch(/^pong: nothing will be remembered\. .*\n$/);
    }
    await expectOneLine(resume, /^pong: (there is no match|Cannot look into)/);
    await watch.exited;
    expect(watch.stderr).not.toContain("remembered");
  });
}

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
