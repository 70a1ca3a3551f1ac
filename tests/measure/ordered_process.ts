/**
 * A measuring process that is told in lines what to do, and answers in lines of JSON.
 *
 * @module
 */

export interface OrderedProcess extends AsyncDisposable {
  tell(order: string): Promise<void>;
  /** Returns what the next line says, of a type that the caller knows; throws when it has ended without. */
  // deno-lint-ignore no-explicit-any -- both ends are of one file or two neighbours.
  answer(): Promise<any>;
}

/** Starts a file of this folder as a process with these words; disposal kills it. */
export function startOrdered(
  file: string,
  words: readonly unknown[],
  flags: readonly string[] = [],
): OrderedProcess {
  const path = new URL(file, import.meta.url).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", ...flags, path, ...words.map(String)],
    env: { DENO_NO_UPDATE_CHECK: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const orders = child.stdin.getWriter();
  const lines = readLines(child.stdout);
  return {
    tell: (order) => orders.write(new TextEncoder().encode(`${order}\n`)),
    async answer() {
      const { value } = await lines.next();
      if (typeof value === "string") return JSON.parse(value);
      throw new Error(`The process "${file} ${words.join(" ")}" ended early`);
    },
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
      await child.status;
      await lines.return(undefined);
      await orders.abort().catch(
        () => {/* The pipe is gone with its reader. */},
      );
    },
  };
}

/** Yields the lines of a stream, without their ends. */
export async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

/** What such a process says in a line. */
export function answer(value: unknown): void {
  const line = `${JSON.stringify(value)}\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}
