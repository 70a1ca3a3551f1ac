import { expect } from "@std/expect";
import { ABSENT_INPUT, hashState } from "../../game/state.ts";
import { type Chunk, endOf } from "../../net/recording/chunk.ts";
import {
  decodeRecording,
  type Recording,
  ReplayError,
} from "../../net/recording/recording.ts";
import { openReplay, type Replay } from "../../net/recording/replay.ts";
import { createRandom } from "../support/simulation.ts";
import {
  encodeRecording,
  hashesOf,
  playRecorded,
  playThroughCut,
  type RecordedHost,
} from "./recorded_match.ts";

const hosts = playThroughCut();
const [witness, , , lost] = hosts;
const LAST_TICK = openReplay(witness.bytes).view.lastTick;

function changesIn({ match }: Replay): readonly string[] {
  return match.marks.filter(({ kind }) => kind !== "goal")
    .map(({ tick, kind, slot }) => `${tick} ${kind} ${slot}`);
}

Deno.test("all hosts of a match record the same states and the same statistics", () => {
  const expected = hashesOf(witness);
  for (const host of hosts) {
    const { match, view } = openReplay(host.bytes);
    const { longestRallyHits, fastestBall, playedTicks } = match.statistics;
    const confirmed = host.session.outcome?.confirmedTick;

    expect(host.session.outcome?.reason).toBe("finished");
    expect(view).toMatchObject({ isIncomplete: false, lastTick: confirmed });
    hashesOf(host).forEach((hash, tick) => expect(hash).toBe(expected[tick]));
    expect({ longestRallyHits, fastestBall, playedTicks })
      .toEqual({ ...witness.recorder.statistics });
    expect(host.recorder.statistics).toEqual(witness.recorder.statistics);
  }
  expect(witness.recorder.statistics.longestRallyHits).toBeGreaterThan(5);
});

Deno.test("a recording marks who was dropped and who came back", () => {
  const [dropped, returned] = changesIn(openReplay(witness.bytes));

  expect(dropped).toMatch(/^\d+ dropped 3$/);
  expect(returned).toMatch(/^\d+ returned 3$/);
  for (const { bytes } of hosts.slice(0, 3)) {
    expect(changesIn(openReplay(bytes))).toEqual([dropped, returned]);
  }
  expect(changesIn(openReplay(lost.bytes))[1]).toBe(returned);
});

Deno.test("what a host had confirmed alone is taken back when it returns", () => {
  const { segments } = openReplay(lost.bytes).match;
  const droppedTick = openReplay(witness.bytes).match.marks
    .find(({ kind }) => kind === "dropped")?.tick ?? 0;

  expect(lost.takenBackTicks).toBeGreaterThan(0);
  expect(segments.length).toBe(2);
  expect(segments[0].lastTick).toBe(droppedTick - 1);
});

Deno.test("seconds that two hosts recorded have the same hashes", () => {
  const inputsOf = ({ bytes }: RecordedHost) =>
    decodeRecording(bytes).chunks.filter((chunk) => chunk.kind === "inputs");
  const known = new Map(inputsOf(witness).map((chunk) => [chunk.tick, chunk]));

  const shared = inputsOf(lost).filter(({ tick }) => tick % 60 === 0);

  // All but the one with which it began again.
  expect(shared.length).toBe(inputsOf(lost).length - 1);
  for (const chunk of shared) {
    const isWhole = endOf(chunk) % 60 === 0 || endOf(chunk) === LAST_TICK;
    if (isWhole) expect(chunk.hash).toBe(known.get(chunk.tick)?.hash);
  }
});

Deno.test("a recording marks every goal of two players at who conceded it", () => {
  const [{ bytes }] = playRecorded({
    seed: 5,
    rules: { players: 2, points: 3, lives: 1 },
  });
  const replay = openReplay(bytes);
  const points = [0, 0];

  for (const { tick, slot } of replay.match.marks) {
    points[1 - slot]++;
    replay.seek(tick);
    expect(replay.scores).toEqual(points);
  }
  expect(Math.max(...points)).toBe(3);
});

Deno.test("a recording marks every goal at the state that first shows it", () => {
  const replay = openReplay(witness.bytes);
  const lives = [2, 2, 2, 2];

  const goals = replay.match.marks.filter(({ kind }) => kind === "goal");

  for (const { tick, slot } of goals) {
    replay.seek(tick - 1);
    expect(replay.scores).toEqual(lives);
    lives[slot]--;
    replay.step(1);
    expect(replay.scores).toEqual(lives);
  }
  replay.seek(replay.view.lastTick);
  expect(replay.scores).toEqual(lives);
  expect(lives.filter((left) => left > 0).length).toBe(1);
});

/** Where the blocks of a file begin, and the tick that a damage there is at. */
function blocksOf(
  bytes: Uint8Array,
): readonly { readonly from: number; readonly tick: number | undefined }[] {
  const view = new DataView(bytes.buffer);
  const blocks: { from: number; tick: number | undefined }[] = [
    { from: 0, tick: undefined },
  ];
  const { chunks } = decodeRecording(bytes);
  let at = 15 + view.getUint16(9) + 4;
  let before = 0;
  for (const chunk of chunks) {
    blocks.push({ from: at, tick: before });
    blocks.push({ from: at + 11, tick: chunk.tick });
    at += 11 + view.getUint16(at + 5) + 4;
    before = Math.max(before, endOf(chunk));
  }
  expect(at).toBe(bytes.length);
  return blocks;
}

