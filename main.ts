/**
 * `pong`: the command line, the wiring, the exit code.
 *
 * The only reader of arguments and environment, and the only one that sets the exit code. What
 * fails outside the program (`NetworkError` and the like) arrives here as an error and becomes one
 * line on standard error.
 *
 * @module
 */
import config from "./deno.json" with { type: "json" };
import { DEFAULT_GRACE_MS } from "./game/court.ts";
import { type Lobby, startLobby } from "./lobby.ts";
import { announce } from "./net/cli/announce.ts";
import { parseArgs } from "./net/cli/command_line.ts";
import {
  type Command,
  type DemoCommand,
  joinWishes,
  type LobbyCommand,
  type PlayCommand,
  type ReplayCommand,
  type ResumeCommand,
  type WatchCommand,
} from "./net/cli/commands.ts";
import { configureLogging } from "./net/cli/logging.ts";
import { complain, print, tellProblem } from "./net/cli/output.ts";
import { programName } from "./net/cli/program_name.ts";
import { hearSignals } from "./net/cli/signals.ts";
import { createStop } from "./net/cli/stop.ts";
import { readBrokerCa } from "./net/files/broker_ca.ts";
import { readBrokerFile } from "./net/files/broker_file.ts";
import { findSeat, forgetSeat, openSeatFile } from "./net/files/seat_file.ts";
import { openStateFolder, type StatePlace } from "./net/files/state_folder.ts";
import { bracketed } from "./net/link/address.ts";
import { JoinError } from "./net/lobby/join_error.ts";
import { DEFAULT_LOBBY_PORT } from "./net/lobby/protocol.ts";
import { nameOf } from "./net/lobby/typed_words.ts";
import type { Outcome } from "./net/match/outcome.ts";
import { loadAssets } from "./net/page/assets.ts";
import { saveEvidence } from "./net/player/evidence_file.ts";
import type { Control } from "./net/player/hand.ts";
import { type PlayerOptions, runPlayer } from "./net/player/player.ts";
import { loadReplay } from "./net/recording/replay_file.ts";
import { showReplay, summaryOf } from "./net/recording/replay_stage.ts";
import { canonicalBrokerUrl } from "./net/transport/broker_url.ts";
import { watchMatches } from "./net/watch/watcher.ts";

const SUCCESS = 0;
const FAILURE = 1;
const USAGE = 2;
/** As shells tell of what Ctrl-C has ended. */
const INTERRUPTED = 130;

/** Runs one command until it ends or `signal` aborts; returns the exit code. */
async function run(
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
    case "watch":
      return await runWatch(command, signal);
    case "replay":
      return await runReplay(command, signal);
  }
}

async function runLobby(
  command: LobbyCommand,
  signal: AbortSignal,
): Promise<number> {
  const { address, limits } = command;
  await using lobby = await startLobby({
    ...address,
    broker: await brokerOf(command),
    brokerCa: await readBrokerCa(command.brokerCa),
    limits,
    stateFolder: await openState(command),
    signal,
  });
  print(`listening on ${bracketed(address.hostname)}:${lobby.port}`);
  const elsewhere = lobby.port === DEFAULT_LOBBY_PORT
    ? ""
    : ` --port ${lobby.port}`;
  for (const address of lobby.addresses) {
    print(`on another computer: ${pong} play --host ${address}${elsewhere}`);
  }
  await lobby.closed;
  return SUCCESS;
}

/** The broker that a lobby is to use, if it is told one in whatever way. */
async function brokerOf(
  { broker, brokerFile }: LobbyCommand,
): Promise<string | undefined> {
  if (brokerFile === undefined) return broker;
  const { text, warning } = await readBrokerFile(brokerFile);
  if (warning !== "") complain(warning);
  return canonicalBrokerUrl(text);
}

