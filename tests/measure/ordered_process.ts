/**
 * A measuring process that is told in lines what to do, and answers in lines.
 *
 * @module
 */

export interface OrderedProcess extends AsyncDisposable {
  tell(order: string): Promise<void>;
  /** Returns the next line that it says; throws when it has ended without. */
  answer(): Promise<string>;
}

/** Starts a file as a process with these words; disposal kills it. */
export function startOrdered(
  file: URL,
  words: readonly string[],
): OrderedProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", file.href, ...words],
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
      if (typeof value === "string") return value;
      throw new Error(`The process "${words.join(" ")}" ended early`);
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
