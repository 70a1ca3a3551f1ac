/**
 * The benchmark itself: that it runs and says what it should, never how fast anything is.
 *
 * @module
 */
import { expect } from "@std/expect";

/** Parts of names; each must be found among the figures of its section. */
const WANTED = {
  game: [
    "step, 2 players",
    "step, 4 players",
    "15-tick rollback, 4 players, 1 tick confirmed",
    "15-tick rollback, 4 players, all 15 confirmed",
  ],
  session: [
    ...["2 players, 20 ms", "4 players, 20 ms"].flatMap((match) =>
      ["p50", "p99"].flatMap((percent) => [
        `advance, ${match}, ${percent}`,
        `receive + advance, ${match}, ${percent}`,
      ])
    ),
    ...[2, 3, 4].flatMap((players) => [
      `packets sent, ${players} players`,
      `bytes sent, ${players} players`,
      `bytes sent over the relay, ${players} players`,
    ]),
  ],
};

interface Report {
  readonly sections: readonly {
    readonly id: string;
    readonly figures: readonly {
      readonly name: string;
      readonly value: number;
      readonly wanted?: number;
      readonly verdict?: string;
    }[];
  }[];
}

Deno.test("deno task bench prints a figure for all that it measures", async () => {
  const { code, stdout, stderr } = await bench([
    ...["--quick", "--only", "game,session", "--json", "-"],
  ]);

  expect({ code, stderr }).toMatchObject({ code: 0 });
  const { sections }: Report = JSON.parse(stdout);
  expect(sections.map(({ id }) => id)).toEqual(Object.keys(WANTED));
  for (const { id, figures } of sections) {
    const names = figures.map(({ name }) => name);
    // The sections' ids are the keys of WANTED, as was just seen.
    for (const part of WANTED[id as keyof typeof WANTED]) {
      expect(names).toContainEqual(expect.stringContaining(part));
    }
    expect(new Set(names).size).toBe(names.length);
    for (const { name, value, wanted, verdict } of figures) {
      expect({ name, isPositive: value > 0 && Number.isFinite(value) })
        .toEqual({ name, isPositive: true });
      if (wanted !== undefined) expect(verdict).toMatch(/^(ok|over)$/);
    }
    expect(stderr).toContain(`${id}: done`);
  }
});

Deno.test("deno task bench names the sections when asked for another", async () => {
  const { code, stderr } = await bench(["--only", "game,nonsense"]);

  expect(code).not.toBe(0);
  expect(stderr)
    .toContain("There are: game, session, heap, transport, input, page.");
});

async function bench(
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", new URL("./bench.ts", import.meta.url).href],
      ...args,
    ],
    env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
