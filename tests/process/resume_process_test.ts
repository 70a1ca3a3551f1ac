/**
 * Coming back with real processes: a bot that was killed, a lobby that was restarted.
 *
 * @module
 */
import { expect } from "@std/expect";
import { temporaryFolder } from "../support/lobby.ts";
import {
  expectOneLine,
  type PongProcess,
  startLobbyProcess,
  startPong,
  waitForStatus,
} from "../support/processes.ts";

/** Words that begin a bot's match, long enough for all that is tried with it. */
function botOn(port: number, folder: string): readonly string[] {
  return [
    ...["play", "--host", "127.0.0.1", "--port", `${port}`, "--bot", "easy"],
    ...["--points", "99", "--state-folder", folder],
  ];
}

function resumeIn(folder: string, file?: string): PongProcess {
  return startPong([
    ...["play", "--resume", ...(file === undefined ? [] : [file])],
    ...["--state-folder", folder],
  ]);
}

/** The names of the seats on file; the recordings of their matches are there, too. */
function seatsIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.startsWith("seat-"));
}

/** Waits until it is in a match, and well into it. */
async function matchOf(player: PongProcess): Promise<string> {
  const { match } = await waitForStatus(player, ({ tick }) => tick > 60);
  return match;
}

Deno.test("a player that was killed comes back into its match, under a restarted lobby too", async () => {
  await using folder = await temporaryFolder();
  const state = ["--state-folder", folder.path];
  await using lobby = await startLobbyProcess(state);
  await using one = startPong(botOn(lobby.port, folder.path));
  await one.line(/^status: /);
  await using two = startPong(botOn(lobby.port, folder.path));
  const match = await matchOf(two);
  const seats = () => seatsIn(folder.path);
  expect(seats().toSorted())
    .toEqual([0, 1].map((slot) => `seat-${match}-${slot}.json`));

  // The seat of the one that lives is on file too, and must not be taken from it.
  two.kill("SIGKILL");
  await two.exited;
  await using back = resumeIn(folder.path);
  const status = await waitForStatus(back, (status) => status.match !== "");
  expect([status.match, status.slot]).toEqual([match, 1]);

  back.kill("SIGKILL");
  await back.exited;
  lobby.kill("SIGTERM");
  expect(await lobby.exited).toBe(0);
  await using _again = await startLobbyProcess([
    ...["--port", `${lobby.port}`, ...state],
  ]);
  await using later = resumeIn(folder.path);
  expect((await waitForStatus(later, (status) => status.match !== "")).match)
    .toBe(match);
  one.kill("SIGINT");
  expect(await one.exited).toBe(0);
  expect(seats()).toEqual([`seat-${match}-1.json`]);
});

Deno.test("without a seat on file nobody comes back, and that is said", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;

  await using none = resumeIn(path);
  await expectOneLine(none, /^pong: there is no match to come back to/);
  await using wrong = resumeIn(path, `${path}/none.json`);
  await expectOneLine(wrong, /^pong: Cannot come back with .*none\.json/);
});

Deno.test("a lobby that refuses is quoted, and the seat forgotten", async () => {
  await using folder = await temporaryFolder();
  await using elsewhere = await temporaryFolder();
  await using lobby = await startLobbyProcess();
  await using one = startPong(botOn(lobby.port, folder.path));
  await using two = startPong(botOn(lobby.port, folder.path));
  await matchOf(two);
  two.kill("SIGKILL");
  one.kill("SIGKILL");
  lobby.kill("SIGKILL");
  await Promise.all([one.exited, two.exited, lobby.exited]);
  await using unreachable = resumeIn(folder.path);
  await expectOneLine(unreachable, /no lobby listens there/);
  expect(seatsIn(folder.path).length).toBe(2);

  await using _stranger = await startLobbyProcess([
    ...["--port", `${lobby.port}`, "--state-folder", elsewhere.path],
  ]);
  await using refused = resumeIn(folder.path);

  await expectOneLine(refused, /^pong: This seat can't be taken/);
  expect(seatsIn(folder.path).length).toBe(1);
});

Deno.test("a lobby that can't keep its key doesn't start", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/file`;
  await Deno.writeTextFile(file, "");

  await using lobby = startPong([
    ...["lobby", "--host", "127.0.0.1", "--port", "0"],
    ...["--state-folder", file],
  ]);

  await expectOneLine(lobby, /^pong: Cannot .*file.*--state-folder/);
});
