/**
 * Tries mutants on copies of the project, one on each core: the working files are never touched.
 *
 * Each mutant gets a process of its own, so one that never ends can be killed; that counts as
 * noticed, as does any other way not to succeed.
 *
 * @module
 */
import type { Mutant } from "./mutants.ts";
import { SIMULATION, type Sources } from "./seen_by.ts";

/** A mutant and what became of it. */
export interface Tried {
  readonly mutant: Mutant;
  readonly isKilled: boolean;
}

/** What to try, and how. */
export interface Trial {
  readonly sources: Sources;
  /** In this order. */
  readonly mutants: readonly Mutant[];
  readonly testsOf: ReadonlyMap<string, readonly string[]>;
  /** Mutants that are left when it aborts are not tried. */
  readonly signal: AbortSignal;
  readonly tell: (tried: Tried) => void;
  /** Says that tests are left out, for they fail without a mutant or take too long. */
  readonly leaveOut: (command: string) => void;
}

/** Beyond a clean run's time, for a machine that is busier with the mutant. */
const TIME_FACTOR = 4;
const TIME_MORE_MS = 5_000;

/** Tests that take longer without a mutant are left out. */
const CLEAN_MS_MAX = 40_000;

/** Runs all mutants, or those that `signal` leaves time for. */
export async function tryMutants(trial: Trial): Promise<void> {
  const { sources, testsOf, signal, tell, leaveOut } = trial;
  const folder = await Deno.makeTempDir({ prefix: "pong-mutants-" });
  const left = trial.mutants.values();
  const times = new Map<string, ReturnType<typeof timeClean>>();
  const timeOf = async (copy: string, run: Run) => {
    const command = run.join(" ");
    const known = times.get(command);
    const time = known ?? timeClean(copy, run, signal);
    times.set(command, time);
    const isLeftOut = await time === undefined && !signal.aborted;
    if (isLeftOut && !known) leaveOut(command);
    return await time;
  };
  const work = async (core: number): Promise<void> => {
    const copy = `${folder}/${core}`;
    await copyTo(copy, sources);
    await linkPage(copy);
    for (const mutant of left) {
      if (signal.aborted) return;
      const runs: TimedRun[] = [];
      for (const run of runsFor(mutant.path, testsOf)) {
        const timeMs = await timeOf(copy, run);
        if (timeMs !== undefined) runs.push({ run, timeMs });
      }
      if (runs.length === 0) continue;
      runs.sort((a, b) => a.timeMs - b.timeMs);
      const file = `${copy}/${mutant.path}`;
      await Deno.writeTextFile(file, mutant.text);
      const isKilled = !await passes(copy, runs, signal);
      await Deno.writeTextFile(file, sources.get(mutant.path) ?? "");
      // What was cut off says nothing of the mutant.
      if (!signal.aborted) tell({ mutant, isKilled });
    }
  };
  try {
    const cores = Array.from({ length: navigator.hardwareConcurrency });
    await Promise.all(cores.map((_, core) => work(core)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Arguments of `deno`, for a command that succeeds unless something is wrong. */
type Run = readonly string[];

interface TimedRun {
  readonly run: Run;
  readonly timeMs: number;
}

function runsFor(
  path: string,
  testsOf: ReadonlyMap<string, readonly string[]>,
): readonly Run[] {
  const flags = ["-A", "--no-check", "--v8-flags=--max-old-space-size=1024"];
  const runs = (testsOf.get(path) ?? [])
    .map((test) => ["test", ...flags, "--fail-fast", test]);
  if (path.startsWith(SIMULATION.folder)) {
    runs.push(["run", ...flags, ...SIMULATION.args]);
  }
  return runs;
}

/** `undefined` where it fails or takes too long. */
async function timeClean(
  copy: string,
  run: Run,
  stop: AbortSignal,
): Promise<number | undefined> {
  const beganMs = performance.now();
  const limit = AbortSignal.timeout(CLEAN_MS_MAX);
  const succeeds = await succeedsIn(copy, run, AbortSignal.any([stop, limit]));
  return succeeds ? performance.now() - beganMs : undefined;
}

async function passes(
  copy: string,
  runs: readonly TimedRun[],
  stop: AbortSignal,
): Promise<boolean> {
  for (const { run, timeMs } of runs) {
    const limit = AbortSignal.timeout(TIME_MORE_MS + TIME_FACTOR * timeMs);
    const signal = AbortSignal.any([stop, limit]);
    if (!await succeedsIn(copy, run, signal)) return false;
  }
  return true;
}

/** Whether the command succeeds before `signal` aborts. */
async function succeedsIn(
  cwd: string,
  args: Run,
  signal: AbortSignal,
): Promise<boolean> {
  if (signal.aborted) return false;
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    stdout: "null",
    stderr: "null",
  }).spawn();
  const kill = () => child.kill("SIGKILL");
  signal.addEventListener("abort", kill);
  const { success } = await child.status;
  signal.removeEventListener("abort", kill);
  return success;
}

async function copyTo(folder: string, sources: Sources): Promise<void> {
  for (const [path, text] of sources) {
    const file = `${folder}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
}

/** Some tests want the built page; it is only read. */
async function linkPage(copy: string): Promise<void> {
  const built = new URL("../../static/dist", import.meta.url).pathname;
  await Deno.mkdir(`${copy}/static`, { recursive: true });
  await Deno.symlink(built, `${copy}/static/dist`);
}
