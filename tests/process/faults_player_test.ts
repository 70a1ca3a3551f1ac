/**
 * A player's process is killed, frozen or told to stop in the middle of a match over the relay: what
 * the others see, and how it comes back.
 *
 * @module
 */
import { expect } from "@std/expect";
import {
  type PongProcess,
  resultOf,
  waitForStatus,
} from "../support/processes.ts";
import { last } from "../support/waiting.ts";
import {
  expectOneTruth,
  expectScoreKept,
  newestTick,
  note,
  playerState,
  startFaultMatch,
  together,
} from "./fault_match.ts";

async function killOneOfTwo(): Promise<void> {
  await using match = await startFaultMatch({
    players: 2,
    args: ["--grace", "5"],
  });
  const [survivor, victim] = match.bots;
  const killedMs = performance.now();
  victim.kill("SIGKILL");

  const silent = await waitForStatus(
    survivor,
    (status) => playerState(status, 1) !== "ok",
  );
  note("2 players, kill -9: noticed", killedMs);
  const paused = await waitForStatus(
    survivor,
    ({ phase }) => phase === "paused",
  );
  await waitForStatus(
    survivor,
    (status) => playerState(status, 1) === "suspect",
  );
  note("2 players, kill -9: suspect", killedMs);
  const { reason, winner } = await resultOf(survivor);
  note("2 players, kill -9, grace 5 s: walkover", killedMs);

  expect(playerState(silent, 1)).toMatch(/^(unstable|suspect)$/);
  expect([paused.era, paused.winner]).toEqual([0, null]);
  expect([reason, winner]).toEqual(["walkover", 0]);
  expect(await survivor.exited).toBe(0);
}

async function killOneOfMany(players: number): Promise<void> {
  await using match = await startFaultMatch({ players });
  const victim = match.bots[1];
  const others = match.bots.filter((bot) => bot !== victim);
  const killedMs = performance.now();
  victim.kill("SIGKILL");

  const dropped = await Promise.all(
    others.map((bot) => waitForStatus(bot, ({ era }) => era > 0)),
  );
  note(`${players} players, kill -9: dropped by all`, killedMs);
  const tick = await newestTick(others);
  const after = await expectOneTruth(others, tick);

  for (const status of [...dropped, ...after]) {
    expect([status.era, playerState(status, 1)]).toEqual([1, "away"]);
  }
}

Deno.test("a player that is killed: of two, the other wins after a wait; of more, the others play on", () =>
  together([
    killOneOfTwo,
    () => killOneOfMany(3),
    () => killOneOfMany(4),
  ]));

/** Freezes one bot for so long. */
async function freeze(bot: PongProcess, durationMs: number): Promise<void> {
  bot.kill("SIGSTOP");
  await last(durationMs);
  bot.kill("SIGCONT");
}

Deno.test("a player that freezes for a second is forgiven", () =>
  together([2, 3, 4].map((players) => async () => {
    await using match = await startFaultMatch({ players });

    await freeze(match.bots[1], 1000);

    const tick = await newestTick(match.bots);
    const after = await expectOneTruth(match.bots, tick);
    for (const status of after) {
      expect([status.phase, status.era]).toEqual(["playing", 0]);
      expectScoreKept(match.before, status);
    }
  })));

async function freezeOneOfTwo(): Promise<void> {
  await using match = await startFaultMatch({ players: 2 });
  const [other, frozen] = match.bots;

  const freezing = freeze(frozen, 5000);
  const paused = await waitForStatus(other, ({ phase }) => phase === "paused");
  await freezing;
  const thawedMs = performance.now();
  await waitForStatus(
    other,
    ({ confirmedTick }) => confirmedTick > paused.confirmedTick + 10,
  );
  note("2 players, frozen 5 s: goes on after", thawedMs);

  const after = await expectOneTruth(match.bots, paused.tick);
  for (const status of after) {
    expect([status.phase, status.era]).toEqual(["playing", 0]);
    expectScoreKept(paused, status);
  }
}

