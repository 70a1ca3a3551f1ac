import { expect } from "@std/expect";
import fc from "fast-check";
import { SLOTS_MAX } from "../../game/court.ts";
import { ABSENT, createState, TICK } from "../../game/state.ts";
import { encodeState } from "../../game/state_bytes.ts";
import type { EndReason } from "../../net/match/outcome.ts";
import { type Chunk, CHUNK_HASHES_MAX } from "../../net/recording/chunk.ts";
import {
  decodeRecording,
  type Recording,
  RECORDING_BYTES_MAX,
  ReplayError,
} from "../../net/recording/recording.ts";
import { openReplay } from "../../net/recording/replay.ts";
import { SealedBlockWriter } from "../../net/recording/sealed_blocks.ts";
import { liesAbout } from "../support/lied_value.ts";
import {
  createScripted,
  encodeRecording,
  headerFor,
  startRecording,
} from "./recorded_match.ts";

const DUEL = { players: 2, points: 3, lives: 1 };

/** Where a file's first chunk begins. */
function firstChunkAt(bytes: Uint8Array): number {
  return 15 + new DataView(bytes.buffer).getUint16(9) + 4;
}

const REASONS: readonly EndReason[] = [
  ...["finished", "walkover", "connection lost", "player left"] as const,
  ...["not ready", "desync", "refused"] as const,
];

const anyUint32 = fc.nat(0xffffffff);

/**
 * What follows one state without a gap; `gap` is how long after the one before it begins, and
 * `takenBack` how much of that doesn't count.
 */
const anySegment = fc.record({
  gap: fc.integer({ min: 1, max: 5000 }),
  takenBack: fc.option(fc.nat(100)),
  inputs: fc.array(
    fc.record({
      rows: fc.array(
        fc.tuple(...Array.from({ length: 4 }, () => anyInput())),
        { minLength: 1, maxLength: 60 },
      ),
      hash: anyUint32,
      change: fc.option(fc.record({
        what: fc.constantFrom("dropped" as const, "returned" as const),
        slot: fc.nat(1),
        era: anyUint32,
      })),
    }),
    { maxLength: 4 },
  ),
});

/** Often the same as before, as held keys are. */
function anyInput() {
  return fc.oneof(
    fc.constantFrom(0, 127, -127, -128),
    fc.integer({ min: -128, max: 127 }),
  );
}

const anyRecording: fc.Arbitrary<Recording> = fc.record({
  players: fc.integer({ min: 2, max: 4 }),
  points: fc.integer({ min: 1, max: 99 }),
  seed: fc.option(fc.integer()),
  names: fc.array(fc.stringMatching(/^[\p{L}]{1,24}$/u), {
    minLength: 4,
    maxLength: 4,
  }),
  segments: fc.array(anySegment, { minLength: 1, maxLength: 4 }),
  chains: fc.array(
    fc.record({
      slot: fc.nat(1),
      hashes: fc.array(fc.tuple(anyUint32, anyUint32), {
        minLength: 1,
        maxLength: CHUNK_HASHES_MAX,
      }),
    }),
    { maxLength: 3 },
  ),
  result: fc.option(fc.record({
    winner: fc.option(fc.nat(1)),
    reason: fc.constantFrom(...REASONS),
    confirmedTick: anyUint32,
    hash: anyUint32,
  })),
}).map(({ players, points, seed, names, segments, chains, result }) => {
  const rules = { players, points, lives: points };
  const header = headerFor(rules, { seed, slot: 1 });
  const chunks: Chunk[] = [];
  let tick = 0;
  for (const [i, { gap, takenBack, inputs }] of segments.entries()) {
    if (i > 0 || seed === null) {
      const kept = takenBack === null
        ? {}
        : { keptTick: Math.max(-1, tick - takenBack) };
      tick += gap;
      const state = createState(rules, gap);
      state[TICK] = tick;
      chunks.push({ kind: "state", tick, state, ...kept });
    }
    for (const { rows, hash, change } of inputs) {
      const cells = rows.flatMap((row) =>
        row.map((input, slot) => slot < players ? input : 0)
      );
      chunks.push({
        kind: "inputs",
        tick,
        inputs: Int8Array.from(cells),
        hash,
      });
      tick += rows.length;
      if (change) chunks.push({ kind: "membership", tick, ...change });
    }
  }
  for (const chain of chains) chunks.push({ kind: "hashes", tick, ...chain });
  if (result) chunks.push({ kind: "end", tick, result });
  const cleaned = header.players.map((player, slot) => ({
    ...player,
    name: names[slot].normalize("NFC"),
  }));
  return { header: { ...header, players: cleaned }, chunks };
});

