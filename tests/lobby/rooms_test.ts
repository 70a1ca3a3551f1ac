import { expect } from "@std/expect";
import { DEFAULT_RULES } from "../../game/court.ts";
import { startPosition } from "../../game/start_position.ts";
import { TestLobby } from "./books.ts";

/** Who is in a client's room, as it was told last. */
function playersOf(lobby: TestLobby, client: number) {
  return lobby.newest(client, "roster").players;
}

function namesOf(lobby: TestLobby, client: number): string[] {
  return playersOf(lobby, client).map(({ slot, name }) => `${slot} ${name}`);
}

for (const players of [2, 3, 4]) {
  Deno.test(`rooms start a match of ${players} when the last one joins, for all at once`, () => {
    const lobby = new TestLobby();
    const clients = [1, 2, 3, 4].slice(0, players);
    for (const client of clients) {
      expect(lobby.heard(1, "start")).toEqual([]);
      lobby.join(client, { players });
    }

    const start = lobby.newest(1, "start");
    expect(clients.map((client) => lobby.heard(client, "start"))).toEqual(
      clients.map((client) => {
        const { token } = lobby.newest(client, "start");
        return [{ ...start, token }];
      }),
    );
    expect(start.players).toMatchObject(clients.map((_, slot) => (
      { slot, epoch: 0, start: startPosition(start.rules, slot) }
    )));
    expect(new Set(start.players.map(({ id }) => id)).size).toBe(players);
  });
}

Deno.test("start positions are the paddles' centres, in court units", () => {
  const positions = (players: number, slots: readonly number[]) =>
    slots.map((slot) => startPosition({ ...DEFAULT_RULES, players }, slot));

  expect(positions(2, [0, 1])).toEqual([{ x: 34, y: 450 }, {
    x: 1566,
    y: 450,
  }]);
  expect(positions(4, [0, 1, 2, 3])).toEqual([
    ...[{ x: 34, y: 500 }, { x: 966, y: 500 }],
    ...[{ x: 500, y: 34 }, { x: 500, y: 966 }],
  ]);
});

Deno.test("rooms tell everybody when somebody joins or leaves", () => {
  const lobby = new TestLobby();
  lobby.join(1, { players: 3, name: "Mia" });
  lobby.join(2, { players: 3, name: "Ben" });
  for (const client of [1, 2]) {
    expect(namesOf(lobby, client)).toEqual(["0 Mia", "1 Ben"]);
  }
  lobby.forget();

  lobby.leave(1);

  expect([lobby.types(1), lobby.types(2)]).toEqual([[], ["roster"]]);
  expect(namesOf(lobby, 2)).toEqual(["1 Ben"]);
});

Deno.test("rooms give a freed seat to the next one, under a new identity", () => {
  const lobby = new TestLobby();
  for (const client of [1, 2]) lobby.join(client, { players: 3 });
  lobby.leave(1);

  lobby.join(3, { players: 3, name: "Ada" });

  const welcome = lobby.newest(3, "welcome");
  expect(welcome.slot).toBe(0);
  expect(welcome.id).not.toBe(lobby.newest(1, "welcome").id);
  expect(namesOf(lobby, 2)).toEqual(["0 Ada", "1 Mia 2"]);
});

Deno.test("rooms number equal names, also when only case or width differs", () => {
  const lobby = new TestLobby();
  const long = "a".repeat(24);
  for (const [i, name] of [long, long, long.toUpperCase(), "Mia"].entries()) {
    lobby.join(i, { players: 4, name, isReady: false });
  }

  expect(namesOf(lobby, 0)).toEqual([
    ...[`0 ${long}`, `1 ${"a".repeat(22)} 2`, `2 ${"A".repeat(22)} 3`, "3 Mia"],
  ]);
});

Deno.test("no two players of a room look the same", () => {
  const lobby = new TestLobby();
  const join = (client: number, look?: number) => {
    lobby.join(client, { room: "MINE", players: 4, look });
    return playersOf(lobby, client).map(({ look }) => look);
  };
  join(1, 1);
  join(2, 1); // Its slot's look is taken too.
  expect(join(3, 1)).toEqual([1, 0, 2]);

  lobby.leave(1);

  expect(join(4)).toEqual([1, 0, 2]); // Its slot's look is taken.
  expect(join(5, 0)).toEqual([1, 0, 2, 3]);
  expect(lobby.newest(5, "start").players.map(({ look }) => look))
    .toEqual([1, 0, 2, 3]);
});