function refusalOf(bytes: Uint8Array): ReplayError {
  try {
    openReplay(bytes);
  } catch (error) {
    if (error instanceof ReplayError) return error;
    throw error;
  }
  throw new Error("It was not refused");
}

Deno.test("a recording with any one byte changed is refused, and the tick is named", () => {
  const random = createRandom(3);
  for (const { bytes } of [witness, lost]) {
    const blocks = blocksOf(bytes);
    for (let at = 0; at < bytes.length; at += 1 + Math.floor(random() * 30)) {
      const changed = bytes.slice();
      changed[at] ^= 1 + Math.floor(random() * 255);

      const { tick, message } = refusalOf(changed);

      const block = blocks.findLast(({ from }) => from <= at);
      expect([at, tick]).toEqual([at, block?.tick]);
      if (tick !== undefined) expect(message).toContain(`tick ${tick}.`);
    }
  }
});

/** Changes a chunk and makes all checksums right again. */
function forge(
  { bytes }: RecordedHost,
  change: (chunk: Chunk) => Chunk | undefined,
): Uint8Array {
  const { header, chunks }: Recording = decodeRecording(bytes);
  const forged = chunks.flatMap((chunk) => change(chunk) ?? []);
  return encodeRecording({ header, chunks: forged });
}

Deno.test("any changed input is refused at the tick of its chunk, even with right checksums", () => {
  const random = createRandom(4);
  const all = decodeRecording(witness.bytes).chunks
    .filter((chunk) => chunk.kind === "inputs");
  for (let i = 0; i < 50; i++) {
    const target = all[Math.floor(random() * all.length)];
    const at = Math.floor(random() * target.inputs.length);
    const forged = forge(witness, (chunk) => {
      if (chunk.kind !== "inputs" || chunk.tick !== target.tick) return chunk;
      const inputs = chunk.inputs.slice();
      inputs[at] ^= 1 << Math.floor(random() * 8);
      return { ...chunk, inputs };
    });

    const { tick, message } = refusalOf(forged);

    expect(tick).toBe(target.tick);
    expect(message).toContain(`from tick ${target.tick} on`);
  }
});

const DROPPED_TICK = openReplay(witness.bytes).match.marks
  .find(({ kind }) => kind === "dropped")?.tick ?? 0;

const FORGERIES: readonly (readonly [
  string,
  number,
  (chunk: Chunk) => Chunk | undefined,
])[] = [
  ["another winner", LAST_TICK, (chunk) => {
    if (chunk.kind !== "end") return chunk;
    const winner = ((chunk.result.winner ?? 0) + 1) % 4;
    return { ...chunk, result: { ...chunk.result, winner } };
  }],
  ["another final state", LAST_TICK, (chunk) => {
    if (chunk.kind !== "end") return chunk;
    return { ...chunk, result: { ...chunk.result, hash: 7 } };
  }],
  ["somebody else dropped", DROPPED_TICK, (chunk) => {
    const isDrop = chunk.kind === "membership" && chunk.what === "dropped";
    return isDrop ? { ...chunk, slot: 0 } : chunk;
  }],
  [
    "nobody dropped",
    DROPPED_TICK,
    (chunk) => chunk.kind === "membership" ? undefined : chunk,
  ],
  [
    "a second missing",
    660,
    (chunk) => chunk.tick === 600 ? undefined : chunk,
  ],
  [
    "a second twice",
    600,
    (chunk) => chunk.tick === 660 ? { ...chunk, tick: 600 } : chunk,
  ],
];

for (const [what, expected, change] of FORGERIES) {
  Deno.test(`a recording that tells of ${what} is refused, and the tick is named`, () => {
    const { tick, message } = refusalOf(forge(witness, change));

    expect(tick).toBe(expected);
    expect(message).toContain(String(expected));
  });
}

Deno.test("a player's absence can't be turned into presence", () => {
  const forged = forge(witness, (chunk) => {
    if (chunk.kind !== "inputs") return chunk;
    const inputs = chunk.inputs.map((input) =>
      input === ABSENT_INPUT ? 0 : input
    );
    return { ...chunk, inputs };
  });

  expect(refusalOf(forged).tick).toBe(Math.floor(DROPPED_TICK / 60) * 60);
});

Deno.test("a recording that was cut off anywhere plays to where it goes, and says so", () => {
  for (const host of [witness, lost]) {
    const whole = hashesOf(host);
    const [, first] = blocksOf(host.bytes);
    let lastTick = 0;
    for (let length = 0; length < host.bytes.length; length += 37) {
      const bytes = host.bytes.slice(0, length);
      if (length < first.from) {
        expect(refusalOf(bytes).tick).toBeUndefined();
        continue;
      }
      const replay = openReplay(bytes);
      replay.seek(0x7fffffff);

      expect(replay.view.isIncomplete).toBe(true);
      expect(replay.match.result).toBeUndefined();
      expect(replay.tick).toBeGreaterThanOrEqual(lastTick);
      // Of what it took back later, the whole recording knows nothing.
      const hash = whole[replay.tick] ?? hashState(replay.state);
      expect(hashState(replay.state)).toBe(hash);
      lastTick = replay.tick;
    }
    expect(lastTick).toBeGreaterThan(whole.length - 120);
  }
});
