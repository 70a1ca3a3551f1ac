/**
 * Who imports whom, held against the table of rooms in ARCHITECTURE.md.
 *
 * Each kind of rule is shown imports that break it, so that a rule which catches nothing is noticed.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Import } from "../support/imports.ts";
import {
  circlesIn,
  forbiddenImports,
  reachedFrom,
  readRooms,
  roomOf,
} from "./import_rules.ts";
import {
  allImports,
  productFiles,
  readSource,
  testFiles,
} from "./source_files.ts";

const ROOMS = readRooms(readSource("ARCHITECTURE.md").text);
const IMPORTS = allImports();

Deno.test("every import is one that the table of rooms allows", () => {
  expect(forbiddenImports(IMPORTS, ROOMS).map(sentenceOf)).toEqual([]);
});

Deno.test("no files import each other in a circle", () => {
  expect(circlesIn(IMPORTS)).toEqual([]);
});

Deno.test("what a browser shall run, too, leads to no module of Node", () => {
  const values = IMPORTS.filter(({ isType }) => !isType);
  const targets = Map.groupBy(values, ({ from }) => from);
  const leadsToNode = (path: string) =>
    reachedFrom(path, targets).values().some((to) => to.startsWith("node:"));
  const simulation = productFiles().map(({ path }) => path)
    .filter((path) => path.startsWith("net/simulation/"));

  expect(simulation.filter(leadsToNode)).toEqual([]);
  expect(simulation.length).toBeGreaterThan(0);
  expect(leadsToNode("net/transport/signed.ts")).toBe(true);
});

Deno.test("every file has a room", () => {
  const homeless = [...productFiles(), ...testFiles()]
    .filter(({ path }) => roomOf(path, ROOMS) === undefined);

  expect(homeless.map(({ path }) => path)).toEqual([]);
});

Deno.test("imports of values, of types and dynamic ones are found, and those of packages", () => {
  const found = [
    "main.ts imports lobby.ts",
    "tests/house/import_rules.ts imports types of tests/support/imports.ts",
    "lobby.ts imports net/transport/amqp.ts",
    "static/court/renderer.ts imports pixi.js/unsafe-eval",
    "tests/house/docs_test.ts imports tests/house/source_files.ts",
  ];

  expect(IMPORTS.map(sentenceOf)).toEqual(expect.arrayContaining(found));
});

/** A table that is small enough to see what each case below breaks. */
const MADE_UP = readRooms(`
## Rooms

| Room         | What it holds | May import                                      |
| ------------ | ------------- | ----------------------------------------------- |
| \`core/\`      | rules         | –                                               |
| \`net/\`       | all of it     | \`core/\`, \`zod\`, \`node:crypto\`                   |
| \`net/wire/\`  | bytes         | \`core/\`                                         |
| \`page/\`      | what is seen  | types of \`net/\`, \`pixi.js\`                      |
| \`main.ts\`    | wiring        | \`net/\`, \`deno.json\`                             |
| \`tests/*/\`   | by subject    | \`core/\`, packages                               |
| \`tests/own/\` | its own row   | \`node:*\`                                        |

## What comes after
`);

const ALLOWED = [
  "core/a.ts imports core/b.ts",
  "net/a.ts imports core/deep/b.ts",
  "page/a.ts imports types of net/wire/b.ts",
  "main.ts imports deno.json",
  "tests/rules/a.ts imports tests/rules/b.ts",
  "tests/own/a.ts imports tests/own/b.ts",
  "net/a.ts imports node:crypto",
  "page/a.ts imports pixi.js/unsafe-eval",
  "tests/rules/a.ts imports @std/expect",
  "tests/rules/a.ts imports node:path",
  "tests/own/a.ts imports node:timers/promises",
];

Deno.test("a room imports itself and what its row allows", () => {
  expect(forbiddenImports(ALLOWED.map(importOf), MADE_UP)).toEqual([]);
});

const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  "a value of another room": ["core/a.ts imports net/b.ts"],
  "a type of another room": ["core/a.ts imports types of net/b.ts"],
  "a value where only types are allowed": ["page/a.ts imports net/b.ts"],
  "a folder below the own one": [
    "core/a.ts imports core/deep/b.ts",
    "net/a.ts imports net/wire/b.ts",
  ],
  "a folder above the own one": ["core/deep/a.ts imports core/b.ts"],
  "what only a wider room's row allows": ["net/wire/a.ts imports zod"],
  "a package that the row doesn't name": [
    "net/a.ts imports zod-extra",
    "net/a.ts imports node:fs",
    "tests/own/a.ts imports zod",
  ],
  "a neighbour of a room that is one file": ["main.ts imports lobby.ts"],
  "another folder under the same star": [
    "tests/rules/a.ts imports tests/page/b.ts",
  ],
  "what the star allows but the own row doesn't": [
    "tests/own/a.ts imports core/b.ts",
  ],
  "anything, without a room": [
    "tests/a.ts imports tests/b.ts",
    "old/a.ts imports core/b.ts",
  ],
};

for (const [what, sentences] of Object.entries(FORBIDDEN)) {
  Deno.test(`no room imports ${what}`, () => {
    const imports = sentences.map(importOf);

    expect(forbiddenImports(imports, MADE_UP)).toEqual(imports);
  });
}

const TRESPASSES = [
  "game/step.ts imports net/match/wire/wire.ts",
  "game/step.ts imports types of net/match/wire/wire.ts",
  "game/step.ts imports zod",
  "static/hud/hud.ts imports net/match/wire/wire.ts",
  "static/hud/hud.ts imports net/page/protocol.ts",
  "static/hud/hud.ts imports zod",
  "net/lobby_server/rooms.ts imports lobby.ts",
  "lobby.ts imports game/step.ts",
  "lobby.ts imports tests/lobby/fuzz.ts",
  "main.ts imports tests/lobby/fuzz.ts",
];

for (const trespass of TRESPASSES) {
  Deno.test(`the table of rooms stops it when ${trespass}`, () => {
    const imports = [importOf(trespass)];

    expect(forbiddenImports(imports, ROOMS)).toEqual(imports);
  });
}

Deno.test("a circle is found over any number of files, once, without those that lead to it", () => {
  const imports = [
    ...["main.ts imports b.ts", "b.ts imports c.ts", "a.ts imports b.ts"],
    ...["c.ts imports types of a.ts", "c.ts imports leaf.ts"],
    ...["x.ts imports y.ts", "y.ts imports x.ts"],
  ].map(importOf);

  expect(circlesIn(imports)).toEqual([
    ["a.ts", "b.ts", "c.ts"],
    ["x.ts", "y.ts"],
  ]);
  expect(circlesIn(imports.filter(({ from }) => from !== "c.ts")))
    .toEqual([["x.ts", "y.ts"]]);
});

Deno.test("a cell of the table that can't be understood is refused", () => {
  const text = "\n## Rooms\n\n| Room | What | May |\n| - |\n| `a/` | – | b |\n";

  expect(() => readRooms(text)).toThrow('ARCHITECTURE.md says "b"');
});

/** Reads what `sentenceOf` writes; a package is what no file's name is. */
function importOf(sentence: string): Import {
  const [from, types, to] = sentence.split(/ imports (types of )?/);
  const isPackage = !/\.(ts|json)$/.test(to);
  return { from, to, isPackage, isType: types !== undefined };
}

function sentenceOf({ from, to, isType }: Import): string {
  return `${from} imports ${isType ? "types of " : ""}${to}`;
}