/** "-" is no wish, "3" three players, "p5" five points, "l1" one life. */
for (
  const [name, wishes, rooms] of [
    ["without a wish one meets who wished", "3 -", "AA"],
    ["no two wishes need to be the same", "- l1 3", "AAA"],
    ["a contradiction opens a room", "l1 l99 -", "ABA"],
    ["lives mean three or more, points two", "l1 p1", "AB"],
    ["points with lives mean any number", "p1l2 l2", "AA"],
    ["what their number doesn't use is no wish", "3p1 p2l5", "AA"],
    ["the fullest room comes first", "4 3 3 2 -", "ABBCB"],
    ["the oldest of equal ones comes first", "l1 l2 -", "ABA"],
  ]
) {
  Deno.test(`strangers: ${name}`, () => {
    const lobby = new TestLobby();
    const codes = wishes.split(" ").map((words, client) => {
      const kinds: Record<string, string> = { p: "points", l: "lives" };
      const wish = words.matchAll(/([pl]?)(\d+)/g)
        .map(([, kind, n]) => [kinds[kind] ?? "players", Number(n)]);
      lobby.join(client, { ...Object.fromEntries(wish), isReady: false });
      return lobby.newest(client, "welcome").room;
    });

    const found = [...new Set(codes)];
    expect(codes.map((code) => "ABC"[found.indexOf(code)])).toEqual([...rooms]);
    expect(codes[0]).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{6}$/);
  });
}

Deno.test("the code of a public room leads friends into it, also when its players were brought to others", () => {
  const lobby = new TestLobby();
  lobby.join(1, { isReady: false });
  const { room } = lobby.newest(1, "welcome");
  lobby.join(2, { isReady: false });
  lobby.join(3, { players: 3, name: "Ada" });
  lobby.join(9, { spectate: true, room });
  lobby.leave(2);

  expect(namesOf(lobby, 1)).toEqual(["0 Ada", "1 Mia"]);
  expect(lobby.newest(1, "welcome"))
    .toMatchObject({ slot: 1, rules: { players: 3 } });
  expect(lobby.newest(9, "roster")).toEqual(lobby.newest(1, "roster"));
  lobby.join(4, { room, points: 1 });
  expect(lobby.newest(4, "error").code).toBe("rules");
  lobby.join(5, { room });
  expect(namesOf(lobby, 5).length).toBe(3);
  expect(lobby.books.counts.rooms).toBe(1);
});

Deno.test("who waits alone for 10 s is shown the other rooms of strangers, and moves by one word", () => {
  const lobby = new TestLobby();
  lobby.join(1, { points: 1 });
  for (let lives = 1; lives <= 9; lives++) lobby.join(10 + lives, { lives });
  lobby.join(2, { room: "SECRET" });
  lobby.wait(9_750);
  lobby.join(3, { lives: 9 });
  expect(lobby.types(1)).toEqual(["welcome", "roster"]);

  lobby.wait(250);

  const { rooms } = lobby.newest(1, "rooms");
  const { room, rules } = lobby.newest(19, "roster");
  expect([rooms.length, rooms[0]]).toEqual([8, { room, rules, present: 2 }]);
  for (const room of ["SECRET", "NOWHERE"]) {
    lobby.say(1, { type: "move", room });
  }
  lobby.wait(5_000);
  expect([1, 2, 3].map((client) => lobby.heard(client, "rooms").length))
    .toEqual([1, 0, 0]);
  lobby.say(1, { type: "move", room });
  expect(lobby.newest(1, "start").rules).toEqual(rules);
});

Deno.test("an address that leaves strangers again and again has to wait, and does no harm by it", () => {
  const lobby = new TestLobby();
  lobby.addressOf = (client) => client < 100 ? `${client}` : "192.0.2.7";
  lobby.join(1, { isReady: false });
  for (let client = 101; client <= 108; client++) {
    lobby.join(client, { isReady: false, name: `N${client}` });
    lobby.leave(client);
  }

  expect(lobby.types(107)[0]).toBe("welcome");
  expect(lobby.newest(108, "error")).toMatchObject({
    ...{ code: "too_soon", message: expect.stringMatching(/in 20 s\.$/) },
  });
  lobby.join(200, { room: "FRIENDS" });
  lobby.wait(20_000);
  lobby.join(300, { isReady: false });
  expect([lobby.types(200)[0], lobby.types(300)[0]])
    .toEqual(["welcome", "welcome"]);
});

