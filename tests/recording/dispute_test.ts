import { expect } from "@std/expect";
import type { TickHash } from "../../net/match/hash_watch.ts";
import { CHUNK_HASHES_MAX } from "../../net/recording/chunk.ts";
import { sidesOf } from "../../net/recording/dispute.ts";
import { openReplay } from "../../net/recording/replay.ts";
import { recordScripted } from "./recorded_match.ts";

Deno.test("each side of a disagreement is told from which tick it computed otherwise", () => {
  const rules = { players: 4, points: 1, lives: 9 };
  const { log, recorder, pass } = recordScripted({ rules, seed: 3 });
  // Tick 100 and those from 1100 on are recorded; of those between nothing is known.
  for (const ticks of [100, 1000, ...new Array<number>(200).fill(1)]) {
    pass(ticks);
  }
  const right = log.hashes();
  const wrongFrom = (from: number) =>
    right.map(([tick, hash]): TickHash => [tick, hash + Number(tick >= from)]);
  const inGap: TickHash = [700, 1];
  const beyond: TickHash = [1301, 1];
  expect(right.length).toBeGreaterThan(3 * CHUNK_HASHES_MAX);

  recorder.finish(
    { reason: "desync", winner: null, confirmedTick: 1300, hash: 7 },
    [
      { slot: 2, hashes: right },
      { slot: 0, hashes: [inGap, ...wrongFrom(1233), beyond] },
      { slot: 1, hashes: [...right, inGap, beyond] },
      { slot: 3, hashes: [] },
    ],
  );

  const replay = openReplay(recorder.bytes());
  expect(sidesOf(replay)).toEqual([
    { slot: 2, hashes: "equal" },
    { slot: 0, hashes: "differ from tick 1233 on" },
    { slot: 1, hashes: "equal" },
  ]);
  expect(replay.match.chains[0].hashes).toEqual(right);
  expect(replay.match.chains[2].hashes).toEqual([...right, inGap]);
});