/** The others go on without the frozen one, and it is back by itself. */
async function freezeOneOfMany(
  players: number,
  durationMs: number,
): Promise<void> {
  await using match = await startFaultMatch({ players });
  const frozen = match.bots[1];
  const others = match.bots.filter((bot) => bot !== frozen);
  const what = `${players} players, frozen ${durationMs / 1000} s`;

  const frozenMs = performance.now();
  const freezing = freeze(frozen, durationMs);
  for (const bot of others) {
    const dropped = await waitForStatus(bot, ({ era }) => era > 0);
    expect([dropped.era, playerState(dropped, 1)]).toEqual([1, "away"]);
  }
  note(`${what}: dropped by all`, frozenMs);
  await expectOneTruth(others, await newestTick(others));
  await freezing;
  const thawedMs = performance.now();
  await waitForStatus(
    frozen,
    ({ era, phase }) => era === 2 && phase === "playing",
  );
  note(`${what}: back after`, thawedMs);

  const after = await expectOneTruth(match.bots, await newestTick(match.bots));
  for (const status of after) {
    expect([status.phase, status.era]).toEqual(["playing", 2]);
    expect(playerState(status, 1)).toBe("ok");
    expectScoreKept(match.before, status);
  }
}

async function freezeBeyondTheGrace(): Promise<void> {
  await using match = await startFaultMatch({
    players: 2,
    args: ["--grace", "5"],
  });
  const [other, frozen] = match.bots;
  await freeze(frozen, 12_000);
  const thawedMs = performance.now();

  const won = await resultOf(other);
  const lost = await resultOf(frozen);
  note("2 players, frozen 12 s, grace 5 s: told after", thawedMs);
  expect([won.reason, won.winner]).toEqual(["walkover", 0]);
  expect([lost.reason, lost.winner]).toEqual(["connection lost", null]);
  expect([await other.exited, await frozen.exited]).toEqual([0, 1]);
}

Deno.test("a player that freezes for 5 s: of two, it is waited for; of more, it is dropped and comes back", () =>
  together([
    freezeOneOfTwo,
    () => freezeOneOfMany(3, 5000),
    () => freezeOneOfMany(4, 5000),
  ]));

Deno.test("a player that freezes for 30 s comes back to three others, but not to a match that was lost", () =>
  together([freezeBeyondTheGrace, () => freezeOneOfMany(4, 30_000)]));

async function resumeOneOfTwo(): Promise<void> {
  await using match = await startFaultMatch({ players: 2 });
  const [other, victim] = match.bots;
  victim.kill("SIGKILL");
  await victim.exited;
  const paused = await waitForStatus(other, ({ phase }) => phase === "paused");

  const resumedMs = performance.now();
  const back = match.resume(1);
  await waitForStatus(back, ({ phase, era }) => phase === "playing" && era > 0);
  note("2 players, kill -9 and --resume: plays after", resumedMs);

  const bots = [other, back];
  for (const status of await expectOneTruth(bots, await newestTick(bots))) {
    expect([status.phase, status.era]).toEqual(["playing", 1]);
    expectScoreKept(paused, status);
  }
}

async function resumeOneOfFour(): Promise<void> {
  await using match = await startFaultMatch({ players: 4 });
  const victim = match.bots[1];
  const others = match.bots.filter((bot) => bot !== victim);
  victim.kill("SIGKILL");
  const [dropped] = await Promise.all(
    others.map((bot) => waitForStatus(bot, ({ era }) => era === 1)),
  );

  const resumedMs = performance.now();
  const back = match.resume(1);
  await waitForStatus(back, ({ phase, era }) => phase === "playing" && era > 0);
  note("4 players, kill -9 and --resume: plays after", resumedMs);

  const bots = [...others, back];
  for (const status of await expectOneTruth(bots, await newestTick(bots))) {
    expect([status.phase, status.era]).toEqual(["playing", 2]);
    expect(playerState(status, 1)).toBe("ok");
    expectScoreKept(dropped, status);
  }
}

Deno.test("a player that was killed takes its seat again, and play goes on", () =>
  together([resumeOneOfTwo, resumeOneOfFour]));

Deno.test("a player of three that is told to stop says goodbye, and the others play on", () =>
  together((["SIGINT", "SIGTERM"] as const).map((signal) => async () => {
    await using match = await startFaultMatch({ players: 3 });
    const leaver = match.bots[1];
    const others = match.bots.filter((bot) => bot !== leaver);
    const leftMs = performance.now();
    leaver.kill(signal);

    await Promise.all(
      others.map((bot) => waitForStatus(bot, ({ era }) => era === 1)),
    );
    note(`3 players, ${signal}: dropped by all`, leftMs);
    expect(await leaver.exited).toBe(0);
    const after = await expectOneTruth(others, await newestTick(others));

    for (const status of after) {
      expect([status.phase, status.era]).toEqual(["playing", 1]);
      // Not "away", as somebody who was lost.
      expect(playerState(status, 1)).toBe("left");
    }
  })));
