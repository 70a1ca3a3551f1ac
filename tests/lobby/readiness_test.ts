import { expect } from "@std/expect";
import { type Countdown, countDown } from "../../net/lobby_server/readiness.ts";
import { TestLobby } from "./books.ts";

/** A lobby in which clients 1, 2 … have joined one room; the first ones are ready. */
function gather(players: number, ready: number): TestLobby {
  const lobby = new TestLobby();
  for (let client = 1; client <= players; client++) {
    const isReady = client <= ready;
    lobby.join(client, { room: "MINE", players, isReady, name: `P${client}` });
  }
  return lobby;
}

function ready(lobby: TestLobby, client: number, isReady = true): void {
  lobby.say(client, { type: "ready", isReady });
}

Deno.test("a full room waits until the last one is ready, and begins at once", () => {
  const lobby = gather(3, 0);
  for (const client of [2, 3]) ready(lobby, client);
  expect(lobby.heard(1, "start")).toEqual([]);

  ready(lobby, 1);

  expect(lobby.newest(1, "start").players.length).toBe(3);
  expect(lobby.newest(3, "roster").players.map(({ isReady }) => isReady))
    .toEqual([true, true, true]);
});

Deno.test("everybody in the room hears who is ready, once for each change", () => {
  const lobby = gather(3, 0);
  lobby.forget();

  for (const isReady of [true, true, false]) ready(lobby, 2, isReady);

  expect(
    lobby.heard(1, "roster")
      .map(({ players }) => players.map(({ isReady }) => isReady)),
  ).toEqual([[false, true, false], [false, false, false]]);
});

for (
  const [players, ready, waitMs] of [
    [2, 1, 30_000],
    [3, 2, 10_000],
    [4, 2, 30_000],
    [4, 3, 10_000],
  ] as const
) {
  Deno.test(`a room of ${players} with ${ready} ready waits ${waitMs} ms, then gives up the other seats`, () => {
    const lobby = gather(players, ready);
    expect(lobby.newest(1, "roster").startsInMs).toBe(waitMs);
    lobby.wait(waitMs - 1);
    expect(lobby.closed).toEqual([]);

    lobby.wait(1);

    const late = [1, 2, 3, 4].slice(ready, players);
    expect(lobby.closed).toEqual(late);
    for (const client of late) {
      expect(lobby.heard(client, "error")).toEqual([{
        type: "error",
        code: "not_ready",
        message:
          "You were not ready, so your seat was given up. Join again in 10 s.",
      }]);
    }
    expect(lobby.heard(1, "start").length).toBe(ready >= 2 ? 1 : 0);
  });
}

for (const [players, ready] of [[3, 0], [3, 1], [4, 1]]) {
  Deno.test(`a room of ${players} with ${ready} ready waits for ever`, () => {
    const lobby = gather(players, ready);
    lobby.wait(120_000);

    expect(lobby.closed).toEqual([]);
    expect(lobby.newest(1, "roster").startsInMs).toBe(null);
  });
}

Deno.test("those who are left move to the first slots, with their ids and looks", () => {
  const lobby = gather(4, 0);
  for (const client of [2, 4]) ready(lobby, client);
  const [, mia, , ben] = lobby.newest(2, "roster").players
    .map(({ id, look, name }) => ({ id, look, name }));

  lobby.wait(30_000);

  const { rules, players, token } = lobby.newest(4, "start");
  expect(rules.players).toBe(2);
  expect(players).toMatchObject([{ slot: 0, ...mia }, { slot: 1, ...ben }]);
  expect(lobby.books.matches.seatOf(4)?.slot).toBe(1);
  expect(lobby.books.matches.relayOpened(token)?.slot).toBe(1);
});

Deno.test("who is left alone waits on in an open room, and who lost the seat may join again", () => {
  const lobby = gather(2, 1);
  lobby.wait(30_000);
  const { players, startsInMs } = lobby.newest(1, "roster");
  expect([players.length, startsInMs]).toEqual([1, null]);
  lobby.leave(2);

  lobby.join(3, { room: "MINE" });

  expect(lobby.newest(3, "welcome").slot).toBe(1);
  expect(lobby.heard(1, "start").length).toBe(1);
});

