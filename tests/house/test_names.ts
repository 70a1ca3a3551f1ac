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
  else if (first === undefined) print(await namesIn(ROOT));
  else Deno.exitCode = await compareWith(first);
}

/** Prints what is gone and new; returns 1 when anything is gone. */
async function compareWith(revision: string): Promise<number> {
  const folder = await Deno.makeTempDir();
  const git = ["-C", ROOT.pathname, "worktree"];
  await output("git", [...git, "add", "-q", "--detach", folder, revision]);
  try {
    const before = await namesIn(new URL(`file://${folder}/`));
    const now = await namesIn(ROOT);
    const gone = missingIn(now, before);
    print(gone.map((name) => `gone  ${name}`));
    print(missingIn(before, now).map((name) => `new   ${name}`));
    print([`${before.length} tests and steps before, ${now.length} now`]);
    return gone.length === 0 ? 0 : 1;
  } finally {
    await output("git", [...git, "remove", "--force", folder]);
  }
}

/** Returns each test as `file: name`, and the steps as they stand in the source. */
async function namesIn(root: URL): Promise<readonly string[]> {
  const recorded = await output(Deno.execPath(), [
    ...["run", "-A", "--no-check", "--quiet"],
    `--config=${new URL("deno.json", root).pathname}`,
    ...[import.meta.url, RECORD, root.href],
  ]);
  const step = /\bt(?:est)?\.step\(\s*("[^"]*"|`[^`]*`|[^,]*)/g;
  const steps = pathsIn("tests/", ".ts", root).flatMap((path) =>
    [...Deno.readTextFileSync(new URL(path, root)).matchAll(step)]
      .map(([, name]) => `${path}: ${name} (step)`)
  );
  return [...recorded.split("\n").filter((line) => line !== ""), ...steps]
    .toSorted();
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
  const none = () => {};
  const test = Object.assign(noteAs(false), {
    ...{ ignore: noteAs(true), only: noteAs(false) },
    ...{ beforeAll: none, afterAll: none, beforeEach: none, afterEach: none },
  });
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
  const withoutFile = (name: string) => name.slice(name.indexOf(": ") + 2);
  const left = others.map(withoutFile);
  return names.filter((name) => {
    const at = left.indexOf(withoutFile(name));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

async function output(command: string, args: string[]): Promise<string> {
  const run = new Deno.Command(command, { args, stderr: "inherit" });
  const { success, stdout } = await run.output();
  if (!success) throw new Error(`Cannot run ${command} ${args.join(" ")}`);
  return new TextDecoder().decode(stdout);
}

function print(lines: readonly string[]): void {
  const text = lines.map((line) => `${line}\n`).join("");
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}
