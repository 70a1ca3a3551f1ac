/** A process's page: which stage it shows, when, and what it remembers. */
import { expect } from "@std/expect";
import { DEFAULT_PREFERENCES } from "../../net/page/message.ts";
import {
  openProcessPage,
  type ProcessPage,
  type ProcessPageOptions,
} from "../../net/page/process_page.ts";
import type { PageRequest } from "../../net/page/server.ts";
import { EMPTY_VIEW, type Stage } from "../../net/page/stage.ts";
import { ASSETS, openPage } from "../support/page_client.ts";
import { until } from "../support/waiting.ts";

/** A stage in a room, and what it was asked for. */
function createStage(room: string) {
  const body = new TextEncoder().encode("recorded");
  const asked: PageRequest[] = [];
  const attended: boolean[] = [];
  const stage: Stage = {
    view: () => ({ ...EMPTY_VIEW, room }),
    status: () => ({ room }),
    take: (request) => void asked.push(request),
    attend: (isAttended) => void attended.push(isAttended),
    recording: () => ({ type: "text/plain", body }),
  };
  return { stage, asked, attended };
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

/** A browser at the page: what it is shown next, and what it says. */
async function visit({ page }: { readonly page: ProcessPage }) {
  const client = await openPage({ server: page });
  return {
    next: async () => JSON.parse(String(await client.nextMessage())),
    say: (message: object) => client.socket.send(JSON.stringify(message)),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
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
  expect(await get(page.url.replace("/?", "/replay?"))).toBe("200 recorded");
  expect(await get(page.url.replace("/?", "/qr.svg?"))).toMatch(/^404/);
  opened.first.stage.recording = () => undefined;
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
  await using client = await visit(opened);
  const { next } = client;
  expect(await next()).toMatchObject({ room: "FIRST", phoneUrl: "" });

  clock.nowMs += 249;
  page.show();
  const say = (room: string) => {
    first.stage.view = () => ({ ...EMPTY_VIEW, room });
  };
  say("SECOND");
  page.show();
  expect((await next()).room).toBe("SECOND");
  clock.nowMs += 249;
  page.show();
  clock.nowMs += 1;
  page.show();

  expect((await next()).room).toBe("SECOND");
  // Nobody tells the page of that: it looks by itself, four times a second.
  say("THIRD");
  expect((await next()).room).toBe("THIRD");
});

Deno.test("a page asks the stage that is shown, and steers it from the middle", async () => {
  await using opened = await open();
  const { page, first } = opened;
  await using client = await visit(opened);
  const { next, say } = client;
  const second = createStage("SECOND");
  say({ kind: "input", axis: 5 });
  say({ kind: "inspect", isOn: true });
  say({ kind: "ready", isReady: true });
  expect((await next()).room).toBe("FIRST");
  expect([page.axis, page.isInspected]).toEqual([5, true]);

  page.begin(second.stage);
  say({ kind: "rematch" });
  for (let room = ""; second.asked.length === 0 || room !== "SECOND";) {
    ({ room } = await next());
  }

  expect(page.axis).toBe(0);
  expect(first.asked).toEqual([{ kind: "ready", isReady: true }]);
  expect(second.asked).toEqual([{ kind: "rematch" }]);
});

Deno.test("a page that gives no sign of life for 1 s steers no more, and for 2 s is attended no more", async () => {
  await using opened = await open();
  const { page, first, clock } = opened;
  await using client = await visit(opened);
  await using other = await visit(opened);
  /** Says something, and waits until that has been heard. */
  const say = async (who: typeof client, ...messages: readonly object[]) => {
    const heard = first.asked.length;
    for (const message of [...messages, { kind: "rematch" }]) who.say(message);
    await until(() => first.asked.length > heard, "A message");
  };
  const after = (ms: number) => {
    clock.nowMs += ms;
    return [page.axis, page.isAttended];
  };
  await say(client, { kind: "input", axis: 5 });
  expect(after(0)).toEqual([5, false]);
  await say(client, { kind: "alive" });
  expect(after(999)).toEqual([5, true]);
  await say(client, { kind: "alive" });
  expect(after(999)).toEqual([5, true]);
  // Others say nothing about the hand that steers.
  await say(other, { kind: "alive" });
  expect(after(1)).toEqual([0, true]);

  await say(client, { kind: "alive" });
  expect(after(0)).toEqual([5, true]);
  expect(after(1_999)).toEqual([0, true]);
  expect(after(1)).toEqual([0, false]);

  await until(() => first.attended.length === 2, "The news");
  const second = createStage("SECOND");
  page.begin(second.stage);
  expect([first.attended, second.attended]).toEqual([[true, false], [false]]);
});

Deno.test("preferences are the page's own: shown at once, told on, and no stage's", async () => {
  const told: unknown[] = [];
  const quiet = { ...DEFAULT_PREFERENCES, volume: 1 };
  await using opened = await open({
    preferences: quiet,
    onPreferences: (preferences) => void told.push(preferences),
  });
  await using client = await visit(opened);
  const { next, say } = client;
  opened.page.show();
  expect((await next()).preferences).toEqual(quiet);
  const loud = { ...quiet, volume: 99 };

  say({ kind: "preferences", preferences: loud });

  while ((await next()).preferences.volume !== 99);
  expect(told).toEqual([loud]);
  expect(opened.first.asked).toEqual([]);
});
