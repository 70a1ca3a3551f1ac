// Playing again, and watching, in the lobby's book-keeping: without sockets, in virtual time.
import { expect } from "@std/expect";
import { RESULT } from "../support/lobby.ts";
import { TestLobby } from "./books.ts";

/** Clients 1, 2 … begin a match in a room; returns its name. */
function begin(lobby: TestLobby, players = 2, room = "MINE"): string {
  for (let client = 1; client <= players; client++) {
    const publicKey = `key${client}`;
    lobby.join(client, { room, players, publicKey, look: 4 - client });
  }
  return lobby.newest(1, "start").match;
}

function again(lobby: TestLobby, client: number, match: string): void {
  lobby.say(client, { type: "again", match });
}

Deno.test("the next match begins when all want it: new name, same room, slots, looks and keys", () => {
  const lobby = new TestLobby();
  const match = begin(lobby, 3);
  const first = lobby.newest(1, "start");
  for (const client of [3, 1]) again(lobby, client, match);
  expect(lobby.newest(2, "again"))
    .toEqual({ type: "again", wanted: [0, 2], gone: [] });
  lobby.forget();

  again(lobby, 2, match);

  const next = lobby.newest(1, "start");
  expect(next.match).not.toBe(match);
  expect({ ...next, match, token: first.token }).toEqual(first);
  expect(next.token).not.toBe(first.token);
  for (const client of [1, 2, 3]) {
    expect(lobby.types(client)).toEqual(["start"]);
  }
  lobby.join(9, { room: "MINE" });
  expect(lobby.newest(9, "error").code).toBe("room_playing");
  const { matches } = lobby.books;
  expect(matches.relayOpened(next.token))
    .toEqual({ match: next.match, slot: 0, epoch: 0 });
  expect(matches.seatOf(3)).toEqual({ match: next.match, slot: 2, epoch: 0 });
});

Deno.test("a member that is gone is told to the others once one wants to play again, and no next match begins", () => {
  const lobby = new TestLobby();
  const match = begin(lobby, 3);
  lobby.leave(2);
  expect(lobby.heard(1, "again")).toEqual([]);

  again(lobby, 1, match);
  again(lobby, 3, match);
  lobby.leave(1);

  expect(lobby.heard(3, "again")).toEqual([
    { type: "again", wanted: [0], gone: [1] },
    { type: "again", wanted: [0, 2], gone: [1] },
    { type: "again", wanted: [2], gone: [0, 1] },
  ]);
  expect(lobby.heard(3, "start").length).toBe(1);
});

Deno.test("wanting twice is wanting once, also when the next match has begun meanwhile", () => {
  const lobby = new TestLobby();
  const match = begin(lobby);
  again(lobby, 1, match);
  again(lobby, 1, match);
  expect(lobby.heard(2, "again").length).toBe(1);
  again(lobby, 2, match);
  again(lobby, 2, match);
  const { match: next } = lobby.newest(1, "start");
  lobby.forget();

  again(lobby, 1, next);

  expect(lobby.newest(2, "again").wanted).toEqual([0]);
  expect(lobby.heard(1, "start")).toEqual([]);
});

Deno.test("who comes back is missed no more, and may want to play again", () => {
  const lobby = new TestLobby();
  const match = begin(lobby);
  const { token } = lobby.newest(1, "start");
  again(lobby, 2, match);
  lobby.leave(1);

  lobby.say(3, { type: "return", version: 4, token });

  expect(lobby.newest(3, "again"))
    .toEqual({ type: "again", wanted: [1], gone: [] });
  again(lobby, 3, match);
  expect(lobby.newest(3, "start").match).not.toBe(match);
  expect(lobby.books.matches.seatOf(3)?.slot).toBe(0);
});

Deno.test("who was away when the next match began is brought into it, unless its seat was taken", () => {
  const lobby = new TestLobby();
  const match = begin(lobby);
  const { token: old } = lobby.newest(1, "start");
  for (const client of [1, 2]) again(lobby, client, match);
  const next = lobby.newest(1, "start");
  lobby.leave(1);

  lobby.say(3, { type: "return", version: 4, token: old });

  expect(lobby.types(3)).toEqual(["welcome", "start"]);
  expect(lobby.newest(3, "start")).toEqual(next);
  lobby.join(4, { resume: next.token });
  lobby.say(5, { type: "return", version: 4, token: old });
  expect(lobby.newest(5, "error").code).toBe("bad_token");
  lobby.join(6, { resume: old });
  expect(lobby.newest(6, "error").code).toBe("seat_lost");
});

Deno.test("results of one match are none of the next one", () => {
  const lobby = new TestLobby();
  const match = begin(lobby);
  const result = { type: "result", match, ...RESULT } as const;
  for (const client of [1, 2]) again(lobby, client, match);
  const { matches } = lobby.books;

  expect(matches.result(1, result)).toBe("not_playing");
  const { match: next } = lobby.newest(1, "start");
  expect(matches.result(1, { ...result, match: next })).toBe("waiting");
});

Deno.test("who slept through its defeat hears of it when it comes back", () => {
  const lobby = new TestLobby();
  const match = begin(lobby);
  const { token } = lobby.newest(2, "start");
  lobby.leave(2);
  const claim = { match, era: 1, value: "v", seats: [[0, 0]] };
  lobby.wait(20_000);
  lobby.say(1, { type: "claim", ...claim });
  const facts = { winner: 0, score: [3, 2], confirmedTick: 9, hash: 1 };
  const result = {
    type: "result",
    match,
    reason: "walkover",
    ...facts,
  } as const;
  lobby.books.matches.result(1, result);

  lobby.say(3, { type: "return", version: 4, token });

  expect(lobby.types(3)).toEqual(["welcome", "over"]);
  expect(lobby.newest(3, "over")).toEqual({
    ...{ type: "over", match, reason: "walkover", winner: 0, isAgreed: true },
    told: { score: [3, 2], hash: 1 },
    message: "Mia won while you were away.",
  });
});
