import { expect } from "@std/expect";
import { DEFAULT_RULES } from "../../game/court.ts";
import { startPosition } from "../../game/start_position.ts";
import type { JoinMessage, LobbyMessage } from "../../net/lobby/protocol.ts";
import type { Delivery } from "../../net/lobby_server/books_port.ts";
import { Matches } from "../../net/lobby_server/matches.ts";
import { Rooms } from "../../net/lobby_server/rooms.ts";
import type { ClientId } from "../../net/lobby_server/running_matches.ts";
import { createSeatTokens } from "../../net/lobby_server/seat_token.ts";
import { Watchers } from "../../net/lobby_server/watchers.ts";

/** The rooms of a lobby, and the matches that they become. */
function newRooms(
  { roomsMax = 10, below }: {
    readonly roomsMax?: number;
    readonly below?: (bound: number) => number;
  } = {},
): Rooms & { readonly matches: Matches } {
  let count = 0;
  const chance = {
    newId: () => `id-${++count}`,
    below: below ?? ((bound: number) => ++count % bound),
  };
  const watchers = new Watchers({ newToken: chance.newId, roomMax: 2 });
  const matches = new Matches({
    ...{ chance, watchers },
    tokens: createSeatTokens(new Uint8Array(32)),
    transport: { kind: "relay" },
    emptyMax: roomsMax,
    lingerMs: 1000,
    goneMs: 5000,
  });
  const rooms = new Rooms({ chance, matches, watchers, roomsMax });
  return Object.assign(rooms, { matches });
}

function ask(request: Partial<JoinMessage> = {}): JoinMessage {
  return {
    ...{ type: "join", version: 3, name: "Mia" },
    ...{ isBot: false, isReady: true, spectate: false },
    ...request,
  };
}

/** The messages of one type that go to one client. */
function to<T extends LobbyMessage["type"]>(
  deliveries: readonly Delivery[],
  client: ClientId,
  type: T,
): Extract<LobbyMessage, { type: T }>[] {
  return deliveries
    .filter((delivery) => delivery.to === client)
    .map(({ message }) => message)
    .filter((message): message is Extract<LobbyMessage, { type: T }> =>
      message.type === type
    );
}

function names(message: LobbyMessage): string[] {
  if (message.type !== "roster" && message.type !== "start") return [];
  return message.players.map(({ slot, name }) => `${slot} ${name}`);
}

for (const players of [2, 3, 4]) {
  Deno.test(`rooms start a match of ${players} when the last one joins, for all at once`, () => {
    const rooms = newRooms();
    for (let client = 1; client < players; client++) {
      const deliveries = rooms.join(client, ask({ players }), 0);
      expect(deliveries.some(({ message }) => message.type === "start"))
        .toBe(false);
    }

    const deliveries = rooms.join(players, ask({ players }), 0);

    const starts = deliveries.filter(({ message }) => message.type === "start");
    expect(starts.map((start) => start.to))
      .toEqual(Array.from({ length: players }, (_, i) => i + 1));
    const [start] = to(deliveries, 1, "start");
    for (const { message } of starts) {
      expect({ ...message, token: start.token }).toEqual(start);
    }
    expect(start.players.every(({ epoch }) => epoch === 0)).toBe(true);
    expect(start.players.map(({ slot }) => slot))
      .toEqual(Array.from({ length: players }, (_, i) => i));
    expect(new Set(start.players.map(({ id }) => id)).size).toBe(players);
    expect(start.players.map((player) => player.start))
      .toEqual(
        start.players.map(({ slot }) => startPosition(start.rules, slot)),
      );
  });
}

Deno.test("start positions are the paddles' centres, in court units", () => {
  const duel = { ...DEFAULT_RULES, players: 2 };
  const square = { ...DEFAULT_RULES, players: 4 };

  expect([0, 1].map((slot) => startPosition(duel, slot)))
    .toEqual([{ x: 34, y: 450 }, { x: 1566, y: 450 }]);
  expect([0, 1, 2, 3].map((slot) => startPosition(square, slot))).toEqual([
    { x: 34, y: 500 },
    { x: 966, y: 500 },
    { x: 500, y: 34 },
    { x: 500, y: 966 },
  ]);
});

