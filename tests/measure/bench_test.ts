/**
 * The benchmark itself: that it runs and says what it should, never how fast anything is.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Figure } from "./bench_figure.ts";

interface Report {
  readonly sections: readonly {
    readonly id: string;
    readonly figures: readonly (Figure & { readonly verdict?: string })[];
  }[];
}

Deno.test("deno task bench prints a figure for all that it measures", async () => {
  const { code, stdout, stderr } = await bench(
    ...["--quick", "--only", "game,session", "--json", "-"],
  );

  expect({ code, stderr }).toMatchObject({ code: 0 });
  const { sections }: Report = JSON.parse(stdout);
  const counts = sections.map(({ id, figures }) => [id, figures.length]);
  expect(counts).toEqual([["game", 4], ["session", 24]]);
  const figures = sections.flatMap(({ figures }) => figures);
  expect(new Set(figures.map(({ name }) => name)).size).toBe(figures.length);
  for (const { name, value, wanted, verdict } of figures) {
    expect([name, value > 0 && value < Infinity]).toEqual([name, true]);
    if (wanted !== undefined) expect(verdict).toMatch(/^(ok|over)$/);
  }
  for (const { id } of sections) expect(stderr).toContain(`${id}: done`);
});

Deno.test("deno task bench names the sections when asked for another", async () => {
  const { code, stderr } = await bench("--only", "game,nonsense");

  expect(code).not.toBe(0);
  expect(stderr)
    .toContain("There are: game, session, heap, transport, input, page.");
});

async function bench(...args: readonly string[]) {
  const file = new URL("./bench.ts", import.meta.url).href;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", file, ...args],
    env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
