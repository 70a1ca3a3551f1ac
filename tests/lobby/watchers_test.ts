import { expect } from "@std/expect";
import { TestLobby } from "./books.ts";

/** Clients 1, 2 … join a room; two are enough for a match. */
function gather(players: number, lobby = new TestLobby()): TestLobby {
  for (let client = 1; client <= players; client++) {
    lobby.join(client, { room: "MINE" });
  }
  return lobby;
}

function watch(lobby: TestLobby, client: number, room?: string): void {
  lobby.join(client, { spectate: true, room, name: "Eve" });
}

function countsHeard(lobby: TestLobby, client: number): readonly number[] {
  return lobby.heard(client, "watchers").map(({ count }) => count);
}

Deno.test("who watches a room that fills hears who gathers, and counts for nothing", () => {
  const lobby = gather(1);
  watch(lobby, 5, "mine");

  expect(lobby.types(5)).toEqual(["watching", "roster"]);
  expect(lobby.newest(5, "watching").room).toBe("MINE");
  expect(lobby.newest(1, "roster").watchers).toBe(1);
  lobby.join(2, { room: "MINE", isReady: false });
  expect(lobby.newest(5, "roster").players.length).toBe(2);
  expect(lobby.newest(5, "roster")).toEqual(lobby.newest(1, "roster"));
  lobby.leave(5);
  expect(lobby.newest(1, "roster").watchers).toBe(0);
});

Deno.test("a watcher is told each start, with a token that is good for that match alone", () => {
  const lobby = gather(1);
  watch(lobby, 5, "MINE");
  lobby.join(2, { room: "MINE" });
  const first = lobby.newest(5, "start");
  const { match } = first;

  expect({ ...first, token: "" })
    .toEqual({ ...lobby.newest(1, "start"), token: "" });
  expect(countsHeard(lobby, 1)).toEqual([1]);
  expect(lobby.books.watchedBy(first.token)).toEqual({ client: 5, match });
  expect(lobby.books.matches.relayOpened(first.token)).toBe(undefined);
  for (const client of [1, 2]) lobby.say(client, { type: "again", match });
  expect(lobby.newest(5, "again").wanted).toEqual([0]);
  const next = lobby.newest(5, "start");
  expect(next.match).toBe(lobby.newest(1, "start").match);
  expect(lobby.books.watchedBy(next.token)?.match).toBe(next.match);
  expect(lobby.books.watchedBy(first.token)).toBe(undefined);
  lobby.leave(5);
  expect(lobby.books.watchedBy(next.token)).toBe(undefined);
});

Deno.test("a running match is watched at once, and all of it hear how many do", () => {
  const lobby = gather(2);
  expect(countsHeard(lobby, 1)).toEqual([]);

  for (const client of [5, 6]) watch(lobby, client, "MINE");
  lobby.leave(5);

  expect(lobby.types(5)).toEqual(["watching", "start", "watchers", "watchers"]);
  expect([countsHeard(lobby, 2), countsHeard(lobby, 6)])
    .toEqual([[1, 2, 1], [2, 1]]);
});

Deno.test("who comes back to a watched match hears how many watch", () => {
  const lobby = gather(2);
  const { token } = lobby.newest(1, "start");
  watch(lobby, 5, "MINE");

  lobby.say(3, { type: "return", version: 4, token });
  lobby.join(4, { resume: token });

  expect(lobby.types(3)).toEqual(["welcome", "watchers", "error"]);
  expect(lobby.types(4)).toEqual(["welcome", "start", "watchers"]);
  expect(countsHeard(lobby, 2)).toEqual([1]);
});

