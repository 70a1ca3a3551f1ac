/** What the page costs on every machine: bytes to load, and objects that it keeps. */
import { expect } from "@std/expect";
import { type Asset, loadAssets } from "../../net/page/assets.ts";
import { test } from "../support/browser.ts";
import { type Kept, keptThings } from "../support/kept_things.ts";
import { sitDown } from "../support/person.ts";

/** Of the document with its style sheets and its code. */
const ZIPPED_BYTES_MAX = 250 * 1024;

/** How often it is looked at what the page keeps, and how often at most. */
const TICKS_BETWEEN_LOOKS = 240;
const LOOKS_MAX = 10;

/** A page that kept an object, or a state, of each tick would keep more between two looks. */
const OBJECTS_KEPT_MAX = 20;
const BUFFER_BYTES_KEPT_MAX = 8 * 1024;

async function zippedBytes({ body }: Asset): Promise<number> {
  const zipped = new Blob([body]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(zipped).arrayBuffer()).byteLength;
}

Deno.test("the page is small: document, styles and code", async () => {
  const assets = await loadAssets();

  const sizes = await Promise.all([...assets.values()].map(zippedBytes));

  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  expect(bytes).toBeGreaterThan(ZIPPED_BYTES_MAX / 4);
  expect(bytes).toBeLessThanOrEqual(ZIPPED_BYTES_MAX);
});

test("a page that shows a match keeps nothing of it", async (browser) => {
  const words = ["demo", "--players", "4", "--lives", "99"];
  await using watched = await sitDown(browser, words);
  const looks: Kept[] = [];
  // What is made only once grows once; what leaks grows every time.
  const leastGrowth = (key: keyof Kept) =>
    Math.min(...looks.slice(1).map((look, i) => look[key] - looks[i][key]));
  const keepsNothing = () =>
    leastGrowth("objects") <= OBJECTS_KEPT_MAX &&
    leastGrowth("bufferBytes") <= BUFFER_BYTES_KEPT_MAX;

  for await (const look of keptThings(watched.page, TICKS_BETWEEN_LOOKS)) {
    looks.push(look);
    if (keepsNothing() || looks.length === LOOKS_MAX) break;
  }

  expect({ looks, keepsNothing: keepsNothing() })
    .toMatchObject({ keepsNothing: true });
});
