/**
 * The built page in a real browser: it draws what the server pushes, under the server's policy.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import { DEFAULT_RULES } from "../../game/court.ts";
import {
  BALL_X,
  BALL_Y,
  createState,
  PHASE,
  RALLY,
  type State,
} from "../../game/state.ts";
import { loadAssets } from "../../net/page/assets.ts";
import type { PlayerView, View } from "../../net/page/protocol.ts";
import { type PageServer, servePage } from "../../net/page/server.ts";
import { launchBrowser, test, type TestBrowser } from "../support/browser.ts";
import { VIEW } from "../support/page_client.ts";
import { waitForElement, waitUntil } from "../support/person.ts";
import { type Color, colorsAt, isNear, type Place } from "../support/pixels.ts";
import { until } from "../support/waiting.ts";

const RULES = { ...DEFAULT_RULES, players: 4 };
const COURT = 1000;
const SKY = [0x56, 0xb4, 0xe9];
const ORANGE = [0xe6, 0x9f, 0x00];
const GREEN = [0x2b, 0xc4, 0x9a];
const PINK = [0xe5, 0x8b, 0xbd];
/** On each side's paddle between two marks, when all rest in the middle. */
const LEFT: Place = [34, 522];
const RIGHT: Place = [966, 522];
const TOP: Place = [522, 34];
const BOTTOM: Place = [522, 966];

function player(slot: number): PlayerView {
  const name = ["Ada", "<b>Mia</b>", "Bo", "Zoë"][slot];
  const rttMs = slot === 0 ? null : 12;
  return {
    slot,
    id: `p${slot}`,
    name,
    look: slot,
    isBot: false,
    isLocalBot: false,
    score: 5,
    state: "ok",
    rttMs,
    jitterMs: rttMs === null ? null : 1,
    awaySeconds: null,
  };
}

const SHOWN: View = {
  ...VIEW,
  phase: "playing",
  match: "m",
  rules: RULES,
  players: [0, 1, 2, 3].map(player),
};

/** A rally whose ball rests a quarter of the court from the left and from the top. */
function restingRally(): State {
  const state = createState(RULES, 5);
  state[PHASE] = RALLY;
  state[BALL_X] >>= 1;
  state[BALL_Y] >>= 1;
  return state;
}

interface Stage {
  readonly server: PageServer;
  readonly page: Page;
  /** What the page has sent so far. */
  readonly axes: readonly number[];
}

/** Runs `check` on an open page. */
async function withPage(
  browser: TestBrowser,
  check: (stage: Stage) => Promise<void>,
): Promise<void> {
  const axes: number[] = [];
  await using server = await servePage({
    port: 0,
    assets: await loadAssets(),
    token: "t",
    signal: new AbortController().signal,
    onInput: (axis) => axes.push(axis),
    status: () => ({}),
  });
  server.push(SHOWN);
  server.pushStates(() => [restingRally()]);
  const page = await browser.open(server.url);
  await check({ server, page, axes });
}

/** Whether the page has those colours at places of the screen, given in court units. */
async function hasColors(
  page: Page,
  wanted: readonly (readonly [Place, Color])[],
): Promise<readonly boolean[]> {
  const places = wanted.map(([place]) => place);
  const colors = await colorsAt(page, { width: COURT, height: COURT, places });
  return colors.map((color, i) => isNear(color, wanted[i][1]));
}

test("the page draws paddles and ball in their colours and places", (browser) =>
  withPage(browser, async ({ page }) => {
    await waitForElement(page, '#court[data-paddles="500,500,500,500"]');

    const drawn = await hasColors(page, [
      [LEFT, SKY],
      [RIGHT, ORANGE],
      [TOP, GREEN],
      [BOTTOM, PINK],
      [[250, 250], [0xf4, 0xf7, 0xfd]], // the ball
      [[300, 700], [0x11, 0x18, 0x27]], // nothing
    ]);
    expect(drawn).toEqual(drawn.map(() => true));
    expect(browser.problems).toEqual([]);
  }));

test("the page draws who has another look in that, and the own side at the bottom on request", (browser) =>
  withPage(browser, async ({ server, page }) => {
    await waitForElement(page, "#court[data-tick]");

    server.push({
      ...SHOWN,
      players: SHOWN.players.map((one) => ({ ...one, look: 3 - one.slot })),
      preferences: { ...SHOWN.preferences, ownSide: "bottom" },
    });

    await waitUntil(page, async () => {
      const drawn = await hasColors(page, [
        [BOTTOM, PINK],
        [TOP, GREEN],
        [LEFT, ORANGE],
        [RIGHT, SKY],
      ]);
      return drawn.every(Boolean);
    });
  }));

test("the page shows names as text and scores from the view", (browser) =>
  withPage(browser, async ({ page }) => {
    const mia = page.locator('.player[data-slot="1"]');

    await waitUntil(page, () => mia.isVisible());
    expect(await mia.locator(".name").textContent()).toBe("<b>Mia</b>");
    expect(await mia.locator(".score").textContent()).toBe("5");
    expect(await page.locator("#card").isHidden()).toBe(true);
  }));

test("the page sends the axis of its keys, once for each change", (browser) =>
  withPage(browser, async ({ page, axes }) => {
    await waitForElement(page, "#court[data-tick]");

    await page.keyboard.down("KeyW");
    await page.keyboard.down("KeyW");
    await page.keyboard.down("ArrowDown");
    await page.keyboard.up("ArrowDown");
    await page.keyboard.up("KeyW");
    await until(() => axes.length >= 4, "Sending four axes");

    expect(axes).toEqual([-127, 127, -127, 0]);
  }));

test("the page survives being loaded again and shows the newest view", (browser) =>
  withPage(browser, async ({ server, page }) => {
    await waitForElement(page, "#court[data-tick]");
    server.push({
      ...SHOWN,
      phase: "paused",
      waitingFor: [1],
      secondsLeft: 9,
    });

    await page.reload();

    await waitForElement(page, '#table[data-phase="paused"]');
    expect(await page.locator("#card h1").textContent())
      .toBe("Waiting for <b>Mia</b>. 9 s left.");
    expect(browser.problems).toEqual([]);
  }));

test("the page says when the game's process has ended", (browser) =>
  withPage(browser, async ({ server, page }) => {
    await waitForElement(page, "#court[data-tick]");

    await server[Symbol.asyncDispose]();

    await waitForElement(page, "text=The game's process has ended.");
  }));

test("the page says when its address lacks the token", (browser) =>
  withPage(browser, async ({ server, page }) => {
    await page.goto(`http://127.0.0.1:${server.port}/`);

    await waitForElement(
      page,
      "text=Open the whole address that pong play printed.",
    );
  }));

test("the page draws, and says so, where there is no WebGL", async () => {
  await using browser = await launchBrowser(["--disable-3d-apis"]);
  await withPage(browser, async ({ page }) => {
    await waitForElement(page, '#court[data-paddles="500,500,500,500"]');

    expect(await hasColors(page, [[LEFT, SKY]])).toEqual([true]);
    expect(await page.locator("#notice").textContent()).toContain("WebGL");
  });
});
