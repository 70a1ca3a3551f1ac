import { expect } from "@std/expect";
import { Barrier } from "../../net/match/barrier.ts";
import { PeerClock } from "../../net/match/clock/peer_clock.ts";
import { stampOf } from "../../net/match/wire/stamp.ts";
import type { Terms } from "../../net/match/wire/terms.ts";
import type { HelloPacket } from "../../net/match/wire/wire.ts";
import { sha256 } from "../../net/player/sha256.ts";

const TERMS: Terms = {
  ...{ protocol: 1, ticksPerSecond: 60, window: 15 },
  ...{ players: 3, points: 11, lives: 5, match: 1 },
};

interface Member {
  readonly barrier: Barrier;
  readonly clocks: readonly PeerClock[];
  /** What its own clock shows. */
  readonly nowMs: number;
}

/** Members that have made round trips with each other, and what their clocks show. */
function createThree(
  { clocksMs = [0, 0, 0], secrets = [1, 2, 3], trips = 5, rttMs = 0 } = {},
): readonly Member[] {
  return clocksMs.map((nowMs, slot) => {
    const secret = new Uint8Array(16).fill(secrets[slot]);
    const rest = { terms: TERMS, sha256, isStartRepeated: true };
    const barrier = new Barrier({ slot, players: 3, secret, nowMs, ...rest });
    const clocks = clocksMs.map((theirMs) => {
      const clock = new PeerClock();
      const theirStamp = stampOf(theirMs);
      const echo = {
        sentMs: nowMs - rttMs,
        holdMs: 0,
        theirStamp,
        atMs: nowMs,
      };
      for (let trip = 0; trip < trips; trip++) clock.addEcho(echo);
      return clock;
    });
    return { barrier, clocks, nowMs };
  });
}

function helloOf({ barrier }: Member): HelloPacket {
  const echoes = [undefined, undefined, undefined];
  const sent = { epoch: 0, beat: 0, sentAt: 0, echoes };
  return { kind: "hello", ...sent, ...barrier.say() };
}

/** Everybody hears everybody; `forge` may change what one says to another. */
function talk(
  members: readonly Member[],
  forge = (hello: HelloPacket, _from: number, _to: number) => hello,
  rounds = 6,
): void {
  for (let round = 0; round < rounds; round++) {
    for (const [from, speaker] of members.entries()) {
      for (const [to, listener] of members.entries()) {
        if (from === to) continue;
        const hello = forge(helloOf(speaker), from, to);
        listener.barrier.receive(from, hello, listener.nowMs);
      }
    }
    for (const { barrier, clocks, nowMs } of members) {
      barrier.update(nowMs, clocks);
    }
  }
}

/** What is final after 1 s in which a member said only what can't be accepted. */
function failureOf({ barrier, clocks, nowMs }: Member) {
  barrier.update(nowMs + 1_000, clocks);
  expect(barrier.failure).toBeUndefined();
  barrier.update(nowMs + 1_001, clocks);
  return barrier.failure;
}

/** In how many milliseconds a member means to begin. */
function startsInMs({ barrier, clocks, nowMs }: Member): number | undefined {
  const startMs = barrier.startMs(nowMs, clocks);
  return startMs && startMs - nowMs;
}

Deno.test("members that hear each other agree on a seed and on the start", () => {
  const members = createThree();

  talk(members);

  const [{ barrier: { seed } }] = members;
  expect(seed).toBeDefined();
  for (const member of members) {
    expect(member.barrier.failure).toBeUndefined();
    expect([member.barrier.seed, startsInMs(member)]).toEqual([seed, 500]);
  }
});

Deno.test("tick 0 begins when slot 0 means it, however far apart the clocks are", () => {
  // Around half of what a stamp can say, where now and tick 0 may be on different sides.
  for (const aheadMs of [1e6, 2 ** 21 - 250, 2 ** 21, 2 ** 21 + 250, 5e6]) {
    const clocksMs = [1e7, 1e7 + aheadMs, 1e7 - aheadMs];
    const members = createThree({ clocksMs });

    talk(members);

    expect(members.map(startsInMs)).toEqual([500, 500, 500]);
  }
});

Deno.test("nobody is ready before five round trips with each other", () => {
  for (const trips of [4, 5]) {
    const members = createThree({ trips });

    talk(members);

    const waitingFor = members.map(({ barrier }) => barrier.waitingFor);
    expect(waitingFor).toEqual(Array(3).fill(trips < 5 ? 0b111 : 0));
  }
});

Deno.test("the start leaves half a second and the longest round trip, and stays", () => {
  const members = createThree({ rttMs: 80 });
  talk(members);
  const [first, second] = members;

  expect(startsInMs(first)).toBe(580);
  first.barrier.receive(1, { ...helloOf(second), startAt: 9_999 }, 0);
  first.barrier.receive(1, { ...helloOf(second), startAt: undefined }, 0);
  expect(startsInMs(first)).toBe(580);
});

Deno.test("each member's secret changes the seed", () => {
  const seeds = [3, 99].map((last) => {
    const members = createThree({ secrets: [1, 2, last] });
    talk(members);
    return members[0].barrier.seed;
  });

  expect(seeds[1]).toBeDefined();
  expect(seeds[1]).not.toBe(seeds[0]);
});

