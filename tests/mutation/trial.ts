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
}

/** Beyond a clean run's time, for a machine that is busier with the mutant. */
const TIME_FACTOR = 4;
const TIME_MORE_MS = 5_000;

/** Runs all mutants, or those that `signal` leaves time for. @throws When tests fail without any. */
export async function tryMutants(trial: Trial): Promise<void> {
  const { sources, testsOf, signal, tell } = trial;
  const folder = await Deno.makeTempDir({ prefix: "pong-mutants-" });
  const left = trial.mutants.values();
  const times = new Map<string, Promise<number>>();
  const timeOf = (copy: string, run: Run): Promise<number> => {
    const key = run.join(" ");
    const time = times.get(key) ?? timeClean(copy, run);
    times.set(key, time);
    return time;
  };
  const work = async (core: number): Promise<void> => {
    const copy = `${folder}/${core}`;
    await copyTo(copy, sources);
    for (const mutant of left) {
      if (signal.aborted) return;
      const runs = await quickestFirst(
        runsFor(mutant.path, testsOf),
        (run) => timeOf(copy, run),
      );
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

async function quickestFirst(
  runs: readonly Run[],
  timeOf: (run: Run) => Promise<number>,
): Promise<readonly TimedRun[]> {
  const timed: TimedRun[] = [];
  for (const run of runs) timed.push({ run, timeMs: await timeOf(run) });
  return timed.toSorted((a, b) => a.timeMs - b.timeMs);
}

async function timeClean(copy: string, run: Run): Promise<number> {
  const beganMs = performance.now();
  const command = new Deno.Command(Deno.execPath(), {
    args: [...run],
    cwd: copy,
  });
  const { success, stdout, stderr } = await command.output();
  if (success) return performance.now() - beganMs;
  const said = [stdout, stderr].map((it) => new TextDecoder().decode(it));
  throw new Error(`Fails without a mutant: ${run.join(" ")}\n${said.join("")}`);
}

async function passes(
  copy: string,
  runs: readonly TimedRun[],
  stop: AbortSignal,
): Promise<boolean> {
  for (const { run, timeMs } of runs) {
    const limit = AbortSignal.timeout(TIME_MORE_MS + TIME_FACTOR * timeMs);
    const command = new Deno.Command(Deno.execPath(), {
      args: [...run],
      cwd: copy,
      stdout: "null",
      stderr: "null",
    });
    const child = command.spawn();
    const kill = () => child.kill("SIGKILL");
    const signal = AbortSignal.any([stop, limit]);
    signal.addEventListener("abort", kill);
    const { success } = await child.status;
    signal.removeEventListener("abort", kill);
    if (!success) return false;
  }
  return true;
}

async function copyTo(folder: string, sources: Sources): Promise<void> {
  for (const [path, text] of sources) {
    const file = `${folder}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
}
