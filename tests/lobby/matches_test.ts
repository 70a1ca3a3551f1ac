import { expect } from "@std/expect";
import {
  type ClaimMessage,
  type LobbyMessage,
  SEAT_EPOCH_MAX,
  type StartTransport,
} from "../../net/lobby/protocol.ts";
import type { Delivery } from "../../net/lobby_server/books_port.ts";
import { Matches } from "../../net/lobby_server/matches.ts";
import type { ClientId } from "../../net/lobby_server/running_matches.ts";
import { createSeatTokens } from "../../net/lobby_server/seat_token.ts";
import { Watchers } from "../../net/lobby_server/watchers.ts";

const LINGER_MS = 1000;
const GONE_MS = 5000;
/** When who hasn't been heard since the beginning is gone, and all patience with them is over. */
const LATE_MS = 25_000;
const TOKENS = createSeatTokens(new Uint8Array(32).fill(7));
const BROKER: StartTransport = {
  kind: "amqp",
  url: "amqp://h",
  exchange: "pong",
};

/** A lobby's matches as they are after each of its starts: nothing is known. */
function newMatches(
  transport: StartTransport = { kind: "relay" },
): Matches & { readonly watchers: Watchers } {
  let count = 0;
  const newId = () => `token-${++count}`;
  const watchers = new Watchers({ newToken: newId, roomMax: 2 });
  const matches = new Matches({
    chance: { newId, below: () => 0xb007 },
    watchers,
    tokens: TOKENS,
    transport,
    emptyMax: 10,
    lingerMs: LINGER_MS,
    goneMs: GONE_MS,
  });
  return Object.assign(matches, { watchers });
}

/** Begins a match between clients 1, 2 …; returns their tokens. */
function begin(matches: Matches, players = 2): readonly string[] {
  const slots = Array.from({ length: players }, (_, slot) => slot);
  const deliveries = matches.begin(
    {
      room: "MINE",
      isPublic: false,
      rules: { players, points: 11, lives: 5, graceMs: 20_000 },
      players: slots.map((slot) => ({
        id: `id-${slot}`,
        slot,
        name: ["Mia", "Ben", "Ada", "Eve"][slot],
        look: slot,
        isBot: false,
      })),
    },
    slots.map((slot) => slot + 1),
    0,
  );
  return slots.map((slot) => one(deliveries, slot + 1, "start").token);
}

/** The only message of that type to a client. */
function one<T extends LobbyMessage["type"]>(
  deliveries: readonly Delivery[],
  client: ClientId,
  type: T,
): Extract<LobbyMessage, { type: T }> {
  const found = deliveries
    .filter((delivery) => delivery.to === client)
    .map(({ message }) => message)
    .filter((message): message is Extract<LobbyMessage, { type: T }> =>
      message.type === type
    );
  expect(found.length).toBe(1);
  return found[0];
}

function resume(matches: Matches, client: ClientId, token: string) {
  return matches.resume(client, { token, nowMs: 0 });
}

function claim(fields: Partial<ClaimMessage> = {}): ClaimMessage {
  return {
    ...{ type: "claim", match: "0000b007-1", era: 1, value: "v" },
    seats: [[0, 0]],
    ...fields,
  };
}

/** The code of the error that closes a client; `undefined` when none does. */
function refusal(
  deliveries: readonly Delivery[],
  client: ClientId,
): string | undefined {
  const last = deliveries.find(({ to, isLast }) => to === client && isLast);
  return last?.message.type === "error" ? last.message.code : undefined;
}

Deno.test("a match is remembered until all connections are gone for a while", () => {
  const matches = newMatches();
  const [token] = begin(matches);
  const seat = matches.relayOpened(token);
  expect(seat).toEqual({ match: "0000b007-1", slot: 0, epoch: 0 });
  if (seat === undefined) return;
  matches.leave(1, 10);
  matches.leave(2, 10);
  matches.sweep(10 + 10 * LINGER_MS);
  expect(matches.counts).toEqual({ matches: 1, clients: 0 });

  matches.relayClosed(seat, 20_000);
  matches.sweep(20_000 + LINGER_MS - 1);
  expect(matches.counts.matches).toBe(1);
  matches.relayOpened(token);
  matches.sweep(90_000);
  expect([matches.counts.matches, matches.running]).toEqual([1, 1]);

  matches.relayClosed(seat, 90_000);
  expect(matches.running).toBe(0);
  matches.sweep(90_000 + LINGER_MS);
  expect(matches.counts.matches).toBe(0);
});

