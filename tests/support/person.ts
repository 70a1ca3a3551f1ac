/**
 * Somebody who plays at a page: a real `pong play`, and its page in a real browser.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { View } from "../../net/page/protocol.ts";
import type { TestBrowser } from "./browser.ts";
import { addressOf, type PongProcess, startPong } from "./processes.ts";
import { PATIENCE_MS, until } from "./waiting.ts";

const WAIT = { timeout: PATIENCE_MS };

export interface Person extends AsyncDisposable {
  readonly pong: PongProcess;
  readonly page: Page;
}

/** Drawing without a graphics card is slow: large enough for all there is, not larger. */
export const VIEWPORT = { width: 640, height: 480 };

/** How often a page is asked. */
const LOOK_EVERY_MS = 50;

/** How much of what a page says is quoted where something has failed. */
const QUOTED_MAX = 500;

/** Whose pages they are, where they are those of processes. */
const processes = new WeakMap<Page, PongProcess>();

/** Starts `pong` with these words, which must make it serve a page, and opens that. */
export async function sitDown(
  browser: TestBrowser,
  words: readonly string[],
): Promise<Person> {
  await using stack = new AsyncDisposableStack();
  const pong = stack.use(startPong([...words, "--no-open"]));
  const page = await browser.open(await addressOf(pong), VIEWPORT);
  processes.set(page, pong);
  stack.defer(() => page.close());
  const moved = stack.move();
  return { pong, page, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

/** Waits for something of a page, at most until its process ends; says what the page is like else. */
async function expectOf<T>(
  page: Page,
  what: string,
  promise: Promise<T>,
): Promise<T> {
  const pong = processes.get(page);
  const ended = pong?.exited.then(() => {
    throw new Error("its process has ended");
  });
  try {
    return await Promise.race(ended ? [promise, ended] : [promise]);
  } catch (cause) {
    const text = await page.locator("body").innerText().catch(() => "nothing");
    throw new Error(
      `The page never came to it: ${what}\nIt shows: ` +
        `${text.slice(0, QUOTED_MAX)}\n${pong?.describe() ?? ""}`,
      { cause },
    );
  }
}

/** Waits until an element is there, be it seen or not. */
export async function waitForElement(
  page: Page,
  selector: string,
): Promise<void> {
  const found = page.locator(selector).first()
    .waitFor({ ...WAIT, state: "attached" });
  await expectOf(page, selector, found);
}

/** Waits until a page is in a phase. */
export function waitForPhase(page: Page, phase: View["phase"]): Promise<void> {
  return waitForElement(page, `#table[data-phase="${phase}"]`);
}

/** Waits until an element, found by its test id, says something, and is seen to do so. */
export async function waitForText(
  page: Page,
  testId: string,
  text: string | RegExp,
): Promise<void> {
  const element = page.getByTestId(testId)
    .filter({ hasText: text, visible: true });
  await expectOf(page, `${testId} says ${text}`, element.waitFor(WAIT));
}

/** Presses what has that test id, once it can be pressed. */
export async function press(page: Page, testId: string): Promise<void> {
  const click = page.getByTestId(testId).click(WAIT);
  await expectOf(page, `${testId} can be pressed`, click);
}

/** Chooses one of several options: they are labels to who looks at them. */
export async function choose(page: Page, testId: string): Promise<void> {
  const label = page.locator("label", { has: page.getByTestId(testId) });
  await expectOf(page, `${testId} can be chosen`, label.click(WAIT));
}

/** Asks over and over until something holds of a page. */
export async function waitUntil(
  page: Page,
  isSo: () => Promise<boolean>,
): Promise<void> {
  await expectOf(page, `${isSo}`, until(isSo, `${isSo}`, LOOK_EVERY_MS));
}

/** The tick of the drawn court, 0 where there is none. */
export async function drawnTick(page: Page): Promise<number> {
  return Number(await page.getByTestId("court").getAttribute("data-tick"));
}

/** Waits until a match is drawn. */
export function waitForCourt(page: Page): Promise<void> {
  return waitUntil(page, async () => await drawnTick(page) > 0);
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
