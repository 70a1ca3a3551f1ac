import { expect } from "@std/expect";
import fc from "fast-check";
import { SLOTS_MAX } from "../../game/court.ts";
import { ABSENT, createState, TICK } from "../../game/state.ts";
import { encodeState } from "../../game/state_bytes.ts";
import { cleanName } from "../../net/lobby/protocol.ts";
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
  DUEL,
  encodeRecording,
  headerFor,
  recordScripted,
} from "./recorded_match.ts";

const REASONS = [
  ...["finished", "walkover", "connection lost", "player left"] as const,
  ...["not ready", "desync", "refused"] as const,
];

const anyUint32 = fc.nat(0xffffffff);
const anyHash = fc.tuple(anyUint32, anyUint32);
/** Often the same as before, as held keys are. */
const anyInput = fc.oneof(
  fc.constantFrom(0, 127, -127, -128),
  fc.integer({ min: -128, max: 127 }),
);
const anyRow = fc.tuple(anyInput, anyInput, anyInput, anyInput);

/** Up to a second of inputs, and who was dropped or returned then. */
const anySecond = fc.record({
  rows: fc.array(anyRow, { minLength: 1, maxLength: 60 }),
  hash: anyUint32,
  change: fc.option(fc.record({
    what: fc.constantFrom("dropped", "returned"),
    slot: fc.nat(1),
    era: anyUint32,
  })),
});

/**
 * What follows one state without a gap; `gap` is how long after the one before it begins, and
 * `takenBack` how much of that doesn't count.
 */
const anySegment = fc.record({
  gap: fc.integer({ min: 1, max: 5000 }),
  takenBack: fc.option(fc.nat(100)),
  seconds: fc.array(anySecond, { maxLength: 4 }),
});

const anyName = fc.stringMatching(/^[\p{L}]{1,24}$/u).map(cleanName);

const anyRecording = fc.record({
  players: fc.integer({ min: 2, max: 4 }),
  points: fc.integer({ min: 1, max: 99 }),
  seed: fc.option(fc.integer()),
  names: fc.array(anyName, { minLength: 4, maxLength: 4 }),
  segments: fc.array(anySegment, { minLength: 1, maxLength: 4 }),
  chains: fc.array(
    fc.record({
      slot: fc.nat(1),
      hashes: fc.array(anyHash, { minLength: 1, maxLength: CHUNK_HASHES_MAX }),
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
  const header = headerFor({ rules, seed, slot: 1 });
  const chunks: Chunk[] = [];
  let tick = 0;
  for (const [i, { gap, takenBack, seconds }] of segments.entries()) {
    if (i > 0 || seed === null) {
      const keptTick = Math.max(-1, tick - (takenBack ?? 0));
      tick += gap;
      const state = createState(rules, gap);
      state[TICK] = tick;
      const kept = takenBack === null ? {} : { keptTick };
      chunks.push({ kind: "state", tick, state, ...kept });
    }
    for (const { rows, hash, change } of seconds) {
      const cells = rows.flatMap((row) =>
        row.map((input, slot) => slot < players ? input : 0)
      );
      const inputs = Int8Array.from(cells);
      chunks.push({ kind: "inputs", tick, inputs, hash });
      tick += rows.length;
      if (change) chunks.push({ kind: "membership", tick, ...change });
    }
  }
  for (const chain of chains) chunks.push({ kind: "hashes", tick, ...chain });
  if (result) chunks.push({ kind: "end", tick, result });
  const named = header.players
    .map((player, slot) => ({ ...player, name: names[slot] }));
  return { header: { ...header, players: named }, chunks };
});

Deno.test("a recording that is written and read again is the same", () => {
  fc.assert(fc.property(anyRecording, (recording) => {
    const { chunks, header } = recording;

    expect(decodeRecording(encodeRecording(chunks, header)))
      .toEqual(recording);
  }));
});

const EMPTY = encodeRecording();

function withByte(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const changed = bytes.slice();
  changed[at] = byte;
  return changed;
}

const OTHER_PROTOCOL = encodeRecording([], { ...headerFor(), protocol: 99 });

for (
  const [what, bytes, why] of [
    ["nothing", new Uint8Array(), "no recording"],
    ["a picture", new TextEncoder().encode("\x89PNG\r\n"), "no recording"],
    ["half a header", EMPTY.subarray(0, 40), "cut off before"],
    ["another version", withByte(EMPTY, 8, 3), "another version"],
    ["a version before the first", withByte(EMPTY, 8, 0), "another version"],
    ["another protocol", OTHER_PROTOCOL, "another version"],
    ["too much", new Uint8Array(RECORDING_BYTES_MAX + 1), "larger than"],
  ] as const
) {
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

  const bytes = withChunks([[1, 9, state], [4, 9, end]], 1);

  expect(openReplay(bytes).view)
    .toMatchObject({ firstTick: 9, lastTick: 9, isUnfinished: false });
});

/** Returns a file whose chunks are what a test wants, with the right checksums. */
function withChunks(
  chunks: readonly (readonly [
    kind: number,
    tick: number,
    body: ArrayLike<number>,
  ])[],
  version = 2,
): Uint8Array {
  const opening = withByte(EMPTY, 8, version);
  const blocks = new SealedBlockWriter();
  blocks.add(opening.subarray(0, 11));
  blocks.add(opening.subarray(15, -4));
  for (const [kind, tick, body] of chunks) {
    blocks.add(Uint8Array.of(kind, 0, 0, 0, tick, 0, body.length));
    blocks.add(Uint8Array.from(body));
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
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
    tryToOpen(bytes);
    tryToOpen(Uint8Array.from([...EMPTY, ...bytes]));
  }));
});