Deno.test("a result counts when all players of the match report the same", () => {
  const result = {
    type: "result",
    reason: "finished",
    match: "0000b007-1",
    winner: 0,
    score: [11, 3],
    confirmedTick: 900,
    hash: 5,
  } as const;
  const matches = newMatches();
  expect(matches.result(1, result)).toBe("not_playing");
  const tokens = begin(matches, 3);

  expect(matches.result(1, result)).toBe("waiting");
  expect(matches.result(1, { ...result, winner: 1 })).toBe("waiting");
  expect(matches.result(2, result)).toBe("waiting");
  // Whoever comes back in between is still the same player.
  matches.return(8, { token: tokens[1], nowMs: 0 });
  expect(matches.result(8, result)).toBe("waiting");
  expect(matches.result(3, result)).toBe("agreed");
  const lost = resume(matches, 9, tokens[0]);
  expect(refusal(lost, 9)).toBe("seat_lost");
  expect(one(lost, 9, "error").message).toBe("The match is over.");
});

Deno.test("who broke off a start is named to all, once most say so", () => {
  const report = {
    ...{ type: "result", match: "0000b007-1", reason: "not ready" } as const,
    ...{ winner: null, score: [0, 0, 0], confirmedTick: 0, hash: 0 },
  };
  const matches = newMatches();
  const [, , token] = begin(matches, 3);
  matches.result(3, { ...report, lateSlots: [0] });
  matches.result(1, { ...report, lateSlots: [2] });
  expect(matches.tellEnd(1)).toEqual([]);
  matches.result(2, { ...report, lateSlots: [2] });

  const told = one(resume(matches, 9, token), 9, "error");
  expect([told.code, told.message]).toEqual([
    "seat_lost",
    "The match is over.",
  ]);
  const others = newMatches();
  begin(others, 3);
  for (const client of [1, 2]) {
    others.result(client, { ...report, lateSlots: [2] });
  }
  expect(others.tellEnd(2).map(({ to, message }) => [to, message])).toEqual([
    [3, {
      ...{ type: "over", match: "0000b007-1", reason: "not ready" },
      ...{ winner: null, isAgreed: true, message: "Ada broke off the start." },
    }],
  ]);
  for (const lateSlots of [[], [3]]) {
    const strange = newMatches();
    begin(strange, 3);
    for (const client of [1, 2]) {
      strange.result(client, { ...report, lateSlots });
    }
    expect(one(strange.tellEnd(2), 3, "over").message)
      .toBe("Somebody broke off the start.");
  }
});

Deno.test("who hasn't reported a result is told what most did, and of two what the other did", () => {
  const result = {
    ...{ type: "result", match: "0000b007-1", reason: "finished" } as const,
    ...{ winner: 0, score: [11, 3], confirmedTick: 900, hash: 5 },
  };
  for (const players of [2, 3, 4]) {
    const matches = newMatches();
    const tokens = begin(matches, players);
    const told = [];
    for (let client = 1; client < players; client++) {
      matches.result(client, result);
      told.push(
        matches.tellEnd(client).map(({ to, message }) => [
          to,
          message.type === "over" && message.isAgreed,
        ]),
      );
    }
    const agreed = [[players, true]];
    expect(told).toEqual(
      [[[[2, false]]], [[], agreed], [[], [], agreed]][players - 2],
    );
    if (players === 2) {
      const back = resume(matches, 9, tokens[1]);
      expect(one(back, 9, "over")).toMatchObject({
        winner: 0,
        reason: "finished",
      });
      continue;
    }
    expect(refusal(resume(matches, 9, tokens[players - 1]), 9))
      .toBe("seat_lost");
  }

  const matches = newMatches();
  const tokens = begin(matches, 3);
  for (const client of [2, 3]) matches.hearGoodbye(client);
  matches.result(1, result);
  expect(refusal(resume(matches, 9, tokens[1]), 9)).toBe("seat_lost");
});

Deno.test("different results of one match are disputed", () => {
  const matches = newMatches();
  const tokens = begin(matches);
  const result = {
    ...{
      type: "result",
      match: "0000b007-1",
      reason: "finished",
      winner: 0,
    } as const,
    ...{ score: [1, 0], hash: 1 },
  };
  matches.result(1, { ...result, confirmedTick: 1 });

  expect(matches.result(2, { ...result, confirmedTick: 2 })).toBe("disputed");
  expect(refusal(resume(matches, 9, tokens[0]), 9)).toBe(undefined);
});

