import { expect } from "@std/expect";
import { HISTORY_TICKS } from "../../game/rollback.ts";
import { HashWatch } from "../../net/match/hash_watch.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import { recordOf } from "./membership_case.ts";

/** A record in which only the claim matters. */
function claimOf(
  slot: number,
  confirmed: number,
  { hash = 5, isReturning = false } = {},
): SlotRecord {
  return recordOf(slot, { confirmed, hash, isReturning });
}

Deno.test("what a member claimed lately is kept as evidence, unless it was returning", () => {
  const watch = new HashWatch(2);
  for (let tick = 0; tick < HISTORY_TICKS + 3; tick++) {
    watch.note(claimOf(1, tick, { hash: 2 * tick }));
  }
  watch.note(claimOf(1, 0, { isReturning: true }));

  const kept = Array.from({ length: HISTORY_TICKS }, (_, i) => i + 3);
  expect(watch.claimed()).toEqual([[], kept.map((tick) => [tick, 2 * tick])]);
});