Deno.test("random chunks with the right checksums cause nothing but a ReplayError", () => {
  const inputs = encodeRecording([inputsAt(0, 2)])
    .subarray(EMPTY.length + 11, -4);
  const anyBody = fc.oneof(
    fc.uint8Array({ maxLength: 130 }),
    fc.uint8Array({ minLength: 112, maxLength: 112 }),
    fc.uint8Array({ maxLength: 4 }).map((rest) => [...inputs, ...rest]),
  );
  const anyChunk = fc.tuple(fc.nat(7), fc.nat(3), anyBody);
  fc.assert(fc.property(fc.array(anyChunk, { maxLength: 5 }), (chunks) => {
    tryToOpen(withChunks(chunks));
  }));
});

Deno.test("a recording with any fields lied about is refused, or plays to its end", () => {
  const { recorder, play, pass } = recordScripted({
    inputFor: (slot, tick) => slot + tick % 7,
  });
  for (let second = 0; second < 2; second++) pass(60);
  const { confirmedTick } = play;
  const hash = play.hashAt(confirmedTick) ?? 0;
  const result = { winner: null, reason: "desync", confirmedTick, hash };
  recorder.finish({ ...result, reason: "desync" }, [
    { slot: 0, hashes: [[119, 7], [120, hash]] },
  ]);
  const truth = decodeRecording(recorder.bytes());
  let written = 0;
  for (const part of [truth.header, ...truth.chunks]) {
    for (const { told } of liesAbout({ told: part })) {
      const say = <T>(said: T) => said === part ? told as T : said;
      const [header, chunks] = [say(truth.header), truth.chunks.map(say)];
      // The writer would go on for as many players as it is told.
      if (!(header?.rules?.players < 9)) continue;
      let bytes: Uint8Array;
      try {
        bytes = encodeRecording(chunks, header);
      } catch {
        continue; // Nobody could write it.
      }
      written++;
      tryToOpen(bytes);
    }
  }
  expect(written).toBeGreaterThan(1000);
});

