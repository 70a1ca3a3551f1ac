/**
 * `deno task test`, and the tests of `deno task ok` and `deno task ok:parts`: runs the tests part by
 * part, the files of a part side by side, and ends with each part's result and time.
 *
 * A file belongs to the first part that claims it, so that none is forgotten. Within a part each
 * file does without the others: ports, folders, brokers and browsers are its own. Types are checked
 * before, by `deno task ok`.
 *
 * @module
 */
import { ROOT, testFiles } from "./source_files.ts";

interface Part {
  readonly name: string;
  /** Files at a time for each core: what mostly waits leaves room for others. */
  readonly filesPerCore: number;
  claims(path: string, text: string): boolean;
}

export const PARTS: readonly Part[] = [
  {
    name: "brokers",
    filesPerCore: 2,
    claims: (_, text) => /\bawait startBroker\(/.test(text),
  },
  {
    name: "pages",
    filesPerCore: 1.5,
    claims: (path) => path.startsWith("tests/browser/"),
  },
  {
    name: "processes",
    filesPerCore: 2,
    claims: (path) => /^tests\/(process|measure)\//.test(path),
  },
  { name: "units", filesPerCore: 1, claims: () => true },
];

/** Returns the paths of a part's tests. */
export function filesOf(name: string): readonly string[] {
  return testFiles()
    .filter(({ path }) => path.endsWith("_test.ts"))
    .filter(({ path, text }) =>
      PARTS.find((part) => part.claims(path, text))?.name === name
    )
    .map(({ path }) => path);
}

/** Returns whether a part's tests pass, and a line that says so. */
async function run({ name, filesPerCore }: Part) {
  const beganMs = performance.now();
  const jobs = Math.ceil(filesPerCore * navigator.hardwareConcurrency);
  say(`\n== ${name}, ${jobs} files at a time`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--parallel", ...filesOf(name)],
    cwd: ROOT,
    env: { DENO_JOBS: `${jobs}` },
  }).spawn().status;
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(0);
  const line = `part ${name}: ${success ? "ok" : "FAILED"} in ${seconds} s`;
  return { success, line };
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) {
  const names = PARTS.map(({ name }) => name);
  const unknown = Deno.args.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no part "${unknown}": there are ${names}.`);
  }
  const outcomes = [];
  for (const part of PARTS) {
    const isWanted = Deno.args.length === 0 || Deno.args.includes(part.name);
    if (isWanted) outcomes.push(await run(part));
  }
  say("");
  for (const { line } of outcomes) say(line);
  Deno.exitCode = outcomes.every(({ success }) => success) ? 0 : 1;
}
