import { expect } from "@std/expect";
import {
  type ConfirmWatch,
  watchConfirms,
} from "../../net/transport/confirm_watch.ts";

/** A watch that has seen messages, each sent, and perhaps confirmed, at some ms. */
function watched(...messages: (readonly [number, number?])[]): ConfirmWatch {
  const watch = watchConfirms(0);
  for (const [sentMs, confirmedMs] of messages) {
    watch.sent(sentMs);
    if (confirmedMs !== undefined) watch.confirmed(confirmedMs);
  }
  return watch;
}

/** Looks every 10 ms, as a timer would. */
function firstOverdueMs(
  watch: ConfirmWatch,
  fromMs: number,
): number | undefined {
  for (let nowMs = fromMs; nowMs <= 9_000; nowMs += 10) {
    if (watch.isOverdue(nowMs)) return nowMs;
  }
  return undefined;
}

for (
  const [what, messages, fromMs, overdueMs] of [
    ["finds a message overdue after 400 ms", [[0]], 0, 410],
    ["never finds silence overdue", [[0, 5]], 0, undefined],
    [
      "measures from the oldest unconfirmed message",
      ...[[[0], [300, 310]], 310, 710] as const,
    ],
    [
      "allows a slow link four times its usual delay",
      ...[[...new Array(100).fill([0, 200]), [1_000]], 1_000, 1_800] as const,
    ],
    // 500 ms after the first, 437.5 after the second.
    [
      "smooths that delay by an eighth",
      ...[[[0, 4_000], [0, 0], [5_000]], 5_000, 6_760] as const,
    ],
  ] as const
) {
  Deno.test(`watchConfirms() ${what}`, () => {
    const watch = watched(...messages);

    expect(watch.pending).toBe(overdueMs === undefined ? 0 : 1);
    expect(firstOverdueMs(watch, fromMs)).toBe(overdueMs);
  });
}

Deno.test("watchConfirms() forgives a delay in which this process slept", () => {
  const watch = watched([0]);

  expect(watch.isOverdue(5_000)).toBe(false);
  watch.confirmed(5_001);
  expect(watch.isOverdue(5_050)).toBe(false);
});

Deno.test("watchConfirms() starts anew after a pause for a good reason", () => {
  const watch = watched([0]);
  watch.forgive(350);

  expect(firstOverdueMs(watch, 350)).toBe(760);
});
