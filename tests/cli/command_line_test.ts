import { expect } from "@std/expect";
import { parseArgs, type ParsedArgs } from "../../net/cli/command_line.ts";
import { joinWishes } from "../../net/cli/commands.ts";
import {
  DEFAULT_LIMITS,
  type LobbyLimits,
} from "../../net/lobby_server/limits.ts";
import { NO_TRANSPORT_FAULTS } from "../../net/transport/faulty.ts";

function parse(words: string, env: Record<string, string> = {}): ParsedArgs {
  const args = words === "" ? [] : words.split(" ");
  return parseArgs(args, { version: "1.2.3", env });
}

/** The parsed command's fields, or the whole answer where it is no command. */
function commandOf(
  words: string,
  env?: Record<string, string>,
): Readonly<Record<string, unknown>> {
  const parsed = parse(words, env);
  return { ...(parsed.kind === "run" ? parsed.command : parsed) };
}

/** These limits of a lobby, and the usual ones otherwise. */
function limits(changed: Partial<LobbyLimits>): Record<string, unknown> {
  const { connections, connectionsPerAddress, rooms, watchersPerMatch } =
    DEFAULT_LIMITS;
  const usual = { connections, connectionsPerAddress, rooms, watchersPerMatch };
  return { limits: { ...usual, ...changed } };
}

const CASES: readonly (readonly [string, Record<string, unknown>])[] = [
  ["lobby --port 7000", { port: 7000 }],
  ["lobby --max-connections 9", limits({ connections: 9 })],
  [
    "lobby --max-connections-per-address 2",
    limits({ connectionsPerAddress: 2 }),
  ],
  ["lobby --max-rooms 3", limits({ rooms: 3 })],
  ["lobby --max-watchers 0", limits({ watchersPerMatch: 0 })],
  ["lobby --broker amqp://u:p@h", { broker: "amqp://u:p@h" }],
  ["play --host a", { kind: "play", host: "a", port: 5555, open: true }],
  ["play --host a --bot", { bot: "normal" }],
  ["play --host a --bot hard", { bot: "hard" }],
  ["play --host a --bot --name Mia", { bot: "normal", name: "Mia" }],
  ["play --host a --players 4 --lives 3", { players: 4, lives: 3 }],
  ["play --host a --no-open --once", { open: false, once: true }],
  ["play --host a --faults latency=80,cut=in", {
    faults: { ...NO_TRANSPORT_FAULTS, delayMs: 80, cut: "in" },
  }],
  ["play --lan --no-record", { lan: true, record: false }],
  ["watch --host a", { kind: "watch", host: "a", port: 5555, once: false }],
  ["watch --host a --room KMPQRA --once", { room: "KMPQRA", once: true }],
  ["replay a.pong-replay", { kind: "replay", file: "a.pong-replay" }],
  ["replay a --check", { file: "a", check: true }],
  ["play --resume", { kind: "resume", open: true, once: false }],
  ["play --resume a.json --no-open", { file: "a.json", open: false }],
  ["play --resume --host a", { kind: "resume" }],
  ["play --host a --state-folder s", { kind: "play", stateFolder: "s" }],
  ["lobby --state-folder s", { stateFolder: "s" }],
  ["demo --players 4 --humans 2", { players: 4, humans: 2 }],
];

const LOGS = { logFormat: "pretty", logLevel: "warning" };
const PAGE = { pagePort: 0, lan: false, open: true };
const PLAY = { ...LOGS, ...PAGE, port: 5555, grace: 20, once: false };

/** What each command is where nothing is said. */
const DEFAULTS: Readonly<Record<string, Record<string, unknown>>> = {
  lobby: {
    ...{ ...LOGS, kind: "lobby", host: "::", port: 5555 },
    ...{ maxConnections: 512, maxConnectionsPerAddress: 32 },
    ...{ maxRooms: 128, maxWatchers: 16 },
    ...limits({}),
  },
  play: { ...PLAY, kind: "play", record: true },
  "play --resume": { ...PLAY, kind: "resume", record: true },
  demo: {
    ...{ ...LOGS, kind: "demo", players: 2, humans: 1, points: 11, lives: 5 },
    ...{ skill: "normal", once: false, open: true },
  },
  "watch --host a": {
    ...{ ...LOGS, ...PAGE, kind: "watch", host: "a", port: 5555, once: false },
  },
  "replay a": { ...LOGS, ...PAGE, kind: "replay", file: "a", check: false },
};

for (const [words, expected] of Object.entries(DEFAULTS)) {
  Deno.test(`pong ${words} says no more than it is told`, () => {
    expect(commandOf(words)).toEqual(expected);
  });
}

