import { expect } from "@std/expect";
import { parseArgs, type ParsedArgs } from "../../net/cli/command_line.ts";
import { joinWishes } from "../../net/cli/commands.ts";
import {
  DEFAULT_LIMITS,
  type LobbyLimits,
} from "../../net/lobby_server/limits.ts";
import { NO_TRANSPORT_FAULTS } from "../../net/transport/faulty.ts";

function parse(
  words: string,
  env: Record<string, string> = {},
): ParsedArgs {
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

const CASES: readonly (readonly [string, Record<string, unknown>])[] = [
  ["lobby", { kind: "lobby", host: "0.0.0.0", port: 5555 }],
  ["lobby --port 7000", { port: 7000 }],
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
  ["play", { kind: "play", lan: false, record: true }],
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
  ["demo", { kind: "demo", players: 2, humans: 1, skill: "normal" }],
  ["demo --players 4 --humans 2", { players: 4, humans: 2 }],
];

for (const [words, expected] of CASES) {
  Deno.test(`pong ${words} is understood`, () => {
    expect(commandOf(words)).toMatchObject(expected);
  });
}

const LIMITS: readonly (readonly [string, Partial<LobbyLimits>])[] = [
  ["lobby", {}],
  ["lobby --max-connections 9", { connections: 9 }],
  ["lobby --max-connections-per-address 2", { connectionsPerAddress: 2 }],
  ["lobby --max-rooms 3", { rooms: 3 }],
  ["lobby --max-watchers 0", { watchersPerMatch: 0 }],
  ["lobby --max-watchers 100", { watchersPerMatch: 100 }],
];

for (const [words, limits] of LIMITS) {
  Deno.test(`pong ${words} sets these limits and no others`, () => {
    const { limits: parsed } = commandOf(words);

    expect({ ...DEFAULT_LIMITS, ...parsed as Partial<LobbyLimits> })
      .toEqual({ ...DEFAULT_LIMITS, ...limits });
  });
}

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["play --bot", /--host/],
  ["watch --room KMPQRA", /--host/],
  ["replay", /missing required argument 'file'/],
  ["play --host a --port 70000", /whole number from 0 to 65535.*play --help/],
  ["play --host a --players 5", /from 2 to 4/],
  ["play --host a --points 0", /from 1 to 99/],
  ["play --host a --bot clever", /easy, normal, hard/],
  ["play --host a --faults loss=200", /"loss" takes 0 to 100 percent/],
  ["play --host a --unknown", /--unknown/],
  ["lobby --port 1.5", /whole number/],
  ["lobby --max-connections 0", /from 1 to 1000000/],
  ["lobby --max-connections-per-address 0", /from 1 to 1000000/],
  ["lobby --max-rooms 0", /from 1 to 1000000/],
  ["lobby --max-watchers many", /from 0 to 1000000/],
  ["lobby --max-messages-per-second 5", /unknown option.*--max-messages-per-/],
  ["lobby --max-line-bytes 2048", /unknown option.*--max-line-bytes/],
  ["lobby --first-line-timeout 2", /unknown option.*--first-line-timeout/],
  ["lobby --silence-timeout 9", /unknown option.*--silence-timeout/],
  ["lobby --max-frames-per-second 120", /unknown option.*--max-frames-per-/],
  ["lobby --max-waiting-frames 8", /unknown option.*--max-waiting-frames/],
  ["lobby --relay-silence-timeout 3", /unknown option.*--relay-silence-/],
  ["lobby --match-memory 5", /unknown option.*--match-memory/],
  ["demo extra", /too many arguments/],
  ["dance", /dance.*pong --help/],
];

for (const [words, message] of REFUSED) {
  Deno.test(`pong ${words} is refused in one line`, () => {
    const parsed = parse(words);
    expect(parsed).toMatchObject({ kind: "usage" });
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
    PONG_HOST: "b",
    PONG_PAGE_PORT: "8080",
    PONG_ONCE: "1",
    PONG_OPEN: "0",
  };

  expect(commandOf("play", env)).toMatchObject({
    host: "b",
    pagePort: 8080,
    once: true,
    open: false,
  });
  expect(commandOf("play --host c", env)).toMatchObject({ host: "c" });
  expect(commandOf("play", { PONG_HOST: "b", PONG_PORT: "no" }))
    .toMatchObject({ kind: "usage" });
});

for (
  const words of [
    "",
    "--help",
    "lobby --help",
    "play --help",
    "demo -h",
    "watch --help",
    "replay --help",
  ]
) {
  Deno.test(`pong ${words} shows help with an example`, () => {
    const parsed = parse(words);
    expect(parsed.kind).toBe("text");
    expect(parsed.kind === "text" && parsed.text).toMatch(/\n {2}pong \w+/);
  });
}

Deno.test("pong --version prints the version", () => {
  expect(parse("--version")).toEqual({ kind: "text", text: "1.2.3\n" });
});
