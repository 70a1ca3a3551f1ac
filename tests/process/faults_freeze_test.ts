/**
 * A player's process freezes in the middle of a match over the relay: what the others see, and
 * whether it is back when it goes on.
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
  playerState,
  startFaultMatch,
  together,
  untilPlaying,
} from "./fault_match.ts";

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
    await expectOneTruth(match.bots, tick);
    for (const status of await untilPlaying(match.bots, 0)) {
      expectScoreKept(match.before, status);
    }
  })));

async function freezeOneOfTwo(): Promise<void> {
  await using match = await startFaultMatch({ players: 2 });
  const [other, frozen] = match.bots;

  const freezing = freeze(frozen, 5000);
  const paused = await waitForStatus(other, ({ phase }) => phase === "paused");
  await freezing;
  await waitForStatus(
    other,
    ({ confirmedTick }) => confirmedTick > paused.confirmedTick + 10,
  );

  await expectOneTruth(match.bots, paused.tick);
  for (const status of await untilPlaying(match.bots, 0)) {
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
  const freezing = freeze(frozen, durationMs);
  for (const bot of others) {
    const dropped = await waitForStatus(bot, ({ era }) => era > 0);
    expect([dropped.era, playerState(dropped, 1)]).toEqual([1, "away"]);
  }
  await expectOneTruth(others, await newestTick(others));
  await freezing;
  await waitForStatus(
    frozen,
    ({ era, phase }) => era === 2 && phase === "playing",
  );

  await expectOneTruth(match.bots, await newestTick(match.bots));
  for (const status of await untilPlaying(match.bots, 2)) {
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

  const won = await resultOf(other);
  const lost = await resultOf(frozen);
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
