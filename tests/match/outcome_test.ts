import { expect } from "@std/expect";
import { judge } from "../../net/match/outcome.ts";

Deno.test("a match in play is over for the first reason of these", () => {
  const desync = { slot: 1, tick: 9, ours: 1, theirs: 2 };
  const none = { desync: undefined, isDesyncTold: false, isOut: false };
  const running = { ...none, isAgreedOver: () => false, isWalkover: false };
  const over = { isAgreedOver: () => true, isWalkover: true };
  const judged = (play: Parameters<typeof judge>[0], unconfirmedMs: number) => {
    const verdict = judge(play, { unconfirmedMs, lostMs: 30_000 });
    return verdict.kind === "over"
      ? [verdict.reason, verdict.message]
      : verdict.kind;
  };

  const differing = { ...running, ...over, isDesyncTold: true };
  expect(judged({ ...differing, isOut: true, desync }, 30_001)).toBe("out");
  expect(judged({ ...differing, desync }, 30_001))
    .toEqual(["desync", "Player 2 has another state at tick 9."]);
  expect(judged(differing, 30_001)).toEqual(["desync", ""]);
  expect(judged({ ...running, ...over }, 0)).toEqual(["finished", ""]);
  expect(judged({ ...running, isWalkover: true }, 30_001))
    .toEqual(["walkover", ""]);
  expect(judged(running, 30_001)).toEqual(["connection lost", ""]);
  expect(judged(running, 30_000)).toBe("goes on");
});
