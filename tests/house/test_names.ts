/**
 * Lists the names of all tests, or compares them with those of another revision:
 *
 *     deno run -A tests/house/test_names.ts [revision]
 *
 * A name counts as kept wherever its test now lies. Names are often computed, so another process
 * imports every test's file with a `Deno.test` that only notes what it is given: nothing is run.
 * Steps register when their test runs, so they are compared as source text.
 *
 * @module
 */
import { pathsIn, ROOT } from "./source_files.ts";

const RECORD = "--record";

if (import.meta.main) {
  const [first, second] = Deno.args;
  if (first === RECORD) await record(new URL(second));
  else if (first === undefined) print((await testsOf(ROOT)).names);
  else Deno.exitCode = await compareWith(first);
}

/** What one tree of files tests. */
interface Tests {
  /** Each as `file: name`. */
  readonly names: readonly string[];
  /** Likewise, as they stand in the source. */
  readonly steps: readonly string[];
  readonly expectations: number;
}

/** Prints what is gone and new; returns 1 when anything is gone. */
async function compareWith(revision: string): Promise<number> {
  const folder = await Deno.makeTempDir();
  await git("worktree", "add", "--quiet", "--detach", folder, revision);
  try {
    const before = await testsOf(new URL(`file://${folder}/`));
    const now = await testsOf(ROOT);
    const gone = [
      ...missingIn(now.names, before.names),
      ...missingIn(now.steps, before.steps).map((step) => `${step} (step)`),
    ];
    print(gone.map((name) => `gone  ${name}`));
    print(missingIn(before.names, now.names).map((name) => `new   ${name}`));
    print([
      `${before.names.length} tests before, ${now.names.length} now`,
      `${before.expectations} expectations before, ${now.expectations} now`,
    ]);
    return gone.length === 0 ? 0 : 1;
  } finally {
    await git("worktree", "remove", "--force", folder);
  }
}

async function testsOf(root: URL): Promise<Tests> {
  const files = pathsIn("tests/", ".ts", root).map((path) => ({
    path,
    text: Deno.readTextFileSync(new URL(path, root)),
  }));
  const recorded = await output(Deno.execPath(), [
    ...["run", "-A", "--no-check", "--quiet"],
    `--config=${new URL("deno.json", root).pathname}`,
    ...[import.meta.url, RECORD, root.href],
  ]);
  const step = /\bt(?:est)?\.step\(\s*("[^"]*"|`[^`]*`|[^,]*)/g;
  const expectation = /\b(expect|assert\w*)\(/g;
  return {
    names: recorded.split("\n").filter((line) => line !== "").toSorted(),
    steps: files.flatMap(({ path, text }) =>
      [...text.matchAll(step)].map(([, name]) => `${path}: ${name}`)
    ),
    expectations: files.flatMap(({ text }) => text.match(expectation) ?? [])
      .length,
  };
}

/** What `Deno.test` may be given in any place: a name, a function, or options. */
type Given = string | { readonly name?: string; readonly ignore?: boolean };

/** Prints the names of all tests below a folder as their files register them. */
async function record(root: URL): Promise<void> {
  let file = "";
  const noteAs = (isIgnored: boolean) => (...given: readonly Given[]) => {
    const options = given.map((it) =>
      typeof it === "string" ? { name: it } : it
    );
    const name = options.find(({ name }) => name)?.name;
    const ignored = isIgnored || options.some(({ ignore }) => ignore);
    const line = `${file}: ${name}${ignored ? " (ignored)" : ""}`;
    print([line.replaceAll("\n", "\\n")]);
  };
  const note = noteAs(false);
  const hooks = ["beforeAll", "afterAll", "beforeEach", "afterEach"]
    .map((hook) => [hook, () => {}]);
  const kinds = { ignore: noteAs(true), only: note };
  const test = Object.assign(note, kinds, Object.fromEntries(hooks));
  Object.assign(Deno, { test });
  for (file of pathsIn("tests/", "_test.ts", root)) {
    await import(new URL(file, root).href);
  }
  // What a file has opened while it was imported is of no use any more.
  Deno.exit();
}

/** Returns those of `names` that `others` lacks, whatever the file; of two alike both must be there. */
function missingIn(
  others: readonly string[],
  names: readonly string[],
): readonly string[] {
  const left = others.map(withoutFile);
  return names.filter((name) => {
    const at = left.indexOf(withoutFile(name));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function withoutFile(name: string): string {
  return name.slice(name.indexOf(": ") + 2);
}

async function git(...args: readonly string[]): Promise<void> {
  await output("git", ["-C", ROOT.pathname, ...args]);
}

async function output(
  command: string,
  args: readonly string[],
): Promise<string> {
  const run = new Deno.Command(command, { args: [...args], stderr: "inherit" });
  const { success, stdout } = await run.output();
  if (!success) throw new Error(`Cannot run ${command} ${args.join(" ")}`);
  return new TextDecoder().decode(stdout);
}

function print(lines: readonly string[]): void {
  const text = lines.map((line) => `${line}\n`).join("");
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
