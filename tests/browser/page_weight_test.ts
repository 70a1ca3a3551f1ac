/**
 * What the page costs: bytes to load, time until it draws, pictures a second, memory.
 *
 * @module
 */
import { expect } from "@std/expect";
import { launchBrowser } from "../support/browser.ts";
import {
  heapBytes,
  measurePage,
  openWatched,
  type PageFigures,
} from "../support/page_figures.ts";
import { addressOf, startPong } from "../support/processes.ts";

/** Of the document with its style sheets and its code. */
const ZIPPED_BYTES_MAX = 250 * 1024;

/** Without a graphics card, on a machine that does other things too. */
const FIRST_FRAME_MS_MAX = 2000;
const FRAMES_PER_SECOND_MIN = 20;
const TASK_MS_MAX = 200;

/** A busy machine may spoil one. */
const TRIES = 3;

/** How often the heap is measured, and how often before that: the first seconds compile code. */
const TICKS_BETWEEN_HEAPS = 300;
const HEAPS_BEFORE = 2;
const HEAPS = 6;

/** A page that kept one state of each tick would keep more between two measurements. */
const HEAP_GROWTH_BYTES_MAX = 64 * 1024;

async function zippedBytes(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const zipped = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(zipped).arrayBuffer()).byteLength;
}

function isGood(figures: PageFigures): boolean {
  return figures.firstFrameMs <= FIRST_FRAME_MS_MAX &&
    figures.framesPerSecond >= FRAMES_PER_SECOND_MIN &&
    figures.longestTaskMs <= TASK_MS_MAX;
}

function describe(figures: PageFigures): string {
  const ms = (value: number) => `${Math.round(value)} ms`;
  return `first frame ${ms(figures.firstFrameMs)}, ` +
    `${figures.framesPerSecond.toFixed(1)} frames/s, ` +
    `longest task ${ms(figures.longestTaskMs)} ` +
    `(${ms(figures.longestTaskBeforeMs)} while loading)`;
}

async function say(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`  ${line}\n`));
}

Deno.test("the page is small: document, styles and code", async () => {
  await using demo = startPong(["demo", "--no-open"]);
  const base = await addressOf(demo);
  const load = async (path: string) => {
    const response = await fetch(new URL(path, base));
    expect([path, response.status]).toEqual([path, 200]);
    return new Uint8Array(await response.arrayBuffer());
  };
  const document = await load(base);
  const names = [
    ...new TextDecoder().decode(document)
      .matchAll(/(?:href|src)="([\w-]+\.(?:css|js))"/g),
  ].map(([, name]) => name);
  expect(names).toEqual(expect.arrayContaining(["style.css", "page.js"]));

  const files = [document, ...await Promise.all(names.map(load))];

  const sizes = await Promise.all(files.map(zippedBytes));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  await say(`${Math.round(bytes / 1024)} KB compressed`);
  expect(bytes).toBeLessThanOrEqual(ZIPPED_BYTES_MAX);
});

Deno.test("the page draws soon and often, and never blocks for long", async () => {
  let figures: PageFigures | undefined;
  for (let i = 0; i < TRIES && !(figures && isGood(figures)); i++) {
    await using browser = await launchBrowser();
    if (!browser) return;
    await using watched = await openWatched(browser);
    figures = await measurePage(watched.page);
    await say(describe(figures));
  }
  expect(figures?.firstFrameMs).toBeLessThanOrEqual(FIRST_FRAME_MS_MAX);
  expect(figures?.framesPerSecond)
    .toBeGreaterThanOrEqual(FRAMES_PER_SECOND_MIN);
  expect(figures?.longestTaskMs).toBeLessThanOrEqual(TASK_MS_MAX);
});

Deno.test("a page that shows a match keeps nothing of it", async () => {
  await using browser = await launchBrowser();
  if (!browser) return;
  await using watched = await openWatched(browser);
  const heaps: number[] = [];

  for await (const bytes of heapBytes(watched.page, TICKS_BETWEEN_HEAPS)) {
    if (heaps.push(bytes) === HEAPS_BEFORE + HEAPS) break;
  }

  const kb = heaps.map((bytes) => Math.round(bytes / 1024));
  await say(`heap, every ${TICKS_BETWEEN_HEAPS} ticks: ${kb.join(", ")} KB`);
  // Code that is compiled late adds to it now and then; what leaks does so every time.
  const growths = heaps.slice(1).map((bytes, i) => bytes - heaps[i]);
  expect(Math.min(...growths.slice(HEAPS_BEFORE)))
    .toBeLessThan(HEAP_GROWTH_BYTES_MAX);
});
