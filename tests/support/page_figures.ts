/**
 * Measures the page in a match against bots: how soon and how often it draws, what memory it keeps.
 *
 * @module
 */
import type { CDPSession, Page } from "playwright-core";
import type { TestBrowser } from "./browser.ts";
import { temporaryFolder } from "./lobby.ts";
import { drawnTick, VIEWPORT, waitUntil } from "./person.ts";
import { addressOf, type PongProcess, startPong } from "./processes.ts";

/** A match of one person, who does nothing, and three bots, on a page that is watched. */
export interface WatchedPage extends AsyncDisposable {
  readonly pong: PongProcess;
  readonly page: Page;
}

export interface PageFigures {
  /** From the beginning of the navigation until the court was drawn with a match. */
  readonly firstFrameMs: number;
  /** Of the main thread, until then and afterwards; 0 where none took 50 ms. */
  readonly longestTaskBeforeMs: number;
  readonly longestTaskMs: number;
  readonly framesPerSecond: number;
}

/** Runs in the page before all else. */
const WATCH = `
  globalThis.watched = { firstFrameMs: null, tasks: [] };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      watched.tasks.push({ startTime, duration });
    }
  }).observe({ type: "longtask", buffered: true });
  new MutationObserver((_, observer) => {
    watched.firstFrameMs = performance.now();
    observer.disconnect();
  }).observe(document, { attributeFilter: ["data-tick"], subtree: true });
`;

const COUNT_FRAMES = `new Promise((resolve) => {
  let frames = 0;
  let firstMs;
  requestAnimationFrame(function count(nowMs) {
    firstMs ??= nowMs;
    const seconds = (nowMs - firstMs) / 1000;
    if (seconds >= 4) return resolve(frames / seconds);
    frames++;
    requestAnimationFrame(count);
  });
})`;

const READ = `(() => {
  const { firstFrameMs, tasks } = watched;
  const longest = (some) => Math.max(0, ...some.map((task) => task.duration));
  return {
    firstFrameMs,
    longestTaskBeforeMs: longest(
      tasks.filter((task) => task.startTime < firstFrameMs),
    ),
    longestTaskMs: longest(
      tasks.filter((task) => task.startTime >= firstFrameMs),
    ),
  };
})()`;

/** Starts a match and opens its page; the match goes on for ten minutes and more. */
export async function openWatched(browser: TestBrowser): Promise<WatchedPage> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const pong = stack.use(startPong([
    ...["demo", "--players", "4", "--lives", "99", "--no-open"],
    ...["--state-folder", folder.path],
  ]));
  const address = await addressOf(pong);
  const page = await browser.open("about:blank", VIEWPORT);
  stack.defer(() => page.close());
  await page.addInitScript(WATCH);
  await page.goto(address);
  const moved = stack.move();
  return { pong, page, [Symbol.asyncDispose]: () => moved.disposeAsync() };
}

/** Watches the page for some seconds. */
export async function measurePage(page: Page): Promise<PageFigures> {
  await waitUntil(page, async () => await drawnTick(page) > 0);
  const framesPerSecond: number = await page.evaluate(COUNT_FRAMES);
  const others: Omit<PageFigures, "framesPerSecond"> = await page
    .evaluate(READ);
  return { ...others, framesPerSecond };
}

/** Tells again and again what the page keeps in memory, each time after so many ticks more. */
export async function* heapBytes(
  page: Page,
  everyTicks: number,
): AsyncGenerator<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  for await (const _ of everyFewTicks(page, everyTicks)) {
    await collectGarbage(devtools);
    const { metrics } = await devtools.send("Performance.getMetrics");
    const used = metrics.find(({ name }) => name === "JSHeapUsedSize");
    if (used === undefined) throw new Error("The browser tells of no heap.");
    yield used.value;
  }
}

/** What a page keeps that depends on no compiler. */
export interface Kept {
  /** Arrays among them, typed ones excepted: those the browser doesn't count. */
  readonly objects: number;
  /** Of typed arrays. */
  readonly bufferBytes: number;
}

/** Tells again and again what the page keeps, each time after so many ticks more. */
export async function* keptThings(
  page: Page,
  everyTicks: number,
): AsyncGenerator<Kept> {
  const devtools = await page.context().newCDPSession(page);
  const objectGroup = "count";
  for await (const _ of everyFewTicks(page, everyTicks)) {
    const { result } = await devtools.send("Runtime.evaluate", {
      expression: "Object.prototype",
      objectGroup,
    });
    const { objects } = await devtools.send("Runtime.queryObjects", {
      prototypeObjectId: result.objectId ?? "",
      objectGroup,
    });
    const count = await devtools.send("Runtime.callFunctionOn", {
      functionDeclaration: "function () { return this.length; }",
      objectId: objects.objectId ?? "",
    });
    await devtools.send("Runtime.releaseObjectGroup", { objectGroup });
    await collectGarbage(devtools);
    const heap = await devtools.send("Runtime.getHeapUsage");
    yield { objects: count.result.value, bufferBytes: heap.backingStorageSize };
  }
}

async function collectGarbage(devtools: CDPSession): Promise<void> {
  // What one collection finds to be finished, the next one frees.
  for (let i = 0; i < 2; i++) {
    await devtools.send("HeapProfiler.collectGarbage");
  }
}

async function* everyFewTicks(
  page: Page,
  everyTicks: number,
): AsyncGenerator<void> {
  // A match is drawn before the first look.
  for (let tick = 1;; tick += everyTicks) {
    await waitUntil(page, async () => await drawnTick(page) >= tick);
    yield;
  }
}
