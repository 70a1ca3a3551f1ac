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
  expectToGoOn,
  startFaultMatch,
  together,
  victimIn,
  waitForAll,
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
    await freeze(match.victim, 1000);
    await expectToGoOn(match.bots, match.before);
  })));

async function freezeOneOfTwo(): Promise<void> {
  await using match = await startFaultMatch({ players: 2 });
  const freezing = freeze(match.victim, 5000);
  const [paused] = await waitForAll(
    match.others,
    ({ phase }) => phase === "paused",
  );
  await freezing;
  await expectToGoOn(match.bots, paused);
}

/** The others go on without the frozen one, and it is back by itself. */
async function freezeOneOfMany(
  players: number,
  durationMs: number,
): Promise<void> {
  await using match = await startFaultMatch({ players });
  const { victim, others, bots, before } = match;
  const freezing = freeze(victim, durationMs);
  for (const dropped of await waitForAll(others, ({ era }) => era > 0)) {
    expect([dropped.era, victimIn(dropped)]).toEqual([1, "away"]);
  }
  await expectOneTruth(others);
  await freezing;
  await waitForStatus(
    victim,
    ({ era, phase }) => era === 2 && phase === "playing",
  );
  await expectToGoOn(bots, before, 2);
}

async function freezeBeyondTheGrace(): Promise<void> {
  const args = ["--grace", "5"];
  await using match = await startFaultMatch({ players: 2, args });
  await freeze(match.victim, 12_000);

  const [won, lost] = await Promise.all(match.bots.map(resultOf));
  expect(won).toMatchObject({ reason: "walkover", winner: 0 });
  const { reason, winner, score } = won;
  expect(lost).toMatchObject({ reason, winner, score });
  const codes = await Promise.all(match.bots.map(({ exited }) => exited));
  expect(codes).toEqual([0, 0]);
}

Deno.test("a player that freezes for 5 s: of two, it is waited for; of more, it is dropped and comes back", () =>
  together([
    freezeOneOfTwo,
    () => freezeOneOfMany(3, 5000),
    () => freezeOneOfMany(4, 5000),
  ]));

Deno.test("a player that freezes for 30 s comes back to three others, but not to a match that was lost", () =>
  together([freezeBeyondTheGrace, () => freezeOneOfMany(4, 30_000)]));
