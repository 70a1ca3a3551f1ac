import { expect } from "@std/expect";
import { EQUIVALENT, fits } from "./equivalent.ts";
import { makeMutants, type Mutant } from "./mutants.ts";
import { testsThatSee } from "./seen_by.ts";
import { tryMutants } from "./trial.ts";

/** What becomes of one line of code, each mutant in the order of the code. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  "if (a < b) f();": [
    "if (true) f();",
    "if (false) f();",
    "if (a <= b) f();",
    "if (a < b) ;",
  ],
  "x = a ?? b;": [";", "x = a;", "x = b;"],
  "y = !a && b;": [";", "y = a && b;", "y = !a;", "y = b;", "y = !a || b;"],
  "const d = a && b && c;": [
    "const d = a && c;",
    "const d = b && c;",
    "const d = a || b && c;",
    "const d = a && b;",
    "const d = a && b || c;",
  ],
  "const at = n - 10;": ["const at = n + 10;", "const at = n - 11;"],
  "const ms = 2_000;": ["const ms = 4000;"],
  "const c = on ? true : off;": [
    "const c = true ? true : off;",
    "const c = false ? true : off;",
    "const c = on ? false : off;",
  ],
  "const d = list.filter(f).some(g);": [
    "const d = list.some(g);",
    "const d = list.filter(f).every(g);",
  ],
  "for (const a of as) { if (a) continue; }": [
    "for (const a of as) { if (true) continue; }",
    "for (const a of as) { if (false) continue; }",
    "for (const a of as) { if (a) ; }",
  ],
  "while (true) throw x;": ["while (false) throw x;", "while (true) ;"],
  "const f = () => { g(); h(); };": [
    "const f = () => { return; g(); h(); };",
    "const f = () => { ; h(); };",
    "const f = () => { g(); ; };",
  ],
  "i--;": [";", "i++;"],
  "z = Math.abs(v);": [";", "z = (v);"],
  'logger.info("a" + b, 1);': [],
  "type Bits = 0 | 1;": [],
};

for (const [code, mutants] of Object.entries(MADE)) {
  Deno.test(`makeMutants() finds each mistake in ${code}`, () => {
    const found = makeMutants("a.ts", `// First\n  ${code}\n`);

    expect(found.map(({ becomes }) => becomes).toSorted())
      .toEqual(mutants.toSorted());
    expect(found.every(({ was, line }) => was === code && line === 2))
      .toBe(true);
  });
}

Deno.test("what is listed as equivalent is still in the code", () => {
  const root = new URL("../../", import.meta.url);
  const gone = EQUIVALENT.filter((entry) => {
    const text = Deno.readTextFileSync(new URL(entry.path, root));
    return !makeMutants(entry.path, text).some((mutant) => fits(entry, mutant));
  });

  expect(gone).toEqual([]);
});

Deno.test("the tests that see a file are those that import it, the nearest first", () => {
  const sources = new Map([
    ["game/a.ts", 'import { b } from "./b.ts";'],
    ["game/b.ts", ""],
    ["tests/game/a_test.ts", 'import { a } from "../../game/a.ts";'],
    ["tests/game/b_test.ts", 'import { b } from "../../game/b.ts";'],
    ["tests/game/type_test.ts", 'import type { B } from "../../game/b.ts";'],
    ["tests/process/b_test.ts", 'import { b } from "../../game/b.ts";'],
  ]);

  expect([...testsThatSee(["game/a.ts", "game/b.ts"], sources)]).toEqual([
    ["game/a.ts", ["tests/game/a_test.ts"]],
    ["game/b.ts", ["tests/game/b_test.ts", "tests/game/a_test.ts"]],
  ]);
});

const TEST =
  'import { twice } from "./a.ts";\nDeno.test("a", () => { if (twice(2) !== 4) throw 1; });';

Deno.test("a mutant is killed by a test that fails, and lives through one that passes", async () => {
  const text = "export const twice = (n: number) => n * 2;";
  const mutants: Mutant[] = [...makeMutants("a.ts", text), {
    ...makeMutants("a.ts", text)[0],
    text: text.replace("n * 2", "n + n"),
    becomes: "n + n",
  }];
  const lives: string[] = [];

  await tryMutants({
    sources: new Map([["a.ts", text], ["a_test.ts", TEST], [
      "deno.json",
      "{}",
    ]]),
    mutants,
    testsOf: new Map([["a.ts", ["a_test.ts"]]]),
    signal: new AbortController().signal,
    leaveOut: (command) => {
      throw new Error(command);
    },
    tell: ({ mutant, isKilled }) => {
      if (!isKilled) lives.push(mutant.becomes);
    },
  });

  expect(mutants.length).toBe(3);
  expect(lives).toEqual(["n + n"]);
});
