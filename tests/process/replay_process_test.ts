/**
 * Recordings of real processes: what `pong replay` says of a match in which somebody was killed.
 *
 * @module
 */
import { expect } from "@std/expect";
import { SLOTS_MAX } from "../../game/court.ts";
import type { ReplayView } from "../../net/page/protocol.ts";
import { temporaryFolder } from "../support/lobby.ts";
import {
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

/** The path of the one recording in a state folder. */
function recordingIn(folder: string): string {
  const names = [...Deno.readDirSync(`${folder}/replays`)]
    .map(({ name }) => name);
  expect(names).toEqual([expect.stringMatching(/\.pong-replay$/)]);
  return `${folder}/replays/${names[0]}`;
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

  victim.pong.kill("SIGKILL");
  await waitForStatus(
    others[0].pong,
    ({ players }) => players[VICTIM].state === "away",
  );
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
    const file = recordingIn(folder);
    expect(await checked(file)).toMatchObject({
      match: result.match,
      winner: result.winner,
      reason: result.reason,
      confirmedTick: result.confirmedTick,
      hash: result.hash,
      isIncomplete: false,
    });
  }
  const file = recordingIn(others[0].folder);
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
  expect(await checked(recordingIn(victim.folder)))
    .toMatchObject({ winner: result.winner, hash: result.hash });
});

Deno.test("with --no-record nothing is kept, and a person's match is as good as a bot's", async () => {
  await using lobby = await startLobbyProcess();
  const words = [...lobbyAt(lobby), "--points", "1"];
  await using bot = await startPlayer([...words, "--bot", "--no-record"]);
  await using mia = await startPlayer([...words, "--no-open", "--once"]);

  const { match, hash } = await resultOf(mia.pong);

  expect(await bot.pong.exited).toBe(0);
  expect(await mia.pong.exited).toBe(0);
  expect([...Deno.readDirSync(bot.folder)]).toEqual([]);
  expect(await checked(recordingIn(mia.folder))).toMatchObject({ match, hash });
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
