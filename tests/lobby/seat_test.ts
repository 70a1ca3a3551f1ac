/**
 * A player's and a watcher's side of the lobby's control connection: in virtual time, with a lobby
 * that says what a test wants.
 *
 * @module
 */
import { expect } from "@std/expect";
import { NetworkError } from "../../net/link/network_error.ts";
import type { StartMessage } from "../../net/lobby/protocol.ts";
import { EventQueue } from "../../net/lobby/event_queue.ts";
import { JoinError, joinLobby, type LobbySeat } from "../../net/lobby/seat.ts";
import { watchLobby } from "../../net/lobby/watch.ts";
import { FOREVER, type RawClient } from "../support/lobby.ts";
import { VirtualTime } from "../support/virtual_time.ts";
import { FakeLobby } from "../support/wire.ts";

const WHERE = { hostname: "10.0.0.5", port: 5555, signal: FOREVER };
const RULES = { players: 2, points: 11, lives: 5, graceMs: 20_000 };
const WELCOME = {
  ...{ type: "welcome", id: "id-1", slot: 1, start: { x: 0, y: 0 } },
  ...{ room: "MINE", rules: RULES, epoch: 0 },
};
const PLAYER = {
  ...{ epoch: 0, look: 0, isBot: false, start: { x: 0, y: 0 }, name: "Mia" },
};
const RESULT = {
  reason: "finished",
  winner: 0,
  score: [11, 2],
  confirmedTick: 9,
  hash: 1,
} as const;
const CLAIM = { match: "m-1", era: 1, value: "v", seats: [[0, 0]] } as const;

function start(match: string) {
  const players = [0, 1].map((slot) => ({ ...PLAYER, slot, id: `id-${slot}` }));
  const token = `token-of-match-${match}`;
  return {
    ...{ type: "start", match, rules: RULES, token, players },
    transport: { kind: "relay" },
  };
}

/** Everything that happened to a seat or watcher, as it comes. */
function follow(
  seat: { next(): Promise<{ readonly kind: string }> },
): { readonly kind: string }[] {
  const events: { readonly kind: string }[] = [];
  const ends = ["left", "lost", "refused"];
  void (async () => {
    do events.push(await seat.next()); while (
      !ends.includes(events[events.length - 1].kind)
    );
  })();
  return events;
}

/** All lines that have come, parsed. */
function hear(time: VirtualTime, lobby: FakeLobby) {
  return hearOf(time, lobby.dialled.length - 1, lobby);
}

async function hearOf(time: VirtualTime, index: number, lobby: FakeLobby) {
  await time.settle();
  const lines = new TextDecoder().decode(lobby.dialled[index].take());
  return lines.split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

async function join(
  time: VirtualTime,
  lobby: FakeLobby,
  options: { readonly signal?: AbortSignal } = {},
): Promise<LobbySeat> {
  const joining = joinLobby({ ...WHERE, ...options, join: { name: "Ben" } });
  await time.settle();
  const { client } = lobby;
  expect(await client.message())
    .toEqual({ type: "join", version: 3, name: "Ben" });
  await client.say(WELCOME);
  const seat = await joining;
  const leave = seat[Symbol.asyncDispose].bind(seat);
  return Object.assign(seat, {
    // The lobby never closes its side, so leaving takes as long as it may.
    async [Symbol.asyncDispose]() {
      const leaving = leave();
      await time.pass(250);
      await leaving;
    },
  });
}

Deno.test("a player pings every 2 s, and tells the round trip, smoothed by an eighth", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  await using seat = await join(time, lobby);
  const told = async () => {
    const pings = await hear(time, lobby);
    return pings.map(({ type, rttMs }) => [type, rttMs]);
  };
  expect(await told()).toEqual([["ping", undefined]]);

  await time.pass(100);
  await lobby.client.say({ type: "pong" });
  await lobby.client.say({ type: "pong" });
  await time.pass(1_899);
  expect(await told()).toEqual([]);
  await time.pass(1);
  expect(await told()).toEqual([["ping", 100]]);
  await time.pass(20);
  await lobby.client.say({ type: "pong" });
  await time.pass(1_980);
  expect(await told()).toEqual([["ping", 90]]);
  // One whose pong is late is measured from the first ping on.
  await time.pass(2_000);
  expect(await told()).toEqual([["ping", 90]]);
  await time.pass(410);
  await lobby.client.say({ type: "pong" });
  await time.pass(1_590);
  expect(await told()).toEqual([["ping", 380]]);
  expect(seat.welcome).toEqual(WELCOME);
});

Deno.test("a player notices that the lobby is dead", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  await using seat = await join(time, lobby);
  const events = follow(seat);
  await time.pass(1_000);
  await lobby.client.say({ type: "pong" });
  await time.pass(5_999);
  expect(events).toEqual([]);

  await time.pass(1);

  const lost = {
    kind: "lost",
    message:
      "The lobby at 10.0.0.5:5555 is gone: it has been silent for too long.",
  };
  expect(events).toEqual([lost]);
  expect(await seat.next()).toEqual(lost);
  await lobby.dialled[0].take();
  expect([lobby.dialled[0].isOver, lobby.dialled.length]).toEqual([true, 1]);
});

