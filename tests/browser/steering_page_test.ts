/** Every device moves the own paddle on a real page: keys and changed keys, mouse, finger, gamepad. */
import { expect } from "@std/expect";
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

/** A gamepad's stick that is pushed up. */
const PAD = `
  globalThis.pad = {
    mapping: "standard",
    axes: [0, -1, 0, 0],
    buttons: Array.from({ length: 17 }, () => ({ pressed: false })),
  };
  navigator.getGamepads = () => [null, globalThis.pad];
`;

test("keys, chosen keys, mouse, a finger anywhere and a gamepad move the own paddle", async (browser) => {
  await using folder = await temporaryFolder();
  const words = ["play", "--state-folder", folder.path];
  await using person = await sitDown(browser, words);
  const { page } = person;
  // So many points that the match lasts; the own paddle is the left one.
  await playAgainstBots(page, 99);
  await waitForPhase(page, "playing");
  await waitForCourt(page);
  let [from] = await paddles(page);
  /** Waits until the paddle has moved by enough since the last time, by a held key or else. */
  const waitForMove = async (direction: "up" | "down", key?: string) => {
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
  };
  /** Where on the page a place of the court is, given as fractions of its size. */
  const pointAt = async (across: number, down: number) => {
    const box = await page.getByTestId("court").boundingBox();
    if (box === null) throw new Error("The court is not shown.");
    const { x, y, width, height } = box;
    return { x: x + across * width, y: y + down * height };
  };

  await waitForMove("up", "KeyW");
  await press(page, "open-settings");
  await press(page, "key-down");
  await page.keyboard.press("KeyL");
  const name = page.getByTestId("key-down").locator("kbd");
  await waitUntil(page, async () => await name.textContent() === "L");
  await press(page, "close-settings");
  await waitForMove("down", "KeyL");

  for (const [down, direction] of [[0.2, "up"], [0.8, "down"]] as const) {
    const { x, y } = await pointAt(0.5, down);
    await page.mouse.move(x, y);
    await waitForMove(direction);
  }

  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setTouchEmulationEnabled", { enabled: true });
  // Far from the paddle: a finger need not cover what it moves.
  for (
    const [type, down, direction] of [
      ["touchStart", 0.8],
      ["touchMove", 0.6, "up"],
      ["touchMove", 0.8, "down"],
      ["touchEnd", 0.8],
    ] as const
  ) {
    const touchPoints = type === "touchEnd" ? [] : [await pointAt(0.8, down)];
    await devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
    if (direction) await waitForMove(direction);
  }

  // The page asks for gamepads with every picture, so one may be put there at any time.
  await page.evaluate(PAD);
  await waitForMove("up");
  await page.evaluate("pad.axes[1] = 0; pad.buttons[13].pressed = true");
  await waitForMove("down");
  expect(browser.problems).toEqual([]);
});
