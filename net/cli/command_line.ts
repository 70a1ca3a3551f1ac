/**
 * The command line: words in, one `Command` out. Reads no environment but the one it is given.
 *
 * @module
 */
import {
  Command as Program,
  CommanderError,
  InvalidArgumentError,
  Option,
} from "commander";
import { SKILLS } from "../../game/bot.ts";
import { DEFAULT_RULES } from "../../game/court.ts";
import { DEFAULT_LOBBY_PORT } from "../lobby/protocol.ts";
import { DEFAULT_LIMITS } from "../lobby_server/limits.ts";
import { DEFAULT_GRACE_MS } from "../match/membership/timers.ts";
import type { TransportFaults } from "../transport/faulty.ts";
import { type Command, LOG_FORMATS, LOG_LEVELS } from "./commands.ts";
import { parseFaults } from "./fault_options.ts";
import { wholeNumber } from "./option_values.ts";

const STATE_FOLDER = [
  "--state-folder <folder>",
  "where to keep what the next start needs, ~/.local/state/pong if not given",
] as const;
const PAGE_PORT = [
  "--page-port <port>",
  "port of the page, 0 for any free one",
] as const;
const LAN = [
  "--lan",
  "let phones on your network open the page, by an address only you see",
  false,
] as const;
/** More than one lobby can serve. */
const MANY = 1_000_000;
const NO_OPEN = ["--no-open", "don't open the browser"] as const;

/** A command to run, a text that was asked for, or what was wrong with the words. */
export type ParsedArgs =
  | { readonly kind: "run"; readonly command: Command }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "usage"; readonly message: string };

