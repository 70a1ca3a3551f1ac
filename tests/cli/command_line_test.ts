import { expect } from "@std/expect";
import { parseArgs, type ParsedArgs } from "../../net/cli/command_line.ts";
import { createCommands, joinWishes } from "../../net/cli/commands.ts";
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
  return parsed.kind === "run" ? { ...parsed.command } : { ...parsed };
}

/** These limits of a lobby, and the usual ones otherwise. */
function limits(changed: Partial<LobbyLimits>): Record<string, unknown> {
  const { connections, connectionsPerAddress, rooms, watchersPerMatch } =
    DEFAULT_LIMITS;
  const usual = { connections, connectionsPerAddress, rooms, watchersPerMatch };
  return { limits: { ...usual, ...changed } };
}

/** The lobby that most cases name. */
const A = { hostname: "a", port: 5555 };

const CASES: readonly (readonly [string, Record<string, unknown>])[] = [
  ["lobby --port 7000", { address: { hostname: "::", port: 7000 } }],
  ["lobby --max-connections 9", limits({ connections: 9 })],
  [
    "lobby --max-connections-per-address 2",
    limits({ connectionsPerAddress: 2 }),
  ],
  ["lobby --max-rooms 3", limits({ rooms: 3 })],
  ["lobby --max-watchers 0", limits({ watchersPerMatch: 0 })],
  ["lobby --broker amqp://u:p@h", { broker: "amqp://u:p@h" }],
  ["play --host a", { kind: "play", address: A, open: true }],
  ["play --broker-host B,[::1] --broker-host c", {
    brokerHost: ["b", "::1", "c"],
  }],
  ["play --host a --bot", { bot: "normal" }],
  ["play --host a --bot hard", { bot: "hard" }],
  ["play --host a --bot --name Mia", { bot: "normal", name: "Mia" }],
  ["play --host a --players 4 --lives 3", { players: 4, lives: 3 }],
  ["play --host a --no-open --once", { open: false, once: true }],
  ["play --host a --faults latency=80,cut=in", {
    faults: { ...NO_TRANSPORT_FAULTS, delayMs: 80, cut: "in" },
  }],
  ["play --lan --no-record", { lan: true, record: false }],
  ["watch --host a", { kind: "watch", address: A, once: false }],
  ["watch --host a --room kmpqra --once", { room: "KMPQRA", once: true }],
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
    ...{ ...LOGS, kind: "lobby", address: { hostname: "::", port: 5555 } },
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
    ...{ ...LOGS, ...PAGE, kind: "watch", address: A, once: false },
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
      const command: Record<string, unknown> = commandOf(`${words} ${number}`);
      // A lobby's port is part of its address.
      expect({ ...command, ...command.address as object })
        .toMatchObject({ [option]: number });
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
  ["paly --host a", /unknown command 'paly' \(Did you mean play\?\)/],
  ["lobby --broker amqp://a:b@h --broker-file f", /two brokers/],
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
    .toEqual({ name: "Mia", players: 3, quickPlayers: 3, lives: 2 });
  expect(said("play --room KMPQRA")).toEqual({ room: "KMPQRA", mode: "room" });
});

/** Of each option: what its variable may say, what is no value of it, what is typed against it. */
const VARIABLES: Readonly<Record<string, readonly [string, string, string]>> = {
  ...{ brokerHost: ["a,b", "a b", "--broker-host=c"] },
  ...{ bot: ["easy", "clever", "--no-bot"], lan: ["on", "2", "--no-lan"] },
  ...{ broker: ["amqp://u:p@h", "u:p@h", "--broker=amqp://u:q@h"] },
  ...{ brokerCa: ["f", "", "--broker-ca=g"] },
  ...{
    brokerFile: ["f", "", "--broker-file=g"],
    check: ["1", "2", "--no-check"],
  },
  ...{ faults: ["loss=1", "loss=x", "--faults=loss=2"] },
  ...{ grace: ["9", "1", "--grace=20"], host: ["b", "b c", "--host=c"] },
  ...{ humans: ["2", "5", "--humans=1"], lives: ["1", "0", "--lives=5"] },
  ...{ logFormat: ["json", "xml", "--log-format=pretty"] },
  ...{ logLevel: ["info", "loud", "--log-level=error"] },
  ...{ maxConnections: ["7", "x", "--max-connections=512"] },
  ...{
    maxConnectionsPerAddress: ["7", "0", "--max-connections-per-address=9"],
  },
  ...{ maxRooms: ["7", "-1", "--max-rooms=8"] },
  ...{ maxWatchers: ["7", "1.5", "--max-watchers=8"] },
  ...{
    name: ["Mia", "x".repeat(25), "--name=Ada"],
    open: ["0", "x", "--open"],
  },
  ...{ once: ["YES", "x", "--no-once"], pagePort: ["7", "x", "--page-port=0"] },
  ...{ players: ["3", "5", "--players=2"], points: ["1", "0", "--points=2"] },
  ...{ port: ["7", "tcp://10.0.0.1:5555", "--port=5555"] },
  ...{ record: ["off", "x", "--record"], resume: ["1", "", "--no-resume"] },
  ...{
    room: ["abc", "N1", "--room=XYZ"],
    skill: ["hard", "x", "--skill=easy"],
  },
  ...{ stateFolder: ["/a", "", "--state-folder=/b"] },
};

