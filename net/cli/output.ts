/**
 * What is said to a person: results on standard output, problems on standard error.
 *
 * @module
 */

/** Says what was asked for. */
export function print(line: string): void {
  writeLine(Deno.stdout, line);
}

/** Says what is wrong, as this program. */
export function complain(message: string): void {
  tellProblem(`pong: ${message.trim()}`);
}

/** Says what is wrong, as it stands. */
export function tellProblem(line: string): void {
  writeLine(Deno.stderr, line);
}

function writeLine(stream: typeof Deno.stdout, line: string): void {
  const bytes = new TextEncoder().encode(line + "\n");
  for (let at = 0; at < bytes.length;) {
    at += stream.writeSync(bytes.subarray(at));
  }
}
