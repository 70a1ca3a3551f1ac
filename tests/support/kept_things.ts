/**
 * What a page in Chromium keeps in memory while it shows a match.
 *
 * @module
 */
import type { Page } from "playwright-core";
import { drawnTick, waitUntil } from "./person.ts";

export interface Kept {
  /** Arrays among them, typed ones excepted: those the browser doesn't count. */
  readonly objects: number;
  /** Of typed arrays. */
  readonly bufferBytes: number;
  /** Of all else, compiled code included. */
  readonly heapBytes: number;
}

/** Tells again and again what the page keeps, each time after so many ticks more. */
export async function* keptThings(
  page: Page,
  everyTicks: number,
): AsyncGenerator<Kept> {
  const devtools = await page.context().newCDPSession(page);
  const objectGroup = "count";
  // A match is drawn before the first look.
  for (let tick = 1;; tick += everyTicks) {
    await waitUntil(page, async () => await drawnTick(page) >= tick);
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
    // What one collection finds to be finished, the next one frees.
    await devtools.send("HeapProfiler.collectGarbage");
    await devtools.send("HeapProfiler.collectGarbage");
    const heap = await devtools.send("Runtime.getHeapUsage");
    yield {
      objects: count.result.value,
      bufferBytes: heap.backingStorageSize,
      heapBytes: heap.usedSize,
    };
  }
}
