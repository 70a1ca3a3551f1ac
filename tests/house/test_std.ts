/**
 * Runs the unit tests with the standard library itself, from JSR, in place of what deno.json takes
 * from npm under the same names: no test may rely on where the two differ.
 *
 * Exits with 3, after one line that says so, where JSR can't be reached: not every network lets it.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };
import { ROOT } from "./source_files.ts";
import { filesOf } from "./suite.ts";

const STANDARD_LIBRARY = { "@std/expect": "jsr:@std/expect@1.0.20" };

const EXIT_UNREACHABLE = 3;

if (import.meta.main) Deno.exitCode = await testWithStandardLibrary();

async function testWithStandardLibrary(): Promise<number> {
  const packages = Object.values(STANDARD_LIBRARY);
  const load = ["cache", "--quiet", "--no-lock", ...packages];
  if (await deno(load, "null") !== 0) {
    const line =
      `Cannot load ${packages} from JSR, is it reachable? No test was run.\n`;
    await Deno.stderr.write(new TextEncoder().encode(line));
    return EXIT_UNREACHABLE;
  }
  const imports = { ...config.imports, ...STANDARD_LIBRARY };
  const importMap = await Deno.makeTempFile({ suffix: ".json" });
  await Deno.writeTextFile(importMap, JSON.stringify({ imports }));
  const code = await deno([
    ...["test", "-A", "--no-lock", `--import-map=${importMap}`],
    // Their types differ in what an interface may be compared with, which says nothing of a test.
    "--no-check",
    ...filesOf("units"),
  ], "inherit");
  await Deno.remove(importMap);
  return code;
}

/** Returns the exit code. */
async function deno(
  args: readonly string[],
  stderr: "inherit" | "null",
): Promise<number> {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stdout: "inherit",
    stderr,
  }).spawn().status;
  return code;
}
