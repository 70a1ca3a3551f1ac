/**
 * Watching a match: what is shown is what the players confirmed, whatever happens to them or to
 * what the watcher hears, and the players don't notice.
 *
 * @module
 */
import { expect } from "@std/expect";
import { createPong } from "../../game/pong.ts";
import type { Game } from "../../game/rollback.ts";
import { BALL_X, hashState, SCORE } from "../../game/state.ts";
import { PAYLOAD_BYTES_MAX } from "../../net/match/transport.ts";
import {
  decode,
  encode,
  type Packet,
  type SnapshotPacket,
} from "../../net/match/wire/wire.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import { Watching } from "../../net/watch/watching.ts";
import { createRandom } from "../support/simulation.ts";
import {
  playWatched,
  type WatchedOptions,
  type WatchedResult,
} from "./watched_match.ts";

const RULES = { players: 2, points: 3, lives: 2 };
/** Nobody wins as long as a test looks. */
const LONG = { ...RULES, points: 9 };
const FOUR = { players: 4, points: 3, lives: 3 };
const LOSSY = { ...NO_FAULTS, delayMs: 50, jitterMs: 20, loss: 0.05 };

/** Checks every shown tick against every member that confirmed it; returns how many were compared. */
function compare({ members, shown }: WatchedResult): number {
  let compared = 0;
  for (const { tick, hash } of shown) {
    for (const { hashes } of members) {
      if (hashes[tick] === undefined) continue;
      expect([tick, hash]).toEqual([tick, hashes[tick]]);
      compared++;
    }
  }
  return compared;
}

/** How far apart in time and in ticks two shown moments were at most; the first is held longer. */
function largestGaps(shown: WatchedResult["shown"]): readonly [number, number] {
  const gaps = shown.slice(2).map(({ atMs, tick }, i) =>
    [atMs - shown[i + 1].atMs, tick - shown[i + 1].tick] as const
  );
  return [
    Math.max(...gaps.map(([ms]) => ms)),
    Math.max(...gaps.map(([, ticks]) => ticks)),
  ];
}

for (const earFaults of [LOSSY, { ...LOSSY, loss: 0 }]) {
  for (const seed of [1, 2, 3]) {
    Deno.test(`who comes in mid-match is shown what the players confirmed (seed ${seed}, ${100 * earFaults.loss} % loss)`, () => {
      const result = playWatched({
        ...{ seed, rules: RULES, watchMs: 6_000, earFaults },
        ...{ faults: LOSSY, untilMs: 120_000 },
      });

      const { watching, shown, members: [first], phases, logged } = result;
      expect(compare(result)).toBeGreaterThan(shown.length);
      expect(shown.length).toBeGreaterThan(300);
      expect(shown[0].atMs).toBeLessThan(7_500);
      expect([phases[0], phases.at(-1)]).toEqual(["syncing", "over"]);
      const { reason, winner, confirmedTick } = first.session.outcome ?? {};
      expect(reason).toBe("finished");
      expect(watching?.outcome).toEqual({ reason, winner });
      expect(shown.at(-1)?.tick).toBe(confirmedTick);
      expect(logged).toEqual(
        logged.map(([tick]) => [tick, first.hashes[tick]]),
      );
    });
  }
}

Deno.test("every tick is shown once, sixty a second, 100 ms behind what can be known", () => {
  const result = playWatched({
    ...{ seed: 4, rules: RULES, watchMs: 0, untilMs: 20_000 },
    earFaults: { ...NO_FAULTS, delayMs: 50, jitterMs: 30 },
  });

  const { shown, phases } = result;
  const [gapMs, gapTicks] = largestGaps(shown);
  expect(phases).toEqual(["syncing", "playing"]);
  expect(gapTicks).toBe(1);
  expect(gapMs).toBeLessThan(40);
  const [from, to] = [shown.at(-601), shown.at(-1)].map((at) => at?.atMs ?? 0);
  expect(Math.abs(to - from - 10_000)).toBeLessThan(100);
  compare(result);
});

/** Whether packets between two slots are of player 4: from it, to it. */
const CUTS = {
  "both ways": (from: number, to: number) => from === 3 || to === 3,
  "from it": (from: number) => from === 3,
  "to it": (_: number, to: number) => to === 3,
};

