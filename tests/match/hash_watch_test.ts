import { expect } from "@std/expect";
import { createPong } from "../../game/pong.ts";
import { HISTORY_TICKS, Rollback } from "../../game/rollback.ts";
import { standAtStart } from "../../net/match/membership/standing.ts";
import { timersFor } from "../../net/match/membership/timers.ts";
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
  hashes.forgetAllBut(0b01);
  expect(hashes.differing).toBe(0);
});

/** Of which members, who differs from slot 0, and whom most outvote, if they settle it. */
const VOTES: readonly (readonly [number, number[], number])[] = [
  [0b0011, [1], 0],
  [0b0111, [1], 0b0010],
  [0b0111, [1, 2], 0],
  [0b0101, [1], 0],
  [0b1111, [1], 0b0010],
  [0b1111, [1, 2], 0],
  [0b1111, [1, 2, 3], 0],
];

/** Slot 0 of so many, from which these slots differ. */
function watchOf(players: number, differing: readonly number[]): HashWatch {
  const game = createPong({ players, points: 9, lives: 9 }, 1);
  const hashes = new HashWatch(players, 0);
  const start = standAtStart(Array(players).fill(0));
  const claims = differing.map((slot) => recordOf(slot, { hash: 1 }));
  hashes.compare(claims, start, new Rollback(game, players));
  return hashes;
}

for (const [members, differing, outvoted] of VOTES) {
  const isSettled = outvoted !== 0 || (members & 2) === 0;
  Deno.test(`R11: of members ${members}, ${differing} can ${isSettled ? "" : "not "}be settled`, () => {
    const hashes = watchOf(4, differing);
    const at = (nowMs: number) => {
      hashes.wait(nowMs, members);
      return hashes.unsettled(members, 4_000)?.slot;
    };

    expect(hashes.outvoted(members)).toBe(outvoted);
    expect([at(999), at(1_000)])
      .toEqual([undefined, isSettled ? undefined : 1]);
  });
}

Deno.test("R11: in a match of two nobody waits where they differ", () => {
  expect(watchOf(2, [1]).unsettled(0b11, 4_000)?.slot).toBe(1);
});

Deno.test("R11: who was outvoted once stays a suspect until it is dropped, as who contradicts itself", () => {
  const hashes = watchOf(4, [1]);
  expect(hashes.outvoted(15)).toBe(0b0010);
  const claim = recordOf(2, { hash: 1 });
  const game = createPong({ players: 4, points: 9, lives: 9 }, 1);
  hashes.compare([claim], standAtStart([0, 0, 0, 0]), new Rollback(game, 4));
  expect(hashes.outvoted(15)).toBe(0b0010);
  hashes.noteContradiction(3);
  expect(hashes.outvoted(15)).toBe(0b1010);

  hashes.forgetAllBut(0b0101);
  expect(hashes.outvoted(15)).toBe(0b0100);
});

/** Of which members, who differs from slot 0, whether that came back, and when which slot yields. */
const YIELDS: readonly (readonly [
  ...[number, number[], boolean],
  (number | undefined)[],
])[] = [
  [0b1111, [1, 2], false, [1000, 750, 500, 250]],
  [0b1101, [2, 3], false, [750, 500, 500, 250]],
  [0b0111, [1], false, [undefined, undefined, undefined]],
  [0b0011, [1], false, [undefined, undefined]],
  [0b0011, [1], true, [500, 250]],
];

for (const [members, differing, hasReturned, dueMs] of YIELDS) {
  const who = hasReturned ? "who came back" : "members";
  Deno.test(`R11: of ${who}, ${members}, that ${differing} divide, the highest slots go out first`, () => {
    const hashes = watchOf(4, differing);
    const yieldsAt = (me: number, nowMs: number) => {
      hashes.wait(nowMs, members);
      return hashes.mustYield({ members, attempt: undefined }, {
        ...{ slot: me, timers: timersFor(4_000) },
        from: hasReturned ? {} : undefined,
      });
    };

    for (const [me, ms] of dueMs.entries()) {
      const both = [yieldsAt(me, (ms ?? 9_000) - 1), yieldsAt(me, ms ?? 9_000)];
      expect(both).toEqual([false, ms !== undefined]);
    }
  });
}

Deno.test("R11: of two players nobody yields", () => {
  const hashes = watchOf(2, [1]);
  hashes.wait(9_000, 0b11);
  const me = { slot: 0, timers: timersFor(4_000), from: {} };
  const standing = { members: 0b11, attempt: undefined };
  expect(hashes.mustYield(standing, me)).toBe(false);
});
