// A player's and a watcher's side of the lobby's control connection: in virtual time, with a lobby
// that says what a test wants.
import { expect } from "@std/expect";
import { EventQueue } from "../../net/lobby/event_queue.ts";
import type { StartMessage } from "../../net/lobby/protocol.ts";
import { joinLobby } from "../../net/lobby/seat.ts";
import { watchLobby } from "../../net/lobby/watch.ts";
import { FOREVER, type RawClient, RESULT } from "../support/lobby.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { FakeLobby } from "../support/wire.ts";

const WHERE = { hostname: "10.0.0.5", port: 5555, signal: FOREVER };
const JOIN = { ...WHERE, join: { name: "Ben" } };
const RULES = { players: 2, points: 11, lives: 5, graceMs: 20_000 };
const WELCOME = {
  ...{ type: "welcome", id: "id-1", slot: 1, start: { x: 0, y: 0 } },
  ...{ room: "MINE", rules: RULES, epoch: 0, ticket: "ticket-of-a-room" },
};
const PLAYER = {
  ...{ epoch: 0, look: 0, isBot: false, start: { x: 0, y: 0 }, name: "Mia" },
};
const CLAIM = { match: "m-1", era: 1, value: "v", seats: [[0, 0]] } as const;
const GONE = "The lobby at 10.0.0.5:5555 is gone: ";
const CLOSED = {
  kind: "link",
  trouble: `${GONE}it closed the connection. Trying again.`,
};
const NO = { kind: "refused", message: "No." };

function start(match: string) {
  const players = [0, 1].map((slot) => ({ ...PLAYER, slot, id: `id-${slot}` }));
  const token = `token-of-match-${match}`;
  return {
    ...{ type: "start", match, rules: RULES, token, players },
    transport: { kind: "relay" },
  };
}

interface Happened {
  readonly kind: string;
}

/** Everything that happens to a seat or watcher from now on, as it comes. */
function follow(seat: { next(): Promise<Happened> }): Happened[] {
  const events: Happened[] = [];
  void (async () => {
    do events.push(await seat.next()); while (
      !["left", "refused"].includes(events[events.length - 1].kind)
    );
  })();
  return events;
}

