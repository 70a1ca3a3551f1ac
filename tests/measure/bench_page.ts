/**
 * Measures a page that shows a match against bots: how soon and how often it draws, for how long it
 * blocks, whether it grows.
 *
 * It draws without a graphics card, so the figures say most when they are compared.
 *
 * @module
 */
import { launchBrowser } from "../support/browser.ts";
import {
  heapBytes,
  measurePage,
  openWatched,
} from "../support/page_figures.ts";
import { digits, type Figure, mean } from "./bench_figure.ts";

const FIRST_FRAME_MS_WANTED = 2000;
const FRAME_MS_WANTED = 50;
const TASK_MS_WANTED = 200;

/** From one third of a minute and a half to the next: code that is compiled late takes that much. */
const GROWTH_KIB_WANTED = 256;

const TICKS_BETWEEN_HEAPS = 300;

export interface PageBenchOptions {
  /** Of the match. */
  readonly ticks: number;
}

/** Plays one match in real time and returns what its page did. */
export async function benchPage(
  { ticks }: PageBenchOptions,
): Promise<Figure[]> {
  await using browser = await launchBrowser();
  await using watched = await openWatched(browser);
  const times = await measurePage(watched.page);
  const heaps: number[] = [];
  for await (const bytes of heapBytes(watched.page, TICKS_BETWEEN_HEAPS)) {
    heaps.push(bytes);
    if (heaps.length * TICKS_BETWEEN_HEAPS >= ticks) break;
  }
  const third = Math.ceil(heaps.length / 3);
  const lastBytes = mean(heaps.slice(-third));
  const middleBytes = mean(heaps.slice(-2 * third, -third));
  return [
    {
      name: "page, navigation to the first picture of a match",
      value: times.firstFrameMs,
      unit: "ms",
      wanted: FIRST_FRAME_MS_WANTED,
      note: `longest task until then ${digits(times.longestTaskBeforeMs)} ms`,
    },
    {
      name: "page, from picture to picture",
      value: 1000 / times.framesPerSecond,
      unit: "ms",
      wanted: FRAME_MS_WANTED,
      note: `mean; ${digits(times.framesPerSecond)} pictures a second`,
    },
    {
      name: "page, longest task during the match",
      value: times.longestTaskMs,
      unit: "ms",
      wanted: TASK_MS_WANTED,
      note: "0 where none took 50 ms",
    },
    {
      name: "page, heap growth",
      value: (lastBytes - middleBytes) / 1024,
      unit: "KiB",
      wanted: GROWTH_KIB_WANTED,
      note: `from the second third of ${ticks} ticks to the last, at ` +
        `${digits(lastBytes / 1024)} KiB`,
    },
  ];
}
