/**
 * Which tests see which files: those that import them, over however many files.
 *
 * A rule should be missed by a test at the level where it stands. So only those count that are of
 * the file's own subject, `tests/lobby/` for `net/lobby_server/`, or import the file themselves, and
 * where there are none the nearest. Tests of real processes, browsers and brokers take too long; of
 * the simulations a few seeds do.
 *
 * @module
 */
import { importsIn } from "../support/imports.ts";

/** Folders and files whose tests take too long to be run for each mutant. */
const LEFT_OUT = [
  "tests/browser/",
  "tests/house/",
  "tests/match/fault_simulation_test.ts",
  "tests/match/simulation_test.ts",
  "tests/measure/",
  "tests/mutation/",
  "tests/page/judder_test.ts",
  "tests/process/",
  "tests/transport/amqp_test.ts",
  "tests/transport/forgery_test.ts",
];

/** More would be farther away, and cost time for each mutant that lives. */
const TESTS_MAX = 6;

/** What `deno run` is given to simulate whole matches, and the files whose mutants that may notice. */
export const SIMULATION = {
  folder: "net/match/",
  args: ["tests/match/sim.ts", "--seeds", "1..3"],
} as const;

/** All files of the project by their path, with their text. */
export type Sources = ReadonlyMap<string, string>;

/** Returns, for each path, the tests that import it, the nearest first. */
export function testsThatSee(
  paths: readonly string[],
  sources: Sources,
): ReadonlyMap<string, readonly string[]> {
  const imports = new Map(
    [...sources].map(([path, text]) => [path, importsOf(path, text)]),
  );
  const tests = [...sources.keys()]
    .filter((path) => path.endsWith("_test.ts"))
    .filter((path) => !LEFT_OUT.some((out) => path.startsWith(out)))
    .map((path) => ({ path, reached: filesReachedBy(path, imports) }))
    // Of two tests that are as near, the one that needs less of the project is more of a unit's.
    .toSorted((a, b) => a.reached.size - b.reached.size);
  return new Map(paths.map((path) => {
    const seeing = tests.filter(({ reached }) => reached.has(path))
      .map(({ path: test, reached }) => ({
        test,
        distance: reached.get(path) ?? 0,
        isOwn: isOfSubject(test, path),
      }))
      .toSorted((a, b) =>
        a.distance - b.distance || Number(b.isOwn) - Number(a.isOwn)
      );
    const near = seeing.filter((it) => it.isOwn || it.distance === 1);
    const chosen = (near.length > 0 ? near : seeing).slice(0, TESTS_MAX);
    return [path, chosen.map(({ test }) => test)];
  }));
}

function isOfSubject(test: string, path: string): boolean {
  const [, subject] = test.split("/");
  return path.split("/").some((folder) => folder.startsWith(subject));
}

/** Returns all files that one imports, and over how many others. */
function filesReachedBy(
  path: string,
  imports: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> {
  const reached = new Map([[path, 0]]);
  // A map is walked in the order in which its entries come, those that come meanwhile too.
  for (const [file, steps] of reached) {
    for (const imported of imports.get(file) ?? []) {
      if (!reached.has(imported)) reached.set(imported, steps + 1);
    }
  }
  return reached;
}

/** Types aside: what only they come from isn't run. */
function importsOf(path: string, text: string): readonly string[] {
  return importsIn(path, text)
    .filter(({ isPackage, isType }) => !isPackage && !isType)
    .map(({ to }) => to);
}
