/**
 * Every device moves the own paddle on a real page: keys and changed keys, mouse, finger, gamepad.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import { test, type TestBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/lobby.ts";
import {
  paddles,
  playAgainstBots,
  press,
  sitDown,
  waitForCourt,
  waitForPhase,
  waitUntil,
} from "../support/person.ts";

/** Court units by which a device must move the paddle; the court is 900 high. */
const MOVED_MIN = 60;

type Point = { readonly x: number; readonly y: number };

/** Plays against a bot, on the left side, to so many points that it lasts. */
async function withMatch(
  browser: TestBrowser,
  check: (page: Page) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  await using person = await sitDown(browser, [
    ...["play", "--state-folder", folder.path],
  ]);
  const { page } = person;
  await playAgainstBots(page, 99);
  await waitForPhase(page, "playing");
  await waitForCourt(page);
  await check(page);
  expect(browser.problems).toEqual([]);
}

async function ownPaddle(page: Page): Promise<number> {
  return (await paddles(page))[0];
}

/** Waits until the own paddle has gone up (or left) by enough, or down, by a held key or else. */
async function waitForMove(
  page: Page,
  from: number,
  direction: "up" | "down",
  key?: string,
): Promise<number> {
  const sign = direction === "up" ? -1 : 1;
  let at = from;
  await waitUntil(page, async () => {
    // A key that is held repeats; that counts where the first came before the page knew the key.
    if (key !== undefined) await page.keyboard.down(key);
    at = await ownPaddle(page);
    return (at - from) * sign >= MOVED_MIN;
  });
  return at;
}

/** Where on the page a place of the court is, given as fractions of its size. */
async function pointAt(page: Page, fraction: Point): Promise<Point> {
  const box = await page.getByTestId("court").boundingBox();
  if (box === null) throw new Error("The court is not shown.");
  const x = box.x + fraction.x * box.width;
  return { x, y: box.y + fraction.y * box.height };
}

test("keys move the own paddle, and so does a key that was chosen instead", (browser) =>
  withMatch(browser, async (page) => {
    const before = await ownPaddle(page);
    const up = await waitForMove(page, before, "up", "KeyW");
    await page.keyboard.up("KeyW");

    await press(page, "open-settings");
    await press(page, "key-down");
    await page.keyboard.press("KeyL");
    const name = page.getByTestId("key-down").locator("kbd");
    await waitUntil(page, async () => await name.textContent() === "L");
    await press(page, "close-settings");

    await waitForMove(page, up, "down", "KeyL");
    await page.keyboard.up("KeyL");
  }));

test("the paddle goes where the mouse points", (browser) =>
  withMatch(browser, async (page) => {
    const before = await ownPaddle(page);
    const high = await pointAt(page, { x: 0.5, y: 0.25 });
    await page.mouse.move(high.x, high.y);
    const up = await waitForMove(page, before, "up");

    const low = await pointAt(page, { x: 0.5, y: 0.75 });
    await page.mouse.move(low.x, low.y);

    await waitForMove(page, up, "down");
  }));

test("a finger drags the paddle from anywhere on the court", (browser) =>
  withMatch(browser, async (page) => {
    const devtools = await page.context().newCDPSession(page);
    const touch = (
      type: "touchStart" | "touchMove" | "touchEnd",
      ...touchPoints: Point[]
    ) => devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
    await devtools.send("Emulation.setTouchEmulationEnabled", {
      enabled: true,
    });
    const before = await ownPaddle(page);
    // Far from the paddle: a finger need not cover what it moves.
    const start = await pointAt(page, { x: 0.8, y: 0.8 });
    const end = await pointAt(page, { x: 0.8, y: 0.6 });

    await touch("touchStart", start);
    await touch("touchMove", { x: start.x, y: (start.y + end.y) / 2 });
    await touch("touchMove", end);
    const up = await waitForMove(page, before, "up");
    await touch("touchMove", start);

    await waitForMove(page, up, "down");
    await touch("touchEnd");
  }));

test("a gamepad's stick and its cross move the paddle", (browser) =>
  withMatch(browser, async (page) => {
    // The page asks for gamepads with every picture, so one may be put there at any time.
    await page.evaluate(`
      globalThis.pad = {
        mapping: "standard",
        axes: [0, 0, 0, 0],
        buttons: Array.from({ length: 17 }, () => ({ pressed: false })),
      };
      navigator.getGamepads = () => [null, globalThis.pad];
    `);
    const before = await ownPaddle(page);

    await page.evaluate("pad.axes[1] = -1");
    const up = await waitForMove(page, before, "up");
    await page.evaluate("pad.axes[1] = 0; pad.buttons[13].pressed = true");

    await waitForMove(page, up, "down");
  }));