Deno.test("who was put out waits before the next try, and nobody else behind the same address", () => {
  const lobby = gather(2, 1);
  lobby.wait(33_500);
  lobby.addressOf = (client) => client === 5 ? "5" : "2";
  const join = (client: number, name: string) => {
    lobby.join(client, { room: "OTHER", players: 4, name });
    return lobby.types(client)[0];
  };

  expect([join(3, "P2"), join(4, "P3"), join(5, "P2")])
    .toEqual(["error", "welcome", "welcome"]);
  expect(lobby.newest(3, "error").message).toMatch(/Join again in 7 s\.$/);
  lobby.wait(6_500);
  expect(join(6, "P2")).toBe("welcome");
});

Deno.test("a countdown stops when a seat is free, though all are ready, and begins anew", () => {
  const lobby = gather(3, 2);
  lobby.wait(9_000);
  lobby.leave(3);
  expect(lobby.newest(1, "roster").startsInMs).toBe(null);
  lobby.wait(60_000);
  expect([lobby.closed, lobby.heard(1, "start")]).toEqual([[], []]);

  lobby.join(4, { room: "MINE", isReady: false });

  expect(lobby.newest(1, "roster").startsInMs).toBe(10_000);
});

Deno.test("a countdown never gets longer because more are ready", () => {
  const lobby = gather(4, 2);
  const startsInMs = () => lobby.newest(2, "roster").startsInMs;
  lobby.wait(5_000);
  ready(lobby, 1, false);
  expect(startsInMs()).toBe(null);
  ready(lobby, 1);
  expect(startsInMs()).toBe(30_000);
  lobby.wait(25_000);

  ready(lobby, 3);

  expect(startsInMs()).toBe(5_000);
  lobby.wait(5_000);
  expect(lobby.newest(2, "start").players.length).toBe(3);
});

Deno.test("a countdown is longer when fewer are ready, and never for more", () => {
  const most: Countdown = { lengthMs: 10_000, endsAtMs: 12_000 };
  const half: Countdown = { lengthMs: 30_000, endsAtMs: 12_000 };
  for (
    const [ready, running, expected] of [
      [3, most, most],
      [2, most, { lengthMs: 30_000, endsAtMs: 41_000 }],
      [3, half, { lengthMs: 10_000, endsAtMs: 12_000 }],
      [4, half, undefined],
    ] as const
  ) {
    const players = [0, 1, 2, 3].map((i) => ({ isReady: i < ready }));
    expect(countDown({ seats: 4, players }, running, 11_000)).toEqual(expected);
  }
});

Deno.test("a full room that waits takes nobody else: a code is refused, others get a new room", () => {
  const lobby = new TestLobby();
  for (const client of [1, 2]) lobby.join(client, { isReady: false });
  const { room } = lobby.newest(1, "welcome");

  lobby.join(3, { room });
  lobby.join(4);

  expect(lobby.newest(3, "error").code).toBe("room_playing");
  expect(lobby.newest(4, "welcome").room).not.toBe(room);
});

Deno.test("bots are ready from the start, and everybody knows that they are bots", () => {
  const lobby = new TestLobby();
  lobby.join(1, { isReady: false });
  lobby.join(2, { isReady: false, isBot: true });
  const bot = { isBot: true, isReady: true };
  expect(lobby.newest(1, "roster").players)
    .toMatchObject([{ isBot: false, isReady: false }, bot]);

  ready(lobby, 1);

  expect(lobby.newest(1, "start").players.map(({ isBot }) => isBot))
    .toEqual([false, true]);
});

Deno.test("being ready is for those who wait; a match that has begun takes no notice", () => {
  const lobby = gather(2, 2);
  ready(lobby, 3);
  expect(lobby.newest(3, "error").code).toBe("not_playing");
  lobby.forget();

  ready(lobby, 1, false);

  expect(lobby.types(1)).toEqual([]);
});

Deno.test("a room hears of round-trip times, once a second at most and only of new ones", () => {
  const lobby = gather(3, 0);
  lobby.join(9, { room: "OTHER" });
  expect(lobby.newest(2, "roster").players[0].rttMs).toBe(null);
  lobby.forget();

  for (const rttMs of [20.4, 31.7, 31.6, 32.4, 25]) {
    lobby.say(1, { type: "ping", rttMs });
    lobby.wait(250);
  }
  lobby.wait(2_000);
  for (const rttMs of [25.2, undefined]) lobby.say(1, { type: "ping", rttMs });
  lobby.wait(2_000);

  expect(
    lobby.heard(2, "roster").map(({ players: [first] }) => first.rttMs),
  ).toEqual([32, 25]);
  expect(lobby.heard(1, "pong").length).toBe(7);
  expect(lobby.heard(9, "roster")).toEqual([]);
});