Deno.test("rooms tell everybody when somebody joins or leaves", () => {
  const rooms = newRooms();
  rooms.join(1, ask({ players: 3, name: "Mia" }), 0);
  const joined = rooms.join(2, ask({ players: 3, name: "Ben" }), 0);
  const left = rooms.leave(1, 0);

  expect(to(joined, 1, "roster").map(names)).toEqual([["0 Mia", "1 Ben"]]);
  expect(to(joined, 2, "roster").map(names)).toEqual([["0 Mia", "1 Ben"]]);
  expect(left.map((delivery) => delivery.to)).toEqual([2]);
  expect(to(left, 2, "roster").map(names)).toEqual([["1 Ben"]]);
});

Deno.test("rooms give a freed seat to the next one, under a new identity", () => {
  const rooms = newRooms();
  const [first] = to(rooms.join(1, ask({ players: 3 }), 0), 1, "welcome");
  rooms.join(2, ask({ players: 3 }), 0);
  rooms.leave(1, 0);

  const deliveries = rooms.join(3, ask({ players: 3, name: "Ada" }), 0);

  const [welcome] = to(deliveries, 3, "welcome");
  expect(welcome.slot).toBe(0);
  expect(welcome.id).not.toBe(first.id);
  expect(to(deliveries, 2, "roster").map(names)).toEqual([[
    "0 Ada",
    "1 Mia 2",
  ]]);
});

Deno.test("rooms number equal names, also when only case or width differs", () => {
  const rooms = newRooms();
  const long = "a".repeat(24);
  rooms.join(1, ask({ players: 4, name: long }), 0);
  rooms.join(2, ask({ players: 4, name: long }), 0);
  rooms.join(3, ask({ players: 4, name: long.toUpperCase() }), 0);
  const [roster] = to(
    rooms.join(4, ask({ players: 4, name: "Mia" }), 0),
    1,
    "roster",
  );

  expect(roster.players.map(({ name }) => name))
    .toEqual([long, "a".repeat(22) + " 2", "A".repeat(22) + " 3", "Mia"]);
});

Deno.test("no two players of a room look the same", () => {
  const rooms = newRooms();
  const looks = () => {
    const [roster] = to(rooms.tell("MINE", 0), 2, "roster");
    return roster.players.map(({ look }) => look);
  };
  const room = { room: "MINE", players: 4 };
  rooms.join(1, ask({ ...room, look: 1 }), 0);
  rooms.join(2, ask({ ...room, look: 1 }), 0); // Its slot's look is taken too.
  rooms.join(3, ask({ ...room, look: 1 }), 0);
  expect(looks()).toEqual([1, 0, 2]);

  rooms.leave(1, 0);
  rooms.join(4, ask({ ...room }), 0); // Its slot's look is taken.
  expect(looks()).toEqual([1, 0, 2]);
  const [start] = to(rooms.join(5, ask({ ...room, look: 0 }), 0), 5, "start");
  expect(start.players.map(({ look }) => look)).toEqual([1, 0, 2, 3]);
});

Deno.test("rooms without a code have one open room per number of players", () => {
  const rooms = newRooms();
  const [duel] = to(rooms.join(1, ask(), 0), 1, "welcome");
  const [trio] = to(rooms.join(2, ask({ players: 3 }), 0), 2, "welcome");
  const [named] = to(rooms.join(3, ask({ room: "MINE" }), 0), 3, "welcome");
  const [second] = to(rooms.join(4, ask({ points: 3 }), 0), 4, "welcome");
  const [next] = to(rooms.join(5, ask(), 0), 5, "welcome");

  expect(duel.room).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{6}$/);
  expect(trio.room).not.toBe(duel.room);
  expect(named.room).toBe("MINE");
  expect([second.room, second.slot, second.rules.points])
    .toEqual([duel.room, 1, DEFAULT_RULES.points]);
  expect(next.room).not.toBe(duel.room);
});

