import { expect } from "@std/expect";
import { Barrier } from "../../net/match/barrier.ts";
import { PeerClock } from "../../net/match/clock/peer_clock.ts";
import { stampOf } from "../../net/match/wire/stamp.ts";
import type { Terms } from "../../net/match/wire/terms.ts";
import type { HelloPacket } from "../../net/match/wire/wire.ts";
import { sha256 } from "../../net/player/sha256.ts";

const TERMS: Terms = {
  protocol: 1,
  ticksPerSecond: 60,
  window: 15,
  players: 3,
  points: 11,
  lives: 5,
  match: 1,
};

interface Member {
  readonly barrier: Barrier;
  readonly clocks: readonly PeerClock[];
  /** What its own clock shows. */
  readonly nowMs: number;
}

function createMember(
  slot: number,
  secret = slot + 1,
  clocksMs: readonly number[] = [0, 0, 0],
  { trips = 5, rttMs = 0 } = {},
): Member {
  const nowMs = clocksMs[slot];
  const barrier = new Barrier({
    slot,
    players: 3,
    terms: TERMS,
    sha256,
    secret: new Uint8Array(16).fill(secret),
    nowMs,
    isStartRepeated: true,
  });
  const clocks = clocksMs.map((theirMs) => {
    const clock = new PeerClock();
    const theirStamp = stampOf(theirMs);
    for (let trip = 0; trip < trips; trip++) {
      const sentMs = nowMs - rttMs;
      clock.addEcho({ sentMs, holdMs: 0, theirStamp, atMs: nowMs });
    }
    return clock;
  });
  return { barrier, clocks, nowMs };
}

function helloOf({ barrier }: Member): HelloPacket {
  return {
    kind: "hello",
    epoch: 0,
    beat: 0,
    sentAt: 0,
    echoes: [undefined, undefined, undefined],
    ...barrier.say(),
  };
}

/** Everybody hears everybody `rounds` times; `forge` may change what one says to another. */
function talk(
  members: readonly Member[],
  rounds: number,
  forge = (hello: HelloPacket, _from: number, _to: number) => hello,
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

Deno.test("members that hear each other agree on a seed and on the start", () => {
  const members = [0, 1, 2].map((slot) => createMember(slot));

  talk(members, 6);

  const [first] = members;
  expect(first.barrier.seed).toBeDefined();
  expect(first.barrier.startMs(0, first.clocks)).toBeGreaterThan(0);
  for (const { barrier, clocks } of members) {
    expect(barrier.failure).toBeUndefined();
    expect(barrier.seed).toBe(first.barrier.seed);
    expect(barrier.startMs(0, clocks)).toBe(
      first.barrier.startMs(0, first.clocks),
    );
  }
});

Deno.test("tick 0 begins when slot 0 means it, however far apart the clocks are", () => {
  // Around half of what a stamp can say, where now and tick 0 may be on different sides.
  for (const aheadMs of [1e6, 2 ** 21 - 250, 2 ** 21, 2 ** 21 + 250, 5e6]) {
    const clocksMs = [1e7, 1e7 + aheadMs, 1e7 - aheadMs];
    const members = [0, 1, 2].map((slot) =>
      createMember(slot, slot + 1, clocksMs)
    );

    talk(members, 6);

    for (const { barrier, clocks, nowMs } of members) {
      expect((barrier.startMs(nowMs, clocks) ?? 0) - nowMs).toBe(500);
    }
  }
});

Deno.test("nobody is ready before five round trips with each other", () => {
  for (const trips of [4, 5]) {
    const members = [0, 1, 2].map((slot) =>
      createMember(slot, slot + 1, [0, 0, 0], { trips })
    );

    talk(members, 6);

    const waitingFor = members.map(({ barrier }) => barrier.waitingFor);
    expect({ trips, waitingFor })
      .toEqual({ trips, waitingFor: Array(3).fill(trips < 5 ? 0b111 : 0) });
  }
});

Deno.test("the start leaves half a second and the longest round trip, and stays", () => {
  const members = [0, 1, 2].map((slot) =>
    createMember(slot, slot + 1, [0, 0, 0], { rttMs: 80 })
  );
  talk(members, 6);
  const [{ barrier, clocks }, second] = members;

  expect(barrier.startMs(0, clocks)).toBe(580);
  barrier.receive(1, { ...helloOf(second), startAt: 9_999 }, 0);
  barrier.receive(1, { ...helloOf(second), startAt: undefined }, 0);
  expect(barrier.startMs(0, clocks)).toBe(580);
});

Deno.test("each member's secret changes the seed", () => {
  const one = [0, 1, 2].map((slot) => createMember(slot));
  const other = [createMember(0), createMember(1), createMember(2, 99)];

  talk(one, 6);
  talk(other, 6);

  expect(other[0].barrier.seed).toBeDefined();
  expect(other[0].barrier.seed).not.toBe(one[0].barrier.seed);
});

Deno.test("a secret that was not committed to is refused by who hears it", () => {
  const members = [0, 1, 2].map((slot) => createMember(slot));

  talk(members, 6, (hello, from) =>
    from === 1 && hello.reveal
      ? {
        ...hello,
        reveal: { ...hello.reveal, secret: new Uint8Array(16).fill(77) },
      }
      : hello);

  expect(members[0].barrier.failure?.message).toContain("player 2");
  expect(members[2].barrier.failure?.message).toContain("player 2");
  expect(members[0].barrier.startMs(0, members[0].clocks)).toBeUndefined();
});

Deno.test("who commits to different secrets towards different members is found out", () => {
  const members = [0, 1, 2].map((slot) => createMember(slot));

  talk(
    members,
    6,
    (hello, from, to) =>
      from === 1 && to === 2
        ? { ...hello, commitment: new Uint8Array(32).fill(5) }
        : hello,
  );

  expect(members[2].barrier.failure?.reason).toBe("refused");
  for (const { barrier, clocks } of members) {
    expect(barrier.startMs(0, clocks)).toBeUndefined();
  }
});

Deno.test("a member that changes its commitment is refused by who heard both", () => {
  const members = [0, 1, 2].map((slot) => createMember(slot));
  talk(members, 1);

  members[0].barrier.receive(1, {
    ...helloOf(members[1]),
    commitment: new Uint8Array(32).fill(5),
  }, 0);

  expect(members[0].barrier.failure).toEqual({
    reason: "refused",
    message: "player 2 changed its commitment to the serve",
  });
});

Deno.test("another slot gives up by itself only after 25 s", () => {
  const { barrier, clocks } = createMember(1);
  barrier.update(25_000, clocks);
  expect(barrier.failure).toBeUndefined();

  barrier.update(25_001, clocks);

  expect(barrier.failure?.message)
    .toBe("player 1 and player 2 and player 3 did not become ready in time");
});

Deno.test("slot 0 gives up after 20 s, and its word makes the others give up", () => {
  const members = [0, 1, 2].map((slot) => createMember(slot));
  const [starter, second] = members;
  starter.barrier.receive(1, helloOf(second), 0);
  second.barrier.receive(0, helloOf(starter), 0);

  starter.barrier.update(20_000, starter.clocks);
  expect(starter.barrier.failure).toBeUndefined();
  starter.barrier.update(20_001, starter.clocks);
  second.barrier.update(25_000, second.clocks);
  expect(starter.barrier.failure?.reason).toBe("not ready");
  expect(second.barrier.failure).toBeUndefined();
  second.barrier.receive(0, helloOf(starter), 0);

  expect(second.barrier.failure?.reason).toBe("not ready");
  expect(second.barrier.failure?.message).toContain("player 3");
});
