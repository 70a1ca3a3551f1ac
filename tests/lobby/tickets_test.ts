// Seats in rooms that are taken again by their tickets: after a lost connection, and in a lobby that
// remembers nothing.
import { expect } from "@std/expect";
import { TestLobby } from "./books.ts";

/** What a client said to join, and what came of it. */
interface Guest {
  readonly client: number;
  readonly request: object;
}

function ticketOf(lobby: TestLobby, client: number): string {
  return lobby.newest(client, "welcome").ticket ?? "none";
}

/** The seat of a client as all in its room see it. */
function seatOf(lobby: TestLobby, client: number) {
  const { id, room } = lobby.newest(client, "welcome");
  const { players, rules } = lobby.newest(client, "roster");
  const { slot, name, look } = players.find((one) => one.id === id) ?? {};
  return { id, room, rules, slot, name, look };
}

/** Rooms in which somebody waits, by whom. */
const ROOMS: Readonly<Record<string, readonly object[]>> = {
  "strangers who wish nothing": [{ isReady: false }, { look: 3 }],
  "strangers with wishes": [{ players: 4, lives: 7 }, { lives: 7 }, {}],
  "friends": [
    { room: "MINE", players: 3, lives: 9, graceMs: 30_000, look: 2 },
    { room: "MINE", look: 2 },
  ],
  "somebody with bots": [
    { room: "MINE", players: 4, isReady: false },
    { room: "MINE", isBot: true },
    { room: "MINE", isBot: true },
  ],
};

for (const [who, requests] of Object.entries(ROOMS)) {
  const guests: readonly Guest[] = requests.map((request, client) => (
    { client, request }
  ));
  Deno.test(`a lobby that forgot everything gives ${who} their seats again, in whatever order`, () => {
    const before = new TestLobby();
    for (const { client, request } of guests) before.join(client, request);
    const isPublic = !("room" in requests[0]);
    for (const order of [guests, guests.toReversed()]) {
      const lobby = new TestLobby();
      for (const { client, request } of order) {
        lobby.join(client, { ...request, ticket: ticketOf(before, client) });
      }
      for (const { client } of guests) {
        // How many seats strangers need follows from who is there.
        const slot = isPublic
          ? expect.any(Number)
          : seatOf(before, client).slot;
        expect(seatOf(lobby, client))
          .toEqual({ ...seatOf(before, client), slot });
      }
      expect(lobby.books.counts.rooms).toBe(1);
      // A stranger finds it again if it is public, and else is not let in.
      lobby.join(9, { players: 4 });
      expect(lobby.newest(9, "welcome").room === seatOf(lobby, 0).room)
        .toBe(isPublic && requests.length > 2);
    }
  });

  Deno.test(`a ticket that is shown again, of ${who}, moves the seat and makes no second one`, () => {
    const lobby = new TestLobby();
    for (const { client, request } of guests) lobby.join(client, request);
    const seats = guests.map(({ client }) => seatOf(lobby, client));
    for (const { client, request } of guests) {
      const ticket = ticketOf(lobby, client);
      lobby.join(10 + client, { ...request, ticket });
      lobby.join(20 + client, { ...request, ticket });
      expect(lobby.newest(client, "error").code).toBe("taken_over");
      expect(lobby.closed).toContain(10 + client);
    }
    expect(guests.map(({ client }) => seatOf(lobby, 20 + client)))
      .toEqual(seats);
    expect(lobby.newest(20, "roster").players.length).toBe(guests.length);
  });
}

Deno.test("a ticket is good for its own seat only, and a forged one for none", () => {
  const lobby = new TestLobby();
  lobby.join(1, { room: "MINE", players: 3 });
  const ticket = ticketOf(lobby, 1);
  const [text, mac] = ticket.split(".");
  const json = new TextDecoder().decode(
    Uint8Array.fromBase64(text, { alphabet: "base64url" }),
  );
  const other = new TextEncoder().encode(json.replace("MINE", "YOUR"))
    .toBase64({ alphabet: "base64url", omitPadding: true });
  for (const forged of ["", "x", `${other}.${mac}`, `${text}.`]) {
    const fresh = new TestLobby();
    fresh.join(2, { ticket: forged });
    expect(fresh.newest(2, "welcome").room).not.toMatch(/MINE|YOUR/);
  }
  // While one is away, its slot may be taken, and its room be full or another's.
  lobby.leave(1);
  for (const client of [3, 4]) {
    lobby.join(client, { room: "MINE", players: 3, isReady: false });
  }
  lobby.join(1, { ticket });
  expect(seatOf(lobby, 1)).toMatchObject({ room: "MINE", slot: 2 });
  lobby.leave(1);
  lobby.join(5, { room: "MINE", isReady: false });
  lobby.join(1, { ticket });
  expect(lobby.newest(1, "error").code).toBe("room_playing");
});

Deno.test("a ticket brings its player into the match that began while its connection was dead", () => {
  const lobby = new TestLobby();
  lobby.join(1);
  const ticket = ticketOf(lobby, 1);
  lobby.join(2);
  const { match } = lobby.newest(2, "start");

  lobby.join(3, { ticket });

  expect(lobby.closed).toEqual([1]);
  expect(lobby.types(3)).toEqual(["welcome", "start"]);
  expect(lobby.newest(3, "start").match).toBe(match);
  // Once another process has the seat, a ticket is worth nothing.
  lobby.join(4, { resume: lobby.newest(3, "start").token });
  lobby.join(5, { ticket });
  expect(lobby.newest(5, "error").code).toBe("bad_token");
});
