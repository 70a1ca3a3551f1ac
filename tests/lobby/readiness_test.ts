import { expect } from "@std/expect";
import { type Countdown, countDown } from "../../net/lobby_server/readiness.ts";
import { TestLobby } from "./books.ts";

/** Clients 1, 2 … join one room; the first ones are ready. */
function gather(lobby: TestLobby, players: number, ready: number): void {
  for (let client = 1; client <= players; client++) {
    const isReady = client <= ready;
    lobby.join(client, { room: "MINE", players, isReady, name: `P${client}` });
  }
}

function ready(lobby: TestLobby, client: number, isReady = true): void {
  lobby.say(client, { type: "ready", isReady });
}

Deno.test("a full room waits until the last one is ready, and begins at once", () => {
  const lobby = new TestLobby();
  gather(lobby, 3, 0);
  ready(lobby, 2);
  ready(lobby, 3);
  expect(lobby.heard(1, "start")).toEqual([]);

  ready(lobby, 1);

  expect(lobby.newest(1, "start").players.length).toBe(3);
  expect(lobby.newest(3, "roster").players.map(({ isReady }) => isReady))
    .toEqual([true, true, true]);
});

Deno.test("a room isn't full because all in it are ready", () => {
  const lobby = new TestLobby();
  lobby.join(1, { players: 3 });
  lobby.join(2, { players: 3 });
  lobby.wait(60_000);

  expect(lobby.heard(1, "start")).toEqual([]);
  expect(lobby.newest(1, "roster").startsInMs).toBe(null);
});

Deno.test("everybody in the room hears who is ready, once for each change", () => {
  const lobby = new TestLobby();
  gather(lobby, 3, 0);
  lobby.forget();

  ready(lobby, 2);
  ready(lobby, 2);
  ready(lobby, 2, false);

  expect(
    lobby.heard(1, "roster")
      .map(({ players }) => players.map(({ isReady }) => isReady)),
  ).toEqual([[false, true, false], [false, false, false]]);
});

for (
  const { players, ready, waitMs } of [
    { players: 2, ready: 1, waitMs: 30_000 },
    { players: 3, ready: 2, waitMs: 10_000 },
    { players: 4, ready: 2, waitMs: 30_000 },
    { players: 4, ready: 3, waitMs: 10_000 },
  ]
) {
  Deno.test(`a room of ${players} with ${ready} ready waits ${waitMs} ms, then gives up the other seats`, () => {
    const lobby = new TestLobby();
    gather(lobby, players, ready);
    expect(lobby.newest(1, "roster").startsInMs).toBe(waitMs);
    lobby.wait(waitMs - 1);
    expect(lobby.closed).toEqual([]);

    lobby.wait(1);

    const late = Array.from(
      { length: players - ready },
      (_, i) => ready + 1 + i,
    );
    expect(lobby.closed).toEqual(late);
    for (const client of late) {
      expect(lobby.newest(client, "error")).toEqual({
        type: "error",
        code: "not_ready",
        message: "You were not ready, so your seat was given up. Join again.",
      });
    }
    expect(lobby.heard(1, "start").length).toBe(ready >= 2 ? 1 : 0);
  });
}

for (const [players, ready] of [[3, 0], [3, 1], [4, 1]]) {
  Deno.test(`a room of ${players} with ${ready} ready waits for ever`, () => {
    const lobby = new TestLobby();
    gather(lobby, players, ready);
    lobby.wait(120_000);

    expect(lobby.closed).toEqual([]);
    expect(lobby.newest(1, "roster").startsInMs).toBe(null);
  });
}

Deno.test("those who are left move to the first slots, with their ids and looks", () => {
  const lobby = new TestLobby();
  gather(lobby, 4, 0);
  for (const client of [2, 4]) ready(lobby, client);
  const { players: before } = lobby.newest(2, "roster");

  lobby.wait(30_000);

  const { rules, players } = lobby.newest(4, "start");
  expect(rules.players).toBe(2);
  expect(players.map(({ slot }) => slot)).toEqual([0, 1]);
  expect(players.map(({ id, look, name }) => [id, look, name]))
    .toEqual([1, 3].map((i) => [before[i].id, before[i].look, before[i].name]));
  expect(lobby.books.matches.seatOf(4)?.slot).toBe(1);
  const { token } = lobby.newest(4, "start");
  expect(lobby.books.matches.relayOpened(token)?.slot).toBe(1);
});

Deno.test("who is left alone waits on in an open room", () => {
  const lobby = new TestLobby();
  gather(lobby, 2, 1);
  lobby.wait(30_000);

  const { players, startsInMs } = lobby.newest(1, "roster");
  expect([players.length, startsInMs]).toEqual([1, null]);
  lobby.join(3, { room: "MINE" });
  expect(lobby.heard(1, "start").length).toBe(1);
});

