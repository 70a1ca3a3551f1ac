/** Playing again, by the buttons of real pages on real processes. */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import type { Status } from "../../net/player/status.ts";
import { test } from "../support/browser.ts";
import { temporaryFolder } from "../support/lobby.ts";
import {
  type Person,
  playAgainstBots,
  press,
  sitDown,
  waitForCourt,
  waitForPhase,
  waitForText,
} from "../support/person.ts";
import {
  lobbyAt,
  startLobbyProcess,
  waitForStatus,
} from "../support/processes.ts";
import { until } from "../support/waiting.ts";

/** Plays on: a match that nobody steers ends with the first serve that nobody returns. */
async function playToTheEnd(
  { pong, page }: Person,
  before = "",
): Promise<Status> {
  const status = await waitForStatus(
    pong,
    ({ match, phase }) => match !== before && phase === "over",
  );
  expect(status.reason).toBe("finished");
  await waitForPhase(page, "over");
  return status;
}

function canPlayAgain(page: Page): Promise<boolean> {
  return page.getByTestId("rematch").isEnabled();
}

test("two people play again when both want to, until one leaves", async (browser) => {
  await using folder = await temporaryFolder();
  await using lobby = await startLobbyProcess();
  const words = [
    ...["play", ...lobbyAt(lobby), "--room", "AGAIN", "--points", "1"],
    ...["--state-folder", folder.path, "--name"],
  ];
  await using mia = await sitDown(browser, [...words, "Mia"]);
  await waitForPhase(mia.page, "lobby");
  await using bo = await sitDown(browser, [...words, "Bo"]);
  const both = [mia, bo];
  const first = await Promise.all(both.map((each) => playToTheEnd(each)));
  const [{ match }] = first;

  await press(mia.page, "rematch");
  await waitForText(mia.page, "rematch-wish", "Waiting for Bo.");
  await waitForText(bo.page, "rematch-wish", "Mia wants a rematch.");
  expect(await canPlayAgain(mia.page)).toBe(false);
  await press(bo.page, "rematch");

  const second = await Promise.all(
    both.map((each) => playToTheEnd(each, match)),
  );
  expect(second[1].match).toBe(second[0].match);
  const seats = ({ slot, room, players }: Status) =>
    players.map(({ id, name, look }) => ({ slot, room, id, name, look }));
  expect(second.map(seats)).toEqual(first.map(seats));
  expect(second[1].hashes).toEqual(second[0].hashes);
  const result = /^\{"match".*"reason":"finished"\}$/gm;
  for (const { pong } of both) {
    await until(() => pong.stdout.match(result)?.length === 2, "Two results");
  }

  await press(bo.page, "rematch");
  await waitForText(mia.page, "rematch-wish", "Bo wants a rematch.");
  await press(bo.page, "back-to-start");
  await waitForPhase(bo.page, "start");
  await waitForText(mia.page, "rematch-wish", "No rematch: Bo has left.");
  expect(await canPlayAgain(mia.page)).toBe(false);
  expect(browser.problems).toEqual([]);
});

test("from the start screen: against bots, again, and back to the start screen", async (browser) => {
  await using folder = await temporaryFolder();
  const words = ["play", "--state-folder", folder.path];
  await using person = await sitDown(browser, words);
  const { page } = person;

  await playAgainstBots(page, 1);
  const first = await playToTheEnd(person);
  await press(page, "rematch");
  await waitForPhase(page, "playing");
  await waitForCourt(page);
  const second = await playToTheEnd(person, first.match);

  expect(first.players.map(({ isBot }) => isBot)).toEqual([false, true]);
  expect(second.players.map(({ id }) => id))
    .toEqual(first.players.map(({ id }) => id));
  await press(page, "back-to-start");
  await waitForPhase(page, "start");
  expect(await page.getByTestId("points").inputValue()).toBe("1");
  expect(browser.problems).toEqual([]);
});
