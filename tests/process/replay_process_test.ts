/**
 * Recordings of real processes: what `pong replay` says of a match in which somebody was killed.
 *
 * @module
 */
import { expect } from "@std/expect";
import { SLOTS_MAX, TICKS_PER_SECOND } from "../../game/court.ts";
import type { ReplayView } from "../../net/page/protocol.ts";
import { openReplay } from "../../net/recording/replay.ts";
import { temporaryFolder } from "../support/lobby.ts";
import {
  addressOf,
  expectOneLine,
  resultOf,
  startPong,
  statusOf,
  waitForStatus,
} from "../support/processes.ts";
import { openVenue, type Player } from "./venue.ts";

/** Of a match of a minute or two; one of an hour may have 2 MB. */
const RECORDING_BYTES_MAX = 20_000;

/** The slot of the player that is killed, and comes back. */
const VICTIM = 2;

/** Most of a match that a death of the process may cost its recording: two seconds. */
const LOST_TICKS_MAX = 2 * TICKS_PER_SECOND;

/** The paths of a seat's recordings, by how many processes of it there were. */
function recordingsIn(folder: string, processes = 1): readonly string[] {
  const paths = [...Deno.readDirSync(`${folder}/replays`)]
    .map(({ name }) => `${folder}/replays/${name}`);
  const isLater = (path: string) => Number(/\.2\.pong-replay$/.test(path));
  paths.sort((a, b) => isLater(a) - isLater(b));
  expect(paths.map(isLater)).toEqual([0, 1].slice(0, processes));
  return paths;
}

async function checked(file: string): Promise<Record<string, unknown>> {
  await using replay = startPong(["replay", file, "--check"]);
  expect(await replay.exited).toBe(0);
  expect(replay.stderr).toBe("");
  return JSON.parse(replay.stdout);
}

async function expectDamageIsFound(file: string): Promise<void> {
  const bytes = await Deno.readFile(file);
  bytes[bytes.length >> 1] ^= 1;
  const damaged = file.replace(/[^/]+$/, "damaged.pong-replay");
  await Deno.writeFile(damaged, bytes);
  await using replay = startPong(["replay", damaged, "--check"]);
  await expectOneLine(replay, /^pong: Cannot play this recording: .*tick \d+/);
}

Deno.test("recordings of all who were there to the end tell of one match, a death and a return included", async () => {
  await using venue = await openVenue();
  const words = ["--bot", "easy", "--players", `${SLOTS_MAX}`];
  const players: Player[] = [];
  for (let slot = 0; slot < SLOTS_MAX; slot++) {
    const player = venue.play(...words, "--lives", "3", "--grace", "3");
    players.push(player);
    await waitForStatus(player, (status) => status.slot === slot);
  }
  const [victim] = players.splice(VICTIM, 1);
  await waitForStatus(victim, ({ tick }) => tick > 60);

  const { confirmedTick } = await statusOf(victim);
  const untilVictimIs = (state: string) =>
    waitForStatus(players[0], ({ players }) => players[VICTIM].state === state);
  victim.kill("SIGKILL");
  await untilVictimIs("away");
  const [broken] = recordingsIn(victim.folder);
  const left = await checked(broken);
  expect(left).toMatchObject({ reason: null, isUnfinished: true });
  expect(left.confirmedTick).toBeGreaterThan(confirmedTick - LOST_TICKS_MAX);
  const back = venue.resume(victim);
  await untilVictimIs("ok");

  const result = await resultOf(players[0]);
  const { score: _, ...tale } = result;
  expect(result.reason).toBe("finished");
  expect(await back.exited).toBe(0);
  for (const player of players) {
    expect(await resultOf(player)).toEqual(result);
    expect(await player.exited).toBe(0);
    const [file] = recordingsIn(player.folder);
    expect(await checked(file))
      .toMatchObject({ ...tale, isIncomplete: false, isUnfinished: false });
  }
  const [file] = recordingsIn(players[0].folder);
  await using replay = startPong(["replay", file, "--no-open"]);
  const { marks, ...shown } = await statusOf<ReplayView>(replay);
  expect(shown).toMatchObject({
    ...{ role: "replay", firstTick: 0, lastTick: result.confirmedTick },
  });
  expect(marks.filter(({ kind }) => kind !== "goal")).toMatchObject([
    { kind: "dropped", slot: VICTIM },
    { kind: "returned", slot: VICTIM },
  ]);
  expect((await Deno.stat(file)).size).toBeLessThan(RECORDING_BYTES_MAX);
  await expectDamageIsFound(file);
  // Who came back has what it was there for, and the same result.
  const [before, after] = recordingsIn(victim.folder, 2);
  expect(await checked(before)).toEqual(left);
  const { winner, hash } = result;
  expect(await checked(after)).toMatchObject({ winner, hash });
});

Deno.test("with --no-record nothing is kept, and a person's match is as good as a bot's", async () => {
  await using venue = await openVenue();
  const bot = venue.play("--points", "1", "--bot");
  const person = ["--no-open", "--once", "--no-record"];
  const mia = venue.play("--points", "1", ...person);
  await waitForStatus(mia, ({ confirmedTick }) => confirmedTick > 60);

  const { search, origin } = new URL(await addressOf(mia));
  const saved = await (await fetch(`${origin}/replay${search}`)).bytes();

  const { match, hash } = await resultOf(mia);
  expect(await bot.exited).toBe(0);
  expect(await mia.exited).toBe(0);
  expect([...Deno.readDirSync(mia.folder)]).toEqual([]);
  expect(openReplay(saved).view.lastTick).toBeGreaterThan(60);
  const [file] = recordingsIn(bot.folder);
  expect(await checked(file)).toMatchObject({ match, hash });
});

Deno.test("what is no recording is refused in a line", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/letter.txt`;
  await Deno.writeTextFile(file, "Dear Mia");

  await using letter = startPong(["replay", file]);
  await using nothing = startPong(["replay", `${folder.path}/none`, "--check"]);

  await expectOneLine(letter, /^pong: Cannot play .* no recording/);
  await expectOneLine(nothing, /^pong: Cannot play .* no file/);
});