Deno.test("who lost the seat may join again", () => {
  const lobby = new TestLobby();
  gather(lobby, 2, 1);
  lobby.wait(30_000);
  lobby.leave(2);

  lobby.join(3, { room: "MINE" });

  expect(lobby.newest(3, "welcome").slot).toBe(1);
});

Deno.test("a countdown stops when a seat is free, and begins anew", () => {
  const lobby = new TestLobby();
  gather(lobby, 3, 2);
  lobby.wait(9_000);
  lobby.leave(2);
  expect(lobby.newest(1, "roster").startsInMs).toBe(null);
  lobby.wait(60_000);
  expect(lobby.closed).toEqual([]);

  lobby.join(4, { room: "MINE" });

  expect(lobby.newest(1, "roster").startsInMs).toBe(10_000);
});

Deno.test("a countdown never gets longer because more are ready", () => {
  const lobby = new TestLobby();
  gather(lobby, 4, 2);
  lobby.wait(5_000);
  ready(lobby, 1, false);
  expect(lobby.newest(2, "roster").startsInMs).toBe(null);
  ready(lobby, 1);
  expect(lobby.newest(2, "roster").startsInMs).toBe(30_000);
  lobby.wait(25_000);

  ready(lobby, 3);

  expect(lobby.newest(2, "roster").startsInMs).toBe(5_000);
  lobby.wait(5_000);
  expect(lobby.newest(2, "start").players.length).toBe(3);
});

Deno.test("a countdown is longer when fewer are ready, and never for more", () => {
  const gathering = (ready: number) => ({
    seats: 4,
    players: [0, 1, 2, 3].map((i) => ({ isReady: i < ready })),
  });
  const most: Countdown = { lengthMs: 10_000, endsAtMs: 12_000 };

  expect(countDown(gathering(3), most, 11_000)).toEqual(most);
  expect(countDown(gathering(2), most, 11_000)?.endsAtMs).toBe(41_000);
  const half: Countdown = { lengthMs: 30_000, endsAtMs: 12_000 };
  expect(countDown(gathering(3), half, 11_000)?.endsAtMs).toBe(12_000);
  expect(countDown(gathering(4), half, 11_000)).toBe(undefined);
});

Deno.test("a full room that waits takes nobody else: a code is refused, others get a new room", () => {
  const lobby = new TestLobby();
  lobby.join(1, { isReady: false });
  lobby.join(2, { isReady: false });
  const { room } = lobby.newest(1, "welcome");

  lobby.join(3, { room });
  lobby.join(4);

  expect(lobby.newest(3, "error").code).toBe("room_playing");
  expect(lobby.newest(4, "welcome").room).not.toBe(room);
});

Deno.test("bots are ready from the start, and everybody knows that they are bots", () => {
  const lobby = new TestLobby();
  lobby.join(1, { isReady: false, name: "Mia" });
  lobby.join(2, { isReady: false, isBot: true, name: "Bot" });
  expect(
    lobby.newest(1, "roster").players.map(({ isBot, isReady }) => [
      isBot,
      isReady,
    ]),
  ).toEqual([[false, false], [true, true]]);

  ready(lobby, 1);

  expect(lobby.newest(1, "start").players.map(({ isBot }) => isBot))
    .toEqual([false, true]);
});

Deno.test("being ready is for those who wait; a match that has begun takes no notice", () => {
  const lobby = new TestLobby();
  ready(lobby, 1);
  expect(lobby.newest(1, "error").code).toBe("not_playing");
  gather(lobby, 2, 2);
  lobby.forget();

  ready(lobby, 1, false);

  expect(lobby.types(1)).toEqual([]);
});

Deno.test("a room hears of round-trip times, once a second at most and only of new ones", () => {
  const lobby = new TestLobby();
  gather(lobby, 3, 0);
  lobby.join(9, { room: "OTHER" });
  const { players: [{ rttMs }] } = lobby.newest(2, "roster");
  expect(rttMs).toBe(null);
  lobby.forget();

  for (const ms of [20.4, 31.7, 31.6, 32.4, 25]) {
    lobby.say(1, { type: "ping", rttMs: ms });
    lobby.wait(250);
  }
  lobby.wait(2_000);
  lobby.say(1, { type: "ping", rttMs: 25.2 });
  lobby.say(1, { type: "ping" });
  lobby.wait(2_000);

  expect(
    lobby.heard(2, "roster").map(({ players: [first] }) => first.rttMs),
  ).toEqual([32, 25]);
  expect(lobby.heard(1, "pong").length).toBe(7);
  expect(lobby.heard(9, "roster")).toEqual([]);
});
