/**
 * `deno task mutate`: makes small mistakes in the code and names those that no test notices.
 *
 * Of each file a sample is tried, the same at each run. A group of files fails when it is clearly
 * below its share, beyond what the sample's chance explains.
 *
 * @module
 */
import { Command, InvalidArgumentError } from "commander";
import { EQUIVALENT, fits } from "./equivalent.ts";
import { makeMutants, type Mutant } from "./mutants.ts";
import { type Sources, testsThatSee } from "./seen_by.ts";
import { type Tried, tryMutants } from "./trial.ts";

/** A file belongs to the first group that names its folder. */
const GROUPS = [
  { folders: ["game/", "net/match/"], share: 0.9 },
  { folders: ["net/"], share: 0.75 },
  { folders: ["static/"], share: 0.75 },
];

/** Fewer say nothing of a group. */
const TRIED_MIN = 30;

const ROOT = new URL("../../", import.meta.url).pathname;

if (import.meta.main) {
  const program = new Command("deno task mutate")
    .description("Make mistakes in the code and name those that no test sees.")
    .argument("[paths...]", "files and folders; all that tests see, if none")
    .option("--changed [revision]", "only what differs from it, or from HEAD^")
    .option("--sample <n>", "mutants of each file at most", parseCount, 40)
    .option("--minutes <n>", "try no more after that", parseCount)
    .parse(Deno.args, { from: "user" });
  const { changed, sample, minutes } = program.opts();
  const revision = changed === true ? "HEAD^" : changed;
  const differing = revision && await git("diff", "--name-only", revision);
  const signals = [interrupted()];
  if (minutes) signals.push(AbortSignal.timeout(minutes * 60_000));
  Deno.exitCode = await mutate({
    isMeant: (path) =>
      (!differing || differing.includes(path)) &&
      (program.args.length === 0 ||
        program.args.some((it) => path === it || path.startsWith(folder(it)))),
    sample,
    signal: AbortSignal.any(signals),
  });
}

function parseCount(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a whole number.");
}

function folder(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}

function interrupted(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stop.abort());
  }
  return stop.signal;
}

/** Returns the exit code: 1 where a group is below its share. */
async function mutate({ isMeant, sample, signal }: {
  readonly isMeant: (path: string) => boolean;
  readonly sample: number;
  readonly signal: AbortSignal;
}): Promise<number> {
  const sources = await readSources();
  const meant = [...sources.keys()]
    .filter((path) => path.endsWith(".ts") && groupOf(path) && isMeant(path));
  const samples = new Map(
    meant.map((path) => [path, sampleOf(path, sources, sample)] as const)
      .filter(([, mutants]) => mutants.length > 0),
  );
  const testsOf = testsThatSee([...samples.keys()], sources);
  for (const [path, tests] of testsOf) {
    if (tests.length > 0) continue;
    print(`${path}: no quick test sees it`);
    samples.delete(path);
  }
  const results = new Map<string, Tried[]>(
    [...samples.keys()].map((path) => [path, []]),
  );
  await tryMutants({
    sources,
    mutants: interleave([...samples.values()]),
    testsOf,
    signal,
    leaveOut: (command) => print(`left out, too slow or failing: ${command}`),
    tell: (tried) => {
      results.get(tried.mutant.path)?.push(tried);
      if (!tried.isKilled) print(sentenceOf(tried.mutant));
    },
  });
  print("");
  for (const [path, tried] of results) print(`${sumOf(tried)}  ${path}`);
  return judge([...results.values()].flat());
}

/** Judges each group by all that was tried of it; returns the exit code. */
function judge(all: readonly Tried[]): number {
  let code = 0;
  print("");
  for (const group of GROUPS) {
    const tried = all.filter(({ mutant }) => groupOf(mutant.path) === group);
    if (tried.length === 0) continue;
    const isBelow = isClearlyBelow(group.share, tried);
    const verdict = isBelow ? "TOO FEW" : "enough";
    const wanted = `${group.share * 100} % are wanted`;
    print(`${sumOf(tried)}  ${group.folders.join(" ")} ${verdict}, ${wanted}`);
    if (isBelow) code = 1;
  }
  return code;
}

/** A sample of a group that has its share is lower than this once in 40 times. */
function isClearlyBelow(share: number, tried: readonly Tried[]): boolean {
  const count = tried.length;
  const killed = tried.filter(({ isKilled }) => isKilled).length;
  const deviation = Math.sqrt(count * share * (1 - share));
  return count >= TRIED_MIN && killed < count * share - 2 * deviation;
}

function groupOf(path: string): typeof GROUPS[number] | undefined {
  return GROUPS.find(({ folders }) =>
    folders.some((it) => path.startsWith(it))
  );
}

/** Returns some mutants of a file, chosen by their own text: other edits change the choice little. */
function sampleOf(
  path: string,
  sources: Sources,
  count: number,
): readonly Mutant[] {
  return makeMutants(path, sources.get(path) ?? "")
    .filter((mutant) => !EQUIVALENT.some((entry) => fits(entry, mutant)))
    .map((mutant) => ({ mutant, rank: hash(mutant.was + mutant.becomes) }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ mutant }) => mutant);
}

/** FNV-1a. */
function hash(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}

/** The first of each, then the second of each: where time ends all files have had the same. */
function interleave<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest })
    .flatMap((_, at) => lists.flatMap((list) => list.slice(at, at + 1)));
}

async function readSources(): Promise<Sources> {
  const paths = await git("ls-files", "-co", "--exclude-standard");
  const isText = /\.(ts|json|lock|md|html|css)$/;
  return new Map(
    await Promise.all(
      paths.filter((path) => isText.test(path))
        .map(async (path) =>
          [path, await Deno.readTextFile(ROOT + path)] as const
        ),
    ),
  );
}

async function git(...args: readonly string[]): Promise<readonly string[]> {
  const run = new Deno.Command("git", { args: ["-C", ROOT, ...args] });
  const { success, stdout, stderr } = await run.output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).split("\n").filter((it) => it !== "");
}

function sumOf(tried: readonly Tried[]): string {
  const killed = tried.filter(({ isKilled }) => isKilled).length;
  const percent = tried.length ? Math.round(100 * killed / tried.length) : 0;
  return `${percent} %`.padStart(5) +
    `${killed} of ${tried.length}`.padStart(12);
}

function sentenceOf({ path, line, column, was, becomes }: Mutant): string {
  return `${path}:${line}:${column} lives:\n  - ${was}\n  + ${becomes}`;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}