Deno.test("without a code one watches the match that began last, among strangers only", () => {
  const lobby = new TestLobby();
  for (const client of [1, 2, 3]) {
    lobby.join(client, { room: `R${client % 2}XX` });
  }
  watch(lobby, 5);
  expect(lobby.newest(5, "error").code).toBe("no_such_room");
  const rooms = [10, 12, 14].map((client) => {
    lobby.join(client);
    const { room } = lobby.newest(client, "welcome");
    watch(lobby, client + 100);
    if (client < 14) lobby.join(client + 1);
    return room;
  });

  for (const client of [7, 8]) lobby.join(client, { room: "TWO" });
  watch(lobby, 5);

  // Strangers who gather are watched where none play.
  expect(
    [110, 112, 114, 5].map((client) => lobby.newest(client, "watching").room),
  )
    .toEqual([rooms[0], rooms[0], rooms[1], rooms[1]]);
  // A seat that is taken again tells a restarted lobby whether its match is one of strangers.
  const restarted = new TestLobby();
  for (const client of [7, 10]) {
    restarted.join(client, { resume: lobby.newest(client, "start").token });
  }
  watch(restarted, 5);
  expect(restarted.newest(5, "watching").room).toBe(rooms[0]);
});

Deno.test("a room that isn't there can't be watched", () => {
  const lobby = gather(1);

  watch(lobby, 5, "YOURS");

  expect(lobby.newest(5, "error")).toEqual({
    type: "error",
    code: "no_such_room",
    message: "There is no room YOURS. Check its code, " +
      "or watch without one the newest match of strangers.",
  });
  expect(lobby.books.counts.watchers).toBe(0);
});

Deno.test("watchers are told and closed when everybody has left, from a room as from a match", () => {
  const lobby = gather(2);
  lobby.join(3, { room: "OPEN" });
  watch(lobby, 5, "OPEN");
  watch(lobby, 6, "MINE");
  lobby.leave(2);
  lobby.wait(10_000);
  expect(lobby.closed).toEqual([]);

  for (const client of [1, 3]) lobby.leave(client);
  lobby.wait(250);

  expect(lobby.closed).toEqual([5, 6]);
  expect(lobby.newest(6, "error").code).toBe("match_over");
  expect(lobby.books.counts).toMatchObject({ rooms: 0, watchers: 0 });
  lobby.join(7, { room: "MINE" });
  expect(lobby.newest(7, "welcome").slot).toBe(0);
});

Deno.test("a room has so many watchers and no more, until one leaves", () => {
  const lobby = gather(1, new TestLobby({ watchersPerMatch: 2 }));
  lobby.join(2, { room: "YOURS" });
  for (const client of [5, 6, 7]) watch(lobby, client, "MINE");

  expect(lobby.newest(7, "error")).toMatchObject({
    code: "too_many_watchers",
    message: expect.stringContaining("No more than 2 may watch room MINE."),
  });
  expect(lobby.newest(1, "roster").watchers).toBe(2);
  watch(lobby, 8, "YOURS");
  lobby.leave(5);
  watch(lobby, 7, "MINE");
  for (const client of [7, 8]) {
    expect(lobby.heard(client, "watching").length).toBe(1);
  }
});

Deno.test("a watcher is no player: it has no seat, says nothing, and takes none", () => {
  const lobby = gather(2);
  const { match } = lobby.newest(1, "start");
  watch(lobby, 5, "MINE");
  const facts = {
    reason: "finished",
    winner: 0,
    score: [1, 0],
    confirmedTick: 9,
    hash: 1,
  } as const;

  lobby.say(5, { type: "ready", isReady: true });
  for (const client of [5, 7]) lobby.say(client, { type: "again", match });
  expect(lobby.newest(7, "error").code).toBe("not_playing");
  lobby.say(5, { type: "claim", match, era: 1, value: "v", seats: [[0, 0]] });
  lobby.join(5, { room: "OTHER" });

  expect(lobby.heard(5, "error").map(({ code }) => code)).toEqual([
    ...["not_playing", "not_playing", "not_playing"],
    "already_joined",
  ]);
  expect(lobby.books.matches.result(5, { type: "result", match, ...facts }))
    .toBe("not_playing");
});
