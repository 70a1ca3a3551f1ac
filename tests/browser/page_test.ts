/** Two people in two browsers: each page on its own `pong play`, one match. */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import { test } from "../support/browser.ts";
import {
  drawnTick,
  paddles,
  sitDown,
  waitForCourt,
  waitForPhase,
  waitUntil,
} from "../support/person.ts";
import { lobbyAt, resultOf, startLobbyProcess } from "../support/processes.ts";

/** Court units by which a held key must have moved a paddle. */
const MOVED_MIN = 60;

/** What a page shows as the scores of slots 0 and 1. */
async function scores(page: Page): Promise<number[]> {
  const shown = [0, 1].map((slot) =>
    page.locator(`.player[data-slot="${slot}"] .score`).textContent()
  );
  return (await Promise.all(shown)).map(Number);
}

test("two pages show one match: keys, scores, a reload in the middle", async (browser) => {
  await using lobby = await startLobbyProcess();
  const words = ["play", ...lobbyAt(lobby), "--points", "5", "--name"];
  await using mia = await sitDown(browser, [...words, "Mia"]);
  const { page: miaPage } = mia;
  await waitForPhase(miaPage, "lobby");
  expect(await miaPage.getByTestId("seats").textContent()).toContain("Mia");
  await using bo = await sitDown(browser, [...words, "Bo"]);
  const { page: boPage } = bo;
  const pages = [miaPage, boPage];
  for (const page of pages) {
    await waitForPhase(page, "playing");
    await waitForCourt(page);
  }

  // Mia sits left, Bo right; each holds a key, and both pages must show both.
  const before = await paddles(boPage);
  await miaPage.keyboard.down("KeyW");
  await boPage.keyboard.down("ArrowDown");
  for (const page of pages) {
    await waitUntil(page, async () => {
      const [left, right] = await paddles(page);
      return left < before[0] - MOVED_MIN && right > before[1] + MOVED_MIN;
    });
  }
  await miaPage.keyboard.up("KeyW");
  await boPage.keyboard.up("ArrowDown");

  const tick = await drawnTick(boPage);
  await boPage.reload();
  await waitUntil(boPage, async () => await drawnTick(boPage) > tick);
  const [left] = await paddles(boPage);
  expect(left).toBeLessThan(before[0] - MOVED_MIN);

  for (const page of pages) await waitForPhase(page, "over");
  const [result, other] = await Promise.all(
    [mia, bo].map(({ pong }) => resultOf(pong)),
  );
  expect(other).toEqual(result);
  expect(result.reason).toBe("finished");
  for (const page of pages) expect(await scores(page)).toEqual(result.score);
  expect(browser.problems).toEqual([]);
});
