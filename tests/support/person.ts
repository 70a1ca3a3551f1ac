/**
 * Somebody who plays at a page: a real `pong play`, and its page in a real browser.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { View } from "../../net/page/protocol.ts";
import type { TestBrowser } from "./browser.ts";
import {
  addressOf,
  PATIENCE_MS,
  type PongProcess,
  startPong,
} from "./processes.ts";

const WAIT = { timeout: PATIENCE_MS };

export interface Person extends AsyncDisposable {
  readonly pong: PongProcess;
  readonly page: Page;
}

/** Drawing without a graphics card is slow: large enough for all there is, not larger. */
export const VIEWPORT = { width: 640, height: 480 };

/** Starts `pong` with these words, which must make it serve a page, and opens that. */
export async function sitDown(
  browser: TestBrowser,
  words: readonly string[],
): Promise<Person> {
  await using stack = new AsyncDisposableStack();
  const pong = stack.use(startPong([...words, "--no-open"]));
  const page = await browser.open(await addressOf(pong), VIEWPORT);
  stack.defer(() => page.close());
  const moved = stack.move();
  return { pong, page, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

/** Waits until a page is in a phase. */
export async function waitForPhase(
  page: Page,
  phase: View["phase"],
): Promise<void> {
  await page.waitForSelector(`#table[data-phase="${phase}"]`, {
    ...WAIT,
    state: "attached",
  });
}

/** Waits until an element, found by its test id, says something, and is seen to do so. */
export async function waitForText(
  page: Page,
  testId: string,
  text: string | RegExp,
): Promise<void> {
  await page.getByTestId(testId).filter({ hasText: text, visible: true })
    .waitFor(WAIT);
}

/** Presses what has that test id, once it can be pressed. */
export async function press(page: Page, testId: string): Promise<void> {
  await page.getByTestId(testId).click(WAIT);
}

/** Chooses one of several options: they are labels to who looks at them. */
export async function choose(page: Page, testId: string): Promise<void> {
  await page.locator("label", { has: page.getByTestId(testId) }).click(WAIT);
}

/** Asks over and over until something holds of a page. */
export async function waitUntil(
  page: Page,
  isSo: () => Promise<boolean>,
): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > untilMs) {
      throw new Error(`The page never came to it: ${await page.content()}`);
    }
    await page.waitForTimeout(50);
  }
}

/** The tick of the drawn court, 0 where there is none. */
export async function drawnTick(page: Page): Promise<number> {
  return Number(await page.getByTestId("court").getAttribute("data-tick"));
}

/** Where each paddle is drawn, in court units, by slot. */
export async function paddles(page: Page): Promise<readonly number[]> {
  const text = await page.getByTestId("court").getAttribute("data-paddles");
  return (text ?? "").split(",").map(Number);
}

/** From the start screen into a match against bots, to so many points. */
export async function playAgainstBots(
  page: Page,
  points: number,
): Promise<void> {
  await waitForPhase(page, "start");
  await page.getByTestId("points").fill(`${points}`);
  await press(page, "play");
}
