/**
 * Nothing stays that nothing needs. What only tests use is listed here, each with its reason; the
 * simulation counts as theirs.
 *
 * @module
 */
import { expect } from "@std/expect";
import { productFiles, testFiles } from "./source_files.ts";
import { moduleOf, unusedExports, unusedMembers } from "./unused.ts";

const isOfTests = (path: string) =>
  path.startsWith("tests/") || path.startsWith("net/simulation/");
const MODULES = [...productFiles(), ...testFiles()].map(moduleOf);
const PRODUCT = MODULES.filter(({ path }) => !isOfTests(path));

/** Exports and why they stay although no file of the product imports them by name. */
const KEPT_EXPORTS: Readonly<Record<string, string>> = {
  "net/lobby/protocol.ts: PUBLIC_KEY_LENGTH_MAX":
    "a test makes the longest token with it",
  "net/page/process_page.ts: qrCodeOf":
    "a test shows a room with its picture, without a process",
  "net/transport/open.ts: publicKeysOf":
    "a test sees what is said of a player without a key",
  "static/inspector/plots.ts: niceAtLeast":
    "the table of its results is a test of its own",
};

/** Members and why they stay although no code of the product reads them. */
const KEPT_MEMBERS: Readonly<Record<string, string>> = {
  "lobby.ts: LobbyCounts.relays":
    "tests see by it that the lobby forgets who has gone",
  "net/match/hash_watch.ts: Desync.ours":
    "tests see by it that the states which differ are told",
  "static/sound/sound.ts: Sound.isAvailable":
    "a test sees by it what a browser without sound gets",
};

Deno.test("every export of the product is imported by another of its files", () => {
  expect(unusedExports(PRODUCT).toSorted())
    .toEqual(Object.keys(KEPT_EXPORTS).toSorted());
});

Deno.test("every export of a test's file is imported by another file", () => {
  expect(unusedExports(MODULES).filter(isOfTests)).toEqual([]);
});

Deno.test("every member is read somewhere in the product", () => {
  expect(unusedMembers(PRODUCT).toSorted())
    .toEqual(Object.keys(KEPT_MEMBERS).toSorted());
});

Deno.test("an export is found unless another file imports it or another export names it", () => {
  const [a, b, c] = [
    `export function start(options: Options) { let x: Inner; }
    export interface Options {}
    export type Inner = 1;
    export const stop = 1, hold = 2;
    const own = 3;`,
    'import { hold as own, start } from "./a.ts";',
    'import { stop } from "./other.ts";',
  ].map((text, at) => moduleOf({ path: `net/${"abc"[at]}.ts`, text }));

  expect(unusedExports([a, b, c])).toEqual([
    "net/a.ts: Inner",
    "net/a.ts: stop",
  ]);
  expect(unusedExports([a, c])).toEqual(
    ["start", "Inner", "stop", "hold"].map((name) => `net/a.ts: ${name}`),
  );
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
    const text = `export class Clock { tickMs = 16; #now = 0; }\n${code}`;

    expect(unusedMembers([moduleOf({ path: "a.ts", text })]))
      .toEqual(isRead ? [] : ["a.ts: Clock.tickMs"]);
  });
}