Deno.test("a seat is taken again in the next epoch, and its former process is put out", () => {
  const matches = newMatches();
  const [, ben] = begin(matches);

  const deliveries = matches.resume(9, {
    token: ben,
    publicKey: "k",
    nowMs: 0,
  });

  expect(refusal(deliveries, 2)).toBe("taken_over");
  expect(one(deliveries, 9, "welcome"))
    .toMatchObject({ id: "id-1", slot: 1, room: "MINE", epoch: 1 });
  const start = one(deliveries, 9, "start");
  expect(start.match).toBe("0000b007-1");
  expect(start.players.map(({ name, epoch, publicKey }) => [
    name,
    epoch,
    publicKey,
  ])).toEqual([["Mia", 0, undefined], ["Ben", 1, "k"]]);
  expect(TOKENS.open(start.token)).toMatchObject({ slot: 1, epoch: 1 });
  expect(matches.seatOf(9)).toEqual({ match: "0000b007-1", slot: 1, epoch: 1 });
  expect(matches.seatOf(2)).toBe(undefined);
});

Deno.test("a seat's older tokens are refused everywhere, in the words for forged ones", () => {
  const matches = newMatches();
  const [, ben] = begin(matches);
  const newer = one(resume(matches, 9, ben), 9, "start").token;
  const forged = ben.slice(0, -1) + (ben.endsWith("A") ? "B" : "A");
  const answers = [ben, forged, "x", ""].map((token) =>
    one(resume(matches, 5, token), 5, "error")
  );

  expect(answers.map(({ code }) => code)).toEqual(Array(4).fill("bad_token"));
  expect(new Set(answers.map(({ message }) => message)).size).toBe(1);
  expect(refusal(matches.return(5, { token: ben, nowMs: 0 }), 5))
    .toBe("bad_token");
  expect(matches.relayOpened(ben)).toBe(undefined);
  expect(matches.relayOpened(newer)).toMatchObject({ epoch: 1 });
  expect(matches.seatOf(9)).toMatchObject({ epoch: 1 });
});

Deno.test("a seat can be taken again so often and no more", () => {
  const matches = newMatches();
  let [token] = begin(matches);
  for (let epoch = 1; epoch <= SEAT_EPOCH_MAX; epoch++) {
    const deliveries = resume(matches, 10 + epoch, token);
    expect(one(deliveries, 10 + epoch, "welcome").epoch).toBe(epoch);
    token = one(deliveries, 10 + epoch, "start").token;
  }

  expect(refusal(resume(matches, 99, token), 99)).toBe("seat_lost");
  expect(matches.seatOf(10 + SEAT_EPOCH_MAX)).toBeDefined();
});

Deno.test("a seat is given back to its process in the same epoch", () => {
  const matches = newMatches();
  const [mia] = begin(matches);

  const deliveries = matches.return(9, { token: mia, nowMs: 0 });

  expect(one(deliveries, 9, "welcome")).toMatchObject({ slot: 0, epoch: 0 });
  expect(deliveries.filter(({ to }) => to === 9).length).toBe(1);
  expect(refusal(deliveries, 1)).toBe("taken_over");
  expect(matches.counts).toEqual({ matches: 1, clients: 2 });
});

Deno.test("a lobby that was restarted goes on with what the tokens say", () => {
  const tokens = begin(newMatches());
  const matches = newMatches();

  const first = resume(matches, 1, tokens[0]);
  const second = resume(matches, 2, tokens[1]);

  expect(one(first, 1, "welcome"))
    .toMatchObject({ room: "MINE", rules: { players: 2, points: 11 } });
  expect(one(second, 2, "start").players.map(({ epoch }) => epoch))
    .toEqual([1, 1]);
  expect([matches.counts.matches, matches.isPlaying("MINE")]).toEqual([
    1,
    true,
  ]);
});

Deno.test("a lobby that was restarted takes a seat's newer token for the older one", () => {
  const old = newMatches();
  const [mia] = begin(old);
  const newer = old.resume(9, { token: mia, publicKey: "new", nowMs: 0 });
  const matches = newMatches();
  matches.return(1, { token: mia, nowMs: 0 });

  const { token } = one(newer, 9, "start");
  const deliveries = matches.return(9, { token, nowMs: 0 });

  expect(refusal(deliveries, 1)).toBe("taken_over");
  expect(one(deliveries, 9, "welcome").epoch).toBe(1);
  expect(matches.relayOpened(mia)).toBe(undefined);
  expect(one(resume(matches, 10, token), 10, "start").players[0])
    .toMatchObject({ epoch: 2, publicKey: "new" });
});

