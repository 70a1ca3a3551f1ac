/**
 * Nothing stays that nothing needs. What only tests use is listed here, each with its reason; the
 * simulation counts as theirs.
 *
 * @module
 */
import { expect } from "@std/expect";
import { productFiles, testFiles } from "./source_files.ts";
import {
  type Module,
  readModules,
  unusedExports,
  unusedMembers,
} from "./unused.ts";

const isOfTests = (path: string) =>
  path.startsWith("tests/") || path.startsWith("net/simulation/");
const PATHS = [...productFiles(), ...testFiles()].map(({ path }) => path);
const PRODUCT_PATHS = PATHS.filter((path) => !isOfTests(path));
const MODULES = readModules(PATHS);
const PRODUCT = MODULES.filter(({ path }) => PRODUCT_PATHS.includes(path));

/** Exports and why they stay although no file of the product imports them by name. */
const KEPT_EXPORTS: Readonly<Record<string, string>> = {
  "net/lobby/protocol.ts: PUBLIC_KEY_LENGTH_MAX":
    "a test makes the longest token with it",
  "net/page/process_page.ts: qrCodeOf":
    "a test shows a room with its picture, without a process",
  "net/transport/amqp.ts: keepExchange":
    "lobby.ts imports it dynamically, which deno doc doesn't show",
  "net/transport/open.ts: publicKeysOf":
    "a test sees what is said of a player without a key",
  "static/inspector/plots.ts: niceAtLeast":
    "the table of its results is a test of its own",
};

/** Members and why they stay although no code of the product reads them. */
const KEPT_MEMBERS: Readonly<Record<string, string>> = {
  "lobby.ts: LobbyCounts.relays":
    "tests see by it that the lobby forgets who has gone",
  "static/sound/sound.ts: Sound.isAvailable":
    "a test sees by it what a browser without sound gets",
};

Deno.test("every export of the product is imported by another of its files", () => {
  expect(unusedExports(PRODUCT).toSorted())
    .toEqual(Object.keys(KEPT_EXPORTS).toSorted());
});

Deno.test("every export of a test's file is imported by another file", () => {
  const unused = unusedExports(MODULES)
    .filter(isOfTests);

  expect(MODULES.length).toBe(PATHS.length);
  expect(unused).toEqual([]);
});

Deno.test("every member is read somewhere in the product", () => {
  expect(unusedMembers(PRODUCT).toSorted())
    .toEqual(Object.keys(KEPT_MEMBERS).toSorted());
});

Deno.test("an export is found unless another file imports it or another export names it", () => {
  const types = { name: "start", namedTypes: ["Options"], members: [] };
  const modules = [
    madeUp("a.ts", { exports: [types, exported("Options"), exported("stop")] }),
    madeUp("b.ts", { imports: [{ from: "a.ts", name: "start" }] }),
    madeUp("c.ts", { imports: [{ from: "other.ts", name: "stop" }] }),
  ];

  expect(unusedExports(modules)).toEqual(["a.ts: stop"]);
  expect(unusedExports(modules.slice(0, 1)))
    .toEqual(["a.ts: start", "a.ts: stop"]);
});

const READINGS: Readonly<Record<string, boolean>> = {
  "clock.tickMs": true,
  "clock?.tickMs": true,
  "clock.tickMs === 0": true,
  'type Part = Pick<Clock, "tickMs">;': true,
  "const { tickMs } = clock;": true,
  "const { now, tickMs: ms } = clock;": true,
  "const { now: { atMs }, tickMs } = clock;": true,
  "({ tickMs = 16, now = () => 0 }) => now()": true,
  "clock.tickMs = 16;": false,
  "clock.#tickMs": false,
  "f(...tickMs)": false,
  "const clock = { tickMs: 1000 / 60 };": false,
  "const clock = {\n  get tickMs() {\n    return 16;\n  },\n};": false,
  "interface Clock {\n  readonly tickMs: number;\n}": false,
};

for (const [code, isRead] of Object.entries(READINGS)) {
  Deno.test(`a member is ${isRead ? "read" : "unused"} in: ${code.replaceAll("\n", "")}`, () => {
    const clock = { ...exported("Clock"), members: ["tickMs"] };
    const modules = [madeUp("a.ts", { exports: [clock], code })];

    expect(unusedMembers(modules)).toEqual(
      isRead ? [] : ["a.ts: Clock.tickMs"],
    );
  });
}

Deno.test("exports, members and imports are read from the files", () => {
  const unused = MODULES.find(({ path }) => path === "tests/house/unused.ts");

  expect(unused?.exports.map(({ name }) => name).toSorted())
    .toEqual(["Module", "readModules", "unusedExports", "unusedMembers"]);
  expect(unused?.exports.find(({ name }) => name === "Module"))
    .toMatchObject({
      members: ["path", "code", "exports", "imports"],
      namedTypes: ["Export"],
    });
  expect(unused?.imports)
    .toContainEqual({ from: "tests/house/source_files.ts", name: "codeOf" });
});

function madeUp(path: string, parts: Partial<Module>): Module {
  return { path, code: "", exports: [], imports: [], ...parts };
}

function exported(name: string): Module["exports"][number] {
  return { name, members: [], namedTypes: [] };
}
