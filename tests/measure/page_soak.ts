/**
 * One page that shows a match for minutes: does its memory grow?
 *
 * Run it by hand, `deno run -A tests/measure/page_soak.ts [minutes]`. It says every ten seconds what the page
 * keeps, and fails when that was more in the last third than in the one before, beyond what code that
 * is compiled late takes. In the first third nearly all that grows is such code.
 *
 * @module
 */
import { launchBrowser } from "../support/browser.ts";
import { heapBytes, openWatched } from "../support/page_figures.ts";
import { mean } from "./bench_figure.ts";

const TICKS_BETWEEN = 600;
const GROWTH_BYTES_MAX = 256 * 1024;

if (import.meta.main) {
  const minutes = Number(Deno.args[0] ?? 10);
  const growthBytes = await soak(minutes * 3600);
  const verdict = growthBytes <= GROWTH_BYTES_MAX ? "ok" : "too much";
  await say(`growth from the second third to the last: ${kib(growthBytes)}`);
  await say(verdict);
  Deno.exitCode = verdict === "ok" ? 0 : 1;
}

/** Returns by how much the page grew from the second third of so many ticks to the last. */
async function soak(ticks: number): Promise<number> {
  await using browser = await launchBrowser();
  if (!browser) throw new Error("Cannot watch a page: there is no browser.");
  await using watched = await openWatched(browser);
  const heaps: number[] = [];
  for await (const bytes of heapBytes(watched.page, TICKS_BETWEEN)) {
    heaps.push(bytes);
    await say(`${heaps.length * TICKS_BETWEEN} ticks: ${kib(bytes)}`);
    if (heaps.length * TICKS_BETWEEN >= ticks) break;
  }
  const third = Math.ceil(heaps.length / 3);
  return mean(heaps.slice(-third)) - mean(heaps.slice(-2 * third, -third));
}

function kib(bytes: number): string {
  return `${Math.round(bytes / 1024)} KiB`;
}

async function say(line: string): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(`${line}\n`));
}