export interface ParseContext {
  readonly version: string;
  /** `PONG_*` variables; flags win over them. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Parses the words after the program's name. */
export function parseArgs(
  args: readonly string[],
  context: ParseContext,
): ParsedArgs {
  let command: Command | undefined;
  let text = "";
  const program = createProgram(context, (parsed) => command = parsed);
  for (const each of [program, ...program.commands]) {
    each.exitOverride().configureOutput({
      writeOut: (out) => text += out,
      writeErr: (out) => text += out,
    });
  }
  try {
    const words = args.length === 0 ? ["--help"] : args;
    program.parse(fromEnvironment(words, program, context), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0
      ? { kind: "text", text }
      : { kind: "usage", message: oneLine(text || error.message, args) };
  }
  return command
    ? { kind: "run", command }
    : { kind: "usage", message: oneLine("no command was given", args) };
}

function createProgram(
  { version }: ParseContext,
  done: (command: Command) => void,
): Program {
  const program = new Program("pong")
    .description("Pong between two to four computers.")
    .version(version, "-V, --version", "print the version")
    .helpCommand(false)
    .addHelpText(
      "after",
      "\nStart here:\n" +
        "  pong play                      choose on the page how to play\n" +
        "  pong lobby                     let others join from their computers\n" +
        "  pong play --host 192.168.1.20  join the lobby on that computer",
    );
  addLobby(program, done);
  addPlay(program, done);
  addDemo(program, done);
  addWatch(program, done);
  addReplay(program, done);
  return program;
}

function addLobby(program: Program, done: (command: Command) => void): void {
  withLogging(
    withLimits(program.command("lobby"))
      .description("Introduce players to each other, and relay their moves.")
      .option("--host <address>", "address to listen on", "0.0.0.0")
      .option("--port <port>", "port to listen on", port, DEFAULT_LOBBY_PORT)
      .option(
        "--broker <url>",
        "play over this RabbitMQ instead, amqp://user:password@host",
      )
      .option(...STATE_FOLDER),
    "pong lobby --port 5555",
  ).action((options) => {
    const {
      maxConnections: connections,
      maxConnectionsPerAddress: connectionsPerAddress,
      maxRooms: rooms,
      maxWatchers: watchersPerMatch,
      ...others
    } = options;
    const limits = {
      connections,
      connectionsPerAddress,
      rooms,
      watchersPerMatch,
    };
    done({ kind: "lobby", ...others, limits });
  });
}

function addPlay(program: Program, done: (command: Command) => void): void {
  withLogging(
    withTarget(program.command("play"))
      .description(
        "Join a match; the game opens in the browser. Without --host, choose there.",
      )
      .option("--host <address>", "the lobby's computer")
      .option("--port <port>", "the lobby's port", port, DEFAULT_LOBBY_PORT)
      .option("--name <name>", "what the others call you")
      .option("--room <code>", "play with those who name the same room")
      .option("--players <n>", "how many play: 2, 3 or 4", players)
      .addOption(
        new Option("--bot [skill]", "let a bot play, without a page")
          .choices(SKILLS).preset("normal"),
      )
      .option(...PAGE_PORT, port, 0)
      .option(...LAN)
      .option(
        "--resume [file]",
        "come back into the match that was left by a crash, as who you were",
      )
      .option(...STATE_FOLDER)
      .option(
        "--faults <list>",
        "try a bad network: latency=80,jitter=20 (ms), loss=5,duplicate=1,reorder=2 (%), cut=in",
        faults,
      )
      .option("--no-record", "keep no recording of the match")
      .option(...NO_OPEN)
      .option(
        "--grace <seconds>",
        "how long the game waits for a lost opponent",
        grace,
        DEFAULT_GRACE_MS / 1000,
      )
      .option("--once", "exit after the match", false),
    "pong play --host 192.168.1.20 --name Mia",
  ).action((options, self) => {
    const { resume, ...others } = options;
    if (resume) {
      const file = typeof resume === "string" ? { file: resume } : {};
      return done({ kind: "resume", ...others, ...file });
    }
    if (options.bot && !options.host) {
      self.error("which lobby? Name its computer with --host");
    }
    done({ kind: "play", ...others });
  });
}

function addDemo(program: Program, done: (command: Command) => void): void {
  withLogging(
    program.command("demo")
      .description("Play on this computer: a lobby, you, and bots.")
      .option("--players <n>", "how many play: 2, 3 or 4", players, 2)
      .option("--humans <n>", "how many of them are people: 0 to 4", humans, 1)
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
      .option(...STATE_FOLDER)
      .option(...NO_OPEN)
      .option("--once", "exit after the match", false),
    "pong demo --players 4",
  ).action((options) => done({ kind: "demo", ...options }));
}

function addWatch(program: Program, done: (command: Command) => void): void {
  withLogging(
    program.command("watch")
      .description("Watch a match from any moment on, without disturbing it.")
      .option("--host <address>", "the lobby's computer")
      .option("--port <port>", "the lobby's port", port, DEFAULT_LOBBY_PORT)
      .option("--room <code>", "which match; the newest if not given")
      .option(...PAGE_PORT, port, 0)
      .option(...LAN)
      .option(...NO_OPEN)
      .option("--once", "exit after the match", false),
    "pong watch --host 192.168.1.20 --room KMPQRA",
  ).action((options, self) => {
    // Not a required option: a misspelt one is to be named first.
    if (!options.host) self.error("which lobby? Name its computer with --host");
    done({ kind: "watch", ...options });
  });
}

function addReplay(program: Program, done: (command: Command) => void): void {
  withLogging(
    program.command("replay")
      .argument("<file>", "a recording, *.pong-replay")
      .description("Play a recorded match, and check that it is what happened.")
      .option("--check", "only check it, and print its result", false)
      .option(...PAGE_PORT, port, 0)
      .option(...LAN)
      .option(...NO_OPEN),
    "pong replay ~/.local/state/pong/replays/5c9e33a1-4-0.pong-replay",
  ).action((file, options) => done({ kind: "replay", file, ...options }));
}

function withLimits(command: Program): Program {
  const { connections, connectionsPerAddress, rooms, watchersPerMatch } =
    DEFAULT_LIMITS;
  return command
    .option(
      "--max-connections <n>",
      "connections in all",
      wholeNumber(1, MANY),
      connections,
    )
    .option(
      "--max-connections-per-address <n>",
      "connections from one address",
      wholeNumber(1, MANY),
      connectionsPerAddress,
    )
    .option(
      "--max-rooms <n>",
      "rooms and matches at a time",
      wholeNumber(1, MANY),
      rooms,
    )
    .option(
      "--max-watchers <n>",
      "watchers of one match",
      wholeNumber(0, MANY),
      watchersPerMatch,
    );
}

function withTarget(command: Program): Program {
  return command
    .option("--points <n>", "points to win, with two players", target)
    .option("--lives <n>", "lives of each, with three or four", target);
}

/** Adds what every command has, and an example to its help. */
function withLogging(command: Program, example: string): Program {
  return command
    .addOption(
      new Option("--log-format <format>", "how log lines look")
        .choices(LOG_FORMATS).default("pretty"),
    )
    .addOption(
      new Option("--log-level <level>", "the least that is logged")
        .choices(LOG_LEVELS).default("warning"),
    )
    .addHelpText(
      "after",
      `\nEvery option can also be set by its environment variable, --log-level by PONG_LOG_LEVEL.\n\nExample:\n  ${example}`,
    );
}

/** Puts options that the environment sets behind the command's name, where flags after them win. */
function fromEnvironment(
  words: readonly string[],
  program: Program,
  { env }: ParseContext,
): string[] {
  const [name, ...rest] = words;
  const command = program.commands.find((known) => known.name() === name);
  if (!command) return [...words];
  const added: string[] = [];
  for (const option of command.options) {
    const variable = `PONG_${
      option.attributeName().replace(/[A-Z]/g, "_$&").toUpperCase()
    }`;
    const value = env[variable];
    if (value === undefined || value === "") continue;
    if (option.isBoolean() || option.negate) {
      if (isSwitchedOn(value, option.negate)) added.push(option.long ?? "");
    } else added.push(`${option.long}=${value}`);
  }
  return [name, ...added, ...rest];
}

/** `PONG_ONCE=1` switches on; `PONG_OPEN=0` switches off what `--no-open` switches off. */
function isSwitchedOn(value: string, isNegated: boolean): boolean {
  const isTrue = !["0", "false", "no", "off"].includes(value.toLowerCase());
  return isTrue !== isNegated;
}

const grace = wholeNumber(3, 600);
const port = wholeNumber(0, 65535);
const players = wholeNumber(2, 4);
const humans = wholeNumber(0, 4);
const target = wholeNumber(1, 99);

function faults(text: string): TransportFaults {
  const parsed = parseFaults(text);
  if (parsed.kind === "wrong") throw new InvalidArgumentError(parsed.message);
  return parsed.faults;
}

function oneLine(text: string, args: readonly string[]): string {
  const message = text.replace(/^error: /, "").trim().replaceAll(/\s+/g, " ");
  const command = ["lobby", "play", "demo", "watch", "replay"].find((name) =>
    name === args[0]
  );
  const help = command ? `pong ${command} --help` : "pong --help";
  return `pong: ${message} (see ${help})`;
}
