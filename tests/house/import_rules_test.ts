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

const ALLOWED: readonly Import[] = [
  file("core/a.ts", "core/b.ts"),
  file("net/a.ts", "core/deep/b.ts"),
  file("page/a.ts", "net/wire/b.ts", { isType: true }),
  file("main.ts", "deno.json"),
  file("tests/rules/a.ts", "tests/rules/b.ts"),
  file("tests/own/a.ts", "tests/own/b.ts"),
  pack("net/a.ts", "node:crypto"),
  pack("page/a.ts", "pixi.js/unsafe-eval"),
  pack("tests/rules/a.ts", "@std/expect"),
  pack("tests/rules/a.ts", "node:path"),
  pack("tests/own/a.ts", "node:timers/promises"),
];

Deno.test("a room imports itself and what its row allows", () => {
  expect(forbiddenImports(ALLOWED, MADE_UP)).toEqual([]);
});

const FORBIDDEN: Readonly<Record<string, readonly Import[]>> = {
  "a value of another room": [file("core/a.ts", "net/b.ts")],
  "a type of another room": [file("core/a.ts", "net/b.ts", { isType: true })],
  "a value where only types are allowed": [file("page/a.ts", "net/b.ts")],
  "a folder below the own one": [
    file("core/a.ts", "core/deep/b.ts"),
    file("net/a.ts", "net/wire/b.ts"),
  ],
  "a folder above the own one": [file("core/deep/a.ts", "core/b.ts")],
  "what only a wider room's row allows": [pack("net/wire/a.ts", "zod")],
  "a package that the row doesn't name": [
    pack("net/a.ts", "zod-extra"),
    pack("net/a.ts", "node:fs"),
    pack("tests/own/a.ts", "zod"),
  ],
  "a neighbour of a room that is one file": [file("main.ts", "lobby.ts")],
  "another folder under the same star": [
    file("tests/rules/a.ts", "tests/page/b.ts"),
  ],
  "what the star allows but the own row doesn't": [
    file("tests/own/a.ts", "core/b.ts"),
  ],
  "anything, without a room": [
    file("tests/a.ts", "tests/b.ts"),
    file("old/a.ts", "core/b.ts"),
  ],
};

for (const [what, imports] of Object.entries(FORBIDDEN)) {
  Deno.test(`no room imports ${what}`, () => {
    expect(forbiddenImports(imports, MADE_UP)).toEqual(imports);
  });
}

const TRESPASSES: readonly Import[] = [
  file("game/step.ts", "net/match/wire/wire.ts"),
  file("game/step.ts", "net/match/wire/wire.ts", { isType: true }),
  pack("game/step.ts", "zod"),
  file("static/hud/hud.ts", "net/match/wire/wire.ts"),
  file("static/hud/hud.ts", "net/page/protocol.ts"),
  pack("static/hud/hud.ts", "zod"),
  file("net/lobby_server/rooms.ts", "lobby.ts"),
  file("lobby.ts", "game/step.ts"),
  file("lobby.ts", "tests/lobby/fuzz.ts"),
  file("main.ts", "tests/lobby/fuzz.ts"),
];

for (const trespass of TRESPASSES) {
  Deno.test(`the table of rooms stops it when ${sentenceOf(trespass)}`, () => {
    expect(forbiddenImports([trespass], ROOMS)).toEqual([trespass]);
  });
}

Deno.test("a circle is found over any number of files, once, without those that lead to it", () => {
  const imports = [
    file("main.ts", "b.ts"),
    file("b.ts", "c.ts"),
    file("c.ts", "a.ts", { isType: true }),
    file("a.ts", "b.ts"),
    file("c.ts", "leaf.ts"),
    file("x.ts", "y.ts"),
    file("y.ts", "x.ts"),
  ];

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

function file(from: string, to: string, { isType = false } = {}): Import {
  return { from, to, isPackage: false, isType };
}

function pack(from: string, to: string): Import {
  return { from, to, isPackage: true, isType: false };
}

function sentenceOf({ from, to, isType }: Import): string {
  return `${from} imports ${isType ? "types of " : ""}${to}`;
}
