import { expect } from "@std/expect";
import { backoffMs } from "../../net/link/backoff.ts";

const BACKOFF = { firstMs: 50, maxMs: 1_000 };

Deno.test("backoffMs() doubles the wait with each failure, up to the longest", () => {
  const waits = [0, 1, 2, 3, 4, 5, 6].map((failures) =>
    backoffMs(failures, BACKOFF)
  );

  expect(waits).toEqual([50, 100, 200, 400, 800, 1_000, 1_000]);
});

Deno.test("backoffMs() waits no longer than the longest, however long an outage lasts", () => {
  expect(backoffMs(100_000, BACKOFF)).toBe(1_000);
});
