/** The start screen and the room, in real pages on real processes. */
import { expect } from "@std/expect";
import type { Page } from "playwright-core";
import { reachableAddresses } from "../../net/link/listen.ts";
import { joinLobby } from "../../net/lobby/seat.ts";
import { test, type TestBrowser } from "../support/browser.ts";
import { temporaryFolder } from "../support/lobby.ts";
import {
  choose,
  type Person,
  press,
  sitDown,
  waitForCourt,
  waitForPhase,
  waitForText,
  waitUntil,
} from "../support/person.ts";
import { startLobbyProcess, waitForStatus } from "../support/processes.ts";

/** What is typed into the form: text by the field's test id. */
type Form = Readonly<
  Partial<Record<"name" | "room-code" | "host" | "port" | "lives", string>>
>;

async function fillIn(page: Page, form: Form): Promise<void> {
  await waitForPhase(page, "start");
  const details = page.locator("#start details");
  if (await details.getAttribute("open") === null) {
    await details.locator("summary").click();
  }
  for (const [testId, text] of Object.entries(form)) {
    await page.getByTestId(testId).fill(text);
  }
}

/** What stands in the form. */
async function read(page: Page): Promise<Form> {
  const fields = ["name", "room-code", "host", "port"] as const;
  const values = fields.map(async (testId) => [
    testId,
    await page.getByTestId(testId).inputValue(),
  ]);
  return Object.fromEntries(await Promise.all(values));
}

function start(browser: TestBrowser, folder: string): Promise<Person> {
  return sitDown(browser, ["play", "--state-folder", folder]);
}

/** Waits until that many of three have a seat. */
async function waitForSeats(page: Page, taken: number): Promise<void> {
  const free = page.locator('#room [data-testid^="add-bot-"]');
  await waitUntil(page, async () => await free.count() === 3 - taken);
}

test("friends meet by a room's code, add a bot, and play when all are ready", async (browser) => {
  await using miaFolder = await temporaryFolder();
  await using boFolder = await temporaryFolder();
  await using lobby = await startLobbyProcess();
  const place = { host: "127.0.0.1", port: `${lobby.port}` };
  await using mia = await start(browser, miaFolder.path);
  await choose(mia.page, "mode-room");
  await choose(mia.page, "players-3");
  await choose(mia.page, "look-2");
  await fillIn(mia.page, { name: "Mia", ...place, lives: "9" });
  await press(mia.page, "play");
  await waitForPhase(mia.page, "lobby");
  const room = await mia.page.getByTestId("code").textContent() ?? "";
  expect(room).toMatch(/^[A-Z]{6}$/);
  expect(await mia.page.getByTestId("invite").textContent())
    .toContain(`--port ${lobby.port} --room ${room}`);

  await using bo = await start(browser, boFolder.path);
  await choose(bo.page, "mode-room");
  const typed = { name: "Bo", ...place, "room-code": room.toLowerCase() };
  await fillIn(bo.page, typed);
  expect(await bo.page.getByTestId("points").isDisabled()).toBe(true);
  await press(bo.page, "play");
  for (const { page } of [mia, bo]) {
    await waitForPhase(page, "lobby");
    await waitForSeats(page, 2);
  }
  await press(mia.page, "add-bot-2");
  await waitForSeats(bo.page, 3);
  await press(mia.page, "remove-bot-2");
  await waitForSeats(bo.page, 2);
  await press(mia.page, "add-bot-2");
  await waitForSeats(bo.page, 3);
  await press(mia.page, "ready");
  await waitForText(bo.page, "room-status", /^Starts in \d+ s/);
  await press(bo.page, "ready");

  for (const { page } of [mia, bo]) {
    await waitForPhase(page, "playing");
    await waitForCourt(page);
    const player = page.locator('.player[data-slot="0"]');
    expect(await player.getAttribute("data-look")).toBe("2");
  }
  const { players } = await waitForStatus(mia.pong, ({ tick }) => tick > 0);
  expect(players.map(({ name, isBot, score }) => [name, isBot, score]))
    .toEqual([["Mia", false, 9], ["Bo", false, 9], ["Bot", true, 9]]);

  await press(bo.page, "leave");
  await press(bo.page, "confirm-leave");
  await waitForPhase(bo.page, "start");
  await waitForStatus(mia.pong, ({ players }) => players[1].state === "left");
  expect(await read(bo.page)).toEqual({ ...typed, "room-code": room });
  bo.pong.kill("SIGINT");
  expect(await bo.pong.exited).toBe(0);
  await using again = await start(browser, boFolder.path);
  await waitForPhase(again.page, "start");
  expect(await read(again.page)).toEqual({ ...typed, "room-code": room });
});

test("a lobby that isn't there is said on the start screen, and can be put right there", async (browser) => {
  await using folder = await temporaryFolder();
  await using lobby = await startLobbyProcess();
  await using mia = await start(browser, folder.path);
  const { page } = mia;
  await choose(page, "mode-quick");
  await fillIn(page, { host: "127.0.0.1", port: "1" });

  await press(page, "play");

  await waitForText(page, "start-problem", /127\.0\.0\.1:1/);
  await fillIn(page, { port: `${lobby.port}` });
  await choose(page, "quickPlayers-2");
  await press(page, "play");
  await waitForPhase(page, "lobby");
  // Strangers who want something else are shown to who waits alone, and one press away.
  const join = { name: "Bo", players: 3, lives: 7 };
  await using _bo = await joinLobby({
    ...{ hostname: "127.0.0.1", port: lobby.port, join },
    signal: new AbortController().signal,
  });
  await page.getByRole("button", { name: /1 of 3 players, 7 lives/ })
    .press("Enter");
  await waitForSeats(page, 2);
  await press(page, "leave-room");
  await waitForPhase(page, "start");
  expect(await page.getByTestId("start-problem").textContent()).toBe("");
  await waitForStatus(mia.pong, ({ phase }) => phase === "start");
  expect(browser.problems).toEqual([]);
});

test(
  "with --lan a phone opens the page by the address that was shown",
  async (browser) => {
    await using folder = await temporaryFolder();
    await using lobby = await startLobbyProcess();
    await using mia = await sitDown(browser, [
      ...["play", "--lan", "--state-folder", folder.path],
    ]);
    const [, lanUrl] = await mia.pong.line(/^on your phone.*: (http:\S+)$/);

    const phone = await browser.open(lanUrl, { width: 390, height: 844 });
    await choose(phone, "mode-quick");
    await fillIn(phone, { host: "127.0.0.1", port: `${lobby.port}` });
    await press(phone, "play");

    for (const page of [phone, mia.page]) {
      await waitForPhase(page, "lobby");
      await waitUntil(page, () =>
        page.evaluate(
          `document.querySelector('[data-testid="phone"] img').naturalWidth > 0`,
        ));
    }
    expect(await mia.page.locator('[data-testid="phone"] code').textContent())
      .toBe(lanUrl);
    expect(browser.problems).toEqual([]);
    // Without an address of its own nobody else could reach this machine.
  },
  { ignore: reachableAddresses("0.0.0.0").length === 0 },
);