async function runPlay(
  command: PlayCommand,
  signal: AbortSignal,
): Promise<number> {
  const { address, bot, room, players, points, lives } = command;
  const name = command.name ?? defaultName(bot);
  const join = { name, room, players, points, lives };
  return await playAs({
    ...await partOf(command, signal),
    stateFolder: await openState(command),
    wishes: joinWishes(command),
    control: bot ? { kind: "bot", skill: bot } : await human(),
    name,
    plan: address === undefined ? undefined : {
      lobby: address,
      join: { ...join, isBot: bot !== undefined },
      bots: 0,
      skill: bot ?? "normal",
    },
    open: command.open,
    stay: !bot && !command.once,
  });
}

/** Answers of the lobby after which a seat's file is worth nothing. */
const SEAT_IS_LOST: ReadonlySet<string> = new Set(["bad_token", "seat_lost"]);

async function runResume(
  command: ResumeCommand,
  signal: AbortSignal,
): Promise<number> {
  const state = await findState(command);
  const { file, path = "nowhere" } = { ...state, ...command };
  const found = file === undefined
    ? await findSeat(path)
    : await openSeatFile(file);
  if (!found) {
    complain(`there is no match to come back to: ${path} has no seat.`);
    return FAILURE;
  }
  const { lobby, name, token, control, privateKey } = found.seat;
  try {
    return await playAs({
      ...await partOf(command, signal),
      stateFolder: keepIn(state),
      control: control.kind === "bot" ? control : await human(),
      name,
      plan: {
        lobby,
        join: { name, resume: token },
        privateKey,
        bots: 0,
        skill: "normal",
      },
      open: command.open,
      stay: control.kind === "human" && !command.once,
    });
  } catch (error) {
    if (error instanceof JoinError && SEAT_IS_LOST.has(error.code)) {
      await forgetSeat(found);
    }
    throw error;
  }
}

/** The options that the commands `play` and `resume` have in common. */
async function partOf(
  command: PlayCommand | ResumeCommand,
  signal: AbortSignal,
) {
  return {
    pagePort: command.pagePort,
    isLan: command.lan,
    isRecording: command.record,
    brokerCa: await readBrokerCa(command.brokerCa),
    graceMs: command.grace * 1000,
    brokerHosts: command.brokerHost,
    faults: command.faults,
    signal,
  };
}

/** Where state belongs: as the command says, else where the system wants it. */
function findState(
  { stateFolder }: { readonly stateFolder?: string | undefined },
): Promise<StatePlace> {
  const isWindows = Deno.build.os === "windows";
  return openStateFolder(stateFolder, Deno.env.toObject(), isWindows);
}

/** Where state can be kept; where it can't, that is said, and everything else works. */
function keepIn({ path, problem }: StatePlace): string | undefined {
  if (problem === undefined) return path;
  complain(`nothing will be remembered. ${problem}`);
  return undefined;
}

async function openState(
  command: Parameters<typeof findState>[0],
): Promise<string | undefined> {
  return keepIn(await findState(command));
}

