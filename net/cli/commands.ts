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
  Option,
  type OptionValues,
} from "@commander-js/extra-typings";
import { SKILLS } from "../../game/bot.ts";
import { DEFAULT_GRACE_MS, DEFAULT_RULES } from "../../game/court.ts";
import type { LobbyAddress } from "../link/dial.ts";
import { DEFAULT_LOBBY_PORT } from "../lobby/protocol.ts";
import {
  parseAddress,
  parseName,
  parseRoomCode,
  type TypedAddress,
} from "../lobby/typed_words.ts";
import { DEFAULT_LIMITS, type LobbyLimits } from "../lobby_server/limits.ts";
import type { JoinSettings } from "../page/message.ts";
import {
  brokerUrl,
  faults,
  hosts,
  typed,
  wholeNumber,
} from "./option_values.ts";

/** What the options of a command are parsed to. */
type OptionsOf<Create extends () => CommandUnknownOpts> = Readonly<
  ReturnType<ReturnType<Create>["opts"]>
>;

/** Starts a lobby. */
export interface LobbyCommand
  extends
    Omit<OptionsOf<typeof lobby>, "host" | "port" | "broker" | "brokerFile"> {
  readonly kind: "lobby";
  readonly broker?: string;
  readonly brokerFile?: string;
  /** Where to listen. */
  readonly address: LobbyAddress;
  /** Those that an operator sets. */
  readonly limits: Partial<LobbyLimits>;
}

/** Joins a match. */
export interface PlayCommand
  extends Omit<OptionsOf<typeof play>, "resume" | "host"> {
  readonly kind: "play";
  /** The lobby; if not given, the page asks. */
  readonly address?: LobbyAddress;
}

/** Comes back into a match that this computer has dropped out of, as whoever played there. */
export interface ResumeCommand extends Omit<PlayCommand, "kind" | "address"> {
  readonly kind: "resume";
  /** The seat's file; the newest in the state folder if not given. */
  readonly file?: string;
}

/** Plays on this computer alone. */
export interface DemoCommand extends OptionsOf<typeof demo> {
  readonly kind: "demo";
}

/** Watches a match. */
export interface WatchCommand
  extends Omit<OptionsOf<typeof watch>, "host" | "port"> {
  readonly kind: "watch";
  readonly address: LobbyAddress;
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

/**
 * Makes commander's commands; the one that is parsed gives `done` what to do, and sentences that
 * warn its person. `pong` is how the program is started here, for the examples.
 */
export function createCommands(
  done: (command: Command, ...warnings: string[]) => void,
  pong: string,
): readonly CommandUnknownOpts[] {
  const commands = [
    play().action(({ resume, host, bot, ...others }, self) => {
      // Without the `false` of --no-bot, which says the same as nothing.
      const options = { ...others, ...(bot && { bot }) };
      if (resume) {
        const file = typeof resume === "string" ? { file: resume } : {};
        return done({ kind: "resume", ...options, ...file });
      }
      if (bot && !host) self.error(NO_HOST);
      const { port } = options;
      const address = host && { address: addressOf({ host, port }, self) };
      done({ kind: "play", ...options, ...address });
    }),
    lobby().action((said, self) => {
      const { host, port, broker, brokerFile, ...options } = said;
      const limits = {
        connections: options.maxConnections,
        connectionsPerAddress: options.maxConnectionsPerAddress,
        rooms: options.maxRooms,
        watchersPerMatch: options.maxWatchers,
      };
      const address = addressOf({ host, port }, self);
      const way = brokerOf({ broker, brokerFile }, self);
      const isSeen = way.broker?.includes("@") &&
        self.getOptionValueSource("broker") === "cli";
      const warnings = isSeen ? [SEEN_PASSWORD] : [];
      done({ kind: "lobby", ...options, ...way, address, limits }, ...warnings);
    }),
    demo().action((options) => done({ kind: "demo", ...options })),
    watch().action(({ host, port, ...options }, self) => {
      // Not a required option: a misspelt one is to be named first.
      if (!host) return self.error(NO_HOST);
      const address = addressOf({ host, port }, self);
      done({ kind: "watch", ...options, address });
    }),
    replay().action((file, options) =>
      done({ kind: "replay", file, ...options })
    ),
  ];
  for (const command of commands) addNotes(command, pong);
  return commands;
}

/** A port behind the host is the port, unless `--port` was said more clearly. */
function addressOf(
  { host: { hostname, port: ownPort }, port }: {
    readonly host: TypedAddress;
    readonly port: number;
  },
  self: CommandUnknownOpts,
): LobbyAddress {
  const [hostSource, portSource] = ["host", "port"]
    .map((name) => self.getOptionValueSource(name));
  if (ownPort === undefined || ownPort === port) return { hostname, port };
  if (
    portSource === "default" || (hostSource === "cli" && portSource !== "cli")
  ) {
    return { hostname, port: ownPort };
  }
  if (hostSource !== "cli" && portSource === "cli") return { hostname, port };
  return self.error(
    `--host names port ${ownPort} and --port ${port}. Leave one of them out.`,
  );
}

/** Of a broker's address and a file that holds one, what was said more clearly. */
function brokerOf(
  said: Partial<Record<"broker" | "brokerFile", string | undefined>>,
  self: CommandUnknownOpts,
): { readonly broker?: string; readonly brokerFile?: string } {
  const { broker, brokerFile } = said;
  const [source, fileSource] = ["broker", "brokerFile"]
    .map((name) => self.getOptionValueSource(name));
  if (broker && brokerFile && source === fileSource) {
    self.error("--broker and --broker-file name two brokers. Leave one out.");
  }
  if (broker && (!brokerFile || source === "cli")) return { broker };
  return brokerFile ? { brokerFile } : {};
}

/** Returns what was said of how to play; the rest is as it was chosen the last time. */
export function joinWishes(
  { name, room, port: typed, players, points, lives }: PlayCommand,
): Partial<JoinSettings> {
  const mode = room === undefined ? undefined : "room";
  const port = [0, DEFAULT_LOBBY_PORT].includes(typed) ? undefined : typed;
  const quickPlayers = players;
  const all = { name, room, mode, port, players, quickPlayers, points, lives };
  const said = Object.entries(all).filter(([, wish]) => wish !== undefined);
  return Object.fromEntries(said);
}

const NO_HOST = "which lobby? Name its computer with --host";
const SEEN_PASSWORD =
  "everybody on this computer can see the broker's password in the list of processes. " +
  "Give its address in the variable PONG_BROKER, or in a file with --broker-file.";

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
const BROKER_HOST = new Option(
  "--broker-host <host>",
  "computers besides the lobby's whose broker you trust",
).argParser(hosts);
const NO_OPEN = new Option("--no-open", "don't open the browser");
const ONCE = new Option("--once", "exit after the match").default(false);
const HOST = new Option("--host <address>", "the lobby's computer")
  .argParser(typed(parseAddress));
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
    .addOption(
      new Option(
        "--host <address>",
        "address to listen on, :: for all, of IPv4 too",
      )
        .argParser(typed(parseAddress))
        .default<TypedAddress>({ hostname: "::" }, "::"),
    )
    .option("--port <port>", "port to listen on", port, DEFAULT_LOBBY_PORT)
    .option(
      "--broker <url>",
      "play over this RabbitMQ instead, amqp://user:password@host",
      brokerUrl,
    )
    .option(
      "--broker-file <file>",
      "the same, with the address in a file that only you can read",
    )
    .addOption(BROKER_CA)
    .addOption(STATE_FOLDER);
  return withLogging(command);
}

