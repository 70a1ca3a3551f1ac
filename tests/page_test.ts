/**
 * Two people in two browsers: each page on its own `pong play`, one match.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import {
  PATIENCE_MS,
  resultOf,
  startLobbyProcess,
  startPong,
} from "./processes.ts";

/** Court units by which a held key must have moved a paddle. */
const MOVED_MIN = 60;

/** Where each paddle is drawn, in court units, by slot. */
async function paddles(page: Page): Promise<number[]> {
  const text = await page.getByTestId("court").getAttribute("data-paddles");
  return (text ?? "").split(",").map(Number);
}

async function drawnTick(page: Page): Promise<number> {
  return Number(await page.getByTestId("court").getAttribute("data-tick"));
}

/** Waits until `isWanted` holds of what a page shows. */
async function waitFor(
  page: Page,
  isWanted: () => Promise<boolean>,
): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await isWanted())) {
    if (performance.now() > untilMs) {
      throw new Error(`The page never came to it: ${await page.content()}`);
    }
    await page.waitForTimeout(50);
  }
}

function waitForPhase(page: Page, phase: string): Promise<void> {
  const table = page.getByTestId("table");
  return waitFor(
    page,
    async () => await table.getAttribute("data-phase") === phase,
  );
}

/** What a page shows as the scores of slots 0 and 1. */
async function scores(page: Page): Promise<number[]> {
  const shown = [0, 1].map((slot) =>
    page.locator(`.player[data-slot="${slot}"] .score`).textContent()
  );
  return (await Promise.all(shown)).map(Number);
}

Deno.test("two pages show one match: keys, scores, a reload in the middle", async () => {
  await using browser = await launchBrowser();
  if (!browser) return;
  await using lobby = await startLobbyProcess();
  const join = ["play", "--host", "127.0.0.1", "--port", `${lobby.port}`];
  const args = [...join, "--no-open", "--points", "9"];
  await using mia = startPong([...args, "--name", "Mia"]);
  const [, miaUrl] = await mia.line(/^page: (.*)$/);
  const miaPage = await browser.open(miaUrl);
  await waitForPhase(miaPage, "lobby");
  expect(await miaPage.getByTestId("card").textContent()).toContain("Mia");
  await using bo = startPong([...args, "--name", "Bo"]);
  const [, boUrl] = await bo.line(/^page: (.*)$/);
  const boPage = await browser.open(boUrl);
  const pages = [miaPage, boPage];
  for (const page of pages) {
    await waitForPhase(page, "playing");
    await waitFor(page, async () => await drawnTick(page) > 0);
  }

  // Mia sits left, Bo right; each holds a key, and both pages must show both.
  const before = await paddles(boPage);
  await miaPage.keyboard.down("KeyW");
  await boPage.keyboard.down("ArrowDown");
  for (const page of pages) {
    await waitFor(page, async () => {
      const [left, right] = await paddles(page);
      return left < before[0] - MOVED_MIN && right > before[1] + MOVED_MIN;
    });
  }
  await miaPage.keyboard.up("KeyW");
  await boPage.keyboard.up("ArrowDown");

  const tick = await drawnTick(boPage);
  await boPage.reload();
  await waitFor(boPage, async () => await drawnTick(boPage) > tick);
  const [left] = await paddles(boPage);
  expect(left).toBeLessThan(before[0] - MOVED_MIN);

  for (const page of pages) await waitForPhase(page, "over");
  const [result, other] = await Promise.all([resultOf(mia), resultOf(bo)]);
  expect(other).toEqual(result);
  expect(result.reason).toBe("finished");
  for (const page of pages) expect(await scores(page)).toEqual(result.score);
  expect(browser.problems).toEqual([]);
});