Deno.test("headers that no recorder writes are refused", () => {
  const { players } = headerFor();
  const wrong: readonly Partial<Recording["header"]>[] = [
    { players: players.slice(1) },
    { players: players.toReversed() },
    { players: players.map((p) => ({ ...p, name: "x".repeat(49) })) },
    { recordedBy: 2 },
    { match: "../../etc" },
    { seed: 2 ** 40 },
    { rules: { ...DUEL, players: 5 } },
  ];
  for (const field of wrong) {
    const bytes = encodeRecording([], { ...headerFor(), ...field });
    expect(() => decodeRecording(bytes)).toThrow("damaged at its beginning");
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

const WRONG: readonly (readonly [string, number, ...Chunk[]])[] = [
  ["something after its end", 20, inputsAt(0, 9), endAt(9), stateAt(20)],
  ["an end somewhere else", 8, inputsAt(0, 9), endAt(8)],
  ["inputs that skip a tick", 10, inputsAt(0, 9), inputsAt(10, 9)],
  ["a state that goes back", 9, inputsAt(0, 9), stateAt(9)],
  [
    "a return to what it keeps",
    ...[6, inputsAt(0, 9), stateAt(6, { keptTick: 6 })] as const,
  ],
  ["a player absent whom the rules don't have", 9, stateAt(9, { absent: 4 })],
  ["hashes of another tick", 8, inputsAt(0, 9), hashesAt(8, 1)],
  ["too many hashes", 9, inputsAt(0, 9), hashesAt(9, CHUNK_HASHES_MAX + 1)],
  [
    "more ticks than there are numbers",
    ...[0x7ffffff0, stateAt(0x7ffffff0), inputsAt(0x7ffffff0, 20)] as const,
  ],
  ["no inputs", 0, inputsAt(0, 0)],
  ["inputs of more than a second", 0, inputsAt(0, 61)],
  ["a state of another tick", 8, { ...stateAt(9), tick: 8 }],
];

for (const [what, tick, ...chunks] of WRONG) {
  Deno.test(`a recording with ${what} is refused`, () => {
    const opening = () => openReplay(encodeRecording(chunks));

    expect(opening).toThrow(ReplayError);
    expect(opening).toThrow(`damaged at tick ${tick}.`);
  });
}

const [INPUTS, MEMBERSHIP, END, RETURN, HASHES] = [2, 3, 4, 5, 6];
/** Of the second player, for three ticks, and the hash. */
const REST = [1, 3, 0, 0, 0, 0, 0];

for (
  const [what, kind, ...body] of [
    ["runs for too few ticks", INPUTS, 3, 1, 2, 0, ...REST],
    ["runs for too many ticks", INPUTS, 3, 1, 4, 0, ...REST],
    ["runs that end in the middle", INPUTS, 3, 2, 3, ...REST],
    ["a byte too much", INPUTS, 3, 1, 3, 0, ...REST, 0],
    ["a byte too few", INPUTS, 3, 1, 3, 0, ...REST.slice(1)],
    ["a change that is none", MEMBERSHIP, 2, 0, 0, 0, 0, 0],
    ["a player who isn't there", MEMBERSHIP, 1, 2, 0, 0, 0, 0],
    ["a winner who isn't there", END, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ["a winner below nobody", END, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ["a reason that is none", END, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0],
    ["an end cut short", END, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ["hashes of nobody", HASHES, 2, 0, 0, 0, 0, 0, 0, 0, 0],
    ["no hashes", HASHES, 0],
    ["half a hash", HASHES, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ["a return to nothing", RETURN, 0, 0, 0, 0],
    ["a chunk of no kind", 7],
  ] as readonly (readonly [string, number, ...number[]])[]
) {
  Deno.test(`a chunk with ${what} is refused`, () => {
    expect(() => openReplay(withChunks([[kind, 0, body]])))
      .toThrow("damaged at tick 0.");
  });
}

Deno.test("inputs that would take more than an hour are refused", () => {
  const seconds = Array.from(
    { length: 3601 },
    (_, at) => inputsAt(at * 60, 60),
  );

  expect(() => decodeRecording(encodeRecording(seconds)))
    .toThrow("longer than an hour");
});
