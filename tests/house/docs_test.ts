/**
 * The documents, held against the program: commands, tasks, links, files and tests that they name.
 *
 * @module
 */
import { expect } from "@std/expect";
import config from "../../deno.json" with { type: "json" };
import { parseArgs } from "../../net/cli/command_line.ts";
import { rowsOf, sectionOf } from "./markdown.ts";
import { pathsIn, readSource, ROOT } from "./source_files.ts";

const ARCHITECTURE_LINES_MAX = 110;
const DECISION_LINES_MAX = 40;
const COMMANDS = ["demo", "lobby", "play", "watch", "replay"];

const README = readSource("README.md");
const ARCHITECTURE = readSource("ARCHITECTURE.md");
const GUIDES = [
  README,
  ARCHITECTURE,
  readSource("CONTRIBUTING.md"),
  readSource("CHANGELOG.md"),
  readSource("docs/membership.md"),
  readSource("docs/numbers_that_wrap.md"),
];
const DECISIONS = pathsIn("docs/adr/", ".md").map(readSource);

for (const { path, text } of GUIDES) {
  for (const line of commandLines(text)) {
    Deno.test(`${path}'s "${line}" is understood`, () => {
      expect(parseArgs(wordsOf(line), { version: "", env: {} }))
        .toMatchObject({ kind: "run" });
    });
  }
}

Deno.test("README shows how to start each command", () => {
  const kinds = commandLines(README.text).map((line) => wordsOf(line)[0]);

  expect([...new Set(kinds)].toSorted()).toEqual(COMMANDS.toSorted());
});

Deno.test("README's table of commands names options that exist", () => {
  const rows = [...README.text.matchAll(/^\| `pong (\w+)` .*$/gm)];
  const unknown = rows.flatMap(([row, command]) => {
    const help = parseArgs([command, "--help"], { version: "", env: {} });
    const text = help.kind === "text" ? help.text : "";
    return [...row.matchAll(/--[a-z-]+/g)]
      .filter(([option]) => !text.includes(`  ${option} `))
      .map(([option]) => `pong ${command} ${option}`);
  });

  expect(rows.map(([, command]) => command)).toEqual(COMMANDS);
  expect(unknown).toEqual([]);
});

Deno.test("every task that a document names exists", () => {
  const named = [...GUIDES, ...DECISIONS].flatMap(({ path, text }) =>
    [...text.matchAll(/deno task\s+([a-z]+)/g)]
      .map(([, task]) => ({ path, task }))
  );

  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ task }) => !(task in config.tasks))).toEqual([]);
});

Deno.test("every link and picture within the project leads somewhere", () => {
  const links = [...GUIDES, ...DECISIONS].flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target]) => target.replace(/#.*$/, ""))
      .filter((target) => target !== "" && !/^https?:/.test(target))
      .map((target) => ({ path, target }))
  );
  const dead = links.filter(({ path, target }) =>
    !exists(new URL(target, new URL(path, ROOT)).href.slice(ROOT.href.length))
  );

  expect(links.length).toBeGreaterThan(3);
  expect(dead).toEqual([]);
});

Deno.test("every file that a guide names exists", () => {
  const named = GUIDES.flatMap(({ path, text }) =>
    [...text.matchAll(/`((?:game|net|static|tests|docs|\.ci)\/[\w./]*)`/g)]
      .map(([, file]) => ({ path, file }))
  );

  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ file }) => !exists(file))).toEqual([]);
});

Deno.test(`ARCHITECTURE has at most ${ARCHITECTURE_LINES_MAX} lines`, () => {
  const lines = ARCHITECTURE.text.trimEnd().split("\n").length;

  expect(lines).toBeLessThanOrEqual(ARCHITECTURE_LINES_MAX);
});

Deno.test("ARCHITECTURE's tables of rooms show every folder with files, each once", () => {
  const endings = [".ts", ".html", ".css"];
  const folders = ["game/", "net/", "static/"].flatMap((folder) =>
    endings.flatMap((ending) => pathsIn(folder, ending))
      .map((path) => path.slice(0, path.lastIndexOf("/") + 1))
  );

  const shown = rowsOf(sectionOf(ARCHITECTURE.text, "## Rooms"))
    .map(([room]) => room.replaceAll("`", ""))
    .filter((room) => room.endsWith("/") && !room.startsWith("tests/"));
  expect(shown.toSorted()).toEqual([...new Set(folders)].toSorted());
});

Deno.test("every invariant names tests that hold it", () => {
  const rows = rowsOf(sectionOf(ARCHITECTURE.text, "## Invariants"));
  const unheld = rows.filter(([, holders]) => {
    const tests = [...holders.matchAll(/`(tests\/[\w/]+_test\.ts)`/g)];
    return tests.length === 0 || !tests.every(([, test]) => exists(test));
  });

  expect(rows.length).toBeGreaterThan(10);
  expect(unheld).toEqual([]);
});

Deno.test("every rule of membership names tests that name it", () => {
  const rows = rowsOf(readSource("docs/membership.md").text);
  const rules = rows.filter(([rule]) => /^R\d/.test(rule));
  const others = rows.filter(([what]) => !/^(R\d|What$)/.test(what));
  const unnamed = rules.flatMap(([rule, , tests]) => {
    const number = new RegExp(`\\b${rule.split(" ")[0]}\\b`);
    return [...tests.matchAll(/`([^`]+)`/g)].map(([, path]) => ({ rule, path }))
      .filter(({ path }) => !number.test(readSource(path).text));
  });

  expect(rules.map(([rule]) => rule.split(" ")[0]))
    .toEqual(Array.from({ length: 12 }, (_, i) => `R${i + 1}`));
  expect(rules.filter(([, , tests]) => !tests.includes("_test.ts"))).toEqual(
    [],
  );
  expect(unnamed).toEqual([]);
  // What a changed program can still do is shown by tests, too.
  const unshown = others.filter(([, tests]) =>
    !/`tests\/[\w/]+_test\.ts`/.test(tests)
  );
  expect(others.length).toBeGreaterThan(5);
  expect(unshown).toEqual([]);
});

Deno.test("decisions are numbered, dated, complete and short", () => {
  const head = /^# (\d+)\. .+\n\nDate: \d{4}-\d\d-\d\d\n\nStatus: [a-z]/;
  for (const [at, { path, text }] of DECISIONS.entries()) {
    const number = `${at + 1}`;
    expect(path).toMatch(new RegExp(`/0*${number}-[a-z0-9-]+\\.md$`));
    expect(head.exec(text)?.[1]).toBe(number);
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title))
      .toEqual(["Context", "Decision", "Consequences"]);
    expect(text.trimEnd().split("\n").length)
      .toBeLessThanOrEqual(DECISION_LINES_MAX);
  }
  expect(DECISIONS.length).toBeGreaterThan(0);
});

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Lines of code blocks that start the program, compiled or as a task. */
function commandLines(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)];
  return blocks.flatMap(([, block]) => block.trimEnd().split("\n"))
    .filter((line) =>
      /^((dist\/)?pong|.*deno task (demo|lobby|play|watch|replay))\b/.test(line)
    );
}

/** The words after the program's name. */
function wordsOf(line: string): readonly string[] {
  return line.replace(/^(\S*pong|.*deno task) /, "").split(/\s+/);
}
