/**
 * Real `pong` processes for tests: started, listened to, and gone when the test ends.
 *
 * `PONG_EXECUTABLE` names a compiled file to be tried instead of `main.ts`.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { ResultLine, Status } from "../../net/player/status.ts";
import type { LyingPlan } from "./lying_member.ts";
import { until } from "./waiting.ts";

/** Makes a player lie when it is loaded before it. */
const LIAR = new URL("lying_player.ts", import.meta.url).pathname;

/** How often a status is asked for. */
const LOOK_EVERY_MS = 50;

/** How much of what a process has written is quoted where something has failed. */
const LAST_LINES = 10;

export interface PongProcess extends AsyncDisposable {
  readonly pid: number;
  /** Waits for a line of standard output that matches; rejects when the process ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Exit code, once it has ended. */
  readonly exited: Promise<number>;
  /** All that it has written so far. */
  readonly stdout: string;
  readonly stderr: string;
  kill(signal: Deno.Signal): void;
  /** Says what it was started with, whether it runs, and what it wrote last. */
  describe(): string;
}

let folder: string | undefined;

/** Where all processes of this test run keep their state, unless a test says otherwise. */
function stateFolder(): string {
  if (folder !== undefined) return folder;
  const made = Deno.makeTempDirSync({ prefix: "pong-test-" });
  globalThis.addEventListener(
    "unload",
    () => Deno.removeSync(made, { recursive: true }),
  );
  return folder = made;
}

/** What is special about a process. */
export interface Special {
  /** It lies to others, and doesn't need to be an executable. */
  readonly lie?: LyingPlan["strategy"] | undefined;
  /** How many file handles it may have. */
  readonly handlesMax?: number | undefined;
  /** Its environment, where that is not this process's. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts `pong` with these words. */
export function startPong(
  args: readonly string[],
  { lie, handlesMax, env }: Special = {},
): PongProcess {
  const executable = Deno.env.get("PONG_EXECUTABLE");
  const main = new URL("../../main.ts", import.meta.url).pathname;
  const program = lie ? undefined : executable;
  // An executable must need nothing around it, so it runs in its own folder; all others where what
  // they leave behind, such as evidence of a difference, goes with the test.
  const cwd = program ? program.replace(/\/[^/]*$/, "") : stateFolder();
  const words = [
    program ?? Deno.execPath(),
    ...(program ? [] : ["run", "-A"]),
    ...(program ? [] : lie ? ["--preload", LIAR, main] : [main]),
    ...args,
  ];
  const limit = handlesMax === undefined ? "" : `ulimit -n ${handlesMax} &&`;
  const command = new Deno.Command("sh", {
    cwd,
    args: ["-c", `${limit} exec "$@"`, "sh", ...words],
    env: {
      ...{ DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
      PONG_STATE_FOLDER: stateFolder(),
      ...(lie && { LIE: lie }),
      ...env,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const text = { stdout: "", stderr: "" };
  let exitCode: number | undefined;
  const exited = Promise.all([
    child.status,
    collect(child.stdout, (more) => text.stdout += more),
    collect(child.stderr, (more) => text.stderr += more),
  ]).then(([{ code }]) => exitCode = code);
  return {
    pid: child.pid,
    exited,
    get stdout() {
      return text.stdout;
    },
    get stderr() {
      return text.stderr;
    },
    describe() {
      const lines = (text.stdout + text.stderr).trimEnd().split("\n");
      const state = exitCode === undefined ? "runs" : `ended with ${exitCode}`;
      return [`pong ${args.join(" ")} ${state}; its last lines:`]
        .concat(lines.slice(-LAST_LINES)).join("\n  ");
    },
    async line(pattern) {
      let found: RegExpExecArray | undefined;
      const complaint = () => `no line ${pattern}: ${this.describe()}`;
      await until(() => {
        found = findLine(text.stdout, pattern);
        if (found === undefined && exitCode !== undefined) {
          throw new Error(complaint());
        }
        return found !== undefined;
      }, complaint);
      return found!; // Nothing else ends the wait.
    },
    kill: (signal) => kill(child, signal),
    async [Symbol.asyncDispose]() {
      kill(child, "SIGKILL");
      await exited;
    },
  };
}

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (text: string) => void,
): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    take(text);
  }
}

function findLine(text: string, pattern: RegExp): RegExpExecArray | undefined {
  // What is behind the last line break is half a line as yet.
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => pattern.exec(line)).find((match) => match) ??
    undefined;
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // A process that has ended by itself needs no signal.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Starts a lobby on a free port of 127.0.0.1. */
export async function startLobbyProcess(
  args: readonly string[] = [],
  special: Special = {},
): Promise<PongProcess & { readonly port: number }> {
  const words = ["lobby", ...lobbyAt({ port: 0 }), ...args];
  const lobby = startPong(words, special);
  const [, port] = await lobby.line(/^listening on .*:(\d+)$/);
  return Object.assign(lobby, { port: Number(port) });
}

/** Words that name a lobby of this machine. */
export function lobbyAt({ port }: { readonly port: number }): string[] {
  return ["--host", "127.0.0.1", "--port", `${port}`];
}

/** Waits for the result line of a player. */
export async function resultOf(player: PongProcess): Promise<ResultLine> {
  const [line] = await player.line(/^\{"match".*\}$/);
  return JSON.parse(line);
}

/** Returns the address that a process printed: of its page or, for a bot, of its status. */
export async function addressOf(pong: PongProcess): Promise<string> {
  const [, address] = await pong.line(/^(?:status|Open.*): (http:\/\/\S+)$/);
  return address;
}

/**
 * Fetches the status of a player, or of whoever else shows a match.
 *
 * @throws {Error} It answers nothing, such as when it has ended.
 */
export async function statusOf<S extends object = Status>(
  pong: PongProcess,
): Promise<S> {
  const address = new URL("/status", await addressOf(pong));
  try {
    return await (await fetch(address)).json();
  } catch (cause) {
    throw new Error(`no status: ${pong.describe()}`, { cause });
  }
}

/** Polls the status until `isWanted` holds; rejects at once when the process ends before. */
export async function waitForStatus<S extends object = Status>(
  pong: PongProcess,
  isWanted: (status: S) => boolean,
): Promise<S> {
  let status: S | undefined;
  await until(
    async () => isWanted(status = await statusOf<S>(pong)),
    () =>
      `its status never had ${isWanted}, but is ` +
      `${JSON.stringify({ ...status, hashes: undefined })}: ${pong.describe()}`,
    LOOK_EVERY_MS,
  );
  return status!; // The wait ends with one.
}

/** Waits until it has failed with one line that says why. */
export async function expectOneLine(
  pong: PongProcess,
  message: RegExp,
  code = 1,
): Promise<void> {
  expect([await pong.exited, pong.stderr]).toEqual([code, pong.stderr]);
  expect(pong.stderr).toMatch(message);
  expect(pong.stderr.trimEnd().split("\n").length).toBe(1);
}

/** What a process needs to say of its confirmed states to be compared with others. */
export type Truth = Pick<Status, "hashes">;

/** How many confirmed ticks hosts must share for their comparison to mean something. */
export const SHARED_TICKS_MIN = 100;

/** Compares the confirmed states of all ticks that two processes have in common. */
export function expectSameStates(one: Truth, other: Truth): void {
  const known = new Map(one.hashes);
  const shared = other.hashes.filter(([tick]) => known.has(tick));
  expect(shared.length).toBeGreaterThanOrEqual(SHARED_TICKS_MIN);
  expect(shared).toEqual(shared.map(([tick]) => [tick, known.get(tick)]));
}