Deno.test("rooms that never start are closed after 30 minutes, with a sentence", () => {
  const lobby = new TestLobby();
  for (const client of [1, 2]) lobby.join(client, { room: "MINE", players: 3 });
  lobby.wait(30 * 60_000 - 250);
  expect(lobby.closed).toEqual([]);

  lobby.wait(250);

  expect(lobby.closed).toEqual([1, 2]);
  expect(lobby.newest(2, "error").message).toMatch(/for 30 minutes/);
  expect(lobby.books.counts.rooms).toBe(0);
});

Deno.test("one connection gets one seat", () => {
  const lobby = new TestLobby();
  for (const client of [1, 2]) lobby.join(client);
  lobby.join(3, { players: 3 });
  const { token } = lobby.newest(1, "start");
  for (const client of [1, 3]) {
    lobby.join(client, { players: 4 });
    lobby.join(client, { resume: token });
    lobby.say(client, { type: "return", version: 4, token });

    expect(lobby.heard(client, "error").map(({ code }) => code))
      .toEqual(new Array(3).fill("already_joined"));
  }
});

Deno.test("a named room's rules come from whoever opens it", () => {
  const lobby = new TestLobby();
  const opened = { room: "MINE", players: 3, lives: 7, graceMs: 60_000 };
  lobby.join(1, opened);
  lobby.join(2, { room: "MINE", graceMs: 3_000 });
  lobby.join(3, { room: "MINE", players: 2 });
  lobby.join(4, { room: "MINE", lives: 5 });
  lobby.join(5, { room: "DUEL", points: 5 });
  lobby.join(6, { room: "DUEL", points: 7 });
  lobby.join(7, opened);
  lobby.join(8, { room: "DUEL", lives: 1 });

  expect(lobby.newest(2, "welcome").rules)
    .toEqual({ ...DEFAULT_RULES, players: 3, lives: 7, graceMs: 60_000 });
  for (
    const [client, rules] of [
      [3, "Room MINE plays with 3 players and 7 lives each."],
      [4, "Room MINE plays with 3 players and 7 lives each."],
      [6, "Room DUEL plays with 2 players to 5 points."],
      [8, "Room DUEL plays with 2 players to 5 points."],
    ] as const
  ) {
    expect(lobby.newest(client, "error"))
      .toMatchObject({
        code: "rules",
        message: expect.stringContaining(rules),
      });
  }
  expect(lobby.heard(7, "start").length).toBe(1);
});

Deno.test("a room's code is busy while its match runs, and free when all have left", () => {
  const lobby = new TestLobby();
  for (const client of [1, 2, 3]) lobby.join(client, { room: "MINE" });
  lobby.leave(1);
  lobby.join(3, { room: "MINE" });
  lobby.leave(2);
  lobby.join(3, { room: "MINE" });

  expect(lobby.types(3)).toEqual(["error", "error", "welcome", "roster"]);
  expect(lobby.heard(3, "error").map(({ code }) => code))
    .toEqual(["room_playing", "room_playing"]);
  expect(lobby.newest(3, "welcome").slot).toBe(0);
});

Deno.test("rooms are limited, matches among them, and forgotten ones push nobody out", () => {
  const lobby = new TestLobby({ rooms: 2 });
  for (const client of [1, 2]) lobby.join(client, { room: "AAA" });
  lobby.join(3, { room: "BBB" });
  lobby.join(4, { room: "CCC" });
  expect(lobby.newest(4, "error").code).toBe("too_many_rooms");

  const crowd = new TestLobby({ roomsPerAddress: 2 });
  crowd.addressOf = (client) => client < 4 ? "192.0.2.7" : "192.0.2.8";
  for (const client of [1, 2, 3, 4]) {
    crowd.join(client, { room: `R0${client}` });
  }
  expect(crowd.newest(3, "error").message).toMatch(
    /^From your address 2 rooms/,
  );
  expect(crowd.types(4)[0]).toBe("welcome");

  lobby.leave(3);
  for (let client = 10; client < 30; client += 2) {
    for (const each of [client, client + 1]) lobby.join(each, { room: "BBB" });
    for (const each of [client, client + 1]) lobby.leave(each);
    lobby.wait(1);
  }

  expect(lobby.heard(29, "start").length).toBe(1);
  expect(lobby.books.counts.matches).toBe(1 + 2);
});

Deno.test("match names differ between starts of a lobby", () => {
  const matchOf = (boot: number) => {
    const lobby = new TestLobby({}, boot);
    for (const client of [1, 2]) lobby.join(client, { room: "AAA" });
    return lobby.newest(1, "start").match;
  };

  expect(matchOf(1)).not.toBe(matchOf(2));
});
