/**
 * House rules, checked over the tree: who touches clock, chance and system, how a file begins and
 * how long it gets.
 *
 * Each rule carries an example that breaks it, so that a rule which catches nothing is noticed.
 * Comments are blanked before code is looked at.
 *
 * @module
 */
import { expect } from "@std/expect";
import config from "../../deno.json" with { type: "json" };
import type { Import } from "../support/imports.ts";
import {
  allImports,
  codeOf,
  productFiles,
  type SourceFile,
  testFiles,
} from "./source_files.ts";

const LINES_MAX = 400;
const IMPORTS = allImports();

/** By room of `net/`: files that own a socket, a timer, a file or a clock; all others only think. */
const DOES_IO: ReadonlySet<string> = new Set(
  Object.entries({
    cli: "announce logging output signals",
    files: "broker_ca broker_file seat_file settings_file state_folder",
    link: "descriptors dial line_connection listen pause",
    lobby: "come_back connection seat watch",
    lobby_server: "reception relay_hub",
    page: "assets browser door http page_socket process_page server",
    player: "evidence_file invite lobby_visit match_loop match_run player",
    recording: "recording_file replay_file replay_stage",
    transport:
      "amqp amqp_connection amqp_link broker_consent broker_probe open relay",
    watch: "watcher",
  }).flatMap(([room, names]) =>
    names.split(" ").map((name) => `net/${room}/${name}.ts`)
  ),
);

/** Something that code of some files never says. */
interface Rule {
  readonly name: string;
  readonly applies: (path: string) => boolean;
  readonly pattern: RegExp;
  /** Code that breaks the rule. */
  readonly example: string;
}

