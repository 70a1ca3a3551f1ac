/**
 * A player's process is killed or told to stop in the middle of a match over the relay: what
 * the others see, and how it comes back.
 *
 * @module
 */
import { expect } from "@std/expect";
import { resultOf, waitForStatus } from "../support/processes.ts";
import {
  expectOneTruth,
  expectScoreKept,
  newestTick,
  playerState,
  startFaultMatch,
  together,
  untilPlaying,
} from "./fault_match.ts";

async function killOneOfTwo(): Promise<void> {
  await using match = await startFaultMatch({
    players: 2,
    args: ["--grace", "5"],
  });
  const [survivor, victim] = match.bots;
  victim.kill("SIGKILL");

  const silent = await waitForStatus(
    survivor,
    (status) => playerState(status, 1) !== "ok",
  );
  const paused = await waitForStatus(
    survivor,
    ({ phase }) => phase === "paused",
  );
  await waitForStatus(
    survivor,
    (status) => playerState(status, 1) === "suspect",
  );
  const { reason, winner } = await resultOf(survivor);

  expect(playerState(silent, 1)).toMatch(/^(unstable|suspect)$/);
  expect([paused.era, paused.winner]).toEqual([0, null]);
  expect([reason, winner]).toEqual(["walkover", 0]);
  expect(await survivor.exited).toBe(0);
}

async function killOneOfMany(players: number): Promise<void> {
  await using match = await startFaultMatch({ players });
  const victim = match.bots[1];
  const others = match.bots.filter((bot) => bot !== victim);
  victim.kill("SIGKILL");

  const dropped = await Promise.all(
    others.map((bot) => waitForStatus(bot, ({ era }) => era > 0)),
  );
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

async function resumeOneOfTwo(): Promise<void> {
  await using match = await startFaultMatch({ players: 2 });
  const [other, victim] = match.bots;
  victim.kill("SIGKILL");
  await victim.exited;
  const paused = await waitForStatus(other, ({ phase }) => phase === "paused");
  const back = match.resume(1);
  await waitForStatus(back, ({ phase, era }) => phase === "playing" && era > 0);

  const bots = [other, back];
  await expectOneTruth(bots, await newestTick(bots));
  for (const status of await untilPlaying(bots, 1)) {
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
  const back = match.resume(1);
  await waitForStatus(back, ({ phase, era }) => phase === "playing" && era > 0);

  const bots = [...others, back];
  await expectOneTruth(bots, await newestTick(bots));
  for (const status of await untilPlaying(bots, 2)) {
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
    leaver.kill(signal);

    await Promise.all(
      others.map((bot) => waitForStatus(bot, ({ era }) => era === 1)),
    );
    expect(await leaver.exited).toBe(0);
    await expectOneTruth(others, await newestTick(others));

    for (const status of await untilPlaying(others, 1)) {
      // Not "away", as somebody who was lost.
      expect(playerState(status, 1)).toBe("left");
    }
  })));
