/**
 * `pong`: the command line, the wiring, the exit code.
 *
 * The only reader of arguments and environment, and the only one that sets the exit code. Errors of
 * the world arrive here and become one line on standard error.
 *
 * @module
 */
import { getLogger } from "@logtape/logtape";
import config from "./deno.json" with { type: "json" };
import { startLobby } from "./lobby.ts";
import { openBrowser } from "./net/browser.ts";
import {
  type Command,
  type DemoCommand,
  type LobbyCommand,
  parseArgs,
  type PlayCommand,
  type ResumeCommand,
} from "./net/command_line.ts";
import type { Evidence } from "./net/evidence.ts";
import type { TransportFaults } from "./net/faulty.ts";
import { JoinError, type JoinRequest } from "./net/lobby_client.ts";
import { DEFAULT_LOBBY_PORT } from "./net/lobby_protocol.ts";
import { configureLogging } from "./net/logging.ts";
import { loadAssets } from "./net/page_assets.ts";
import { type Control, playMatch } from "./net/player.ts";
import { DEFAULT_GRACE_MS } from "./net/timers.ts";
import type { ResultLine } from "./net/report.ts";
import { findSeat, forgetSeat, openSeatFile } from "./net/seat_file.ts";
import type { Outcome } from "./net/session_event.ts";
import { defaultStateFolder, StateFolderError } from "./net/state_folder.ts";

const SUCCESS = 0;
const FAILURE = 1;
const USAGE = 2;

/** Runs one command until it ends or `signal` aborts; returns the exit code. */
export async function run(
  command: Command,
  signal: AbortSignal,
): Promise<number> {
  await configureLogging(command);
  switch (command.kind) {
    case "lobby":
      return await runLobby(command, signal);
    case "play":
      return await runPlay(command, signal);
    case "resume":
      return await runResume(command, signal);
    case "demo":
      return await runDemo(command, signal);
  }
}

async function runLobby(
  command: LobbyCommand,
  signal: AbortSignal,
): Promise<number> {
  const { host, port, broker, limits } = command;
  await using lobby = await startLobby({
    hostname: host,
    port,
    broker,
    limits,
    stateFolder: stateFolderOf(command),
    signal,
  });
  print(`listening on ${host}:${lobby.port}`);
  const elsewhere = lobby.port === DEFAULT_LOBBY_PORT
    ? ""
    : ` --port ${lobby.port}`;
  for (const address of lobby.addresses) {
    print(`on another computer: pong play --host ${address}${elsewhere}`);
  }
  await aborted(signal);
  return SUCCESS;
}

async function runPlay(
  command: PlayCommand,
  signal: AbortSignal,
): Promise<number> {
  const { host, port, bot, name, room, players, points, lives } = command;
  const control: Control = bot
    ? { kind: "bot", skill: bot }
    : { kind: "human", assets: await loadAssets() };
  return await playOne({
    lobby: { hostname: host, port },
    join: { name: name ?? defaultName(bot), room, players, points, lives },
    control,
    pagePort: command.pagePort,
    stateFolder: stateFolderOf(command),
    graceMs: command.grace * 1000,
    faults: command.faults,
    open: command.open,
    stay: !bot && !command.once,
    signal,
  });
}

/** Answers of the lobby after which a seat's file is worth nothing. */
const SEAT_IS_LOST: ReadonlySet<string> = new Set(["bad_token", "seat_lost"]);

async function runResume(
  command: ResumeCommand,
  signal: AbortSignal,
): Promise<number> {
  const stateFolder = stateFolderOf(command);
  const found = command.file === undefined
    ? await findSeat(stateFolder)
    : await openSeatFile(command.file);
  if (!found) {
    complain(`there is no match to come back to: ${stateFolder} has no seat.`);
    return FAILURE;
  }
  const { lobby, name, token, control, privateKey } = found.seat;
  try {
    return await playOne({
      lobby,
      join: { name, resume: token },
      privateKey,
      control: control.kind === "bot"
        ? control
        : { kind: "human", assets: await loadAssets() },
      pagePort: command.pagePort,
      stateFolder,
      graceMs: command.grace * 1000,
      faults: command.faults,
      open: command.open,
      stay: control.kind === "human" && !command.once,
      signal,
    });
  } catch (error) {
    if (error instanceof JoinError && SEAT_IS_LOST.has(error.code)) {
      await forgetSeat(found);
    }
    throw error;
  }
}

/** Where state is kept: as the command says, else where the system wants it. */
function stateFolderOf(
  { stateFolder }: { readonly stateFolder?: string },
): string {
  const folder = stateFolder ??
    defaultStateFolder(Deno.env.toObject(), Deno.build.os === "windows");
  if (folder !== undefined) return folder;
  throw new StateFolderError(
    "Cannot tell where to keep state: this user has no home folder. " +
      "Name a folder with --state-folder.",
  );
}