/** Options that take whole numbers, from the least to the most. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  "lobby --port": [0, 65_535],
  "lobby --max-connections": [1, 1_000_000],
  "lobby --max-connections-per-address": [1, 1_000_000],
  "lobby --max-rooms": [1, 1_000_000],
  "lobby --max-watchers": [0, 1_000_000],
  "play --port": [0, 65_535],
  "play --page-port": [0, 65_535],
  "play --players": [2, 4],
  "play --points": [1, 99],
  "play --lives": [1, 99],
  "play --grace": [3, 600],
  "demo --players": [2, 4],
  "demo --humans": [0, 4],
  "demo --points": [1, 99],
  "demo --lives": [1, 99],
};

for (const [words, [least, most]] of Object.entries(RANGES)) {
  Deno.test(`pong ${words} takes whole numbers from ${least} to ${most}`, () => {
    const option = words.replace(/.*--/, "")
      .replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());
    for (const number of [least, most]) {
      expect(commandOf(`${words} ${number}`)[option]).toBe(number);
    }
    for (const wrong of [least - 1, most + 1, `${least}.5`, `0x${least}`]) {
      expect(commandOf(`${words}=${wrong}`)).toMatchObject({
        kind: "usage",
        message: expect.stringContaining(`from ${least} to ${most}.`),
      });
    }
  });
}

for (const [words, expected] of CASES) {
  Deno.test(`pong ${words} is understood`, () => {
    expect(commandOf(words)).toMatchObject(expected);
  });
}

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["play --bot", /--host/],
  ["watch --room KMPQRA", /--host/],
  ["replay", /missing required argument 'file'/],
  ["play --host a --bot clever", /easy, normal, hard/],
  ["play --host a --faults loss=200", /"loss" takes 0 to 100 percent/],
  ["play --host a --unknown", /--unknown/],
  ["lobby --max-watchers many", /from 0 to 1000000/],
  ["demo extra", /too many arguments.*\(see pong demo --help\)/],
  ["play --log-level loud", /^pong: option .*debug, info, warning, error/],
  ["play --log-format xml", /pretty, json/],
  ["dance", /dance.*pong --help/],
  ["help", /help.*\(see pong --help\)/],
];

for (const [words, message] of REFUSED) {
  Deno.test(`pong ${words} is refused in one line`, () => {
    const parsed = parse(words);
    const text = parsed.kind === "usage" ? parsed.message : "";
    expect(text).toMatch(message);
    expect(text).not.toContain("\n");
  });
}

Deno.test("what was said without a lobby is what the start screen shows", () => {
  const said = (words: string) => {
    const parsed = parse(words);
    if (parsed.kind !== "run" || parsed.command.kind !== "play") return;
    return joinWishes(parsed.command);
  };

  expect(said("play")).toEqual({});
  expect(said("play --name Mia --players 3 --lives 2"))
    .toEqual({ name: "Mia", players: 3, lives: 2 });
  expect(said("play --room KMPQRA")).toEqual({ room: "KMPQRA", mode: "room" });
});

Deno.test("the environment sets options, and flags win over it", () => {
  const env = {
    ...{ PONG_HOST: "b", PONG_PAGE_PORT: "8080" },
    ...{ PONG_ONCE: "1", PONG_OPEN: "0" },
  };

  expect(commandOf("play", env))
    .toMatchObject({ host: "b", pagePort: 8080, once: true, open: false });
  expect(commandOf("play --host c", env)).toMatchObject({ host: "c" });
  expect(commandOf("play", { PONG_HOST: "b", PONG_PORT: "no" }))
    .toMatchObject({ kind: "usage" });
  for (const value of ["0", "false", "NO", "off"]) {
    expect(commandOf("play", { PONG_ONCE: value, PONG_OPEN: value }))
      .toMatchObject({ once: false, open: false });
  }
  expect(commandOf("play", { PONG_OPEN: "yes", PONG_HOST: "", PONG_ROOM: "" }))
    .toEqual(DEFAULTS.play);
  expect(parse("dance", env)).toMatchObject({ kind: "usage" });
});

for (
  const words of [
    ...["", "--help", "lobby --help", "play --help", "demo -h"],
    ...["watch --help", "replay --help"],
  ]
) {
  Deno.test(`pong ${words} shows help with an example`, () => {
    const parsed = parse(words);
    const text = parsed.kind === "text" ? parsed.text : "";
    expect(text).toMatch(/^Usage: pong [^]*\n {2}pong \w+/);
  });
}

Deno.test("pong --version prints the version", () => {
  expect(parse("--version")).toEqual({ kind: "text", text: "1.2.3\n" });
});
