import { expect } from "@std/expect";
import { ABSENT_INPUT, hashState } from "../../game/state.ts";
import { type Chunk, endOf } from "../../net/recording/chunk.ts";
import { decodeRecording, ReplayError } from "../../net/recording/recording.ts";
import { openReplay } from "../../net/recording/replay.ts";
import { createRandom } from "../support/simulation.ts";
import {
  DUEL,
  encodeRecording,
  hashesOf,
  playRecorded,
  playThroughCut,
} from "./recorded_match.ts";

const hosts = playThroughCut();
const [witness, , , lost] = hosts;
const [WITNESSED, LOST] = [witness, lost].map(({ bytes }) => openReplay(bytes));
const LAST_TICK = WITNESSED.view.lastTick;
const changes = WITNESSED.match.marks.filter(({ kind }) => kind !== "goal");
const DROPPED_TICK = changes[0].tick;

Deno.test("all hosts of a match record the same states and the same statistics", () => {
  const expected = hashesOf(witness);
  const { statistics } = witness.recorder;
  for (const { bytes, session: { outcome }, recorder } of hosts) {
    const { match, view } = openReplay(bytes);
    const lastTick = outcome?.confirmedTick;

    expect(outcome?.reason).toBe("finished");
    expect(view).toMatchObject({ isIncomplete: false, lastTick });
    expect(match.statistics).toMatchObject({ ...statistics });
    expect(recorder.statistics).toEqual(statistics);
  }
  for (const host of hosts) {
    hashesOf(host).forEach((hash, tick) => expect(hash).toBe(expected[tick]));
  }
  expect(statistics.longestRallyHits).toBeGreaterThan(5);
});

Deno.test("a recording marks who was dropped and who came back", () => {
  expect(changes).toMatchObject([
    { kind: "dropped", slot: 3 },
    { kind: "returned", slot: 3 },
  ]);
  for (const { bytes } of hosts.slice(0, 3)) {
    expect(openReplay(bytes).match.marks).toEqual(WITNESSED.match.marks);
  }
  expect(LOST.match.marks).toEqual(expect.arrayContaining(changes.slice(1)));
});

Deno.test("what a host had confirmed alone is taken back when it returns", () => {
  const { segments } = LOST.match;

  // Otherwise nothing was confirmed alone.
  const { chunks } = decodeRecording(lost.bytes);
  expect(chunks).toContainEqual(
    expect.objectContaining({ kind: "state", keptTick: DROPPED_TICK - 1 }),
  );
  expect(segments.length).toBe(2);
  expect(segments[0].lastTick).toBe(DROPPED_TICK - 1);
});

const [duel] = playRecorded({ seed: 5, rules: DUEL });

for (
  const [players, bytes, before, gain] of [
    ["two players at who conceded it", duel.bytes, [0, 0], 1],
    ["four players", witness.bytes, [2, 2, 2, 2], -1],
  ] as const
) {
  Deno.test(`a recording marks every goal of ${players} at the state that first shows it`, () => {
    const replay = openReplay(bytes);
    const scores = [...before];

    for (const { tick, kind, slot } of replay.match.marks) {
      if (kind !== "goal") continue;
      replay.seek(tick - 1);
      expect(replay.scores).toEqual(scores);
      scores[gain > 0 ? 1 - slot : slot] += gain;
      replay.step(1);
      expect(replay.scores).toEqual(scores);
    }
    replay.seek(replay.view.lastTick);
    expect(replay.scores).toEqual(scores);
    expect(scores.filter((score) => score === (gain > 0 ? 3 : 0)).length)
      .toBe(gain > 0 ? 1 : 3);
  });
}

/** Where the blocks of a file begin, and the tick that a damage there is at. */
function blocksOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer);
  const blocks: { from: number; tick?: number }[] = [{ from: 0 }];
  let at = 15 + view.getUint16(9) + 4;
  let before = 0;
  for (const chunk of decodeRecording(bytes).chunks) {
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

/** Changes a chunk of the witness's and makes all checksums right again. */
function forge(change: (chunk: Chunk) => Chunk | undefined): Uint8Array {
  const { header, chunks } = decodeRecording(witness.bytes);
  return encodeRecording(chunks.flatMap((it) => change(it) ?? []), header);
}

Deno.test("any changed input is refused at the tick of its chunk, even with right checksums", () => {
  const random = createRandom(4);
  const all = decodeRecording(witness.bytes).chunks
    .filter((chunk) => chunk.kind === "inputs");
  const absent = all.filter(({ inputs }) => inputs.includes(ABSENT_INPUT));
  for (let i = 0; i < 50; i++) {
    // A player's absence can't be turned into presence, either.
    const some = i % 5 === 0 ? absent : all;
    const target = some[Math.floor(random() * some.length)];
    const inputs = target.inputs.slice();
    if (some === absent) inputs[inputs.indexOf(ABSENT_INPUT)] = 0;
    else inputs[Math.floor(random() * inputs.length)] ^= 1 << (i & 7);

    const { tick, message } = refusalOf(
      forge((chunk) =>
        chunk.kind === "inputs" && chunk.tick === target.tick
          ? { ...chunk, inputs }
          : chunk
      ),
    );

    expect(tick).toBe(target.tick);
    expect(message).toContain(`from tick ${target.tick} on`);
  }
});

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
  ["a second missing", 660, (it) => it.tick === 600 ? undefined : it],
  ["a second twice", 600, (it) => it.tick === 660 ? { ...it, tick: 600 } : it],
];

for (const [what, expected, change] of FORGERIES) {
  Deno.test(`a recording that tells of ${what} is refused, and the tick is named`, () => {
    const { tick, message } = refusalOf(forge(change));

    expect(tick).toBe(expected);
    expect(message).toContain(String(expected));
  });
}

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
