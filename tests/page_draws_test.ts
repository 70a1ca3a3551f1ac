/**
 * The built page in a real browser: it draws what the server pushes, under the server's policy.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import { DEFAULT_RULES } from "../game/court.ts";
import {
  BALL_X,
  BALL_Y,
  createState,
  PHASE,
  RALLY,
  type State,
} from "../game/state.ts";
import { encodeState } from "../game/state_bytes.ts";
import { loadAssets } from "../net/page_assets.ts";
import type { PlayerView, View } from "../net/page_protocol.ts";
import { type PageServer, servePage } from "../net/page_server.ts";
import { launchBrowser, type TestBrowser } from "./browser.ts";

const RULES = { ...DEFAULT_RULES, players: 4 };
const COURT = 1000;
const WAIT = { timeout: 20_000 };

function player(slot: number): PlayerView {
  const name = ["Ada", "<b>Mia</b>", "Bo", "Zoë"][slot];
  const rttMs = slot === 0 ? null : 12;
  return { slot, id: `p${slot}`, name, score: 5, state: "ok", rttMs };
}

const VIEW: View = {
  phase: "playing",
  me: 0,
  room: "KMPQRA",
  invite: "pong play --host 192.168.1.20 --room KMPQRA",
  match: "m",
  transport: "relay",
  rules: RULES,
  players: [0, 1, 2, 3].map(player),
  waitingFor: [],
  secondsLeft: null,
  winner: null,
  reason: null,
  notice: "",
  inputDelayTicks: 0,
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
  readonly browser: TestBrowser;
  readonly server: PageServer;
  readonly page: Page;
  /** What the page has sent so far. */
  readonly axes: readonly number[];
}

/** Runs `check` on an open page; skips it where no browser is installed. */
async function withPage(
  check: (stage: Stage) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  await using browser = await launchBrowser({ args });
  if (browser === undefined) return;
  const axes: number[] = [];
  await using server = await servePage({
    port: 0,
    assets: await loadAssets(),
    token: "t",
    signal: new AbortController().signal,
    onInput: (axis) => axes.push(axis),
    status: () => ({}),
  });
  server.push(VIEW);
  server.pushState(encodeState(restingRally()));
  const page = await browser.open(server.url);
  await check({ browser, server, page, axes });
}

/** The colours drawn at places of the court, which are given in court units. */
async function colorsAt(
  page: Page,
  places: readonly (readonly [x: number, y: number])[],
): Promise<number[][]> {
  const picture = await page.locator("#court").screenshot();
  const base64 = btoa(String.fromCharCode(...picture));
  const shares = places.map(([x, y]) => [x / COURT, y / COURT]);
  // The browser, which made the picture, also decodes it.
  return await page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob("${base64}"), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return ${JSON.stringify(shares)}.map(([x, y]) => [
      ...context.getImageData(x * image.width, y * image.height, 1, 1).data,
    ].slice(0, 3));
  })()`);
}

function isNear(color: readonly number[], wanted: readonly number[]): boolean {
  return color.every((value, i) => Math.abs(value - wanted[i]) < 24);
}

Deno.test(
  "the page draws paddles and ball in their colours and places",
  () =>
    withPage(async ({ browser, page }) => {
      await page.waitForSelector(
        '#court[data-paddles="500,500,500,500"]',
        WAIT,
      );

      // Beside the marks in the middle of the paddles; the ball; nothing.
      const wanted = [
        [34, 540, 0x56, 0xb4, 0xe9],
        [966, 540, 0xe6, 0x9f, 0x00],
        [540, 34, 0x2b, 0xc4, 0x9a],
        [540, 966, 0xe5, 0x8b, 0xbd],
        [250, 250, 0xf4, 0xf7, 0xfd],
        [300, 700, 0x11, 0x18, 0x27],
      ];
      const colors = await colorsAt(page, wanted.map(([x, y]) => [x, y]));
      expect(colors.map((color, i) => isNear(color, wanted[i].slice(2))))
        .toEqual(wanted.map(() => true));
      expect(browser.problems).toEqual([]);
    }),
);

Deno.test(
  "the page shows names as text and scores from the view",
  () =>
    withPage(async ({ page }) => {
      const mia = page.locator('.player[data-slot="1"]');

      await mia.waitFor(WAIT);
      expect(await mia.locator(".name").textContent()).toBe("<b>Mia</b>");
      expect(await mia.locator(".score").textContent()).toBe("5");
      expect(await page.locator("#card").isHidden()).toBe(true);
    }),
);

Deno.test(
  "the page sends the axis of its keys, once for each change",
  () =>
    withPage(async ({ page, axes }) => {
      await page.waitForSelector("#court[data-tick]", WAIT);

      await page.keyboard.down("KeyW");
      await page.keyboard.down("KeyW");
      await page.keyboard.down("ArrowDown");
      await page.keyboard.up("ArrowDown");
      await page.keyboard.up("KeyW");
      await expectSoon(page, () => axes.length >= 4);

      expect(axes).toEqual([-127, 127, -127, 0]);
    }),
);

Deno.test(
  "the page survives being loaded again and shows the newest view",
  () =>
    withPage(async ({ browser, server, page }) => {
      await page.waitForSelector("#court[data-tick]", WAIT);
      server.push({
        ...VIEW,
        phase: "paused",
        waitingFor: [1],
        secondsLeft: 9,
      });

      await page.reload();

      await page.waitForSelector('#table[data-phase="paused"]', WAIT);
      expect(await page.locator("#card h1").textContent())
        .toBe("Waiting for <b>Mia</b>. 9 s left.");
      expect(browser.problems).toEqual([]);
    }),
);

Deno.test(
  "the page says when the game's process has ended",
  () =>
    withPage(async ({ server, page }) => {
      await page.waitForSelector("#court[data-tick]", WAIT);

      await server[Symbol.asyncDispose]();

      await page.getByText("The game's process has ended.").waitFor(WAIT);
    }),
);

Deno.test(
  "the page says when its address lacks the token",
  () =>
    withPage(async ({ server, page }) => {
      await page.goto(`http://127.0.0.1:${server.port}/`);

      await page.getByText("Open the whole address that pong play printed.")
        .waitFor(WAIT);
    }),
);

Deno.test(
  "the page draws, and says so, where there is no WebGL",
  () =>
    withPage(async ({ page }) => {
      await page.waitForSelector(
        '#court[data-paddles="500,500,500,500"]',
        WAIT,
      );

      const [color] = await colorsAt(page, [[34, 540]]);
      expect(isNear(color, [0x56, 0xb4, 0xe9])).toBe(true);
      expect(await page.locator("#notice").textContent()).toContain("WebGL");
    }, ["--disable-3d-apis"]),
);

/** Waits, in steps of the page's own pictures, until something holds in this process. */
async function expectSoon(page: Page, holds: () => boolean): Promise<void> {
  const untilMs = performance.now() + WAIT.timeout;
  while (!holds() && performance.now() < untilMs) {
    await page.evaluate("new Promise(requestAnimationFrame)");
  }
}
