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
  expectToGoOn,
  startFaultMatch,
  together,
  victimIn,
  waitForAll,
} from "./fault_match.ts";

async function killOneOfTwo(): Promise<void> {
  const args = ["--grace", "5"];
  await using match = await startFaultMatch({ players: 2, args });
  const [survivor] = match.others;
  match.victim.kill("SIGKILL");

  const silent = await waitForStatus(survivor, (it) => victimIn(it) !== "ok");
  const paused = await waitForStatus(
    survivor,
    ({ phase }) => phase === "paused",
  );
  await waitForStatus(survivor, (status) => victimIn(status) === "suspect");

  expect(victimIn(silent)).toMatch(/^(unstable|suspect)$/);
  expect(paused).toMatchObject({ era: 0, winner: null });
  expect(await resultOf(survivor))
    .toMatchObject({ reason: "walkover", winner: 0 });
  expect(await survivor.exited).toBe(0);
}

async function killOneOfMany(players: number): Promise<void> {
  await using match = await startFaultMatch({ players });
  match.victim.kill("SIGKILL");

  const dropped = await waitForAll(match.others, ({ era }) => era > 0);
  const after = await expectOneTruth(match.others);

  for (const status of [...dropped, ...after]) {
    expect([status.era, victimIn(status)]).toEqual([1, "away"]);
  }
}

Deno.test("a player that is killed: of two, the other wins after a wait; of more, the others play on", () =>
  together([
    killOneOfTwo,
    () => killOneOfMany(3),
    () => killOneOfMany(4),
  ]));

/** Of two, the other waits; of more, the victim is dropped meanwhile. */
async function resumeOneOf(players: number): Promise<void> {
  await using match = await startFaultMatch({ players });
  match.victim.kill("SIGKILL");
  await match.victim.exited;
  const [missed] = await waitForAll(
    match.others,
    ({ phase, era }) => players === 2 ? phase === "paused" : era === 1,
  );
  const back = match.resume(match.victim);
  await waitForStatus(back, ({ phase, era }) => phase === "playing" && era > 0);

  await expectToGoOn([...match.others, back], missed, missed.era + 1);
}

Deno.test("a player that was killed takes its seat again, and play goes on", () =>
  together([() => resumeOneOf(2), () => resumeOneOf(4)]));

Deno.test("a player of three that is told to stop says goodbye, and the others play on", () =>
  together((["SIGINT", "SIGTERM"] as const).map((signal) => async () => {
    await using match = await startFaultMatch({ players: 3 });
    match.victim.kill(signal);

    await waitForAll(match.others, ({ era }) => era === 1);
    expect(await match.victim.exited).toBe(0);
    for (const status of await expectOneTruth(match.others)) {
      // Not "away", as somebody who was lost.
      expect([status.era, victimIn(status)]).toEqual([1, "left"]);
    }
  })));