async function runDemo(
  command: DemoCommand,
  signal: AbortSignal,
): Promise<number> {
  const { players, points, lives, skill, open, once } = command;
  const humans = Math.min(command.humans, players);
  const processes = Math.max(1, humans);
  // If one can't play, the others stop, too. The lobby outlives all, to carry their goodbyes.
  const failed = new AbortController();
  const stateFolder = await openState(command);
  await using lobby = await openLobby();
  const matches = Array.from({ length: processes }, async (_, seat) => {
    const name = defaultName(humans > 0 ? undefined : skill);
    try {
      return await playAs({
        name,
        plan: {
          lobby: { hostname: "127.0.0.1", port: lobby.port },
          join: { name, room: "DEMO", players, points, lives },
          bots: seat === 0 ? players - processes : 0,
          isLocal: true,
          skill,
        },
        control: humans > 0 ? await human() : { kind: "bot", skill },
        pagePort: 0,
        isLan: false,
        isRecording: true,
        stateFolder,
        graceMs: DEFAULT_GRACE_MS,
        open,
        stay: humans > 0 && !once,
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

async function runWatch(
  command: WatchCommand,
  signal: AbortSignal,
): Promise<number> {
  const { address, pagePort, lan, once } = command;
  const outcome = await watchMatches({
    ...clocks,
    lobby: address,
    room: command.room,
    brokerHosts: command.brokerHost,
    brokerCa: await readBrokerCa(command.brokerCa),
    assets: await loadAssets(),
    pagePort,
    isLan: lan,
    stay: !once,
    signal,
    onServing: announce({ open: command.open }),
  });
  return signal.aborted ? SUCCESS : exitCodeOf(outcome);
}

async function runReplay(
  command: ReplayCommand,
  signal: AbortSignal,
): Promise<number> {
  const replay = await loadReplay(command.file);
  if (command.check) {
    print(JSON.stringify(summaryOf(replay)));
    return SUCCESS;
  }
  await showReplay({
    ...clocks,
    replay,
    assets: await loadAssets(),
    pagePort: command.pagePort,
    isLan: command.lan,
    signal,
    onServing: announce({ open: command.open }),
  });
  return SUCCESS;
}

async function human(): Promise<Control> {
  return { kind: "human", assets: await loadAssets() };
}

/** A lobby for this machine alone. */
function openLobby(): Promise<Lobby> {
  return startLobby({
    hostname: "127.0.0.1",
    port: 0,
    signal: new AbortController().signal,
  });
}

/** The machine's clock and chance, handed to all that need them. */
const clocks = {
  nowMs: () => performance.now(),
  randomBytes: (length: number) =>
    crypto.getRandomValues(new Uint8Array(length)),
};

/** Plays one match or, with `stay`, any number until `signal` aborts; returns the exit code. */
async function playAs(
  { open, ...player }:
    & Omit<
      PlayerOptions,
      keyof typeof clocks | "openLobby" | "pong" | `on${string}`
    >
    & { readonly open: boolean },
): Promise<number> {
  const { control, signal } = player;
  const outcome = await runPlayer({
    ...player,
    ...clocks,
    openLobby,
    pong,
    onServing: control.kind === "human"
      ? announce({ open })
      : announce({ open: false, what: "status" }),
    onResult: (result) => print(JSON.stringify(result)),
    onDesync: (evidence) => complain(saveEvidence(evidence)),
  });
  return signal.aborted ? SUCCESS : exitCodeOf(outcome);
}

function exitCodeOf(
  outcome:
    | Pick<Outcome, "winner" | "reason"> & Partial<Outcome>
    | undefined,
): number {
  if (!outcome || outcome.winner !== null) return SUCCESS;
  complain(
    `the match ended without a result: ${outcome.reason}. ` +
      (outcome.message ?? ""),
  );
  return FAILURE;
}

function defaultName(bot: string | undefined): string {
  if (bot) return "Bot";
  const login = Deno.env.get("USER") || Deno.env.get("USERNAME") || "";
  return nameOf(login, "Player");
}

/** How this program was started. */
const pong = programName({
  isStandalone: Deno.build.standalone,
  executable: Deno.execPath(),
  folder: Deno.cwd(),
  isWindows: Deno.build.os === "windows",
  searched: Deno.env.get("PATH") ?? "",
});

async function main(args: readonly string[]): Promise<number> {
  const parsed = parseArgs(args, {
    version: config.version,
    pong,
    env: Deno.env.toObject(),
  });
  switch (parsed.kind) {
    case "text":
      print(parsed.text.trimEnd());
      return SUCCESS;
    case "usage":
      tellProblem(parsed.message);
      return USAGE;
    case "run":
      parsed.warnings.forEach(complain);
      return await runUntilStopped(parsed.command, stopSignal());
  }
}

/** Runs a command; an error is no failure once the command has been told to stop. */
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

/** Aborts when the person or the system asks for an end; the second time, it ends at once. */
function stopSignal(): AbortSignal {
  const stop = createStop(() => Deno.exit(INTERRUPTED));
  hearSignals(() => stop.press(clocks.nowMs()));
  return stop.signal;
}

if (import.meta.main) {
  try {
    Deno.exitCode = await main(Deno.args);
  } catch (error) {
    // What failed outside is told in one line; a stack is for mistakes of ours.
    const isOurs = error instanceof TypeError || error instanceof RangeError ||
      !(error instanceof Error);
    complain(isOurs ? String((error as Error)?.stack ?? error) : error.message);
    Deno.exitCode = FAILURE;
  }
}