Deno.test("a recording that is written and read again is the same", () => {
  fc.assert(fc.property(anyRecording, (recording) => {
    const read = decodeRecording(encodeRecording(recording));

    expect(read).toEqual(recording);
  }));
});

const REFUSED: readonly (readonly [string, Uint8Array, string])[] = [
  ["nothing", new Uint8Array(), "no recording"],
  ["a picture", new TextEncoder().encode("\x89PNG\r\n\x1a\n…"), "no recording"],
  ["half a header", sample().subarray(0, 40), "cut off before"],
  ["another version", withByte(sample(), 8, 3), "another version"],
  ["a version before the first", withByte(sample(), 8, 0), "another version"],
  ["too much", new Uint8Array(RECORDING_BYTES_MAX + 1), "larger than"],
];

function sample(): Uint8Array {
  const header = headerFor(DUEL, { seed: 1, slot: 0 });
  return encodeRecording({ header, chunks: [] });
}

function withByte(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = byte;
  return changed;
}

for (const [what, bytes, why] of REFUSED) {
  Deno.test(`a file with ${what} is refused in a sentence`, () => {
    expect(() => openReplay(bytes)).toThrow(ReplayError);
    expect(() => openReplay(bytes)).toThrow(why);
    expect(() => openReplay(bytes)).toThrow(/^Cannot play .*[^.]\.$/);
  });
}

Deno.test("a recording in the former format is played", () => {
  const state = encodeState(createState(DUEL, 1));
  state[TICK * 4] = 9;
  const end = [0xff, 3, 0, 0, 0, 0, 0, 0, 0, 0];

  const bytes = withChunks([[1, 9, state], [4, 9, Uint8Array.from(end)]], 1);

  expect(openReplay(bytes).view)
    .toMatchObject({ firstTick: 9, lastTick: 9, isUnfinished: false });
});

Deno.test("a recording of another protocol is refused", () => {
  const header = { ...headerFor(DUEL, { seed: 1, slot: 0 }), protocol: 99 };

  expect(() => openReplay(encodeRecording({ header, chunks: [] })))
    .toThrow("another version");
});

/** Returns a file whose chunks are what a test wants, with the right checksums. */
function withChunks(
  chunks: readonly (readonly [kind: number, tick: number, body: Uint8Array])[],
  version = 2,
): Uint8Array {
  const opening = withByte(sample(), 8, version);
  const blocks = new SealedBlockWriter();
  blocks.add(opening.subarray(0, 11));
  blocks.add(opening.subarray(15, firstChunkAt(opening) - 4));
  for (const [kind, tick, body] of chunks) {
    blocks.add(Uint8Array.of(kind, 0, 0, 0, tick, 0, body.length));
    blocks.add(body);
  }
  return blocks.written;
}

/** Opens bytes; whatever else than a ReplayError they cause fails the test. */
function tryToOpen(bytes: Uint8Array): void {
  try {
    openReplay(bytes).seek(0x7fffffff);
  } catch (error) {
    expect(error).toBeInstanceOf(ReplayError);
  }
}

Deno.test("random bytes cause nothing but a ReplayError", () => {
  const begin = sample();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
    tryToOpen(bytes);
    tryToOpen(Uint8Array.from([...begin, ...bytes]));
  }));
});

