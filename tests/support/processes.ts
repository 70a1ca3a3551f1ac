/**
 * Real `pong` processes for tests: started, listened to, and gone when the test ends.
 *
 * `PONG_EXECUTABLE` names a compiled file to be tried instead of `main.ts`.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { View } from "../../net/page/protocol.ts";
import type { ResultLine, Status } from "../../net/player/status.ts";

/** How long a test waits for what should come in a moment; CI machines can be slow. */
export const PATIENCE_MS = 120_000;

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

/** Starts `pong` with these words. */
export function startPong(args: readonly string[]): PongProcess {
  const executable = Deno.env.get("PONG_EXECUTABLE");
  const main = new URL("../../main.ts", import.meta.url).pathname;
  // An executable must need nothing around it, so it runs in its own folder.
  const alone = executable && { cwd: executable.replace(/\/[^/]*$/, "") };
  const command = new Deno.Command(executable ?? Deno.execPath(), {
    ...alone,
    args: executable ? [...args] : ["run", "-A", main, ...args],
    env: {
      ...{ DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
      PONG_STATE_FOLDER: stateFolder(),
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const child = command.spawn();
  const output = new Output();
  const done = Promise.all([
    output.read(child.stdout, "stdout"),
    output.read(child.stderr, "stderr"),
    child.status,
  ]).then(([, , status]) => {
    output.end();
    return status.code;
  });
  return {
    pid: child.pid,
    exited: done,
    get stdout() {
      return output.text.stdout;
    },
    get stderr() {
      return output.text.stderr;
    },
    line: (pattern) => output.find(pattern, args),
    kill: (signal) => kill(child, signal),
    async [Symbol.asyncDispose]() {
      kill(child, "SIGKILL");
      await done;
    },
  };
}

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch (error) {
    // A process that has ended by itself needs no signal.
    if (!(error instanceof TypeError)) throw error;
  }
}

class Output {
  readonly text = { stdout: "", stderr: "" };
  readonly #lines: string[] = [];
  #hasEnded = false;
  #wake = Promise.withResolvers<void>();

  async read(
    stream: ReadableStream<Uint8Array>,
    name: "stdout" | "stderr",
  ): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const bytes of stream) {
      const text = decoder.decode(bytes, { stream: true });
      this.text[name] += text;
      if (name === "stderr") continue;
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.#lines.push(...lines);
      this.#notify();
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#notify();
  }

  async find(
    pattern: RegExp,
    args: readonly string[],
  ): Promise<RegExpExecArray> {
    const late = deadline(`pong ${args.join(" ")}: no line ${pattern}`);
    try {
      for (let at = 0;;) {
        for (; at < this.#lines.length; at++) {
          const match = pattern.exec(this.#lines[at]);
          if (match) return match;
        }
        if (this.#hasEnded) {
          throw new Error(
            `pong ${args.join(" ")} ended without ${pattern}:\n` +
              this.text.stdout + this.text.stderr,
          );
        }
        await Promise.race([this.#wake.promise, late.promise]);
      }
    } finally {
      late.cancel();
    }
  }

  #notify(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** A promise that rejects after `PATIENCE_MS`, unless it is cancelled. */
function deadline(
  message: string,
): { readonly promise: Promise<never>; cancel(): void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // Only whoever races it needs to hear of it.
  const timer = setTimeout(() => reject(new Error(message)), PATIENCE_MS);
  return { promise, cancel: () => clearTimeout(timer) };
}

/** Starts a lobby on a free port of 127.0.0.1. */
export async function startLobbyProcess(
  args: readonly string[] = [],
): Promise<PongProcess & { readonly port: number }> {
  const lobby = startPong([
    "lobby",
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    ...args,
  ]);
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
  const [, address] = await pong.line(/^(?:status|page): (http:\/\/\S+)$/);
  return address;
}

/** Fetches the status of a player, or of whoever else shows a match. */
export async function statusOf<S extends object = Status>(
  pong: PongProcess,
): Promise<S> {
  const response = await fetch(new URL("/status", await addressOf(pong)));
  return await response.json();
}

/** Polls the status until `isWanted` holds; rejects after `PATIENCE_MS`. */
export async function waitForStatus<S extends object = Status>(
  pong: PongProcess,
  isWanted: (status: S) => boolean,
): Promise<S> {
  const untilMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const status = await statusOf<S>(pong);
    if (isWanted(status)) return status;
    if (performance.now() > untilMs) {
      const rest = JSON.stringify({ ...status, hashes: undefined });
      throw new Error(`Status never came: ${rest}`);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    setTimeout(resolve, 50);
    await promise;
  }
}

/** Waits for what a process shows on its page, as a page of its own would see it. */
export async function waitForView(
  pong: PongProcess,
  isWanted: (view: View) => boolean,
): Promise<View> {
  const { host, origin, search } = new URL(await addressOf(pong));
  const socket = new WebSocket(`ws://${host}/socket${search}`, {
    headers: { origin },
  });
  const { promise, resolve, reject } = Promise.withResolvers<View>();
  const closed = Promise.withResolvers<void>();
  let newest = "";
  const timer = setTimeout(
    () => reject(new Error(`View never came: ${newest}`)),
    PATIENCE_MS,
  );
  socket.onclose = () => {
    reject(new Error(`The page was closed. It showed: ${newest}`));
    closed.resolve();
  };
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") return; // The court.
    newest = data;
    const view: View = JSON.parse(data);
    if (isWanted(view)) resolve(view);
  };
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.close();
    await closed.promise;
  }
}

/** Waits until it has failed with one line that says why. */
export async function expectOneLine(
  pong: PongProcess,
  message: RegExp,
): Promise<void> {
  expect(await pong.exited).toBe(1);
  expect(pong.stderr).toMatch(message);
  expect(pong.stderr.trimEnd().split("\n").length).toBe(1);
}

/** What a process needs to say of its confirmed states to be compared with others. */
export type Truth = Pick<Status, "hashes">;

/** How many confirmed ticks hosts must share for their comparison to mean something. */
const SHARED_TICKS_MIN = 100;

/** Compares the confirmed states of all ticks that two processes have in common. */
export function expectSameStates(one: Truth, other: Truth): void {
  const known = new Map(one.hashes);
  const shared = other.hashes.filter(([tick]) => known.has(tick));
  expect(shared.length).toBeGreaterThanOrEqual(SHARED_TICKS_MIN);
  expect(shared).toEqual(shared.map(([tick]) => [tick, known.get(tick)]));
}
