// What the lobby's protocol takes and refuses, to the last value of each limit.
import { expect } from "@std/expect";
import {
  parseClientLine,
  parseLobbyLine,
} from "../../net/lobby/parsed_line.ts";
import { cleanName } from "../../net/lobby/protocol.ts";
import {
  changed,
  expectLimits,
  type Limits,
  LIST,
  TEXT,
} from "../support/limits.ts";
import { liesAbout } from "../support/lied_value.ts";
import { TestLobby } from "./books.ts";

type Message = Readonly<Record<string, unknown>>;
const SLOT = [[0, 3], [-1, 4, 0.5, "0"]] as const;
const UINT32 = [[0, 0xffffffff], [-1, 0x100000000]] as const;
const COUNT = [[0, 1e9], [-1, 0.5]] as const;
const ID = [["a", TEXT(64)], ["", TEXT(65), "a b", "a_b"]] as const;
const ROOM = [
  ["abc", "A1B2C3D4E5F6"],
  ["ab", "A1B2C3D4E5F6G", "a-c", "äbc"],
] as const;
const KEY = [["k", TEXT(100), "+/=_-"], ["", TEXT(101), "a b"]] as const;
const EPOCH = [[0, 15], [-1, 16]] as const;
const SEATS = [
  [[[0, 0]], LIST(4, [3, 15])],
  [[], LIST(5, [3, 15]), [[4, 0]], [[0, 16]], [[0]]],
] as const;
const VALUE = [["", TEXT(256), ".,:|/-"], [TEXT(257), "ä", " "]] as const;
const PLAYERS = [[2, 4], [1, 5]] as const;
const GRACE = [[1_000, 600_000], [999, 600_001, 5_000.5]] as const;
const TARGET = [[1, 99], [0, 100, 1.5]] as const;
const SLOTS = [[[], [3, 2, 1, 0]], [LIST(5, 0), [4]]] as const;

const RULES = { players: 2, points: 11, lives: 5, graceMs: 20_000 };
const RULES_LIMITS = {
  "rules.players": PLAYERS,
  "rules.points": TARGET,
  "rules.lives": TARGET,
  "rules.graceMs": GRACE,
};

const CLIENT: readonly (readonly [Message, Limits])[] = [
  [
    { type: "join", version: 4, name: "Mia" },
    {
      name: [
        ["x", TEXT(24), "👍".repeat(24)],
        ["", " ", TEXT(25), "👍".repeat(25), "\u202e"],
      ],
      room: ROOM,
      players: PLAYERS,
      points: TARGET,
      lives: TARGET,
      graceMs: GRACE,
      look: SLOT,
      publicKey: KEY,
      isBot: [[true], [0]],
      isReady: [[false], [0]],
      spectate: [[true], [0]],
      resume: [[""], [0]],
    },
  ],
  [{ type: "return", version: 4, token: "" }, { token: [[""], [0]] }],
  [
    { type: "claim", match: "m", era: 1, value: "v", seats: [[0, 0]] },
    { match: ID, era: UINT32, value: VALUE, seats: SEATS },
  ],
  [
    { type: "committed", match: "m", era: 1, seats: [[0, 0]] },
    { match: ID, era: UINT32, seats: SEATS },
  ],
  [
    {
      ...{ type: "result", match: "m", winner: 0, score: [0, 0] },
      reason: "finished",
      ...{ confirmedTick: 0, hash: 0 },
    },
    {
      match: ID,
      reason: [["finished", "walkover"], ["connection lost"]],
      winner: [[null, 0, 3], [-1, 4]],
      score: [[[0, 99], LIST(4, 0)], [[0], LIST(5, 0), [0, 100], [-1, 0]]],
      confirmedTick: UINT32,
      hash: UINT32,
    },
  ],
  [{ type: "ready", isReady: true }, { isReady: [[false], [0]] }],
  [{ type: "move", room: "ABC" }, { room: ROOM }],
  [{ type: "ping" }, {
    rttMs: [[0, 0.5, 60_000], [-1, 60_001]],
    tick: [[-1, 0, 0xffffffff], [-2, 0.5, 0x100000000]],
  }],
  [{ type: "again", match: "m" }, { match: ID }],
  [{ type: "leave" }, {}],
];

