/** Every device moves the own paddle on a real page: keys and changed keys, mouse, finger, gamepad. */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import { test } from "../support/browser.ts";
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

/** A match against a bot, on the left side, to so many points that it lasts. */
interface Match {
  readonly page: Page;
  /** Waits until the own paddle has gone so by enough since the last time, by a held key or else. */
  waitForMove(direction: "up" | "down", key?: string): Promise<void>;
  /** Where on the page a place of the court is, given as fractions of its size. */
  pointAt(x: number, y: number): Promise<Point>;
}

function matchTest(name: string, check: (match: Match) => Promise<void>): void {
  test(name, async (browser) => {
    await using folder = await temporaryFolder();
    const words = ["play", "--state-folder", folder.path];
    await using person = await sitDown(browser, words);
    const { page } = person;
    await playAgainstBots(page, 99);
    await waitForPhase(page, "playing");
    await waitForCourt(page);
    let [from] = await paddles(page);
    await check({
      page,
      async waitForMove(direction, key) {
        const sign = direction === "up" ? -1 : 1;
        let at = from;
        await waitUntil(page, async () => {
          // A key that is held repeats; that counts where the first came before the page knew the key.
          if (key !== undefined) await page.keyboard.down(key);
          [at] = await paddles(page);
          return (at - from) * sign >= MOVED_MIN;
        });
        from = at;
        if (key !== undefined) await page.keyboard.up(key);
      },
      async pointAt(x, y) {
        const box = await page.getByTestId("court").boundingBox();
        if (box === null) throw new Error("The court is not shown.");
        return { x: box.x + x * box.width, y: box.y + y * box.height };
      },
    });
    expect(browser.problems).toEqual([]);
  });
}

matchTest(
  "keys move the own paddle, and so does a key that was chosen instead",
  async ({ page, waitForMove }) => {
    await waitForMove("up", "KeyW");

    await press(page, "open-settings");
    await press(page, "key-down");
    await page.keyboard.press("KeyL");
    const name = page.getByTestId("key-down").locator("kbd");
    await waitUntil(page, async () => await name.textContent() === "L");
    await press(page, "close-settings");

    await waitForMove("down", "KeyL");
  },
);

matchTest(
  "the paddle goes where the mouse points",
  async ({ page, waitForMove, pointAt }) => {
    for (const [y, direction] of [[0.25, "up"], [0.75, "down"]] as const) {
      const place = await pointAt(0.5, y);
      await page.mouse.move(place.x, place.y);

      await waitForMove(direction);
    }
  },
);

matchTest(
  "a finger drags the paddle from anywhere on the court",
  async ({ page, waitForMove, pointAt }) => {
    const devtools = await page.context().newCDPSession(page);
    const touch = (
      type: "touchStart" | "touchMove" | "touchEnd",
      ...touchPoints: Point[]
    ) => devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
    await devtools.send("Emulation.setTouchEmulationEnabled", {
      enabled: true,
    });
    // Far from the paddle: a finger need not cover what it moves.
    const start = await pointAt(0.8, 0.8);

    await touch("touchStart", start);
    await touch("touchMove", await pointAt(0.8, 0.7));
    await touch("touchMove", await pointAt(0.8, 0.6));
    await waitForMove("up");
    await touch("touchMove", start);

    await waitForMove("down");
    await touch("touchEnd");
  },
);

matchTest(
  "a gamepad's stick and its cross move the paddle",
  async ({ page, waitForMove }) => {
    // The page asks for gamepads with every picture, so one may be put there at any time.
    await page.evaluate(`
    globalThis.pad = {
      mapping: "standard",
      axes: [0, -1, 0, 0],
      buttons: Array.from({ length: 17 }, () => ({ pressed: false })),
    };
    navigator.getGamepads = () => [null, globalThis.pad];
  `);
    await waitForMove("up");

    await page.evaluate("pad.axes[1] = 0; pad.buttons[13].pressed = true");

    await waitForMove("down");
  },
);
