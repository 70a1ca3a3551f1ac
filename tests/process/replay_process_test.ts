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
  lobbyAt,
  type PongProcess,
  resultOf,
  startLobbyProcess,
  startPong,
  statusOf,
  waitForStatus,
} from "../support/processes.ts";

/** Of a match of a minute or two; one of an hour may have 2 MB. */
const RECORDING_BYTES_MAX = 20_000;

/** The slot of the player that is killed, and comes back. */
const VICTIM = 2;

/** Most of a match that a death of the process may cost its recording: two seconds. */
const LOST_TICKS_MAX = 2 * TICKS_PER_SECOND;

interface Player extends AsyncDisposable {
  readonly pong: PongProcess;
  readonly folder: string;
}

/** Starts a player that keeps its state in a folder of its own. */
async function startPlayer(words: readonly string[]): Promise<Player> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await temporaryFolder());
  const pong = stack.use(startPong([
    ...["play", ...words, "--state-folder", path],
  ]));
  const moved = stack.move();
  return {
    pong,
    folder: path,
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  };
}

/** The paths of the recordings in a state folder, by how many processes of the seat there were. */
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

/** What the page of a replay shows: ticks, marks. */
async function shown(file: string): Promise<ReplayView> {
  await using replay = startPong(["replay", file, "--no-open"]);
  const status = await statusOf<ReplayView & { readonly role: string }>(replay);
  expect(status.role).toBe("replay");
  return status;
}

async function expectDamageIsFound(file: string): Promise<void> {
  const bytes = await Deno.readFile(file);
  bytes[bytes.length >> 1] ^= 1;
  const damaged = file.replace(/[^/]+$/, "damaged.pong-replay");
  await Deno.writeFile(damaged, bytes);
  await using replay = startPong(["replay", damaged, "--check"]);
  await expectOneLine(replay, /^pong: Cannot play this recording: .*tick \d+/);
}

async function say(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${line}\n`));
}

Deno.test("recordings of all who were there to the end tell of one match, a death and a return included", async () => {
  await using lobby = await startLobbyProcess();
  await using stack = new AsyncDisposableStack();
  const words = [
    ...[...lobbyAt(lobby), "--bot", "easy", "--players", `${SLOTS_MAX}`],
    ...["--room", "TAPED", "--lives", "3", "--grace", "3"],
  ];
  const players: Player[] = [];
  for (let slot = 0; slot < SLOTS_MAX; slot++) {
    const player = stack.use(await startPlayer(words));
    players.push(player);
    await waitForStatus(player.pong, (status) => status.slot === slot);
  }
  const victim = players[VICTIM];
  const others = players.filter((player) => player !== victim);
  await waitForStatus(victim.pong, ({ tick }) => tick > 60);

  const { confirmedTick } = await statusOf(victim.pong);
  victim.pong.kill("SIGKILL");
  await waitForStatus(
    others[0].pong,
    ({ players }) => players[VICTIM].state === "away",
  );
  const [broken] = recordingsIn(victim.folder);
  const left = await checked(broken);
  expect(left).toMatchObject({ reason: null, isUnfinished: true });
  expect(left.confirmedTick).toBeGreaterThan(confirmedTick - LOST_TICKS_MAX);
  await using back = startPong([
    ...["play", "--resume", "--state-folder", victim.folder],
  ]);
  await waitForStatus(
    others[0].pong,
    ({ players }) => players[VICTIM].state === "ok",
  );

  const result = await resultOf(others[0].pong);
  expect(result.reason).toBe("finished");
  expect(await back.exited).toBe(0);
  for (const { pong, folder } of others) {
    expect(await resultOf(pong)).toEqual(result);
    expect(await pong.exited).toBe(0);
    const [file] = recordingsIn(folder);
    expect(await checked(file)).toMatchObject({
      match: result.match,
      winner: result.winner,
      reason: result.reason,
      confirmedTick: result.confirmedTick,
      hash: result.hash,
      isIncomplete: false,
      isUnfinished: false,
    });
  }
  const [file] = recordingsIn(others[0].folder);
  const { marks, firstTick, lastTick } = await shown(file);
  expect([firstTick, lastTick]).toEqual([0, result.confirmedTick]);
  const changes = marks.filter(({ kind }) => kind !== "goal");
  expect(changes).toMatchObject([
    { kind: "dropped", slot: VICTIM },
    { kind: "returned", slot: VICTIM },
  ]);
  const { size } = await Deno.stat(file);
  await say(`  ${size} bytes for ${lastTick} ticks of ${SLOTS_MAX} players`);
  expect(size).toBeLessThan(RECORDING_BYTES_MAX);
  await expectDamageIsFound(file);
  // Who came back has what it was there for, and the same result.
  const [before, after] = recordingsIn(victim.folder, 2);
  expect(await checked(before)).toEqual(left);
  expect(await checked(after))
    .toMatchObject({ winner: result.winner, hash: result.hash });
});

Deno.test("with --no-record nothing is kept, and a person's match is as good as a bot's", async () => {
  await using lobby = await startLobbyProcess();
  const words = [...lobbyAt(lobby), "--points", "1"];
  const person = ["--no-open", "--once", "--no-record"];
  await using bot = await startPlayer([...words, "--bot"]);
  await using mia = await startPlayer([...words, ...person]);
  await waitForStatus(mia.pong, ({ confirmedTick }) => confirmedTick > 60);

  const { search, origin } = new URL(await addressOf(mia.pong));
  const saved = await (await fetch(`${origin}/replay${search}`)).bytes();

  const { match, hash } = await resultOf(mia.pong);
  expect(await bot.pong.exited).toBe(0);
  expect(await mia.pong.exited).toBe(0);
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
