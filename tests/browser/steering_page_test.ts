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

/** A gamepad's stick that rests for some pictures, and then is pushed up. */
const PAD = `
  globalThis.pad = {
    mapping: "standard",
    axes: [0, -1, 0, 0],
    buttons: Array.from({ length: 17 }, () => ({ pressed: false })),
  };
  let rests = 10;
  navigator.getGamepads = () =>
    [null, rests-- > 0 ? { ...pad, axes: [0, 0, 0, 0] } : pad];
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
  /** Waits until a device, or a key that is held, has brought the paddle there; by itself it rests. */
  const waitUntilAt = async (end: "top" | "bottom", key?: string) => {
    await waitUntil(page, async () => {
      // A key that is held repeats; that counts where the first came before the page knew the key.
      if (key !== undefined) await page.keyboard.down(key);
      const [at] = await paddles(page);
      return end === "top" ? at < 300 : at > 600;
    });
    if (key !== undefined) await page.keyboard.up(key);
  };
  /** Where on the page a place of the court is, given as fractions of its size. */
  const pointAt = async (across: number, down: number) => {
    const box = await page.getByTestId("court").boundingBox();
    if (box === null) throw new Error("The court is not shown.");
    const { x, y, width, height } = box;
    return { x: x + across * width, y: y + down * height };
  };

  await waitUntilAt("top", "KeyW");
  await press(page, "open-settings");
  await press(page, "key-down");
  await page.keyboard.press("KeyL");
  const name = page.getByTestId("key-down").locator("kbd");
  await waitUntil(page, async () => await name.textContent() === "L");
  await press(page, "close-settings");
  await waitUntilAt("bottom", "KeyL");

  for (const [down, end] of [[0.2, "top"], [0.8, "bottom"]] as const) {
    const { x, y } = await pointAt(0.5, down);
    await page.mouse.move(x, y);
    await waitUntilAt(end);
  }

  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setTouchEmulationEnabled", { enabled: true });
  // Far from the paddle: a finger need not cover what it moves.
  for (
    const [type, down, end] of [
      ["touchStart", 0.9],
      ["touchMove", 0.1, "top"],
      ["touchMove", 0.9, "bottom"],
      ["touchEnd"],
    ] as const
  ) {
    const touchPoints = down === undefined ? [] : [await pointAt(0.8, down)];
    await devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
    if (end !== undefined) await waitUntilAt(end);
  }

  // The page asks for gamepads with every picture, so one may be put there at any time.
  await page.evaluate(PAD);
  await waitUntilAt("top");
  await page.evaluate("pad.axes[1] = 0; pad.buttons[13].pressed = true");
  await waitUntilAt("bottom");
  expect(browser.problems).toEqual([]);
});
