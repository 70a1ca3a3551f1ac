/**
 * Who may see and steer the game through the page's server, and what they get.
 *
 * @module
 */
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
  request,
  serve,
  TOKEN,
  VIEW,
} from "../support/page_client.ts";
import { soon } from "../support/waiting.ts";

const SOCKET = `/socket?token=${encodeURIComponent(TOKEN)}`;
const STATES = [3, 4].map((seed) => createState(DEFAULT_RULES, seed));

/** The page, served to nobody who is noted. */
function servePageOn(port: number, signal = new AbortController().signal) {
  return servePage({
    ...{ port, signal, assets: ASSETS, token: TOKEN },
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

Deno.test("the page server answers only to its own names", async () => {
  await using served = await serve();
  const { port } = served.server;

  const hosts = ["127.0.0.1", "localhost", "evil.example"]
    .map((name) => `${name}:${port}`);
  const codes = await Promise.all(
    [...hosts, "127.0.0.1", ""].map((host) =>
      request(port, { path: "/status", headers: { host } })
    ),
  );

  expect(codes).toEqual([200, 200, 403, 403, 403]);
});

for (
  const [who, origin, token, code] of [
    ["a foreign website", "http://evil.example", TOKEN, 403],
    ["a website on another port", "http://127.0.0.1:1", TOKEN, 403],
    ["a client without origin", "", TOKEN, 403],
    ["a page without token", undefined, "", 403],
    ["a page with another token", undefined, "another", 403],
    ["its own page", undefined, TOKEN, 101],
  ] as const
) {
  Deno.test(`the page server answers ${code} to the socket of ${who}`, async () => {
    await using served = await serve();
    const { port } = served.server;

    const answer = await request(port, {
      path: `/socket?token=${encodeURIComponent(token)}`,
      headers: handshake(origin ?? `http://localhost:${port}`),
    });

    expect(answer).toBe(code);
  });
}

Deno.test("the page server sends files under a strict policy", async () => {
  await using served = await serve();
  const { port, url } = served.server;

  const response = await fetch(url);

  expect(await response.text()).toBe("<!DOCTYPE html>");
  const policy = response.headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'; script-src 'self'");
  expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${port} `);
  expect(policy).not.toContain("unsafe");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("content-disposition")).toBe(null);
  expect(response.headers.get("content-type")).toBe("text/html");
  expect(url).toBe(`http://127.0.0.1:${port}/?token=a%20token`);
});

Deno.test("the page server tells its status without a token", async () => {
  await using served = await serve();

  const response = await fetch(`http://127.0.0.1:${served.server.port}/status`);

  expect(await response.json()).toEqual({ phase: "lobby" });
});

Deno.test("the page server gives downloads only to who has its token", async () => {
  await using served = await serve();
  const { port, url } = served.server;
  const download = `http://127.0.0.1:${port}/replay`;

  const response = await fetch(url.replace("/?", "/replay?"));

  expect(await codeOf(download)).toBe(403);
  expect(await codeOf(url.replace("/?", "/qr.svg?"))).toBe(404);
  expect(await response.text()).toBe("recorded");
  expect(response.headers.get("content-disposition"))
    .toBe('attachment; filename="a.pong-replay"');
});

Deno.test("the page server lets other machines in only with the token", async () => {
  const [address] = reachableAddresses("0.0.0.0");
  // A machine without a network has no other machines.
  if (address === undefined) return;
  await using served = await serve({ lanAddresses: [address] });
  await using alone = await serve();
  const { port, lanUrl } = served.server;
  const base = `http://${address}:${port}`;

  expect(lanUrl).toContain(`${base}/?token=`);
  expect(await codeOf(`${base}/`)).toBe(403);
  expect(await codeOf(`${base}/status`)).toBe(403);
  expect(await codeOf(lanUrl)).toBe(200);
  expect(await codeOf(lanUrl.replace("/?", "/status?"))).toBe(200);
  expect(alone.server.lanUrl).toBe("");
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

Deno.test("the page server has no other files and takes no other methods", async () => {
  await using served = await serve();
  const address = `http://127.0.0.1:${served.server.port}`;

  expect(await codeOf(`${address}/../deno.json`)).toBe(404);
  expect(await codeOf(address, { method: "POST", body: "{}" })).toBe(405);
});

Deno.test("the page server sends the newest view and states to a page that comes later", async () => {
  await using served = await serve();
  served.server.push({ ...VIEW, room: "OLDOLD" });
  served.server.push(VIEW);
  served.server.pushStates(() => {
    throw new Error("No page asks for states");
  });
  served.server.pushStates(() => STATES);

  for (let visit = 0; visit < 2; visit++) {
    await using page = await openPage(served);

    await expectShown(page);
  }
});

Deno.test("the page server shows every page what is pushed", async () => {
  await using served = await serve();
  await using first = await openPage(served);
  await using second = await openPage(served);

  served.server.push(VIEW);
  served.server.pushStates(() => STATES);

  for (const page of [first, second]) await expectShown(page);
});

Deno.test("the page server lets go of the paddle when the page that steers is closed", async () => {
  await using served = await serve();
  const page = await openPage(served);
  steer(page, -127);
  expect(await served.nextAxis()).toBe(-127);

  await page[Symbol.asyncDispose]();

  expect(await served.nextAxis()).toBe(0);
});

Deno.test("the page server lets the page that steered last keep the paddle", async () => {
  await using served = await serve();
  const first = await openPage(served);
  await using second = await openPage(served);
  steer(first, -127);
  expect(await served.nextAxis()).toBe(-127);
  steer(second, 64);
  expect(await served.nextAxis()).toBe(64);

  await first[Symbol.asyncDispose]();
  steer(second, 65);

  expect(await served.nextAxis()).toBe(65);
});

Deno.test("the page server drops malformed messages and goes on", async () => {
  await using served = await serve();
  await using page = await openPage(served);

  const malformed = [
    "",
    "{",
    "null",
    '{"kind":"input","axis":128}',
    '{"kind":"input","axis":0.5}',
    '{"kind":"input","axis":"1"}',
    '{"kind":"other","axis":1}',
    " ".repeat(1024),
    // As many as are forgiven.
    ...new Array(12).fill("{"),
  ];
  for (const text of malformed) page.socket.send(text);
  steer(page, 5);

  expect(await served.nextAxis()).toBe(5);
  expect(served.server.rejected).toBe(20);
});

Deno.test("the page server cuts off who sends too much, and nobody else", async () => {
  await using served = await serve();
  await using other = await openPage(served);
  const cases: readonly (readonly [code: number, sent: unknown[]])[] = [
    [1009, ["x".repeat(1025)]],
    [1009, [new Uint8Array(8)]],
    [1008, new Array(21).fill("{")],
  ];
  for (const [code, sent] of cases) {
    await using page = await openPage(served);

    // Texts and bytes, as a socket takes them.
    for (const data of sent) page.socket.send(data as string);

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

Deno.test("the page server says which port is in use", async () => {
  await using served = await serve();
  const { port } = served.server;

  await expect(servePageOn(port)).rejects.toThrow(
    `Cannot serve the page on port ${port}: another program uses it.`,
  );
});

Deno.test("the page server ends on a signal and closes its pages, once", async () => {
  const stop = new AbortController();
  const server = await servePageOn(0, stop.signal);
  await using page = await openPage({ server });

  stop.abort();

  expect(await page.closed).toBe(1001);
  await server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await expect(request(server.port, {})).rejects.toThrow();
});

Deno.test("the page server ends although a page never answers its goodbye", async () => {
  await using served = await serve();
  const { port } = served.server;
  using silent = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    ...handshake(`http://127.0.0.1:${port}`),
  }).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await silent.write(
    new TextEncoder().encode(`GET ${SOCKET} HTTP/1.1\r\n${lines}\r\n`),
  );
  await silent.read(new Uint8Array(1024));

  await soon(Promise.resolve(served.server[Symbol.asyncDispose]()), "The end");
});