Deno.test("a match over a broker can't come back to a lobby without one", () => {
  const [mia] = begin(newMatches(BROKER));
  const matches = newMatches();

  expect(refusal(resume(matches, 1, mia), 1)).toBe("seat_lost");
  expect(matches.relayOpened(mia)).toMatchObject({ slot: 0 });
  const [ben] = begin(newMatches());
  const back = one(resume(newMatches(BROKER), 1, ben), 1, "start");
  expect(back.transport).toEqual({ kind: "relay" });
});

Deno.test("claims are judged for members, and for their own match", () => {
  const matches = newMatches();
  begin(matches);

  const granted = one(matches.claim(1, claim(), LATE_MS), 1, "granted");
  const refused = one(
    matches.claim(2, claim({ value: "w", seats: [[1, 0]] }), LATE_MS),
    2,
    "refused",
  );
  const stranger = one(matches.claim(7, claim(), LATE_MS), 7, "error");
  const foreign = one(
    matches.claim(1, claim({ match: "x" }), LATE_MS),
    1,
    "error",
  );

  expect(granted).toEqual({
    ...{ type: "granted", match: "0000b007-1", era: 1, value: "v" },
    seats: [[0, 0]],
  });
  expect(refused).toEqual({
    ...{ type: "refused", match: "0000b007-1", era: 1 },
    why: "The match was awarded to one player.",
  });
  expect(one(matches.claim(2, claim(), LATE_MS), 2, "granted")).toEqual(
    granted,
  );
  expect([stranger.code, foreign.code]).toEqual(["not_playing", "not_playing"]);
});

// R12 of docs/membership.md.
Deno.test("a lobby that was restarted witnesses nothing for its former matches", () => {
  const tokens = begin(newMatches());
  const matches = newMatches();
  matches.return(1, { token: tokens[0], nowMs: 0 });

  expect(one(matches.claim(1, claim(), LATE_MS), 1, "refused"))
    .toEqual({
      ...{ type: "refused", match: "0000b007-1", era: 1 },
      why: "This match began before the lobby did.",
    });
});

Deno.test("a lobby that has forgotten a match witnesses nothing for it", () => {
  const matches = newMatches();
  const tokens = begin(matches);
  matches.leave(1, 0);
  matches.leave(2, 0);
  matches.sweep(LINGER_MS);
  matches.return(1, { token: tokens[0], nowMs: LINGER_MS });

  expect(one(matches.claim(1, claim(), LATE_MS), 1, "refused").value).toBe(
    undefined,
  );
});

for (
  const [players, seats, message] of [
    [2, [[0, 0]], "The match was awarded to Mia."],
    [
      4,
      [[0, 0], [2, 0]],
      "The match went on without you, between Mia and Ada.",
    ],
  ] as const
) {
  Deno.test(`a seat of ${players} is lost when a granted claim leaves it out`, () => {
    const matches = newMatches();
    const tokens = begin(matches, players);
    matches.claim(1, claim({ seats }), LATE_MS);

    const deliveries = resume(matches, 9, tokens[1]);

    expect(refusal(deliveries, 9)).toBe("seat_lost");
    expect(one(deliveries, 9, "error").message).toBe(message);
    expect(refusal(resume(matches, 10, tokens[0]), 10)).toBe(undefined);
  });
}

Deno.test("a seat that was taken again is protected until its process is silent, or idle, for too long", () => {
  for (const isHeard of [false, true]) {
    const matches = newMatches();
    const [, ben] = begin(matches);
    const back = matches.resume(9, { token: ben, nowMs: LATE_MS });
    const { token } = one(back, 9, "start");
    const claimAt = (nowMs: number) => {
      if (isHeard) matches.hear(9, nowMs);
      return matches.claim(1, claim(), nowMs)[0].message;
    };

    expect(claimAt(LATE_MS)).toMatchObject({
      ...{ type: "refused", era: 1, why: "Player 2 is still here." },
    });
    expect(claimAt(LATE_MS + GONE_MS - 1).type).toBe("refused");
    expect(claimAt(LATE_MS + GONE_MS).type).toBe("granted");
    expect(refusal(resume(matches, 10, token), 10)).toBe("seat_lost");
  }
});