const START = { x: 0, y: 0.5 };
const SEATED = { id: "a", slot: 0, name: "Mia", look: 0, isBot: false };
const SHOWN = [["", TEXT(48)], [TEXT(49)]] as const;
const SEATED_LIMITS = {
  "players.0.id": ID,
  "players.0.slot": SLOT,
  "players.0.look": SLOT,
  "players.0.name": SHOWN,
  "players.0.isBot": [[true], [0]],
} as const;
const PLAYER = { ...SEATED, epoch: 0, start: START };
const OTHER = { room: "ABC", rules: RULES, present: 1 };
const WAITING = { ...SEATED, isReady: true, rttMs: null };

function broker(url: string, exchange = "pong") {
  return { kind: "amqp", url, exchange };
}

const LOBBY: readonly (readonly [Message, Limits])[] = [
  [
    {
      ...{ type: "welcome", id: "a", slot: 0, start: START, room: "ABC" },
      ...{ rules: RULES, epoch: 0 },
    },
    { id: ID, slot: SLOT, room: ROOM, epoch: EPOCH, ...RULES_LIMITS },
  ],
  [
    {
      ...{ type: "roster", room: "ABC", rules: RULES, players: [WAITING] },
      ...{ watchers: 0, startsInMs: null },
    },
    {
      ...SEATED_LIMITS,
      room: ROOM,
      watchers: COUNT,
      startsInMs: [[null, 0], [-1]],
      players: [[[], LIST(4, WAITING)], [LIST(5, WAITING)]],
      "players.0.rttMs": [[null, 0], [-1]],
      "players.0.isReady": [[false], [0]],
    },
  ],
  [{ type: "watching", room: "ABC", rules: RULES }, { room: ROOM }],
  [
    {
      ...{ type: "start", match: "m", rules: RULES, token: TEXT(16) },
      ...{ transport: { kind: "relay" }, players: LIST(2, PLAYER) },
    },
    {
      ...SEATED_LIMITS,
      match: ID,
      token: [[TEXT(16), TEXT(1_600)], [TEXT(15), TEXT(1_601), TEXT(15) + " "]],
      players: [[LIST(4, PLAYER)], [[PLAYER], LIST(5, PLAYER)]],
      "players.0.epoch": EPOCH,
      "players.0.publicKey": KEY,
      transport: [
        ["amqp://", "amqps://", "amqp://" + TEXT(493)].map((url) =>
          broker(url)
        ),
        [
          ...["http://", "xamqp://", "amqp://" + TEXT(494)].map((url) =>
            broker(url)
          ),
          broker("amqp://", "other"),
        ],
      ],
    },
  ],
  [
    { type: "rooms", rooms: [OTHER] },
    { rooms: [[[], LIST(8, OTHER)], [LIST(9, OTHER)]], "rooms.0.room": ROOM },
  ],
  [{ type: "pong" }, {}],
  [{ type: "watchers", count: 0 }, { count: COUNT }],
  [{ type: "again", wanted: [], gone: [] }, { wanted: SLOTS, gone: SLOTS }],
  [{ type: "relay", slot: 0, epoch: 0 }, { slot: SLOT, epoch: EPOCH }],
  [{ type: "watch" }, {}],
  [
    { type: "granted", match: "m", era: 1, value: "v", seats: [[0, 0]] },
    { match: ID, era: UINT32, value: VALUE, seats: SEATS },
  ],
  [
    { type: "refused", match: "m", era: 1 },
    {
      ...{ match: ID, era: UINT32, value: VALUE, seats: SEATS },
      why: [[TEXT(1_000)], [TEXT(1_001)]],
    },
  ],
  [
    {
      ...{ type: "over", match: "m", reason: "walkover", winner: null },
      ...{ isAgreed: true, message: "" },
    },
    {
      match: ID,
      reason: [["finished", "connection lost"], ["player left"]],
      winner: [[null, 0, 3], [-1, 4]],
      isAgreed: [[false], [0]],
      message: [[TEXT(1_000)], [TEXT(1_001)]],
      told: [
        [{ score: [0, 99], hash: 0 }, { score: LIST(4, 0), hash: 0xffffffff }],
        [{ score: [0], hash: 0 }, { score: LIST(5, 0), hash: 0 }, {
          ...{ score: [0, 0], hash: -1 },
        }],
      ],
    },
  ],
  [
    { type: "error", code: "a", message: "" },
    {
      code: [["a_b", TEXT(32)], ["", TEXT(33), "A"]],
      message: [[TEXT(1_000)], [TEXT(1_001)]],
    },
  ],
];

const isFromClient = (line: string) => parseClientLine(line).kind === "message";
const isFromLobby = (line: string) => parseLobbyLine(line) !== undefined;

