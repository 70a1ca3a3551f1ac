/**
 * Every state of the page, on every kind of screen: a picture of it to look at in `artefacts/`, and
 * what a machine can say of whether everybody can use it.
 *
 * @module
 */
import { expect } from "@std/expect";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { TICK_MS } from "../../game/court.ts";
import { loadAssets } from "../../net/page/assets.ts";
import { qrCodeOf } from "../../net/page/process_page.ts";
import { type PageServer, servePage } from "../../net/page/server.ts";
import { test } from "../support/browser.ts";
import { waitForPhase } from "../support/person.ts";
import { PAGE_STATES, type PageState } from "./page_states.ts";

const VIEWPORTS = [
  { width: 1280, height: 720 },
  { width: 390, height: 844 },
  { width: 844, height: 390 },
] as const;
const ARTEFACTS = new URL("../../artefacts/", import.meta.url);

/** Waits for enough pictures for plots and trails to show something. */
const DRAW = `new Promise((resolve) => {
  let left = 20;
  requestAnimationFrame(function draw() {
    if (left-- === 0) return resolve();
    requestAnimationFrame(draw);
  });
})`;

/** What axe-core finds, in lines to read. */
async function violations(page: Page): Promise<readonly string[]> {
  // The page's policy forbids foreign scripts; this is not one of the page's.
  await page.evaluate(axe.source);
  return await page.evaluate(`(async () => {
    const { violations } = await axe.run(document);
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) =>
        [id, help, target.join(" "), failureSummary].join(": ")));
  })()`);
}

/** Elements that reach out of the window, where nothing scrolls sideways. */
async function overflowing(page: Page): Promise<readonly string[]> {
  return await page.evaluate(`(() => {
    const wide = document.documentElement.clientWidth;
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.checkVisibility() &&
        !element.closest(".unseen, [data-scrolls]"))
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 1 && (left < -1 || right > wide + 1);
      })
      .map((element) => element.outerHTML.slice(0, 120));
  })()`);
}

/** Text that is smaller than anybody should have to read. */
async function tinyTexts(page: Page): Promise<readonly string[]> {
  return await page.evaluate(`(() =>
    [...document.querySelectorAll("body *")]
      .filter((element) => element.checkVisibility() &&
        [...element.childNodes].some((node) =>
          node.nodeType === Node.TEXT_NODE && node.textContent.trim()))
      .filter((element) => parseFloat(getComputedStyle(element).fontSize) < 13)
      .map((element) => element.outerHTML.slice(0, 120)))()`);
}

/** Shows a state until it is disposed, as a process would. */
function show(
  { view, states }: PageState,
  server: PageServer,
): Disposable {
  const beganMs = performance.now();
  const push = () => {
    const atMs = performance.now() - beganMs;
    const now = states(atMs);
    if (now.length > 0) server.pushStates(() => now);
    server.push(view(atMs));
  };
  push();
  const timer = setInterval(push, TICK_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

test("what is wrong with a page is found", async (browser) => {
  const page = await browser.open(
    "data:text/html,<title>A</title><button></button>" +
      "<p style='width:3000px;font-size:9px'>wide</p>",
  );

  expect(await violations(page)).not.toEqual([]);
  expect(await overflowing(page)).toHaveLength(1);
  expect(await tinyTexts(page)).toHaveLength(1);
});

for (const state of PAGE_STATES) {
  const name =
    `the page's state "${state.name}" is complete, legible and accessible`;
  test(name, async (browser, t) => {
    await Deno.mkdir(ARTEFACTS, { recursive: true });
    await using server = await servePage({
      port: 0,
      assets: await loadAssets(),
      token: "t",
      signal: new AbortController().signal,
      onInput: () => {},
      status: () => ({}),
      downloads: new Map([["/qr.svg", () => qrCodeOf("http://192.168.1.20")]]),
    });
    using _shown = show(state, server);
    for (const viewport of VIEWPORTS) {
      const size = `${viewport.width}x${viewport.height}`;
      await t.step(`at ${size}`, async () => {
        const page = await browser.open(server.url, viewport);
        await waitForPhase(page, state.view(0).phase);
        if (state.key !== undefined) await page.keyboard.press(state.key);
        await page.evaluate(DRAW);
        const picture = new URL(`${state.name}-${size}.png`, ARTEFACTS);
        await page.screenshot({ path: picture.pathname });

        expect(await violations(page)).toEqual([]);
        expect(await overflowing(page)).toEqual([]);
        expect(await tinyTexts(page)).toEqual([]);
        await page.close();
      });
    }
    expect(browser.problems).toEqual([]);
  });
}
