/**
 * A process's page: which stage it shows, when, and what it remembers.
 *
 * @module
 */
import { expect } from "@std/expect";
import { DEFAULT_PREFERENCES } from "../../net/page/message.ts";
import {
  openProcessPage,
  type ProcessPageOptions,
} from "../../net/page/process_page.ts";
import type { PageRequest } from "../../net/page/server.ts";
import { EMPTY_VIEW, type Stage } from "../../net/page/stage.ts";
import { ASSETS, openPage } from "../support/page_client.ts";

/** A stage in a room that a test can change, and what it was asked for. */
function createStage(room: string) {
  const asked: PageRequest[] = [];
  const recording = {
    type: "text/plain",
    body: new TextEncoder().encode(room),
  };
  const stage: Stage = {
    view: () => ({ ...EMPTY_VIEW, room: changing.room }),
    status: () => ({ room: changing.room }),
    take: (request) => void asked.push(request),
    recording: () => changing.isRecorded ? recording : undefined,
  };
  const changing = { stage, asked, room, isRecorded: true };
  return changing;
}

const TOKEN = "000102030405060708090a0b0c0d0e0f";

async function open(options: Partial<ProcessPageOptions> = {}) {
  const first = createStage("FIRST");
  const clock = { nowMs: 1_000 };
  const page = await openProcessPage({
    ...{ assets: ASSETS, pagePort: 0, isLan: false, stage: first.stage },
    randomBytes: (length) => Uint8Array.from({ length }, (_, i) => i),
    nowMs: () => clock.nowMs,
    ...options,
  });
  return {
    ...{ page, first, clock },
    [Symbol.asyncDispose]: () => page[Symbol.asyncDispose](),
  };
}

async function get(url: string): Promise<string> {
  const response = await fetch(url);
  return `${response.status} ${await response.text()}`;
}

Deno.test("a process's page is opened by a token, a bot's shows its status alone", async () => {
  await using opened = await open();
  await using bot = await open({ assets: new Map() });
  const { page } = opened;

  expect(page.url).toBe(`http://127.0.0.1:${page.port}/?token=${TOKEN}`);
  expect(page.lanUrl).toBe("");
  expect(await get(page.url.replace("/?", "/replay?"))).toBe("200 FIRST");
  expect(await get(page.url.replace("/?", "/qr.svg?"))).toMatch(/^404/);
  opened.first.isRecorded = false;
  expect(await get(page.url.replace("/?", "/replay?"))).toMatch(/^404/);
  expect(bot.page.url).toBe(`http://127.0.0.1:${bot.page.port}/status`);
  expect(await get(bot.page.url)).toBe('200 {"room":"FIRST"}');
});

Deno.test("other machines are told the page's address, as a picture too, where they may open it", async () => {
  await using opened = await open({ isLan: true });
  const { page } = opened;
  // A machine without a network has no other machines.
  if (page.lanUrl === "") return;

  expect(page.lanUrl).toContain(`:${page.port}/?token=${TOKEN}`);
  expect(await get(page.url.replace("/?", "/qr.svg?"))).toMatch(/^200 <svg/);
});

Deno.test("a page is shown what its stage says when that has changed, or is 250 ms old", async () => {
  await using opened = await open();
  const { page, first, clock } = opened;
  page.show();
  const client = await openPage({ server: page });
  await using _client = client;
  const next = async () => JSON.parse(String(await client.nextMessage()));
  expect(await next()).toMatchObject({ room: "FIRST", phoneUrl: "" });

  clock.nowMs += 249;
  page.show();
  first.room = "SECOND";
  page.show();
  expect((await next()).room).toBe("SECOND");
  clock.nowMs += 249;
  page.show();
  clock.nowMs += 1;
  first.stage.view = () => ({ ...EMPTY_VIEW, room: "SECOND" });
  page.show();

  expect((await next()).room).toBe("SECOND");
  // Nobody says so: the page looks by itself, four times a second.
  first.stage.view = () => ({ ...EMPTY_VIEW, room: "THIRD" });
  expect((await next()).room).toBe("THIRD");
});

Deno.test("a page asks the stage that is shown, and steers it from the middle", async () => {
  await using opened = await open();
  const { page, first } = opened;
  await using client = await openPage({ server: page });
  const say = (message: object) => client.socket.send(JSON.stringify(message));
  const second = createStage("SECOND");
  say({ kind: "input", axis: 5 });
  say({ kind: "inspect", isOn: true });
  say({ kind: "ready", isReady: true });
  expect(JSON.parse(String(await client.nextMessage())).room).toBe("FIRST");
  expect([page.axis, page.isInspected]).toEqual([5, true]);

  page.begin(second.stage);
  say({ kind: "rematch" });
  for (let room = ""; second.asked.length === 0 || room !== "SECOND";) {
    ({ room } = JSON.parse(String(await client.nextMessage())));
  }

  expect(page.axis).toBe(0);
  expect(first.asked).toEqual([{ kind: "ready", isReady: true }]);
  expect(second.asked).toEqual([{ kind: "rematch" }]);
});

Deno.test("preferences are the page's own: shown at once, told on, and no stage's", async () => {
  const told: unknown[] = [];
  const preferences = { ...DEFAULT_PREFERENCES, volume: 1 };
  await using opened = await open({
    preferences,
    onPreferences: (preferences) => void told.push(preferences),
  });
  const { page, first } = opened;
  await using client = await openPage({ server: page });
  page.show();
  const shown = async () =>
    JSON.parse(String(await client.nextMessage())).preferences.volume;
  expect(await shown()).toBe(1);
  const louder = { ...preferences, volume: 99 };

  client.socket.send(
    JSON.stringify({ kind: "preferences", preferences: louder }),
  );

  while (await shown() !== 99);
  expect(told).toEqual([louder]);
  expect(first.asked).toEqual([]);
});
