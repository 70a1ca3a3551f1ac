/** Who may see and steer the game through the page's server, and what they get. */
import { expect } from "@std/expect";
import { DEFAULT_RULES } from "../../game/court.ts";
import { createState } from "../../game/state.ts";
import { encodeStates } from "../../game/state_bytes.ts";
import { reachableAddresses } from "../../net/link/listen.ts";
import { servePage } from "../../net/page/server.ts";
import {
  ASSETS,
  type Client,
  handshake,
  openPage,
  openRaw,
  request,
  serve,
  TOKEN,
  VIEW,
} from "../support/page_client.ts";
import { last, soon } from "../support/waiting.ts";

const QUERY = `token=${encodeURIComponent(TOKEN)}`;
const SOCKET = `/socket?${QUERY}`;
const DISPOSITION = "content-disposition";
const STATES = [3, 4].map((seed) => createState(DEFAULT_RULES, seed));

/** The page, served to nobody who is noted. */
function servePageOn(port: number, signal = new AbortController().signal) {
  return servePage({
    ...{ port, signal, assets: ASSETS, token: TOKEN, ticket: "once" },
    onInput() {},
    status: () => ({}),
  });
}

async function codeOf(url: string, init?: RequestInit): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

/** The page is told the view and the states next. */
async function expectShown(page: Client): Promise<void> {
  expect(JSON.parse(String(await page.nextMessage()))).toEqual(VIEW);
  // The server sends states as binary messages.
  const bytes = await page.nextMessage() as ArrayBuffer;
  expect(new Uint8Array(bytes)).toEqual(encodeStates(STATES));
}

function steer({ socket }: Client, axis: number): void {
  socket.send(JSON.stringify({ kind: "input", axis }));
}

const PAGE = "http://localhost:PORT";

/** Who asks, what they get, and what is special about their request. */
const REQUESTS: readonly (readonly [
  who: string,
  code: number,
  how: { readonly path?: string; readonly host?: string; origin?: string },
])[] = [
  ["its own address", 200, {}],
  ["its own name", 200, { host: "localhost:PORT" }],
  ["a foreign name", 403, { host: "evil.example:PORT" }],
  ["its own address on no port", 403, { host: "127.0.0.1" }],
  ["nobody's name", 403, { host: "" }],
  ["whoever lacks the token for a download", 403, { path: "/replay" }],
  ["a download that isn't there", 404, { path: `/qr.svg?${QUERY}` }],
  ["a file that isn't the page's", 404, { path: "/../deno.json" }],
  ["the socket of a foreign website", 403, { origin: "http://evil.example" }],
  ["the socket of a website on another port", 403, {
    origin: "http://127.0.0.1:1",
  }],
  ["the socket of a client without origin", 403, { origin: "" }],
  ["the socket of its own page", 101, { origin: PAGE }],
  ["the socket of a page without token", 403, {
    origin: PAGE,
    path: "/socket",
  }],
  ["the socket of a page with another token", 403, {
    origin: PAGE,
    path: "/socket?token=another",
  }],
];

for (const [who, code, { host = "127.0.0.1:PORT", origin, path }] of REQUESTS) {
  Deno.test(`the page server answers ${code} to ${who}`, async () => {
    await using served = await serve();
    const { port } = served.server;
    const here = (text: string) => text.replace("PORT", `${port}`);
    const isSocket = origin !== undefined;
    const more = isSocket ? handshake(here(origin)) : {};

    const answer = await request(port, {
      path: path ?? (isSocket ? SOCKET : "/status"),
      headers: { host: here(host), ...more },
    });

    expect(answer).toBe(code);
  });
}

