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
import { openVenue } from "./venue.ts";

/** A bot whose match is long enough for all that is tried with it. */
const BOT = ["--bot", "easy", "--points", "99"];

function resumeIn(folder: string, ...words: readonly string[]): PongProcess {
  return startPong(["play", "--resume", ...words, "--state-folder", folder]);
}

/** The names of the seats on file; the recordings of their matches are there, too. */
function seatsIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.startsWith("seat-")).toSorted();
}

/** Waits until it is in a match, and well into it. */
async function matchOf(player: PongProcess): Promise<string> {
  const { match } = await waitForStatus(player, ({ tick }) => tick > 60);
  return match;
}

Deno.test("a player that was killed comes back into its match, under a restarted lobby too", async () => {
  await using venue = await openVenue();
  const one = venue.play(...BOT);
  await one.line(/^status: /);
  const two = venue.play(...BOT, "--state-folder", one.folder);
  const match = await matchOf(two);
  expect(seatsIn(one.folder))
    .toEqual([0, 1].map((slot) => `seat-${match}-${slot}.json`));

  // The seat of the one that lives is on file too, and must not be taken from it.
  two.kill("SIGKILL");
  await two.exited;
  const back = venue.resume(one);
  const isBack = (status: { readonly match: string }) => status.match !== "";
  expect(await waitForStatus(back, isBack)).toMatchObject({ match, slot: 1 });

  back.kill("SIGKILL");
  await back.exited;
  venue.lobby.kill("SIGTERM");
  expect(await venue.lobby.exited).toBe(0);
  await venue.restartLobby();
  const later = venue.resume(one);
  expect(await waitForStatus(later, isBack)).toMatchObject({ match });
  one.kill("SIGINT");
  expect(await one.exited).toBe(0);
  expect(seatsIn(one.folder)).toEqual([`seat-${match}-1.json`]);
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
  await using venue = await openVenue();
  const one = venue.play(...BOT);
  const two = venue.play(...BOT, "--state-folder", one.folder);
  await matchOf(two);
  for (const process of [one, two, venue.lobby]) {
    process.kill("SIGKILL");
    await process.exited;
  }
  await expectOneLine(venue.resume(one), /no lobby listens there/);
  expect(seatsIn(one.folder).length).toBe(2);

  await using _stranger = await startLobbyProcess([
    ...["--port", `${venue.lobby.port}`, "--state-folder", two.folder],
  ]);

  await expectOneLine(venue.resume(one), /^pong: This seat can't be taken/);
  expect(seatsIn(one.folder).length).toBe(1);
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