Deno.test("a seat without a match is lost with its connection, or when the lobby breaks its word", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  for (const end of ["close", "say"] as const) {
    await using seat = await join(time, lobby);
    const events = follow(seat);
    if (end === "close") lobby.client.close();
    else await lobby.client.say("What?\n");
    await time.pass(60_000);

    const message =
      "The lobby at 10.0.0.5:5555 is gone: it closed the connection.";
    expect(events).toEqual([{ kind: "lost", message }]);
  }
  expect(lobby.dialled.length).toBe(2);
});

Deno.test("a player hears what happens in its room and match, and what is said to it alone", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  await using seat = await join(time, lobby);
  const events = follow(seat);
  const roster = {
    ...{ type: "roster", room: "MINE", rules: RULES, players: [] },
    ...{ watchers: 0, startsInMs: null },
  };
  const said = [
    roster,
    start("m-1"),
    { type: "watchers", count: 2 },
    { type: "again", wanted: [0], gone: [1] },
    { type: "refused", match: "m-1", era: 1 },
    { type: "error", code: "rules", message: "Never mind." },
    { type: "watch" },
  ];
  for (const message of said) await lobby.client.say(message);
  await time.settle();
  seat.setReady(false);
  seat.claim(CLAIM);
  seat.sendResult(RESULT);
  seat.askAgain();

  expect(await hear(time, lobby)).toEqual([
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
    { kind: "claim", answer: said[4] },
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
    using time = new VirtualTime();
    using lobby = new FakeLobby();
    await using seat = await join(time, lobby);
    for (const message of messages) await lobby.client.say(message);
    const events = follow(seat);

    await lobby.client.say({ type: "error", code, message: "No." });
    lobby.client.close();
    await time.pass(10_000);

    expect(events.at(-1)).toEqual({ kind: "refused", code, message: "No." });
    expect(lobby.dialled.length).toBe(1);
  });
}

Deno.test("a seat in a match comes back, later after each failure, and says again what counts", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  await using seat = await join(time, lobby);
  const events = follow(seat);
  seat.askAgain();
  seat.sendResult({ ...RESULT, winner: 1 });
  expect((await hear(time, lobby)).map(({ type }) => type)).toEqual(["ping"]);
  await lobby.client.say(start("m-1"));
  await time.settle();
  const comeBack = async (afterMs: number) => {
    await time.pass(afterMs);
    const { client } = lobby;
    expect(await client.message())
      .toEqual({ type: "return", version: 3, token: "token-of-match-m-1" });
    return client;
  };
  const fallDown = async () => {
    lobby.dialled[lobby.dialled.length - 1].close();
    await time.settle();
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
  const refusing = await comeBack(750);
  await refusing.say({ type: "error", code: "lobby_full", message: "Later." });
  await (await comeBack(2_000)).say(WELCOME);
  const said = await hear(time, lobby);
  expect(said.filter(({ type }) => type !== "ping")).toEqual([
    { type: "claim", ...CLAIM },
    { type: "result", match: "m-1", ...RESULT },
    { type: "again", match: "m-1" },
  ]);

  // Another era's answer answers nothing; its own does.
  for (const era of [2, 1]) {
    await lobby.client.say({ type: "refused", match: "m-1", era });
    await fallDown();
    await (await comeBack(250)).say(WELCOME);
    expect((await hear(time, lobby)).map(({ type }) => type).toSorted())
      .toEqual(
        era === 2
          ? ["again", "claim", "ping", "result"]
          : ["again", "ping", "result"],
      );
  }
  await lobby.client.say(start("m-1"));
  await fallDown();
  await (await comeBack(250)).say(WELCOME);
  expect((await hear(time, lobby)).length).toBe(3);
  seat.claim({ ...CLAIM, era: 2 });
  const next = start("m-2");
  await lobby.client.say(next);
  const moved = next.players.map((one) => ({ ...one, slot: 3 - one.slot }));
  // It is known by its id there, and not by where it waited.
  expect(seat.slotIn({ ...next, players: moved } as StartMessage)).toBe(2);
  await fallDown();
  await time.pass(250);
  expect((await lobby.client.message()).token).toBe("token-of-match-m-2");
  await lobby.client.say(WELCOME);
  expect((await hear(time, lobby)).map(({ type }) => type)).toEqual(["ping"]);
  const links = events.filter(({ kind }) => kind === "link");
  expect(links).toEqual(
    [...Array(5)].flatMap(() => [
      { kind: "link", up: false },
      { kind: "link", up: true },
    ]),
  );
});

Deno.test("a seat that comes back to another lobby is refused there, and over", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  await using seat = await join(time, lobby);
  await lobby.client.say(start("m-1"));
  await time.settle();
  const events = follow(seat);
  lobby.client.close();
  await time.pass(250);

  await lobby.client.say({ type: "error", code: "bad_token", message: "No." });
  await time.pass(10_000);

  expect(events.map(({ kind }) => kind)).toEqual(["start", "link", "refused"]);
  expect(lobby.attempts.length).toBe(2);
});