async function runDemo(
  command: DemoCommand,
  signal: AbortSignal,
): Promise<number> {
  const { players, points, lives, skill, open, once } = command;
  const humans = Math.min(command.humans, players);
  const assets = await loadAssets();
  // If one can't play, the others need not wait. The lobby outlives all: it carries their goodbyes.
  const failed = new AbortController();
  await using lobby = await startLobby({
    hostname: "127.0.0.1",
    port: 0,
    signal: new AbortController().signal,
  });
  const matches = Array.from({ length: players }, async (_, seat) => {
    const isHuman = seat < humans;
    try {
      return await playOne({
        lobby: { hostname: "127.0.0.1", port: lobby.port },
        join: {
          name: isHuman ? defaultName(undefined) : "Bot",
          room: "DEMO",
          players,
          points,
          lives,
        },
        control: isHuman ? { kind: "human", assets } : { kind: "bot", skill },
        pagePort: 0,
        graceMs: DEFAULT_GRACE_MS,
        open,
        stay: isHuman && !once,
        isQuiet: seat > 0 && !isHuman,
        signal: AbortSignal.any([signal, failed.signal]),
      });
    } catch (error) {
      failed.abort();
      throw error;
    }
  });
  await Promise.allSettled(matches);
  return Math.max(...await Promise.all(matches));
}

/** Plays one match and, for a person who wants that, serves its page until `signal` aborts. */
async function playOne(
  { open, stay, isQuiet, ...player }: {
    readonly lobby: { readonly hostname: string; readonly port: number };
    readonly join: JoinRequest;
    readonly control: Control;
    readonly pagePort: number;
    readonly graceMs: number;
    readonly stateFolder?: string;
    readonly privateKey?: string | undefined;
    readonly faults?: TransportFaults | undefined;
    readonly open: boolean;
    readonly stay: boolean;
    /** Prints nothing: another player of this process does. */
    readonly isQuiet?: boolean;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const { control, signal } = player;
  await using match = await playMatch({
    ...player,
    nowMs: () => performance.now(),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    onServing: (url) => {
      if (!isQuiet) {
        print(`${control.kind === "bot" ? "status" : "page"}: ${url}`);
      }
      // Whether a browser opened or not, the address stands above.
      if (open && control.kind === "human") void openBrowser(url);
    },
    onResult: (result: ResultLine) => {
      if (!isQuiet) print(JSON.stringify(result));
    },
    onDesync: saveEvidence,
  });
  if (stay && match.outcome) await aborted(signal);
  return signal.aborted ? SUCCESS : exitCodeOf(match.outcome);
}

function exitCodeOf(outcome: Outcome | undefined): number {
  if (!outcome || outcome.winner !== null) return SUCCESS;
  complain(
    `the match ended without a result: ${outcome.reason}. ${outcome.message}`,
  );
  return FAILURE;
}

function saveEvidence(evidence: Evidence): void {
  const file = `pong-desync-${evidence.match}-${evidence.slot}.json`;
  try {
    Deno.writeTextFileSync(file, JSON.stringify(evidence));
    complain(`two hosts disagreed; please report it with the file ${file}`);
  } catch (error) {
    getLogger(["pong", "player"]).error("Cannot write {file}: {error}", {
      file,
      error,
    });
  }
}

function defaultName(bot: string | undefined): string {
  if (bot) return "Bot";
  return Deno.env.get("USER") || Deno.env.get("USERNAME") || "Player";
}

function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}

function print(line: string): void {
  writeLine(Deno.stdout, line);
}

function complain(message: string): void {
  writeLine(Deno.stderr, `pong: ${message.trim()}`);
}

function writeLine(stream: typeof Deno.stdout, line: string): void {
  const bytes = new TextEncoder().encode(line + "\n");
  for (let at = 0; at < bytes.length;) {
    at += stream.writeSync(bytes.subarray(at));
  }
}

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseArgs(args, {
    version: config.version,
    env: Deno.env.toObject(),
  });
  switch (parsed.kind) {
    case "text":
      print(parsed.text.trimEnd());
      return SUCCESS;
    case "usage":
      writeLine(Deno.stderr, parsed.message);
      return USAGE;
    case "run":
      return await runUntilStopped(parsed.command, stopSignal());
  }
}

/** Being told to stop while something was still under way is no failure. */
async function runUntilStopped(
  command: Command,
  signal: AbortSignal,
): Promise<number> {
  try {
    return await run(command, signal);
  } catch (error) {
    if (signal.aborted) return SUCCESS;
    throw error;
  }
}

/** Aborts on Ctrl-C and, where there is such a thing, SIGTERM. */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM"];
  for (const name of signals) {
    Deno.addSignalListener(name, () => stop.abort());
  }
  return stop.signal;
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    // What the world refuses is told in one line; a stack is for mistakes of ours.
    const isOurs = error instanceof TypeError || error instanceof RangeError ||
      !(error instanceof Error);
    complain(isOurs ? String((error as Error)?.stack ?? error) : error.message);
    Deno.exitCode = FAILURE;
  }
}
