/**
 * The lobby is killed in the middle of a match that it relays: all wait for it, and without it
 * nobody wins.
 *
 * @module
 */
import { expect } from "@std/expect";
import { resultOf, waitForStatus } from "../support/processes.ts";
import { last } from "../support/waiting.ts";
import { expectToGoOn, startFaultMatch, together } from "./fault_match.ts";

async function restartInTime(players: number): Promise<void> {
  await using match = await startFaultMatch({ players });
  match.lobby.kill("SIGKILL");
  await match.lobby.exited;
  await Promise.all(
    match.bots.map((bot) =>
      waitForStatus(bot, ({ phase }) => phase === "paused")
    ),
  );

  await match.restartLobby();

  await expectToGoOn(match);
}

/** The witness is there again before the match is given up, and must believe neither. */
async function freezeBeyondTheGrace(): Promise<void> {
  const args = ["--grace", "5"];
  await using match = await startFaultMatch({ players: 2, args });
  match.lobby.kill("SIGSTOP");
  await last(8000);
  match.lobby.kill("SIGCONT");

  await expectToGoOn(match);
}

async function loseForGood(): Promise<void> {
  const args = ["--grace", "5"];
  await using match = await startFaultMatch({ players: 2, args });
  match.lobby.kill("SIGKILL");

  const results = await Promise.all(match.bots.map(resultOf));
  for (const { reason, winner } of results) {
    expect([reason, winner]).toEqual(["connection lost", null]);
  }
  for (const bot of match.bots) expect(await bot.exited).toBe(1);
}

Deno.test("a lobby that is killed: the match waits for it, and ends without a winner if it stays away", () =>
  together([
    () => restartInTime(2),
    () => restartInTime(4),
    freezeBeyondTheGrace,
    loseForGood,
  ]));
