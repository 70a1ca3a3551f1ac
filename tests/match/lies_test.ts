import { expect } from "@std/expect";
import type { History } from "./sim_kinds.ts";
import { playAll } from "./sim_pool.ts";

const LIES = 10_000;

Deno.test("ten thousand lies of a member, in every phase: the others play on, and agree", async () => {
  const histories = Array.from(
    { length: LIES },
    (_, i): History => ({ kind: "lie", seed: i + 1 }),
  );
  const totals: Record<string, number> = {};
  const failed: unknown[] = [];

  await playAll(histories, ({ seed }, { failures, counters }) => {
    // Replay it: deno task fuzz --member --lies 1 --seed SEED
    if (failures.length > 0) failed.push({ seed, failures });
    for (const [name, count] of Object.entries(counters)) {
      totals[name] = (totals[name] ?? 0) + count;
    }
  });

  expect(failed).toEqual([]);
  // Lies that aren't told, or in one phase only, would prove nothing.
  expect(totals.told).toBeGreaterThan(0.9 * LIES);
  for (
    const phase of [
      ...["hello", "play", "attempt", "returning", "over", "watching"],
    ]
  ) expect(totals[phase]).toBeGreaterThan(LIES / 10);
});
