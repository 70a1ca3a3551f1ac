/**
 * Measures a page that shows a match against bots: how soon and how often it draws, for how long it
 * blocks, whether it grows.
 *
 * It draws without a graphics card, so the figures say most when they are compared.
 *
 * @module
 */
import { launchBrowser } from "../support/browser.ts";
import { keptThings } from "../support/kept_things.ts";
import { VIEWPORT, waitForCourt } from "../support/person.ts";
import { addressOf, startPong } from "../support/processes.ts";
import { digits, type Figure, mean } from "./bench_figure.ts";

const FIRST_FRAME_MS_WANTED = 2000;
const FRAME_MS_WANTED = 50;
const TASK_MS_WANTED = 200;

/** From one third of a minute and a half to the next: code that is compiled late takes that much. */
const GROWTH_KIB_WANTED = 256;

const TICKS_BETWEEN_HEAPS = 300;

/** What a page did; of its main thread's tasks only those count that took 50 ms. */
interface PageTimes {
  /** From the beginning of the navigation until the court was drawn with a match. */
  readonly firstFrameMs: number;
  readonly longestTaskBeforeMs: number;
  readonly longestTaskMs: number;
  readonly framesPerSecond: number;
}

/** Runs in the page before all else. */
const WATCH = `
  globalThis.watched = { firstFrameMs: null, tasks: [] };
  new PerformanceObserver((list) => watched.tasks.push(...list.getEntries()))
    .observe({ type: "longtask", buffered: true });
  new MutationObserver((_, observer) => {
    watched.firstFrameMs = performance.now();
    observer.disconnect();
  }).observe(document, { attributeFilter: ["data-tick"], subtree: true });
`;

/** Counts pictures for four seconds, and tells all. */
const READ = `new Promise((resolve) => {
  const { firstFrameMs, tasks } = watched;
  const longest = (isMeant) => Math.max(0, ...tasks.filter(
    ({ startTime }) => isMeant(startTime),
  ).map(({ duration }) => duration));
  let frames = 0;
  let firstMs;
  requestAnimationFrame(function count(nowMs) {
    firstMs ??= nowMs;
    const seconds = (nowMs - firstMs) / 1000;
    if (seconds >= 4) return resolve({
      firstFrameMs,
      longestTaskBeforeMs: longest((atMs) => atMs < firstFrameMs),
      longestTaskMs: longest((atMs) => atMs >= firstFrameMs),
      framesPerSecond: frames / seconds,
    });
    frames++;
    requestAnimationFrame(count);
  });
})`;

/** Plays one match of so many ticks in real time and returns what its page did. */
export async function benchPage(ticks: number): Promise<Figure[]> {
  await using browser = await launchBrowser();
  await using pong = startPong([
    ...["demo", "--players", "4", "--lives", "99", "--no-open"],
  ]);
  const page = await browser.open("about:blank", VIEWPORT);
  await page.addInitScript(WATCH);
  await page.goto(await addressOf(pong));
  await waitForCourt(page);
  const times: PageTimes = await page.evaluate(READ);
  const heapsBytes: number[] = [];
  for await (const { heapBytes } of keptThings(page, TICKS_BETWEEN_HEAPS)) {
    heapsBytes.push(heapBytes);
    if (heapsBytes.length * TICKS_BETWEEN_HEAPS >= ticks) break;
  }
  const third = Math.ceil(heapsBytes.length / 3);
  const lastBytes = mean(heapsBytes.slice(-third));
  const middleBytes = mean(heapsBytes.slice(-2 * third, -third));
  return [
    {
      name: "page, navigation to the first picture of a match",
      ...{ value: times.firstFrameMs, unit: "ms" },
      wanted: FIRST_FRAME_MS_WANTED,
      note: `longest task until then ${digits(times.longestTaskBeforeMs)} ms`,
    },
    {
      name: "page, from picture to picture",
      ...{ value: 1000 / times.framesPerSecond, unit: "ms" },
      wanted: FRAME_MS_WANTED,
      note: `mean; ${digits(times.framesPerSecond)} pictures a second`,
    },
    {
      name: "page, longest task during the match",
      ...{ value: times.longestTaskMs, unit: "ms" },
      wanted: TASK_MS_WANTED,
      note: "0 where none took 50 ms",
    },
    {
      name: "page, heap growth",
      ...{ value: (lastBytes - middleBytes) / 1024, unit: "KiB" },
      wanted: GROWTH_KIB_WANTED,
      note: `from the second third of ${ticks} ticks to the last, at ` +
        `${digits(lastBytes / 1024)} KiB`,
    },
  ];
}
