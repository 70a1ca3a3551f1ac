/**
 * Every state of the page, on every kind of screen: a picture of it to look at in `artefacts/`, and
 * what a machine can say of whether everybody can use it.
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

const VIEWPORTS = [[1280, 720], [390, 844], [844, 390]];
const ARTEFACTS = new URL("../../artefacts/", import.meta.url);

/** Waits for enough pictures for plots and trails to show something. */
const DRAW = `new Promise((resolve) => {
  let left = 20;
  requestAnimationFrame(function draw() {
    if (left-- === 0) return resolve();
    requestAnimationFrame(draw);
  });
})`;

/** What axe-core finds, what reaches out of the window, and text that is too small to read. */
const FIND_FAULTS = `(async () => {
  const { violations } = await axe.run(document);
  const elements = [...document.querySelectorAll("body *")]
    .filter((element) => element.checkVisibility());
  const wide = document.documentElement.clientWidth;
  const quote = ({ outerHTML }) => outerHTML.slice(0, 120);
  return {
    violations: violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) =>
        [id, help, target.join(" "), failureSummary].join(": "))),
    overflowing: elements.filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return !element.closest(".unseen, [data-scrolls]") &&
        width > 1 && (left < -1 || right > wide + 1);
    }).map(quote),
    tinyTexts: elements.filter((element) =>
      [...element.childNodes].some((node) =>
        node.nodeType === Node.TEXT_NODE && node.textContent.trim()) &&
      parseFloat(getComputedStyle(element).fontSize) < 13).map(quote),
  };
})()`;

async function findFaults(
  page: Page,
): Promise<Record<"violations" | "overflowing" | "tinyTexts", string[]>> {
  // The page's policy forbids foreign scripts; this is not one of the page's.
  await page.evaluate(axe.source);
  return await page.evaluate(FIND_FAULTS);
}

/** Shows a state until it is disposed, as a process would. */
function show({ view, states }: PageState, server: PageServer): Disposable {
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

  const { violations, overflowing, tinyTexts } = await findFaults(page);

  expect(violations).not.toEqual([]);
  expect([overflowing.length, tinyTexts.length]).toEqual([1, 1]);
});

for (const state of PAGE_STATES) {
  test(
    `the page's state "${state.name}" is complete, legible and accessible`,
    async (browser, t) => {
      await Deno.mkdir(ARTEFACTS, { recursive: true });
      await using server = await servePage({
        ...{ port: 0, assets: await loadAssets(), token: "t", ticket: "once" },
        signal: new AbortController().signal,
        onInput: () => {},
        status: () => ({}),
        downloads: new Map([[
          "/qr.svg",
          () => qrCodeOf("http://192.168.1.20"),
        ]]),
      });
      using _shown = show(state, server);
      for (const [width, height] of VIEWPORTS) {
        const size = `${width}x${height}`;
        await t.step(`at ${size}`, async () => {
          const page = await browser.open(server.url, { width, height });
          await waitForPhase(page, state.view(0).phase);
          if (state.key !== undefined) {
            await page.keyboard.press(state.key);
          }
          await page.evaluate(DRAW);
          const picture = new URL(`${state.name}-${size}.png`, ARTEFACTS);
          await page.screenshot({ path: picture.pathname });

          expect(await findFaults(page))
            .toEqual({ violations: [], overflowing: [], tinyTexts: [] });
          await page.close();
        });
      }
      expect(browser.problems).toEqual([]);
    },
  );
}