Deno.test("the address for a browser's arguments leads to the page once, and then to a sentence", async () => {
  await using served = await serve();
  const { url, openUrl } = served.server;
  const get = (address: string) => fetch(address, { redirect: "manual" });
  expect(openUrl).not.toContain(new URL(url).search);

  for (
    const [address, code] of [
      [openUrl.replace("once", "never"), 410],
      [openUrl.replace("=once", "="), 410],
      [openUrl, 303],
      [openUrl, 410],
    ] as const
  ) {
    const answer = await get(address);
    expect([address, answer.status]).toEqual([address, code]);
    expect(answer.headers.get("location")).toBe(
      code === 303 ? new URL(url).pathname + new URL(url).search : null,
    );
    expect(await answer.text()).toMatch(code === 303 ? /^$/ : /the terminal/);
  }
  expect(await codeOf(url)).toBe(200);
});

Deno.test("the page server sends files under a strict policy, and takes no other methods", async () => {
  await using served = await serve();
  const { port, url } = served.server;
  expect(url).toBe(`http://127.0.0.1:${port}/?token=a%20token`);

  const page = await fetch(url);
  const replay = await fetch(url.replace("/?", "/replay?"));

  expect([await page.text(), await replay.text()])
    .toEqual(["<!DOCTYPE html>", "recorded"]);
  expect(Object.fromEntries(page.headers)).toMatchObject({
    "content-type": "text/html",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
  const policy = page.headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'; script-src 'self'");
  expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${port} `);
  expect(policy).not.toContain("unsafe");
  expect([page, replay].map(({ headers }) => headers.get(DISPOSITION)))
    .toEqual([null, 'attachment; filename="a.pong-replay"']);
  expect(await codeOf(url, { method: "POST", body: "{}" })).toBe(405);
});

Deno.test("the page server lets other machines in only with the token", async () => {
  const [address] = reachableAddresses("0.0.0.0");
  // A machine without a network has no other machines.
  if (address === undefined) return;
  await using served = await serve({ lanAddresses: [address] });
  await using alone = await serve();
  const { port, lanUrl } = served.server;
  const base = `http://${address}:${port}`;

  expect([lanUrl, alone.server.lanUrl]).toEqual([`${base}/?${QUERY}`, ""]);
  const paths = ["/", "/status", `/?${QUERY}`, `/status?${QUERY}`];
  expect(await Promise.all(paths.map((path) => codeOf(base + path))))
    .toEqual([403, 403, 200, 200]);
  await expect(codeOf(`http://${address}:${alone.server.port}/`))
    .rejects.toThrow();
});

Deno.test("the page server passes on what a page asks for, and knows who inspects", async () => {
  await using served = await serve();
  const page = await openPage(served);

  page.socket.send(JSON.stringify({ kind: "inspect", isOn: true }));
  page.socket.send(JSON.stringify({ kind: "join", settings: {} }));
  page.socket.send(JSON.stringify({ kind: "ready", isReady: true }));

  expect(await served.nextRequest()).toEqual({ kind: "ready", isReady: true });
  expect(served.server.isInspected).toBe(true);
  expect(served.server.rejected).toBe(1);
  await page[Symbol.asyncDispose]();
});

Deno.test("the page server shows every page what is pushed, the newest to one that comes later", async () => {
  await using served = await serve();
  const { server } = served;
  server.push({ ...VIEW, room: "OLDOLD" });
  server.push(VIEW);
  server.pushStates(() => {
    throw new Error("No page asks for states");
  });
  server.pushStates(() => STATES);

  await using first = await openPage(served);
  await using second = await openPage(served);

  for (const page of [first, second]) await expectShown(page);
  server.push(VIEW);
  server.pushStates(() => STATES);
  for (const page of [first, second]) await expectShown(page);
});

Deno.test("the page server lets the page that steered last keep the paddle, until it is closed", async () => {
  await using served = await serve();
  const first = await openPage(served);
  const second = await openPage(served);
  steer(first, -127);
  expect(await served.nextAxis()).toBe(-127);
  steer(second, 64);
  expect(await served.nextAxis()).toBe(64);

  await first[Symbol.asyncDispose]();
  steer(second, 65);
  expect(await served.nextAxis()).toBe(65);
  await second[Symbol.asyncDispose]();

  expect(await served.nextAxis()).toBe(0);
});

Deno.test("the page server drops malformed messages and goes on", async () => {
  await using served = await serve();
  await using page = await openPage(served);

  // As many as are forgiven.
  const malformed = ["", " ".repeat(1024), ...new Array(18).fill("{")];
  for (const text of malformed) page.socket.send(text);
  steer(page, 5);

  expect(await served.nextAxis()).toBe(5);
  expect(served.server.rejected).toBe(20);
});

Deno.test("the page server cuts off who sends too much, and nobody else", async () => {
  await using served = await serve();
  await using other = await openPage(served);
  for (
    const [code, sent] of [
      [1009, ["x".repeat(1025)]],
      [1003, [new Uint8Array(8)]],
      [1008, new Array<string>(21).fill("{")],
    ] as const
  ) {
    await using page = await openPage(served);

    for (const data of sent) page.socket.send(data);

    expect(await page.closed).toBe(code);
  }
  served.server.push(VIEW);
  expect(JSON.parse(String(await other.nextMessage()))).toEqual(VIEW);
});

Deno.test("the page server cuts off a page that floods it", async () => {
  await using served = await serve();
  await using page = await openPage(served);

  const { now } = performance;
  using _real = { [Symbol.dispose]: () => Object.assign(performance, { now }) };
  for (const nowMs of [5_000, 6_999]) {
    performance.now = () => nowMs;
    for (let i = 1; i < 300; i++) steer(page, 1);
    steer(page, -1);
    while (await served.nextAxis() !== -1);
    expect(served.server.rejected).toBe(0);
  }

  steer(page, 1);

  // With which code is chance: what is still on its way may reset the connection.
  await page.closed;
  expect(served.server.rejected).toBe(1);
});

Deno.test("the page server refuses more pages than anybody opens", async () => {
  await using served = await serve();
  await using stack = new AsyncDisposableStack();
  for (let i = 0; i < 8; i++) stack.use(await openPage(served));

  const ninth = await request(served.server.port, {
    path: SOCKET,
    headers: handshake(`http://localhost:${served.server.port}`),
  });

  expect(ninth).toBe(503);
});

Deno.test("the page server says that its port is in use, ends on a signal and closes its pages, once", async () => {
  const stop = new AbortController();
  const server = await servePageOn(0, stop.signal);
  const { port } = server;
  await expect(servePageOn(port)).rejects.toThrow(
    `Cannot serve the page on port ${port}: another program uses it.`,
  );
  await using page = await openPage({ server });

  stop.abort();

  expect(await page.closed).toBe(1001);
  await server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await expect(request(port, {})).rejects.toThrow();
});

Deno.test("the page server ends although a page never answers its goodbye", async () => {
  await using served = await serve();
  const { port } = served.server;
  const headers = handshake(`http://localhost:${port}`);
  using _silent = (await openRaw(port, { path: SOCKET, headers })).connection;

  await soon(Promise.resolve(served.server[Symbol.asyncDispose]()), "The end");
});

Deno.test("the page server keeps nothing of a message that never ends", async () => {
  await using served = await serve();
  const { port } = served.server;
  const headers = handshake(`http://localhost:${port}`);
  const { connection } = await openRaw(port, { path: SOCKET, headers });
  using _endless = connection;
  const part = new Uint8Array(6 + 100).fill(0);
  part.set([0x01, 0x80 | 100]);
  let code = 0;
  const answer = new Uint8Array(64);
  const end = connection.read(answer).then(() =>
    code = answer[2] << 8 | answer[3]
  );

  for (let parts = 0; code === 0 && parts < 200; parts++) {
    await connection.write(part);
    part[0] = 0;
    await last(1);
  }

  expect(code).toBe(1009);
  await end;
});
