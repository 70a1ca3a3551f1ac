/**
 * The soak measurement, small: it runs, and finds a lobby that keeps up.
 *
 * @module
 */
import { expect } from "@std/expect";
import { soak } from "./soak.ts";

Deno.test("a lobby carries four matches at once: nobody is lost, and it doesn't grow", async () => {
  const figures = await soak({
    matches: 4,
    durationMs: 2000,
    warmUpMs: 0,
    processes: 2,
  });

  expect(figures.lost).toBe(0);
  // How fast it is depends on the machine: deno task soak tells.
  expect(figures.ticksMin).toBeGreaterThan(0);
  expect(figures.packetsPerSecond).toBeGreaterThan(0);
  expect(figures.lobbyCpuPercent).toBeGreaterThan(0);
  expect(figures.lobbyLastMb).toBeLessThan(figures.lobbyFirstMb + 50);
});
