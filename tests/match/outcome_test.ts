import { expect } from "@std/expect";
import { createPong } from "../../game/pong.ts";
import { Rollback } from "../../game/rollback.ts";
import { HashWatch } from "../../net/match/hash_watch.ts";
import { judge } from "../../net/match/outcome.ts";
import type { SlotRecord } from "../../net/match/wire/record.ts";
import { recordOf } from "./membership_case.ts";

const DESYNC = { slot: 1, tick: 9, ours: 1, theirs: 2 };
const RUNNING = {
  desync: undefined,
  isDesyncTold: false,
  isOut: false,
  isAgreedOver: () => false,
  isWalkover: false,
};

Deno.test("a match in play is over for the first reason of these", () => {
  const all = {
    desync: DESYNC,
    isDesyncTold: true,
    isOut: true,
    isAgreedOver: () => true,
    isWalkover: true,
  };
  const judged = (play: Parameters<typeof judge>[0], unconfirmedMs: number) => {
    const verdict = judge(play, { unconfirmedMs, lostMs: 30_000 });
    return verdict.kind === "over"
      ? [verdict.reason, verdict.message]
      : verdict.kind;
  };

  expect(judged(all, 30_001))
    .toEqual(["desync", "Player 2 has another state at tick 9."]);
  expect(judged({ ...all, desync: undefined }, 30_001)).toEqual(["desync", ""]);
  expect(judged({ ...all, desync: undefined, isDesyncTold: false }, 30_001))
    .toBe("out");
  expect(judged({ ...RUNNING, isAgreedOver: () => true, isWalkover: true }, 0))
    .toEqual(["finished", ""]);
  expect(judged({ ...RUNNING, isWalkover: true }, 30_001))
    .toEqual(["walkover", ""]);
  expect(judged(RUNNING, 30_001)).toEqual(["connection lost", ""]);
  expect(judged(RUNNING, 30_000)).toBe("goes on");
});

function claim(confirmed: number, hash: number): SlotRecord {
  return recordOf(1, { confirmed, hash });
}

Deno.test("a claim is compared once this host has confirmed as much, and the first difference stays", () => {
  const game = createPong({ players: 2, points: 9, lives: 9 }, 1);
  const rollback = new Rollback(game, 2);
  const hashes = new HashWatch(2);
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
    hashes.compare(claim(confirmed, hash), rollback);
    return [hashes.comparedTick(1), hashes.differences[1]?.tick];
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
  expect(hashes.differences).toEqual([undefined, difference]);
  expect(hashes.differing).toBe(0b10);
  confirm(6);
  expect(compare(6, 0)).toEqual([3, 5]);
  hashes.forgive(1);
  expect(hashes.differing).toBe(0);
});