for (const [what, isCut] of Object.entries(CUTS)) {
  Deno.test(`every tick is shown once through the drop and the return of a player (cut ${what})`, () => {
    const result = playWatched({
      ...{ seed: 5, rules: FOUR, watchMs: 4_000, untilMs: 25_000 },
      isCut: (from, to, nowMs) =>
        isCut(from, to) && nowMs > 8_000 && nowMs < 13_000,
    });

    const { members, shown, links, watching } = result;
    expect([0, 3].map((slot) => members[slot].session.play?.era))
      .toEqual([2, 2]);
    expect(links[3]).toContain("away");
    expect(links[3].at(-1)).toBe("ok");
    expect(watching?.phase).toBe("playing");
    expect(largestGaps(shown)[1]).toBe(1);
    expect(compare(result)).toBeGreaterThan(2 * shown.length);
    expect(shown.at(-1)?.tick).toBeGreaterThan(800);
  });
}

Deno.test("a watched match goes on when the one who sends its snapshots dies", () => {
  for (const watchMs of [4_000, 12_000]) {
    const result = playWatched({
      ...{ seed: 6, rules: { ...FOUR, players: 3, lives: 9 }, watchMs },
      killedMs: (slot) => slot === 0 ? 8_000 : Infinity,
      untilMs: 20_000,
    });

    const { shown, links, watching, members } = result;
    expect(watching?.phase).toBe("playing");
    expect(links[0].at(-1)).toBe("away");
    expect(compare(result)).toBeGreaterThan(shown.length);
    const confirmed = members[1].session.play?.confirmedTick ?? 0;
    expect(shown.at(-1)?.tick).toBeGreaterThan(confirmed - 30);
  }
});

Deno.test("who missed too much begins anew with a later snapshot", () => {
  const result = playWatched({
    ...{ seed: 7, rules: LONG, watchMs: 4_000, untilMs: 20_000 },
    isDeaf: (nowMs) => nowMs > 8_000 && nowMs < 11_000,
  });

  const { shown, phases, watching } = result;
  expect(phases.slice(0, 3)).toEqual(["syncing", "playing", "paused"]);
  expect(watching?.phase).toBe("playing");
  const [gapMs, gapTicks] = largestGaps(shown);
  expect(gapMs).toBeLessThan(3_000 + 1_500);
  expect(gapTicks).toBeGreaterThan(100);
  expect(shown.find(({ tick }) => tick > 600)?.atMs).toBeLessThan(11_500);
  const after = shown.filter(({ atMs }) => atMs > 12_000);
  expect(largestGaps(after)[0]).toBeLessThan(40);
  expect(compare(result)).toBeGreaterThan(shown.length);
  const ticks = result.logged.map(([tick]) => tick);
  const gaps = ticks.slice(1).map((tick, i) => tick - ticks[i]);
  expect(Math.max(...gaps)).toBeGreaterThan(100);
});

Deno.test("who comes after the end, while the players still tell of it, is shown it", () => {
  const setup = { seed: 14, rules: { ...RULES, points: 1 }, untilMs: 60_000 };
  const end = playWatched({ ...setup, watchMs: 0 }).shown.at(-1);
  const late = playWatched({ ...setup, watchMs: (end?.atMs ?? 0) + 500 });

  expect(late.shown).toMatchObject([{ tick: end?.tick, hash: end?.hash }]);
  expect(late.watching?.outcome).toEqual(
    { reason: "finished", winner: late.members[0].session.outcome?.winner },
  );
});

Deno.test("a match that its last player won is shown as such", () => {
  const result = playWatched({
    ...{ seed: 8, rules: LONG, watchMs: 4_000, untilMs: 15_000 },
    leavesMs: (slot) => slot === 1 ? 8_000 : Infinity,
  });

  const { outcome } = result.members[0].session;
  expect(outcome?.reason).toBe("walkover");
  expect(result.watching?.outcome).toEqual({ reason: "walkover", winner: 0 });
  // The last one has nobody left to whom it would say its last inputs.
  expect(result.shown.at(-1)?.tick)
    .toBeGreaterThan((outcome?.confirmedTick ?? 0) - 4);
  expect(result.links[1].at(-1)).toBe("left");
  compare(result);
});

/** A match of two in which the watcher hears what `forge` makes of packets; `undefined`: as it is. */
function playForged(
  options: Pick<WatchedOptions, "seed" | "untilMs">,
  forge: (packet: Packet, slot: number) => Packet | undefined,
) {
  let forged = 0;
  const result = playWatched({
    ...{ ...options, rules: LONG, watchMs: 4_000 },
    tamper: (bytes, slot) => {
      const frame = { slot, players: 2 };
      const packet = decode(bytes, frame);
      const other = packet && forge(packet, slot);
      if (!other) return bytes;
      forged++;
      return encode(other, frame, new Uint8Array(PAYLOAD_BYTES_MAX));
    },
  });
  return { ...result, result, forged };
}