Deno.test("a secret that was not committed to is refused by who hears it", () => {
  const members = createThree();
  const secret = new Uint8Array(16).fill(77);

  talk(
    members,
    (hello, from) =>
      from === 1 && hello.reveal
        ? { ...hello, reveal: { ...hello.reveal, secret } }
        : hello,
  );

  for (const slot of [0, 2]) {
    expect(failureOf(members[slot])).toEqual({
      reason: "refused",
      message: "player 2 revealed what it had not committed to",
    });
  }
  expect(startsInMs(members[0])).toBeUndefined();
});

const OTHER = { commitment: new Uint8Array(32).fill(5) };

Deno.test("who commits to different secrets towards different members is found out", () => {
  const members = createThree();

  talk(
    members,
    (hello, from, to) =>
      from === 1 && to === 2 ? { ...hello, ...OTHER } : hello,
  );

  expect(failureOf(members[2])).toEqual({
    reason: "refused",
    message: "player 1 was told other commitments to the serve",
  });
  expect(members.map(startsInMs)).toEqual([undefined, undefined, undefined]);
  // It says that it is ready; the others name it all the same.
  const [first, second] = members.map(({ barrier, clocks }) => {
    barrier.update(60_000, clocks);
    return barrier.failure?.lateSlots;
  });
  expect([first, second]).toEqual([[2], [2]]);
});

Deno.test("slot 0, which names no start, is named by the others", () => {
  const members = createThree();
  talk(members, (hello) => ({ ...hello, startAt: undefined }));
  const [, second] = members;
  second.barrier.update(60_000, second.clocks);

  expect(second.barrier.failure?.lateSlots).toEqual([0]);
});

Deno.test("a member that changes its commitment is refused by who heard both", () => {
  const [first, second] = createThree();
  talk([first, second], undefined, 1);
  const changes = (atMs: number) =>
    first.barrier.receive(1, { ...helloOf(second), ...OTHER }, atMs);

  // One that stands between others may be anybody's, and counts as not said.
  changes(-9_000);
  first.barrier.receive(1, helloOf(second), -8_000);
  changes(0);

  expect(failureOf(first)).toEqual({
    reason: "refused",
    message: "player 2 changed its commitment to the serve",
  });
});

Deno.test("another slot gives up by itself only after 25 s", () => {
  const [, { barrier, clocks }] = createThree();
  barrier.update(25_000, clocks);
  expect(barrier.failure).toBeUndefined();

  barrier.update(25_001, clocks);

  expect(barrier.failure?.message)
    .toBe("player 1 and player 3 did not become ready in time");
});

Deno.test("slot 0 gives up after 20 s, and its word makes the others give up", () => {
  const [starter, second] = createThree();
  starter.barrier.receive(1, helloOf(second), 0);
  second.barrier.receive(0, helloOf(starter), 0);

  starter.barrier.update(20_000, starter.clocks);
  expect(starter.barrier.failure).toBeUndefined();
  starter.barrier.update(20_001, starter.clocks);
  expect(starter.barrier.failure?.reason).toBe("not ready");
  const givenUp = helloOf(starter);
  // Said once and taken back, it was nothing.
  second.barrier.receive(0, givenUp, 20_010);
  second.barrier.receive(0, { ...givenUp, hasGivenUp: false }, 20_020);
  second.barrier.receive(0, givenUp, 20_030);
  second.barrier.update(21_030, second.clocks);
  expect(second.barrier.failure).toBeUndefined();
  second.barrier.update(21_031, second.clocks);

  expect(second.barrier.failure?.reason).toBe("not ready");
  expect(second.barrier.failure?.message).toContain("player 3");
});

Deno.test("a start counts from slot 0, and passed on only where that is silent", () => {
  const members = createThree();
  talk(members, (hello) => ({ ...hello, startAt: undefined }));
  const [first, second, third] = members;
  const passOn = { ...helloOf(second), startAt: stampOf(700) };
  const startsAfter = (silentMs: number) => {
    third.barrier.receive(1, passOn, silentMs);
    third.barrier.update(silentMs, third.clocks);
    return startsInMs(third);
  };

  expect([startsAfter(500), startsAfter(501)]).toEqual([undefined, 700]);
  // None is further ahead than by the longest round trip that one waits for.
  second.barrier.receive(0, { ...helloOf(first), startAt: stampOf(9_000) }, 0);
  expect(startsInMs(second)).toBe(2_500);
});

Deno.test("a member is ready by its own word, and only slot 0 gives up for all", () => {
  const [first, second] = createThree();
  const said = { ...helloOf(second), ready: 0b111, hasGivenUp: true };

  first.barrier.receive(1, said, 0);

  expect([first.barrier.waitingFor, first.barrier.failure])
    .toEqual([0b101, undefined]);
});

Deno.test("who reveals last knows the serve before the others do, and can break off", () => {
  const members = createThree();

  talk(
    members,
    (hello, from) => from === 2 ? { ...hello, reveal: undefined } : hello,
  );

  const knows = members.map(({ barrier }) => barrier.seed !== undefined);
  expect(knows).toEqual([false, false, true]);
  expect(members.map(startsInMs)).toEqual([undefined, undefined, undefined]);
});