/** A player who has joined, in virtual time. */
async function join(signal: AbortSignal = FOREVER) {
  const time = new VirtualTime();
  const lobby = new FakeLobby();
  const joining = joinLobby({ ...JOIN, signal });
  await time.settle();
  expect(await lobby.client.message())
    .toEqual({ type: "join", version: 4, name: "Ben" });
  await lobby.client.say(WELCOME);
  const seat = await joining;
  return {
    ...{ time, lobby, seat, events: follow(seat) },
    async say(...messages: readonly object[]): Promise<void> {
      for (const message of messages) await lobby.client.say(message);
      await time.settle();
    },
    /** All lines that the lobby has got over the newest connection, parsed. */
    async hear() {
      await time.settle();
      const lines = new TextDecoder().decode(lobby.dialled.at(-1)?.take());
      return lines.split("\n").slice(0, -1).map((line) => JSON.parse(line));
    },
    async fallDown(): Promise<void> {
      lobby.dialled.at(-1)?.close();
      await time.settle();
    },
    // The lobby never closes its side, so leaving takes as long as it may.
    async [Symbol.asyncDispose]() {
      const leaving = seat[Symbol.asyncDispose]();
      await time.pass(250);
      await leaving;
      lobby[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("a player pings every 2 s, and tells the round trip, smoothed by an eighth", async () => {
  await using player = await join();
  const { time, say, hear, seat } = player;
  expect(await hear()).toEqual([{ type: "ping" }]);
  await time.pass(100);
  await say({ type: "pong" }, { type: "pong" });
  await time.pass(1_899);
  expect(await hear()).toEqual([]);
  await time.pass(1);
  expect(await hear()).toEqual([{ type: "ping", rttMs: 100 }]);

  // One whose pong is late is measured from the first ping on.
  for (const [pongMs, toldMs] of [[20, [90]], [2_410, [90, 380]]] as const) {
    await time.pass(pongMs);
    await say({ type: "pong" });
    await time.pass(2_000 - pongMs % 2_000);
    expect(await hear())
      .toEqual(toldMs.map((rttMs) => ({ type: "ping", rttMs })));
  }
  expect(seat.welcome).toEqual(WELCOME);
});

Deno.test("a player notices that the lobby is dead", async () => {
  await using player = await join();
  const { time, lobby, events, say } = player;
  await time.pass(1_000);
  await say({ type: "pong" });
  await time.pass(5_999);
  expect(events).toEqual([]);

  await time.pass(1);

  const trouble = `${GONE}it has been silent for too long. Trying again.`;
  expect(events).toEqual([{ kind: "link", trouble }]);
  lobby.dialled[0].take();
  expect([lobby.dialled[0].isOver, lobby.dialled.length]).toEqual([true, 1]);
});

/** What ends the connection of somebody who waits in a room. */
const BREAKS: Readonly<Record<string, (client: RawClient) => Promise<void>>> = {
  "its connection breaks": (client) => Promise.resolve(client.close()),
  "the lobby breaks its word": (client) => client.say("What?\n"),
  ...Object.fromEntries(
    ["shutting_down", "silent", "taken_over"].map((code) => [
      `the lobby says ${code}`,
      async (client: RawClient) => {
        await client.say({ type: "error", code, message: "No." });
        client.close();
      },
    ]),
  ),
};

for (const [when, end] of Object.entries(BREAKS)) {
  Deno.test(`a seat in a room is taken again by its ticket when ${when}, however long that takes`, async () => {
    await using player = await join();
    const { time, lobby, seat, events, say } = player;
    seat.setReady(false);
    lobby.refusal = new Deno.errors.ConnectionRefused();
    await end(lobby.client);
    await time.pass(600_000);
    const kinds = events.map(({ kind }) => kind);
    lobby.refusal = undefined;
    await time.pass(2_000);

    expect(events.slice(0, 2)).toEqual([CLOSED, {
      kind: "link",
      trouble: expect.stringMatching(/Cannot connect.* Trying again\.$/),
    }]);
    expect(kinds).toEqual(["link", "link"]);
    expect(await lobby.client.message()).toEqual({
      ...{ type: "join", version: 4, name: "Ben", isReady: false },
      ticket: WELCOME.ticket,
    });
    // A refusal there may pass, too: others may be about to leave.
    await say({ type: "error", code: "room_playing", message: "Full." });
    await time.pass(2_000);
    await lobby.client.message();
    const welcome = { ...WELCOME, slot: 0 };
    await say(welcome);
    expect(events.slice(2)).toEqual([
      { kind: "link", trouble: "Full. Trying again." },
      { kind: "seated", welcome },
      { kind: "link", trouble: "" },
    ]);
    expect(seat.welcome).toEqual(welcome);
  });
}

Deno.test("a player hears what happens in its room and match, and what is said to it alone", async () => {
  await using player = await join();
  const { seat, events, say, hear } = player;
  const roster = {
    ...{ type: "roster", room: "MINE", rules: RULES, players: [] },
    ...{ watchers: 0, startsInMs: null },
  };
  const refused = { type: "refused", match: "m-1", era: 1 };
  await say(
    roster,
    start("m-1"),
    { type: "watchers", count: 2 },
    { type: "again", wanted: [0], gone: [1] },
    refused,
    { type: "error", code: "rules", message: "Never mind." },
    { type: "watch" },
  );
  seat.setReady(false);
  seat.claim(CLAIM);
  seat.sendResult(RESULT);
  seat.askAgain();

  expect(await hear()).toEqual([
    { type: "ping" },
    { type: "ready", isReady: false },
    { type: "claim", ...CLAIM },
    { type: "result", match: "m-1", ...RESULT },
    { type: "again", match: "m-1" },
  ]);
  expect(events).toEqual([
    { kind: "roster", roster },
    { kind: "start", start: start("m-1") },
    { kind: "watchers", count: 2 },
    { kind: "again", wanted: [0], gone: [1] },
    { kind: "claim", answer: refused },
  ]);
});

for (
  const [when, messages, code] of [
    ["before a match, for whatever reason", [], "rules"],
    ["in a match, if its seat has gone", [start("m-1")], "taken_over"],
    ["in a match, if its token is no good", [start("m-1")], "bad_token"],
  ] as const
) {
  Deno.test(`a seat is over when the lobby refuses it ${when}`, async () => {
    await using player = await join();
    const { time, lobby, events, say } = player;
    await say(...messages, { type: "error", code, message: "No." });
    lobby.client.close();
    await time.pass(10_000);

    expect(events.at(-1)).toEqual({ ...NO, code });
    expect(lobby.dialled.length).toBe(1);
  });
}

Deno.test("a seat in a match comes back, later after each failure, and says again what counts", async () => {
  await using player = await join();
  const { time, lobby, seat, events, say, hear, fallDown } = player;
  const hearTypes = async () =>
    (await hear()).map(({ type }) => type).toSorted();
  seat.askAgain();
  seat.sendResult({ ...RESULT, winner: 1 });
  expect(await hearTypes()).toEqual(["ping"]);
  await say(start("m-1"));
  const comeBack = async (
    afterMs: number,
    match = "m-1",
    answer: object = WELCOME,
  ) => {
    await time.pass(afterMs);
    const token = `token-of-match-${match}`;
    expect(await lobby.client.message())
      .toEqual({ type: "return", version: 4, token });
    await say(answer);
  };

  lobby.refusal = new Deno.errors.ConnectionRefused();
  await fallDown();
  const beganMs = time.nowMs;
  const { length } = lobby.attempts;
  await time.pass(7_000);
  expect(lobby.attempts.slice(length).map((atMs) => atMs - beganMs))
    .toEqual([250, 750, 1_750, 3_750, 5_750]);
  lobby.refusal = undefined;
  seat.claim(CLAIM);
  seat.sendResult(RESULT);
  seat.askAgain();
  // A lobby that refuses for now, then one that takes it.
  const full = { type: "error", code: "lobby_full", message: "Later." };
  await comeBack(750, "m-1", full);
  await comeBack(2_000);
  expect((await hear()).filter(({ type }) => type !== "ping")).toEqual([
    { type: "claim", ...CLAIM },
    { type: "result", match: "m-1", ...RESULT },
    { type: "again", match: "m-1" },
  ]);

  // Another era's answer answers nothing; its own does; and a start may be repeated.
  const refused = { type: "refused", match: "m-1" };
  for (
    const [said, repeated] of [
      [{ ...refused, era: 2 }, ["again", "claim", "ping", "result"]],
      [{ ...refused, era: 1 }, ["again", "ping", "result"]],
      [start("m-1"), ["again", "ping", "result"]],
    ] as const
  ) {
    await say(said);
    await fallDown();
    await comeBack(250);
    expect(await hearTypes()).toEqual(repeated);
  }
  seat.claim({ ...CLAIM, era: 2 });
  const next = start("m-2");
  await say(next);
  const moved = next.players.map((one) => ({ ...one, slot: 3 - one.slot }));
  // It is known by its id there, and not by where it waited.
  expect(seat.slotIn({ ...next, players: moved } as StartMessage)).toBe(2);
  await fallDown();
  await comeBack(250, "m-2");
  expect(await hearTypes()).toEqual(["ping"]);
  const links = events.filter(({ kind }) => kind === "link");
  expect(links).toEqual(
    links.map((_, i) => ({
      kind: "link",
      trouble: expect.stringMatching(
        i % 2 === 0 || i === 1 ? /Trying again\.$/ : /^$/,
      ),
    })),
  );
  expect(links.length).toBe(12);
});

Deno.test("a seat that comes back to another lobby is refused there, and over", async () => {
  await using player = await join();
  const { time, lobby, events, say, fallDown } = player;
  await say(start("m-1"));
  await fallDown();
  await time.pass(250);

  await say({ type: "error", code: "bad_token", message: "No." });
  await time.pass(10_000);

  expect(events.map(({ kind }) => kind)).toEqual(["start", "link", "refused"]);
  expect(lobby.attempts.length).toBe(2);
});

for (const way of ["disposed", "aborted"] as const) {
  for (const where of ["a room", "a match", "between connections"] as const) {
    Deno.test(`a seat in ${where} that is ${way} says goodbye and comes back no more`, async () => {
      const stop = new AbortController();
      await using player = await join(stop.signal);
      const { time, lobby, seat, events, say, hear, fallDown } = player;
      if (where !== "a room") await say(start("m-1"));
      if (where === "between connections") await fallDown();

      if (way === "aborted") stop.abort();
      else void seat[Symbol.asyncDispose]();
      if (where !== "between connections") {
        expect(await hear()).toEqual([{ type: "ping" }, { type: "leave" }]);
        await fallDown();
      }
      await time.pass(60_000);
      await seat[Symbol.asyncDispose]();

      expect(events.at(-1)).toEqual({ kind: "left" });
      expect(lobby.attempts.length).toBe(1);
    });
  }
}

/** What ends watching, and how it is told. */
const ENDS: readonly (readonly [
  (
    parts: { client: RawClient; stop: AbortController; watch: AsyncDisposable },
  ) => void,
  object,
])[] = [
  [
    ({ client }) =>
      void client.say({ type: "error", code: "match_over", message: "No." }),
    { ...NO, code: "match_over" },
  ],
  [({ stop }) => stop.abort(), { kind: "left" }],
  [({ watch }) => void watch[Symbol.asyncDispose](), { kind: "left" }],
];

Deno.test("a watcher hears what happens in its room, until it is refused or leaves", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  for (const [end, event] of ENDS) {
    const stop = new AbortController();
    const opening = watchLobby({ ...WHERE, room: "MINE", signal: stop.signal });
    await time.settle();
    const { client } = lobby;
    expect(await client.message())
      .toMatchObject({ type: "join", room: "MINE", spectate: true });
    const watching = { type: "watching", room: "MINE", rules: RULES };
    await client.say(watching);
    const watch = await opening;
    expect(watch.watching).toEqual(watching);
    const events = follow(watch);
    await client.say({ type: "watchers", count: 1 });
    await client.say({ type: "watch" });
    await time.settle();

    end({ client, stop, watch });
    await time.settle();
    client.close();
    await watch[Symbol.asyncDispose]();

    expect(events).toEqual([{ kind: "watchers", count: 1 }, event]);
  }
});

Deno.test("a watcher comes back to its room, where its players may be missing for a minute", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const opening = watchLobby({ ...WHERE, room: undefined });
  await time.settle();
  const watching = { type: "watching", room: "MINE", rules: RULES };
  await lobby.client.message();
  await lobby.client.say(watching);
  const watch = await opening;
  const events = follow(watch);
  const missing = { type: "error", code: "no_such_room", message: "None." };
  for (const answer of [missing, watching, ...new Array(32).fill(missing)]) {
    lobby.dialled.at(-1)?.close();
    await time.pass(2_000);
    if (events.at(-1)?.kind === "refused") break;
    expect(await lobby.client.message())
      .toMatchObject({ type: "join", room: "MINE", spectate: true });
    await lobby.client.say(answer);
    await time.settle();
  }
  await watch[Symbol.asyncDispose]();

  const again = { kind: "link", trouble: "None. Trying again." };
  expect(events.slice(0, 5))
    .toEqual([CLOSED, again, { kind: "link", trouble: "" }, CLOSED, again]);
  expect(events.at(-1))
    .toEqual({ kind: "refused", code: "no_such_room", message: "None." });
  expect(time.nowMs).toBeGreaterThan(60_000);
});

Deno.test("a queue of events keeps the newest 64, then its end for ever", async () => {
  const queue = new EventQueue<number>();
  const waiting = queue.next();
  for (let event = 0; event <= 65; event++) queue.push(event);
  expect(queue.isOver).toBe(false);
  for (const end of [-1, -2]) queue.finish(end);
  queue.push(99);

  expect([await waiting, queue.isOver]).toEqual([2, true]);
  const rest: number[] = [];
  while (rest.length < 65) rest.push(await queue.next());
  const newest = Array.from({ length: 63 }, (_, i) => i + 3);
  expect(rest).toEqual([...newest, -1, -1]);
});
