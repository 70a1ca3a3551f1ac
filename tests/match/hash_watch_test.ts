import { expect } from "@std/expect";
import { createPong } from "../../game/pong.ts";
import { HISTORY_TICKS, Rollback } from "../../game/rollback.ts";
import { standAtStart } from "../../net/match/membership/standing.ts";
import { HashWatch } from "../../net/match/hash_watch.ts";
import { recordOf } from "../support/slot_record.ts";

Deno.test("what a member claimed lately is kept as evidence, unless it was returning", () => {
  const watch = new HashWatch(2, 0);
  for (let tick = 0; tick < HISTORY_TICKS + 3; tick++) {
    watch.note(recordOf(1, { confirmed: tick, hash: 2 * tick }));
  }
  watch.note(recordOf(1, { hash: 5, isReturning: true }));

  const kept = Array.from({ length: HISTORY_TICKS }, (_, i) => i + 3);
  expect(watch.claimed()).toEqual([[], kept.map((tick) => [tick, 2 * tick])]);
});

Deno.test("a claim is compared once this host has confirmed as much, and the first difference stays", () => {
  const game = createPong({ players: 2, points: 9, lives: 9 }, 1);
  const rollback = new Rollback(game, 2);
  const hashes = new HashWatch(2, 0);
  const confirm = (tick: number) => {
    for (let t = rollback.confirmedTick; t < tick; t++) {
      for (const slot of [0, 1]) rollback.addInput(slot, t, 0);
      rollback.advance();
      rollback.confirmNext();
    }
    return rollback.hashAt(tick) ?? 0;
  };
  const third = confirm(3);
  const compare = (confirmed: number, hash: number) => {
    const claim = recordOf(1, { confirmed, hash });
    hashes.compare([claim], standAtStart([0, 0]), rollback);
    return [hashes.comparedTick(1), hashes.unsettled(0b11, 0)?.tick];
  };

  expect(hashes.comparedTick(1)).toBe(-1);
  // Not confirmed here yet.
  expect(compare(4, 0)).toEqual([-1, undefined]);
  expect(compare(3, third)).toEqual([3, undefined]);
  // Older than what was compared.
  expect(compare(2, 0)).toEqual([3, undefined]);
  expect(compare(3, 0)).toEqual([3, undefined]);
  const ours = confirm(5);
  expect(compare(5, ours + 1)).toEqual([3, 5]);
  const difference = { slot: 1, tick: 5, ours, theirs: ours + 1 };
  expect(hashes.takeNews()).toEqual([difference]);
  expect(hashes.differing).toBe(0b10);
  confirm(6);
  expect(compare(6, 0)).toEqual([3, 5]);
  hashes.forgive(1);
  expect(hashes.differing).toBe(0);
});

/** Of which members, who differs from slot 0: whom most outvote, and whether at once nobody does. */
const VOTES: readonly (readonly [number, number[], number, boolean])[] = [
  [0b0011, [1], 0, true],
  [0b0111, [1], 0b0010, false],
  [0b0111, [1, 2], 0, false],
  [0b0101, [1], 0, false],
  [0b1111, [1], 0b0010, false],
  [0b1111, [1, 2], 0, true],
  [0b1111, [1, 2, 3], 0, false],
];

for (const [members, differing, outvoted, isUnsettled] of VOTES) {
  Deno.test(`R11: of members ${members}, ${differing} can ${isUnsettled ? "not " : ""}be settled`, () => {
    const game = createPong({ players: 4, points: 9, lives: 9 }, 1);
    const hashes = new HashWatch(4, 0);
    const claims = differing.map((slot) => recordOf(slot, { hash: 1 }));
    hashes.compare(claims, standAtStart([0, 0, 0, 0]), new Rollback(game, 4));
    const unsettledAt = (nowMs: number) => {
      hashes.wait(nowMs, members);
      return hashes.unsettled(members, 4_000)?.slot;
    };

    expect(hashes.outvoted(members)).toBe(outvoted);
    expect(unsettledAt(999)).toBe(isUnsettled ? 1 : undefined);
    // Where most differ from this host, it waits a while for them to drop it.
    const isOutvoted = outvoted === 0 && (members & 2) !== 0;
    expect(unsettledAt(1_000)).toBe(isOutvoted ? 1 : undefined);
  });
}