Deno.test("random chunks with the right checksums cause nothing but a ReplayError", () => {
  const inputs = [...encodeRecording({
    header: headerFor(DUEL, { seed: 1, slot: 0 }),
    chunks: [{ kind: "inputs", tick: 0, inputs: new Int8Array(8), hash: 0 }],
  })].slice(firstChunkAt(sample()) + 11, -4);
  const anyBody = fc.oneof(
    fc.uint8Array({ maxLength: 130 }),
    fc.uint8Array({ minLength: 112, maxLength: 112 }),
    fc.uint8Array({ maxLength: 4 }).map((rest) =>
      Uint8Array.from([...inputs, ...rest])
    ),
  );
  const anyChunk = fc.tuple(fc.nat(7), fc.nat(3), anyBody);
  fc.assert(fc.property(fc.array(anyChunk, { maxLength: 5 }), (chunks) => {
    tryToOpen(withChunks(chunks));
  }));
});

Deno.test("a recording with any fields lied about is refused, or plays to its end", () => {
  const { recorder, log } = startRecording(DUEL, { seed: 1 });
  const inputFor = (slot: number, tick: number) => slot + tick % 7;
  const match = createScripted({ rules: DUEL, seed: 1, inputFor });
  for (let second = 0; second < 2; second++) {
    match.advance(60);
    log.take(match.play);
  }
  const hash = match.play.hashAt(match.play.confirmedTick) ?? 0;
  const end = { confirmedTick: match.play.confirmedTick, hash };
  recorder.finish({ ...end, reason: "desync", winner: null }, [
    { slot: 0, hashes: [[119, 7], [120, hash]] },
  ]);
  const truth = decodeRecording(recorder.bytes());
  tryToOpen(encodeRecording(truth));
  let written = 0;
  for (const chunk of [truth.header, ...truth.chunks]) {
    for (const lied of liesAbout({ told: chunk })) {
      const say = <T>(part: T) => part === chunk ? lied.told as T : part;
      const [header, chunks] = [say(truth.header), truth.chunks.map(say)];
      let bytes: Uint8Array | undefined;
      // The writer would go on for as many as it is told.
      if (!(header?.rules?.players < 9)) continue;
      try {
        bytes = encodeRecording({ header, chunks });
      } catch {
        continue; // No recorder could write it.
      }
      written++;
      tryToOpen(bytes);
    }
  }
  expect(written).toBeGreaterThan(1000);
});

Deno.test("headers that no recorder writes are refused", () => {
  const { players, ...header } = headerFor(DUEL, { seed: 1, slot: 0 });
  const wrong: readonly Recording["header"][] = [
    { ...header, players: players.slice(1) },
    { ...header, players: players.toReversed() },
    { ...header, players, recordedBy: 2 },
    { ...header, players, match: "../../etc" },
    { ...header, players, seed: 2 ** 40 },
    { ...header, players, rules: { ...DUEL, players: 5 } },
    {
      ...header,
      players: players.map((p) => ({ ...p, name: "x".repeat(49) })),
    },
  ];

  for (const header of wrong) {
    expect(() => decodeRecording(encodeRecording({ header, chunks: [] })))
      .toThrow("damaged at its beginning");
  }
});

function inputsAt(tick: number, ticks: number): Chunk {
  const inputs = new Int8Array(ticks * SLOTS_MAX);
  return { kind: "inputs", tick, inputs, hash: 0 };
}

function stateAt(
  tick: number,
  { absent = 0, ...kept }: { absent?: number; keptTick?: number } = {},
): Chunk {
  const state = createState(DUEL, 1);
  state[TICK] = tick;
  state[ABSENT] = absent;
  return { kind: "state", tick, state, ...kept };
}

function hashesAt(tick: number, count: number): Chunk {
  const hashes = Array.from({ length: count }, (_, of) => [of, 7] as const);
  return { kind: "hashes", tick, slot: 0, hashes };
}