/** What a liar may make of the snapshots that it sends. */
const FORGERIES: Record<string, (packet: SnapshotPacket) => SnapshotPacket> = {
  "that isn't what its hash says": (packet) => changed(packet),
  "of a state that is too long": (packet) =>
    rehashed({ ...packet, state: Int32Array.of(...packet.state, 1) }),
  "of a wrong state": (packet) => rehashed(changed(packet)),
  "of a wrong state, of another tick": (packet) => {
    const { confirmed, tick } = packet.record;
    const later = { confirmed: confirmed + 30, tick: tick + 30 };
    return rehashed(changed(packet), later);
  },
  "of a wrong state, in a match that has nobody else": (packet) => {
    const alone = { members: 1, era: packet.record.era + 1 };
    return rehashed(changed(packet), alone);
  },
};

function changed(packet: SnapshotPacket): SnapshotPacket {
  const { state } = packet;
  return { ...packet, state: state.with(SCORE, state[SCORE] + 1) };
}

function rehashed(packet: SnapshotPacket, more = {}): SnapshotPacket {
  const record = { ...packet.record, hash: hashState(packet.state), ...more };
  return { ...packet, record };
}

for (const [what, forge] of Object.entries(FORGERIES)) {
  Deno.test(`a snapshot ${what} is never shown`, () => {
    const { watching, shown, phases, forged } = playForged(
      { seed: 9, untilMs: 15_000 },
      (packet) => packet.kind === "snapshot" ? forge(packet) : undefined,
    );

    expect(forged).toBeGreaterThan(8);
    expect([shown, phases, watching?.state]).toEqual([
      [],
      ["syncing"],
      undefined,
    ]);
  });
}

Deno.test("what a player says of another's inputs is not heard", () => {
  const { watching, result, forged } = playForged(
    { seed: 15, untilMs: 12_000 },
    (packet, slot) => {
      if (slot !== 0 || packet.kind !== "play") return undefined;
      const inputs = Array.from({ length: 30 }, () => -127);
      const lie = { slot: 1, start: packet.record.confirmed, inputs };
      return { ...packet, runs: [...packet.runs, lie] };
    },
  );

  expect(forged).toBeGreaterThan(300);
  expect(watching?.phase).toBe("playing");
  expect(compare(result)).toBeGreaterThan(300);
});

Deno.test("a player whose states differ from the other's is told of as a desync", () => {
  const { watching, members, phases } = playWatched({
    ...{ seed: 10, rules: RULES, watchMs: 4_000, untilMs: 20_000 },
    createGame: (slot, rules, seed) => {
      const pong = createPong(rules, seed);
      const step: Game["step"] = (state, inputs, offset) => {
        pong.step(state, inputs, offset);
        if (slot === 1 && state[0] === 500) state[BALL_X]++;
      };
      return { ...pong, step };
    },
  });

  expect(members[0].session.outcome?.reason).toBe("desync");
  expect(watching?.outcome).toEqual({ reason: "desync", winner: null });
  expect(phases.at(-1)).toBe("over");
});

Deno.test("players with a watcher play tick for tick what they play without", () => {
  const [watched, alone] = [3_000, Infinity].map((watchMs) =>
    playWatched({
      ...{ seed: 11, rules: { ...FOUR, lives: 1 }, untilMs: 120_000 },
      watchMs,
      isCut: (from, to, nowMs) =>
        (from === 2 || to === 2) && nowMs > 8_000 && nowMs < 12_000,
    })
  );

  const facts = ({ members }: WatchedResult) =>
    members.map(({ hashes, session }) => [hashes, session.outcome]);
  expect(alone.members[0].session.outcome?.reason).toBe("finished");
  expect(facts(watched)).toEqual(facts(alone));
  expect(watched.shown.length).toBeGreaterThan(300);
  for (const { bytesMax, session } of watched.members) {
    expect(session.stats.rejected).toBe(0);
    expect(bytesMax).toBeLessThan(600);
  }
});

Deno.test("what is no packet of a member is counted, and changes nothing", () => {
  const random = createRandom(13);
  const watching = new Watching({ rules: RULES, epochs: [0, 0], nowMs: 0 });
  for (let atMs = 0; atMs < 5_000; atMs++) {
    const packet = Uint8Array.from(
      { length: 1 + random() * 200 },
      (_, at) => at === 0 ? 0x50 + random() * 5 : random() * 256,
    );
    const from = { slot: Math.floor(random() * 4), epoch: 0 };
    watching.receive({ from, atMs, packet });
    watching.advance(atMs);
  }

  expect(watching.stats.rejected).toBeGreaterThan(4_000);
  expect([watching.phase, watching.scores]).toEqual(["syncing", []]);
});