const RULES: readonly Rule[] = [
  {
    name: "only main.ts reads arguments and environment and sets the exit code",
    applies: (path) => path !== "main.ts",
    pattern: /\bDeno\.(args|env|exit|exitCode)\b|\bprocess\./,
    example: "Deno.exit(1);",
  },
  {
    name:
      "only main.ts, the lobby and the page's looks have chance of their own",
    applies: (path) => !/^(main|lobby)\.ts$|^static\//.test(path),
    pattern:
      /\bMath\.random\b|\bcrypto\.(getR|r)andom|\bgenerateKey|\brandom.*"node:crypto"/,
    example: "const id = crypto.randomUUID();",
  },
  {
    name: "nobody reads the wall clock",
    applies: () => true,
    pattern: /\bDate\b/,
    example: "const atMs = Date.now();",
  },
  {
    name: "what thinks has no clock, timer, system or network",
    applies: thinks,
    pattern:
      /\bDeno\.|\bperformance\.|\bset(Timeout|Interval)\(|\bfetch\(|\bWebSocket\b|"node:(?!(buffer|crypto)")/,
    example: "const atMs = performance.now();",
  },
  {
    name: "the rules use only such mathematics as is exact everywhere",
    applies: (path) => path.startsWith("game/"),
    pattern:
      /\bMath\.(?!(abs|ceil|floor|imul|max|min|round|sign|sqrt|trunc)\b)|\*\*/,
    example: "const across = Math.sin(angle);",
  },
  {
    name: "a view is what a page sees, so a match has none",
    applies: (path) => path.startsWith("net/match/"),
    pattern: /\bview\b/i,
    example: "const { view } = play;",
  },
  {
    name: "nobody writes to the console",
    applies: () => true,
    pattern: /\bconsole\./,
    example: "console.log(state);",
  },
];

for (const { name, applies, pattern, example } of RULES) {
  Deno.test(name, () => {
    const found = productFiles().filter(({ path }) => applies(path))
      .flatMap((file) => matches(file, pattern));

    expect(found).toEqual([]);
    expect(codeOf(example)).toMatch(pattern);
  });
}

const THINKER: Import = {
  from: "net/lobby_server/rooms.ts",
  to: "net/transport/relay.ts",
  isPackage: false,
  isType: false,
};

Deno.test("what thinks imports no values of what does I/O", () => {
  expect(IMPORTS.filter(bringsIo)).toEqual([]);
  expect(bringsIo(THINKER)).toBe(true);
  expect(bringsIo({ ...THINKER, isType: true })).toBe(false);
});

Deno.test("every package is pinned in deno.json and imported by its name there", () => {
  const pinned = /^(npm|jsr):\/?(@[^@/]+\/)?[^@/]+@\d+\.\d+\.\d+(\/[^@]+)?$/;
  const unpinned = Object.values(config.imports)
    .filter((target) => !pinned.test(target));
  const strangers = IMPORTS
    .filter(({ to, isPackage }) =>
      isPackage && !to.startsWith("node:") && !(to in config.imports)
    )
    .map(({ from, to }) => `${from}: ${to}`);

  expect(unpinned).toEqual([]);
  expect(strangers).toEqual([]);
  expect("npm:zod@^4.6.7").not.toMatch(pinned);
});

Deno.test("every source file begins with what it is", () => {
  const header =
    /^(\/\/\/ <reference .*\n)*\/\*\*\n( \*( .*)?\n){2,40} \* @module\n \*\/\n/;
  const without = productFiles().filter(({ text }) => !header.test(text));

  expect(without.map(({ path }) => path)).toEqual([]);
  expect('import { z } from "zod";\n/**\n * @module\n */\n')
    .not.toMatch(header);
});

Deno.test(`no source file is longer than ${LINES_MAX} lines, imports aside`, () => {
  const long = productFiles()
    .map(({ path, text }) => ({ path, lines: linesBesideImports(text) }))
    .filter(({ lines }) => lines > LINES_MAX);

  expect(long).toEqual([]);
  expect(linesBesideImports('import {\n  a,\n} from "a";\nlet b;\n')).toBe(1);
});

Deno.test("no name of a type stands for two things", () => {
  const declared = productFiles().flatMap(({ text }) => typesIn(text));

  expect(repeatedIn(declared)).toEqual([]);
  expect(repeatedIn(typesIn("type A = 1;\nexport class A {}\n"))).toEqual([
    "A",
  ]);
});

Deno.test("nothing is left for later in a comment", () => {
  // In two halves, so that this file doesn't find itself.
  const words = ["TO" + "DO", "FIX" + "ME"];
  const pattern = new RegExp(`\\b(${words.join("|")})\\b`);
  const files = [...productFiles(), ...testFiles()];
  const found = files.filter(({ text }) => pattern.test(text));

  expect(found.map(({ path }) => path)).toEqual([]);
  expect(`// ${words[0]}: later`).toMatch(pattern);
});

Deno.test("every file that a comment names is beside it, or at the path that it gives", () => {
  const files = [...productFiles(), ...testFiles()];
  const paths = new Set(files.map(({ path }) => path));
  const stray = files.flatMap(({ path, text }) =>
    filesNamedIn(text)
      .filter((name) => !paths.has(name) && !paths.has(besides(path, name)))
      .map((name) => `${path}: ${name}`)
  );

  expect(stray).toEqual([]);
  expect(filesNamedIn(`/** As gone${".ts"} does. */`)).toEqual([
    `gone${".ts"}`,
  ]);
});

Deno.test("every file that is said to do I/O exists", () => {
  const paths = productFiles().map(({ path }) => path);

  expect(paths).toEqual(expect.arrayContaining([...DOES_IO]));
});

function thinks(path: string): boolean {
  return path.startsWith("game/") ||
    (path.startsWith("net/") && !DOES_IO.has(path));
}

function bringsIo({ from, to, isType }: Import): boolean {
  return thinks(from) && DOES_IO.has(to) && !isType;
}

/** Names of the types that a file declares. */
function typesIn(text: string): readonly string[] {
  const declared = /^(?:export )?(?:interface|type|class) (\w+)/gm;
  return [...codeOf(text).matchAll(declared)].map(([, name]) => name);
}

function repeatedIn(names: readonly string[]): readonly string[] {
  return names.filter((name, at) => names.indexOf(name) !== at);
}

function filesNamedIn(text: string): readonly string[] {
  const comments = text.match(/\/\*\*[^]*?\*\/|\/\/ .*$/gm) ?? [];
  return comments.flatMap((comment) => comment.match(/[\w/]+\.ts\b/g) ?? []);
}

function besides(path: string, name: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1) + name;
}

/** Lines of code that match, each as `path:line: code`. */
function matches({ path, text }: SourceFile, pattern: RegExp): string[] {
  return codeOf(text).split("\n").flatMap((line, at) =>
    pattern.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : []
  );
}

/** How many lines a file has to read: what it imports only says where names come from. */
function linesBesideImports(text: string): number {
  const others = text.replaceAll(/^import [^;]*;\n/gm, "");
  return others.split("\n").length - 1;
}