for (
  const [who, messages, isTaken] of [
    ["a client", CLIENT, isFromClient],
    ["the lobby", LOBBY, isFromLobby],
  ] as const
) {
  for (const [message, limits] of messages) {
    Deno.test(`a "${message.type}" of ${who} is taken within its limits, and refused beyond`, () => {
      expectLimits(message, limits, isTaken);
    });
  }
}

Deno.test("a line with any fields lied about is refused, or taken as what it says", () => {
  for (const [message] of LOBBY) {
    for (const lied of liesAbout(message)) {
      const taken = parseLobbyLine(JSON.stringify(lied));
      if (!taken) continue;
      expect(parseLobbyLine(JSON.stringify(taken))).toEqual(taken);
    }
  }
});

Deno.test("whatever fields a client lies about, the others' match is as it was", () => {
  const lobby = new TestLobby();
  const said = ([message]: readonly [Message, Limits]) =>
    [...liesAbout({ ...message, room: "LIES" })]
      .flatMap((lied) => {
        const parsed = parseClientLine(JSON.stringify(lied));
        return parsed.kind === "message" ? [parsed.message] : [];
      });
  for (const client of [1, 2, 3]) lobby.join(client, { room: "TRUE" });
  const [a, b] = [1, 2].map((client) => lobby.newest(client, "start"));
  lobby.forget();

  for (const message of CLIENT.flatMap(said)) {
    const { books } = lobby;
    if (message.type === "leave") lobby.leave(4);
    else if (message.type === "result") books.matches.result(4, message);
    else if (!lobby.closed.includes(4)) books.take(4, message, lobby.nowMs);
  }

  expect(a.match).toBe(b.match);
  expect([1, 2].flatMap((client) => lobby.types(client))).toEqual([]);
});

/** What a client is told whose line isn't understood. */
function answerTo(line: string) {
  const parsed = parseClientLine(line);
  return parsed.kind === "bad" ? parsed.answer : undefined;
}

Deno.test("what a client leaves out is filled in, and what isn't known is dropped", () => {
  const line = '{"type":"join","version":4,"name":" Mia ","room":"abc","x":1}';
  const filled = { isBot: false, isReady: true, spectate: false };

  expect(parseClientLine(line)).toEqual({
    kind: "message",
    message: { type: "join", version: 4, name: "Mia", room: "ABC", ...filled },
  });
});

Deno.test("a line that isn't understood is answered with where and why, and an example", () => {
  expect(answerTo('{"type":"join","version":4,"name":"","players":9}')?.message)
    .toBe(
      'Cannot understand this line: "name": A name has 1 to 24 characters. ' +
        "The lobby takes one JSON object a line, for example " +
        '{"type":"join","version":4,"name":"Mia"}',
    );
  expect(answerTo("oops")?.message)
    .toMatch(/^Cannot understand this line: \w/);
});

Deno.test("what the lobby says can't move a terminal's cursor or reverse its text", () => {
  const error = { type: "error", code: "a", message: "\u001b[2JNo\u202e, no" };
  expect(parseLobbyLine(JSON.stringify(error)))
    .toEqual({ ...error, message: "[2JNo, no" });
  const name = "Mia\u001b \u202e";
  const start = LOBBY[3][0];

  const message = parseLobbyLine(changed(start, "players.0.name", name));

  expect(message?.type === "start" && message.players[0].name).toBe("Mia");
});

Deno.test("names lose what is invisible or reverses text", () => {
  expect(cleanName("  Mia\u202e \u200b\u0007 \t Ben\u0000 ")).toBe("Mia Ben");
  expect(cleanName("\u3164")).toBe("");
  expect(cleanName("Zoe\u0308")).toBe("Zo\u00eb");
});

for (
  const line of [
    ...["", "null", "[]", "{}", '{"type":"__proto__"}', "[".repeat(4000)],
    '{"type":"join","version":"1","name":"Mia"}',
    '{"type":"join","version":4,"name":"Mia","points":1e309}',
  ]
) {
  Deno.test(`the protocol refuses ${line.slice(0, 60) || "an empty line"}`, () => {
    expect(answerTo(line)?.code).toBe("bad_message");
  });
}

Deno.test("another version is refused with both versions and who has to update", () => {
  expect(answerTo('{"type":"join","version":5,"who":[]}')?.message).toBe(
    "The lobby speaks protocol version 4, this player version 5. " +
      "Update the lobby: it is the older one.",
  );
  expect(answerTo('{"type":"join","version":1}')?.message)
    .toContain("Update the player");
});
