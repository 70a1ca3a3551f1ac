/**
 * What the program can be told to do: each command's options, and what follows from them.
 *
 * The options are declared to commander once; the types of the commands are inferred from that.
 *
 * @module
 */
import {
  Command as Program,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
  type OptionValues,
} from "@commander-js/extra-typings";
import { SKILLS } from "../../game/bot.ts";
import { DEFAULT_GRACE_MS, DEFAULT_RULES } from "../../game/court.ts";
import { DEFAULT_LOBBY_PORT } from "../lobby/protocol.ts";
import { DEFAULT_LIMITS, type LobbyLimits } from "../lobby_server/limits.ts";
import type { JoinSettings } from "../page/message.ts";
import type { TransportFaults } from "../transport/faulty.ts";
import { parseFaults } from "./fault_options.ts";

/** What the options of a command are parsed to. */
type OptionsOf<Create extends () => CommandUnknownOpts> = Readonly<
  ReturnType<ReturnType<Create>["opts"]>
>;

/** Starts a lobby. */
export interface LobbyCommand extends OptionsOf<typeof lobby> {
  readonly kind: "lobby";
  /** Those that an operator sets. */
  readonly limits: Partial<LobbyLimits>;
}

/** Joins a match, on the page if no `host` is given. */
export interface PlayCommand extends Omit<OptionsOf<typeof play>, "resume"> {
  readonly kind: "play";
}

/** Comes back into a match that this computer has dropped out of, as whoever played there. */
export interface ResumeCommand extends Omit<PlayCommand, "kind"> {
  readonly kind: "resume";
  /** The seat's file; the newest in the state folder if not given. */
  readonly file?: string;
}

/** Plays on this computer alone. */
export interface DemoCommand extends OptionsOf<typeof demo> {
  readonly kind: "demo";
}

/** Watches a match. */
export interface WatchCommand extends OptionsOf<typeof watch> {
  readonly kind: "watch";
  readonly host: string;
}

/** Plays or checks a recording. */
export interface ReplayCommand extends OptionsOf<typeof replay> {
  readonly kind: "replay";
  readonly file: string;
}

export type Command =
  | LobbyCommand
  | PlayCommand
  | ResumeCommand
  | DemoCommand
  | WatchCommand
  | ReplayCommand;

/** Which log lines to write, and how; every command says it. */
export type LogOptions = Pick<Command, "logFormat" | "logLevel">;

/** Makes commander's commands; the one that is parsed gives `done` what to do. */
export function createCommands(
  done: (command: Command) => void,
): readonly CommandUnknownOpts[] {
  return [
    lobby().action((options) => {
      const limits = {
        connections: options.maxConnections,
        connectionsPerAddress: options.maxConnectionsPerAddress,
        rooms: options.maxRooms,
        watchersPerMatch: options.maxWatchers,
      };
      done({ kind: "lobby", ...options, limits });
    }),
    play().action(({ resume, ...options }, self) => {
      if (resume) {
        const file = typeof resume === "string" ? { file: resume } : {};
        return done({ kind: "resume", ...options, ...file });
      }
      if (options.bot && !options.host) self.error(NO_HOST);
      done({ kind: "play", ...options });
    }),
    demo().action((options) => done({ kind: "demo", ...options })),
    watch().action(({ host, ...options }, self) => {
      // Not a required option: a misspelt one is to be named first.
      if (!host) return self.error(NO_HOST);
      done({ kind: "watch", host, ...options });
    }),
    replay().action((file, options) =>
      done({ kind: "replay", file, ...options })
    ),
  ];
}

/** Returns what was said of how to play; the rest is as it was chosen the last time. */
export function joinWishes(
  { name, room, players, points, lives }: PlayCommand,
): Partial<JoinSettings> {
  const mode = room === undefined ? undefined : "room";
  const said = Object.entries({ name, room, mode, players, points, lives })
    .filter(([, wish]) => wish !== undefined);
  return Object.fromEntries(said);
}

const NO_HOST = "which lobby? Name its computer with --host";

const grace = wholeNumber(3, 600);
const port = wholeNumber(0, 65535);
const players = wholeNumber(2, 4);
const target = wholeNumber(1, 99);

/** No lobby serves more than this. */
const MANY = 1_000_000;

const BROKER_CA = new Option(
  "--broker-ca <file>",
  "PEM file of the authority that signed the broker's certificate",
);
const STATE_FOLDER = new Option(
  "--state-folder <folder>",
  "where to keep what the next start needs, ~/.local/state/pong if not given",
);
const PAGE_PORT = new Option(
  "--page-port <port>",
  "port of the page, 0 for any free one",
).argParser(port).default(0);
const LAN = new Option(
  "--lan",
  "let phones on your network open the page, by an address only you see",
).default(false);
const NO_OPEN = new Option("--no-open", "don't open the browser");
const ONCE = new Option("--once", "exit after the match").default(false);
const PORT = new Option("--port <port>", "the lobby's port")
  .argParser(port).default(DEFAULT_LOBBY_PORT);