Deno.test("a room's code, given by the lobby, leads friends into it", () => {
  const rooms = newRooms();
  const [first] = to(rooms.join(1, ask(), 0), 1, "welcome");

  expect(to(rooms.join(2, ask({ room: first.room }), 0), 2, "welcome")[0].slot)
    .toBe(1);
});

Deno.test("a named room's rules come from whoever opens it", () => {
  const rooms = newRooms();
  const opener = ask({
    ...{ room: "MINE", players: 3, lives: 7, graceMs: 60_000 },
  });
  rooms.join(1, opener, 0);

  const [taken] = to(
    rooms.join(2, ask({ room: "MINE", graceMs: 3_000 }), 0),
    2,
    "welcome",
  );
  const [other] = to(
    rooms.join(3, ask({ room: "MINE", players: 2 }), 0),
    3,
    "error",
  );
  const [lives] = to(
    rooms.join(3, ask({ room: "MINE", lives: 5 }), 0),
    3,
    "error",
  );

  expect(taken.rules).toEqual({
    ...{ ...DEFAULT_RULES, players: 3, lives: 7, graceMs: 60_000 },
  });
  expect([other.code, lives.code]).toEqual(["rules", "rules"]);
  expect(lives.message).toContain("3 players and 7 lives");
  rooms.join(8, ask({ room: "DUEL", points: 5 }), 0);
  const duel = rooms.join(9, ask({ room: "DUEL", points: 7 }), 0);
  expect(to(duel, 9, "error")[0].message)
    .toContain("Room DUEL plays with 2 players to 5 points.");
  expect(to(rooms.join(3, opener, 0), 3, "start").length).toBe(1);
});

Deno.test("a room's code is busy while its match runs, and free when all have left", () => {
  const rooms = newRooms();
  rooms.join(1, ask({ room: "MINE" }), 0);
  rooms.join(2, ask({ room: "MINE" }), 0);

  const { matches } = rooms;
  const [busy] = to(rooms.join(3, ask({ room: "MINE" }), 0), 3, "error");
  matches.leave(1, 0);
  const [still] = to(rooms.join(3, ask({ room: "MINE" }), 0), 3, "error");
  matches.leave(2, 0);
  const [free] = to(rooms.join(3, ask({ room: "MINE" }), 0), 3, "welcome");

  expect([busy.code, still.code, free.slot])
    .toEqual(["room_playing", "room_playing", 0]);
});

Deno.test("rooms are limited, matches among them, and forgotten ones push nobody out", () => {
  const rooms = newRooms({ roomsMax: 2 });
  rooms.join(1, ask({ room: "AAA" }), 0);
  rooms.join(2, ask({ room: "AAA" }), 0);
  rooms.join(3, ask({ room: "BBB" }), 0);
  expect(to(rooms.join(4, ask({ room: "CCC" }), 0), 4, "error")[0].code)
    .toBe("too_many_rooms");

  const { matches } = rooms;
  for (let client = 10; client < 30; client += 2) {
    rooms.leave(3, 0);
    rooms.join(client, ask({ room: "BBB" }), 0);
    rooms.join(client + 1, ask({ room: "BBB" }), 0);
    matches.leave(client, client);
    matches.leave(client + 1, client);
    matches.sweep(client);
  }

  expect(matches.counts.matches).toBe(1 + 2);
});

Deno.test("match names differ between starts of a lobby", () => {
  const matchOf = (boot: number) => {
    const rooms = newRooms({ below: () => boot });
    rooms.join(1, ask({ room: "AAA" }), 0);
    return to(rooms.join(2, ask({ room: "AAA" }), 0), 1, "start")[0].match;
  };

  expect(matchOf(1)).not.toBe(matchOf(2));
});