for (const way of ["disposed", "aborted"] as const) {
  for (const where of ["a room", "a match", "between connections"] as const) {
    Deno.test(`a seat in ${where} that is ${way} says goodbye and comes back no more`, async () => {
      using time = new VirtualTime();
      using lobby = new FakeLobby();
      const stop = new AbortController();
      const seat = await join(time, lobby, { signal: stop.signal });
      if (where !== "a room") await lobby.client.say(start("m-1"));
      await time.settle();
      if (where === "between connections") lobby.client.close();
      await time.settle();
      const { client } = lobby;

      if (way === "aborted") stop.abort();
      else void seat[Symbol.asyncDispose]();
      if (where !== "between connections") {
        expect((await hear(time, lobby)).map(({ type }) => type))
          .toEqual(["ping", "leave"]);
        client.close();
      }
      await time.pass(60_000);
      await seat[Symbol.asyncDispose]();

      const events = follow(seat);
      await time.settle();
      expect(events.at(-1)).toEqual({ kind: "left" });
      expect(lobby.attempts.length).toBe(1);
    });
  }
}

/** What may come instead of a welcome, and what is thrown then. */
const ANSWERS = [
  [{ type: "error", code: "rules", message: "Other rules." }, "Other rules."],
  [{ type: "pong" }, "does not answer as a lobby does"],
  ["HTTP/1.1 400\n", "does not answer as a lobby does"],
] as const;

for (const [answer, why] of ANSWERS) {
  Deno.test(`joining and watching fail where what answers says ${JSON.stringify(answer)}`, async () => {
    using time = new VirtualTime();
    using lobby = new FakeLobby();
    const openings = [
      () => joinLobby({ ...WHERE, join: { name: "Mia" } }),
      () => watchLobby(WHERE),
    ];
    for (const open of openings) {
      const opening = open();
      opening.catch(() => {});
      await time.settle();
      await lobby.client.say(answer);

      await expect(opening).rejects.toThrow(why);
      await expect(opening).rejects
        .toBeInstanceOf(why === "Other rules." ? JoinError : NetworkError);
      const [far] = lobby.dialled.slice(-1);
      far.take();
      expect(far.isOver).toBe(true);
    }
  });
}

Deno.test("joining and watching fail when nothing is answered for 5 s, or their signal aborts", async () => {
  using time = new VirtualTime();
  using _lobby = new FakeLobby();
  const stop = new AbortController();
  const options = { ...WHERE, signal: stop.signal };
  const openings = [
    joinLobby({ ...WHERE, join: { name: "Mia" } }),
    watchLobby(WHERE),
    joinLobby({ ...options, join: { name: "Mia" } }),
    watchLobby(options),
  ];
  const ended: number[] = [];
  const errors = openings.map((opening, i) =>
    opening.then(() => undefined, (error: unknown) => {
      ended.push(i);
      return error;
    })
  );
  await time.pass(4_999);
  expect(ended).toEqual([]);
  stop.abort("enough");
  await time.settle();
  expect(ended.toSorted()).toEqual([2, 3]);

  await time.pass(1);

  const [join, watch, ...stopped] = await Promise.all(errors);
  for (const error of [join, watch]) expect(error).toBeInstanceOf(NetworkError);
  expect(stopped).toEqual(["enough", "enough"]);
});

Deno.test("a watcher hears what happens in its room, until it is refused, loses it, or leaves", async () => {
  using time = new VirtualTime();
  using lobby = new FakeLobby();
  const message =
    "The lobby at 10.0.0.5:5555 is gone: it closed the connection.";
  const why = "It is over.";
  const ends = [
    [
      (client: RawClient) =>
        client.say({ type: "error", code: "match_over", message: why }),
      { kind: "refused", code: "match_over", message: why },
    ],
    [(client: RawClient) => client.close(), { kind: "lost", message }],
    [
      (_: RawClient, stop: AbortController) => stop.abort(),
      { kind: "left" },
    ],
    [
      (..._: [RawClient, AbortController, AsyncDisposable]) => {
        void _[2][Symbol.asyncDispose]();
      },
      { kind: "left" },
    ],
  ] as const;
  for (const [end, event] of ends) {
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

    await end(client, stop, watch);
    await time.settle();
    client.close();
    await watch[Symbol.asyncDispose]();

    expect(events).toEqual([{ kind: "watchers", count: 1 }, event]);
  }
});

Deno.test("a queue of events keeps the newest 64, then its end for ever", async () => {
  const queue = new EventQueue<number>();
  const waiting = queue.next();
  for (let event = 0; event <= 65; event++) queue.push(event);
  expect(queue.isOver).toBe(false);
  queue.finish(-1);
  queue.finish(-2);
  queue.push(99);

  expect([await waiting, queue.isOver]).toEqual([2, true]);
  const rest: number[] = [];
  while (rest.length < 65) rest.push(await queue.next());
  expect(rest.slice(0, 63)).toEqual(
    Array.from({ length: 63 }, (_, i) => i + 3),
  );
  expect(rest.slice(63)).toEqual([-1, -1]);
});
