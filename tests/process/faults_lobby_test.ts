/**
 * The lobby is killed in the middle of a match that it relays: all wait for it, and without it
 * nobody wins.
 *
 * @module
 */
import { expect } from "@std/expect";
import { resultOf } from "../support/processes.ts";
import { last } from "../support/waiting.ts";
import {
  expectToGoOn,
  startFaultMatch,
  together,
  waitForAll,
} from "./fault_match.ts";

const HASTE = { players: 2, args: ["--grace", "5"] };

async function restartInTime(players: number): Promise<void> {
  await using match = await startFaultMatch({ players });
  match.lobby.kill("SIGKILL");
  await match.lobby.exited;
  await waitForAll(match.bots, ({ phase }) => phase === "paused");

  await match.restartLobby();

  await expectToGoOn(match.bots, match.before);
}

/** The witness is there again before the match is given up, and must believe neither. */
async function freezeBeyondTheGrace(): Promise<void> {
  await using match = await startFaultMatch(HASTE);
  match.lobby.kill("SIGSTOP");
  await last(8000);
  match.lobby.kill("SIGCONT");

  await expectToGoOn(match.bots, match.before);
}

async function loseForGood(): Promise<void> {
  await using match = await startFaultMatch(HASTE);
  match.lobby.kill("SIGKILL");

  for (const bot of match.bots) {
    expect(await resultOf(bot))
      .toMatchObject({ reason: "connection lost", winner: null });
    expect(await bot.exited).toBe(1);
  }
}

Deno.test("a lobby that is killed: the match waits for it, and ends without a winner if it stays away", () =>
  together([
    () => restartInTime(2),
    () => restartInTime(4),
    freezeBeyondTheGrace,
    loseForGood,
  ]));