for (const each of createCommands(() => {}, "pong")) {
  const [command, options] = [each.name(), each.options];
  const rest = { play: " --host a", watch: " --host a", replay: " a" }[command];
  for (const option of options) {
    const field = option.attributeName();
    const flag = option.long ?? "";
    const variable = "PONG_" + flag.replace(/^--(no-)?/, "")
      .replaceAll("-", "_").toUpperCase();
    Deno.test(`pong ${command} takes ${flag} from ${variable}, unless it is typed or makes no sense`, () => {
      const [value, wrong, typed] = VARIABLES[field];
      // What names the lobby is the variable alone; a watcher has to name one.
      const words = command + (field === "host" ? "" : rest ?? "");
      const said = (words: string, value = "") =>
        commandOf(words, { [variable]: value });
      const plain = commandOf(words);

      expect(said(words, value)).not.toEqual(plain);
      expect(said(words, ` ${value}`)).toEqual(said(words, value));
      expect(said(`${words} ${typed}`, value))
        .toEqual(commandOf(`${words} ${typed}`));
      if (wrong === "" || plain.kind === "usage") return;
      expect(said(words, wrong)).toEqual(plain);
      const { warnings } = {
        warnings: [],
        ...parse(words, { [variable]: wrong }),
      };
      expect(warnings).toEqual([expect.stringContaining(`${flag}. `)]);
      expect(warnings[0]).toContain(`${variable} is ignored`);
    });
  }
}

Deno.test("of two ways to say where, the one that was typed counts", () => {
  const at = (words: string, env: Record<string, string> = {}) =>
    commandOf(words, env).address ?? commandOf(words, env).message;
  expect(at("play --host a:7")).toEqual({ ...A, port: 7 });
  expect(at("play --host a:7 --port 7")).toEqual({ ...A, port: 7 });
  expect(at("play --host a:7", { PONG_PORT: "8" })).toEqual({ ...A, port: 7 });
  expect(at("play --port 8", { PONG_HOST: "a:7" })).toEqual({ ...A, port: 8 });
  expect(at("play --host a:7 --port 8")).toMatch(/port 7 and --port 8/);
  const broker = { PONG_BROKER: "amqp://u:p@h", PONG_BROKER_FILE: "f" };
  const file = commandOf("lobby --broker-file g", broker);
  expect(file).toMatchObject({ brokerFile: "g" });
  expect(file).not.toHaveProperty("broker");
  expect(commandOf("lobby --broker amqp://i:j@k", broker))
    .toMatchObject({ broker: "amqp://i:j@k" });
  expect(commandOf("lobby", broker)).toMatchObject({ kind: "usage" });
});

Deno.test("whoever types a broker's password is warned, once", () => {
  const warned = (words: string, env = {}) => {
    const parsed = parse(words, env);
    return parsed.kind === "run" ? parsed.warnings : [];
  };
  const url = "amqp://u:p@h";
  expect(warned(`lobby --broker ${url}`))
    .toEqual([expect.stringMatching(/PONG_BROKER.*--broker-file/)]);
  expect(warned("lobby --broker amqp://h")).toEqual([]);
  expect(warned("lobby", { PONG_BROKER: url })).toEqual([]);
});

for (
  const words of [
    ...["", "--help", "lobby --help", "play --help", "demo -h"],
    ...["watch --help", "replay --help", "help", "help play"],
  ]
) {
  Deno.test(`pong ${words} shows help with an example`, () => {
    const parsed = parse(words);
    const text = parsed.kind === "text" ? parsed.text : "";
    expect(text).toMatch(/^Usage: pong [^]*\n {2}pong \w+/);
  });
}

Deno.test("help begins with what to type, as the program is started here", () => {
  const context = { version: "1", env: {}, pong: "./pong" };
  const help = (...words: string[]) => {
    const parsed = parseArgs(words, context);
    return parsed.kind === "text" ? parsed.text : "";
  };
  expect(help("help")).toBe(help("--help"));
  expect(help()).toMatch(
    /Start here:\n {2}\.\/pong demo [^]*Options:[^]* play [^]* lobby [^]* demo /,
  );
  expect(help("help", "watch")).toBe(help("watch", "--help"));
  expect(help("help", "watch")).toMatch(/\n {2}\.\/pong watch --host .*\n$/);
});

Deno.test("pong --version prints the version", () => {
  expect(parse("--version")).toEqual({ kind: "text", text: "1.2.3\n" });
});
