/** The built page in a real browser: it draws what the server pushes, under the server's policy. */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import { loadAssets } from "../../net/page/assets.ts";
import type { View } from "../../net/page/protocol.ts";
import { type PageServer, servePage } from "../../net/page/server.ts";
import {
  launchBrowser,
  test as browserTest,
  type TestBrowser,
} from "../support/browser.ts";
import { VIEW } from "../support/page_client.ts";
import { waitForElement, waitForPhase, waitUntil } from "../support/person.ts";
import { playerView, view } from "../support/views.ts";
import {
  BOTTOM,
  FLOOR,
  GREEN,
  LEFT,
  ORANGE,
  PINK,
  restingRally,
  RIGHT,
  SKY,
  TOP,
  WHITE,
  wrongColors,
} from "./drawn_court.ts";

const SHOWN: View = view({
  rules: { ...VIEW.rules, players: 4 },
  players: ["Ada", "<b>Mia</b>", "Bo", "Zoë"]
    .map((name, slot) => playerView(slot, { name, score: 5 })),
});

interface Stage {
  readonly browser: TestBrowser;
  readonly server: PageServer;
  readonly page: Page;
}

/** Runs `check` on an open page, once it draws. */
async function withPage(
  browser: TestBrowser,
  check: (stage: Stage) => Promise<void>,
): Promise<void> {
  await using server = await servePage({
    ...{ port: 0, assets: await loadAssets(), token: "t", ticket: "once" },
    signal: new AbortController().signal,
    onInput: () => {},
    status: () => ({}),
  });
  server.push(SHOWN);
  server.pushStates(() => [restingRally()]);
  const page = await browser.open(server.url);
  await waitForElement(page, '#court[data-paddles="500,500,500,500"]');
  await check({ browser, server, page });
}

function test(name: string, check: (stage: Stage) => Promise<void>): void {
  browserTest(name, (browser) => withPage(browser, check));
}

test("the page draws paddles and ball in their looks and places, names as text, and scores", async ({ browser, page }) => {
  const mia = page.locator('.player[data-slot="1"]');
  await waitUntil(page, () => mia.isVisible());

  expect(
    await wrongColors(page, [
      ...[[LEFT, SKY], [RIGHT, ORANGE], [TOP, GREEN]] as const,
      ...[[BOTTOM, PINK], [[250, 250], WHITE], [[300, 700], FLOOR]] as const,
    ]),
  ).toEqual([]);
  expect(await mia.locator(".name").textContent()).toBe("<b>Mia</b>");
  expect(await mia.locator(".score").textContent()).toBe("5");
  expect(await page.locator("#card").isHidden()).toBe(true);
  expect(browser.problems).toEqual([]);
});

test("the page draws who has another look in that, and the own side at the bottom on request", async ({ server, page }) => {
  server.push({
    ...SHOWN,
    players: SHOWN.players.map((one) => ({ ...one, look: 3 - one.slot })),
    preferences: { ...SHOWN.preferences, ownSide: "bottom" },
  });

  await waitUntil(page, async () => {
    const wrong = await wrongColors(page, [
      ...[[BOTTOM, PINK], [TOP, GREEN], [LEFT, ORANGE], [
        RIGHT,
        SKY,
      ]] as const,
    ]);
    return wrong.length === 0;
  });
});

test("the page survives being loaded again and shows the newest view", async ({ browser, server, page }) => {
  const waiting = { waitingFor: [1], secondsLeft: 9 };
  server.push({ ...SHOWN, ...waiting, phase: "paused" });

  await page.reload();

  await waitForPhase(page, "paused");
  expect(await page.locator("#card h1").textContent())
    .toBe("Waiting for <b>Mia</b>. 9 s left.");
  expect(browser.problems).toEqual([]);
});

test("the page says when its address lacks the token, and when the game's process has ended", async ({ browser, server, page }) => {
  const other = await browser.open(`http://127.0.0.1:${server.port}/`);
  const whatNow = "text=Open the whole address that pong play printed.";
  await waitForElement(other, whatNow);

  await server[Symbol.asyncDispose]();

  await waitForElement(page, "text=The game's process has ended.");
});

browserTest(
  "the page draws, and says so, where there is no WebGL",
  async () => {
    await using browser = await launchBrowser(["--disable-3d-apis"]);
    await withPage(browser, async ({ page }) => {
      expect(await wrongColors(page, [[LEFT, SKY]])).toEqual([]);
      expect(await page.locator("#notice").textContent()).toContain("WebGL");
    });
  },
);