function play() {
  const command = new Program("play")
    .description(
      "Join a match; the game opens in the browser. Without --host, choose there.",
    )
    .option("--points <n>", "points to win, with two players", target)
    .option("--lives <n>", "lives of each, with three or four", target)
    .addOption(HOST)
    .addOption(PORT)
    .addOption(BROKER_HOST)
    .option("--name <name>", "what the others call you", typed(parseName))
    .option(
      "--room <code>",
      "play with those who name the same room",
      typed(parseRoomCode),
    )
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
  return withLogging(command);
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
  return withLogging(command);
}

function watch() {
  const command = new Program("watch")
    .description("Watch a match from any moment on, without disturbing it.")
    .addOption(HOST)
    .addOption(PORT)
    .addOption(BROKER_CA)
    .addOption(BROKER_HOST)
    .option(
      "--room <code>",
      "which match; the newest of strangers if not given",
      typed(parseRoomCode),
    )
    .addOption(PAGE_PORT)
    .addOption(LAN)
    .addOption(NO_OPEN)
    .addOption(ONCE);
  return withLogging(command);
}

function replay() {
  const command = new Program("replay")
    .argument("<file>", "a recording, *.pong-replay")
    .description("Play a recorded match, and check that it is what happened.")
    .option("--check", "only check it, and print its result", false)
    .addOption(PAGE_PORT)
    .addOption(LAN)
    .addOption(NO_OPEN);
  return withLogging(command);
}

/** Adds what every command has. */
function withLogging<Args extends unknown[], Options extends OptionValues>(
  command: Program<Args, Options>,
) {
  return command
    .addOption(
      new Option("--log-format <format>", "how log lines look")
        .choices(["pretty", "json"]).default("pretty"),
    )
    .addOption(
      new Option("--log-level <level>", "the least that is logged")
        .choices(["debug", "info", "warning", "error"]).default("warning"),
    );
}

const EXAMPLES: Readonly<Record<string, string>> = {
  play: "play --host 192.168.1.20 --name Mia",
  lobby: "lobby --port 5555",
  demo: "demo --players 4",
  watch: "watch --host 192.168.1.20 --room KMPQRA",
  replay: "replay ~/.local/state/pong/replays/5c9e33a1-4-0.pong-replay",
};

function addNotes(command: CommandUnknownOpts, pong: string): void {
  command.addHelpText(
    "after",
    "\nEvery option can also be set by its environment variable, " +
      "--log-level by PONG_LOG_LEVEL.\n\n" +
      `Example:\n  ${pong} ${EXAMPLES[command.name()]}`,
  );
}