function endAt(tick: number): Chunk {
  const result = { winner: null, confirmedTick: 0, hash: 0 } as const;
  return { kind: "end", tick, result: { ...result, reason: "desync" } };
}

const WRONG: readonly (readonly [string, number, readonly Chunk[]])[] = [
  ["something after its end", 20, [inputsAt(0, 9), endAt(9), stateAt(20)]],
  ["an end somewhere else", 8, [inputsAt(0, 9), endAt(8)]],
  ["inputs that skip a tick", 10, [inputsAt(0, 9), inputsAt(10, 9)]],
  ["a state that goes back", 9, [inputsAt(0, 9), stateAt(9)]],
  ["a return to what it keeps", 6, [
    inputsAt(0, 9),
    stateAt(6, { keptTick: 6 }),
  ]],
  ["a player absent whom the rules don't have", 9, [
    stateAt(9, { absent: 0b0100 }),
  ]],
  ["hashes of another tick", 8, [inputsAt(0, 9), hashesAt(8, 1)]],
  ["too many hashes", 9, [inputsAt(0, 9), hashesAt(9, CHUNK_HASHES_MAX + 1)]],
  ["more ticks than there are numbers", 0x7ffffff0, [
    stateAt(0x7ffffff0),
    inputsAt(0x7ffffff0, 20),
  ]],
  ["no inputs", 0, [inputsAt(0, 0)]],
  ["inputs of more than a second", 0, [inputsAt(0, 61)]],
  ["a state of another tick", 8, [{ ...stateAt(9), tick: 8 }]],
];

for (const [what, tick, chunks] of WRONG) {
  Deno.test(`a recording with ${what} is refused`, () => {
    const header = headerFor(DUEL, { seed: 1, slot: 0 });
    const opening = () => openReplay(encodeRecording({ header, chunks }));

    expect(opening).toThrow(ReplayError);
    expect(opening).toThrow(`damaged at tick ${tick}.`);
  });
}

const INPUTS = 2;
const MEMBERSHIP = 3;
const END = 4;
const RETURN = 5;
const HASHES = 6;
/** Of the second player, for three ticks, and the hash. */
const REST = [1, 3, 0, 0, 0, 0, 0];

const WRONG_BODIES: readonly (readonly [string, number, readonly number[]])[] =
  [
    ["runs for too few ticks", INPUTS, [3, 1, 2, 0, ...REST]],
    ["runs for too many ticks", INPUTS, [3, 1, 4, 0, ...REST]],
    ["runs that end in the middle", INPUTS, [3, 2, 3, ...REST]],
    ["a byte too much", INPUTS, [3, 1, 3, 0, ...REST, 0]],
    ["a byte too few", INPUTS, [3, 1, 3, 0, ...REST.slice(1)]],
    ["a change that is none", MEMBERSHIP, [2, 0, 0, 0, 0, 0]],
    ["a player who isn't there", MEMBERSHIP, [1, 2, 0, 0, 0, 0]],
    ["a winner who isn't there", END, [2, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["a winner below nobody", END, [0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["a reason that is none", END, [0, 7, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["an end cut short", END, [0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["hashes of nobody", HASHES, [2, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["no hashes", HASHES, [0]],
    ["half a hash", HASHES, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ["a return to nothing", RETURN, [0, 0, 0, 0]],
    ["a chunk of no kind", 7, []],
  ];

for (const [what, kind, body] of WRONG_BODIES) {
  Deno.test(`a chunk with ${what} is refused`, () => {
    expect(() => openReplay(withChunks([[kind, 0, Uint8Array.from(body)]])))
      .toThrow("damaged at tick 0.");
  });
}

Deno.test("inputs that would take more than an hour are refused", () => {
  const chunks = Array.from(
    { length: 3601 },
    (_, second) => inputsAt(second * 60, 60),
  );
  const header = headerFor(DUEL, { seed: 1, slot: 0 });

  expect(() => decodeRecording(encodeRecording({ header, chunks })))
    .toThrow("longer than an hour");
});