function lobby() {
  const command = new Program("lobby")
    .description("Introduce players to each other, and relay their moves.")
    .option(
      "--max-connections <n>",
      "connections in all",
      wholeNumber(1, MANY),
      DEFAULT_LIMITS.connections,
    )
    .option(
      "--max-connections-per-address <n>",
      "connections from one address",
      wholeNumber(1, MANY),
      DEFAULT_LIMITS.connectionsPerAddress,
    )
    .option(
      "--max-rooms <n>",
      "rooms and matches at a time",
      wholeNumber(1, MANY),
      DEFAULT_LIMITS.rooms,
    )
    .option(
      "--max-watchers <n>",
      "watchers of one match",
      wholeNumber(0, MANY),
      DEFAULT_LIMITS.watchersPerMatch,
    )
    .option(
      "--host <address>",
      "address to listen on, :: for all, of IPv4 too",
      "::",
    )
    .option("--port <port>", "port to listen on", port, DEFAULT_LOBBY_PORT)
    .option(
      "--broker <url>",
      "play over this RabbitMQ instead, amqp://user:password@host",
    )
    .addOption(BROKER_CA)
    .addOption(STATE_FOLDER);
  return withLogging(command, "pong lobby --port 5555");
}

function play() {
  const command = new Program("play")
    .description(
      "Join a match; the game opens in the browser. Without --host, choose there.",
    )
    .option("--points <n>", "points to win, with two players", target)
    .option("--lives <n>", "lives of each, with three or four", target)
    .option("--host <address>", "the lobby's computer")
    .addOption(PORT)
    .option("--name <name>", "what the others call you")
    .option("--room <code>", "play with those who name the same room")
    .option("--players <n>", "how many play: 2, 3 or 4", players)
    .addOption(
      new Option("--bot [skill]", "let a bot play, without a page")
        .choices(SKILLS).preset("normal"),
    )
    .addOption(PAGE_PORT)
    .addOption(LAN)
    .option(
      "--resume [file]",
      "come back into the match that was left by a crash, as who you were",
    )
    .addOption(STATE_FOLDER)
    .addOption(BROKER_CA)
    .option(
      "--faults <list>",
      "try a bad network: latency=80,jitter=20 (ms), loss=5,duplicate=1,reorder=2 (%), cut=in",
      faults,
    )
    .option(
      "--no-record",
      "keep the recording in memory only, for the page to save",
    )
    .addOption(NO_OPEN)
    .option(
      "--grace <seconds>",
      "how long matches of a room that you open wait for a lost opponent",
      grace,
      DEFAULT_GRACE_MS / 1000,
    )
    .addOption(ONCE);
  return withLogging(command, "pong play --host 192.168.1.20 --name Mia");
}

function demo() {
  const command = new Program("demo")
    .description("Play on this computer: a lobby, you, and bots.")
    .option("--players <n>", "how many play: 2, 3 or 4", players, 2)
    .option(
      "--humans <n>",
      "how many of them are people: 0 to 4",
      wholeNumber(0, 4),
      1,
    )
    .option("--points <n>", "points to win", target, DEFAULT_RULES.points)
    .option(
      "--lives <n>",
      "lives of each of 3 or 4",
      target,
      DEFAULT_RULES.lives,
    )
    .addOption(
      new Option("--skill <skill>", "how well the bots play")
        .choices(SKILLS).default("normal"),
    )
    .addOption(STATE_FOLDER)
    .addOption(NO_OPEN)
    .addOption(ONCE);
  return withLogging(command, "pong demo --players 4");
}

function watch() {
  const command = new Program("watch")
    .description("Watch a match from any moment on, without disturbing it.")
    .option("--host <address>", "the lobby's computer")
    .addOption(PORT)
    .addOption(BROKER_CA)
    .option(
      "--room <code>",
      "which match; the newest of strangers if not given",
    )
    .addOption(PAGE_PORT)
    .addOption(LAN)
    .addOption(NO_OPEN)
    .addOption(ONCE);
  return withLogging(command, "pong watch --host 192.168.1.20 --room KMPQRA");
}

function replay() {
  const command = new Program("replay")
    .argument("<file>", "a recording, *.pong-replay")
    .description("Play a recorded match, and check that it is what happened.")
    .option("--check", "only check it, and print its result", false)
    .addOption(PAGE_PORT)
    .addOption(LAN)
    .addOption(NO_OPEN);
  return withLogging(
    command,
    "pong replay ~/.local/state/pong/replays/5c9e33a1-4-0.pong-replay",
  );
}

/** Adds what every command has, and an example to its help. */
function withLogging<Args extends unknown[], Options extends OptionValues>(
  command: Program<Args, Options>,
  example: string,
) {
  return command
    .addOption(
      new Option("--log-format <format>", "how log lines look")
        .choices(["pretty", "json"]).default("pretty"),
    )
    .addOption(
      new Option("--log-level <level>", "the least that is logged")
        .choices(["debug", "info", "warning", "error"]).default("warning"),
    )
    .addHelpText(
      "after",
      `\nEvery option can also be set by its environment variable, --log-level by PONG_LOG_LEVEL.\n\nExample:\n  ${example}`,
    );
}

/** Makes a parser of whole numbers from `low` to `high`. */
function wholeNumber(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < low || value > high) {
      throw new InvalidArgumentError(
        `It takes a whole number from ${low} to ${high}.`,
      );
    }
    return value;
  };
}

function faults(text: string): TransportFaults {
  const parsed = parseFaults(text);
  if (parsed.kind === "wrong") throw new InvalidArgumentError(parsed.message);
  return parsed.faults;
}
