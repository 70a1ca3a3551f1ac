import { expect } from "@std/expect";
import {
  type ConfirmWatch,
  watchConfirms,
} from "../../net/transport/confirm_watch.ts";

Deno.test("watchConfirms() finds a message overdue after 400 ms", () => {
  const watch = watchConfirms(0);
  watch.sent(0);

  expect(firstOverdueMs(watch, { fromMs: 0, toMs: 2_000 })).toBe(410);
});

Deno.test("watchConfirms() never finds silence overdue", () => {
  const watch = watchConfirms(0);
  watch.sent(0);
  watch.confirmed(5);

  expect(watch.pending).toBe(0);
  expect(firstOverdueMs(watch, { fromMs: 0, toMs: 9_000 })).toBeUndefined();
});

Deno.test("watchConfirms() measures from the oldest unconfirmed message", () => {
  const watch = watchConfirms(0);
  watch.sent(0);
  watch.sent(300);
  watch.confirmed(310);

  expect(watch.pending).toBe(1);
  expect(firstOverdueMs(watch, { fromMs: 310, toMs: 2_000 })).toBe(710);
});

Deno.test("watchConfirms() allows a slow link four times its usual delay", () => {
  const watch = watchConfirms(0);
  for (let i = 0; i < 100; i++) {
    watch.sent(0);
    watch.confirmed(200);
  }
  watch.sent(1_000);

  expect(firstOverdueMs(watch, { fromMs: 1_000, toMs: 5_000 })).toBe(1_800);
  // Smoothed by an eighth: 500 ms after the first, 437.5 after the second.
  const other = watchConfirms(0);
  for (const confirmedMs of [4_000, 0]) {
    other.sent(0);
    other.confirmed(confirmedMs);
  }
  other.sent(5_000);
  expect(firstOverdueMs(other, { fromMs: 5_000, toMs: 9_000 })).toBe(6_760);
});

Deno.test("watchConfirms() forgives a delay in which this process slept", () => {
  const watch = watchConfirms(0);
  watch.sent(0);

  expect(watch.isOverdue(5_000)).toBe(false);
  watch.confirmed(5_001);
  expect(watch.isOverdue(5_050)).toBe(false);
});

Deno.test("watchConfirms() starts anew after a pause for a good reason", () => {
  const watch = watchConfirms(0);
  watch.sent(0);
  watch.forgive(350);

  expect(firstOverdueMs(watch, { fromMs: 350, toMs: 2_000 })).toBe(760);
});

/** Looks every 10 ms, as a timer would. */
function firstOverdueMs(
  watch: ConfirmWatch,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): number | undefined {
  watch.isOverdue(fromMs);
  for (let nowMs = fromMs; nowMs <= toMs; nowMs += 10) {
    if (watch.isOverdue(nowMs)) return nowMs;
  }
  return undefined;
}
