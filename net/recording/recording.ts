/**
 * A recording of a match as a file: what the match is, then its chunks.
 *
 *     file    opening, header, then chunks to the end
 *     opening 8 "PONGPLAY", u8 version, u16 bytes of the header
 *     header  JSON, as `RecordingHeader` has it
 *     chunk   head, body
 *     head    u8 kind, u32 tick, u16 bytes of the body
 *     body    as chunk.ts has it
 *
 * Opening, header, heads and bodies are each sealed (`sealed_blocks.ts`): any changed byte is
 * refused, and a file that was cut off is good up to there: while a match runs, its recorder adds
 * chunks at the end, and never changes what it has written. Inputs begin with state 0, which
 * follows from rules and seed, or with the state of a chunk. Whether the inputs give the states
 * that the chunks claim is found out by playing them again (`verified_match.ts`).
 *
 * @module
 */
import { z } from "zod";
import { SLOTS_MAX, TICKS_PER_SECOND } from "../../game/court.ts";
import { cleanName, NAME_LENGTH_MAX } from "../lobby/protocol.ts";
import { ByteReader, ByteWriter } from "../match/wire/bytes.ts";
import { WIRE_VERSION } from "../match/wire/terms.ts";
import {
  BODY_BYTES_MAX,
  type Chunk,
  endOf,
  readBody,
  writeBody,
} from "./chunk.ts";
import { SealedBlockReader, SealedBlockWriter } from "./sealed_blocks.ts";

/** An hour: nobody plays longer, and a process must not grow without end. */
export const RECORDED_TICKS_MAX = 3600 * TICKS_PER_SECOND;

/** Largest file that is read: twice what an hour of four players takes at the worst. */
export const RECORDING_BYTES_MAX = 2 * 1024 * 1024;

const MAGIC = new TextEncoder().encode("PONGPLAY");
/** Grows with every change of the layout, or of the rules of the game. */
const FORMAT_VERSION = 2;
/** The one before has no returns and no hashes, and is otherwise the same. */
const FORMAT_VERSION_MIN = 1;
const OPENING_BYTES = MAGIC.length + 3;
const HEADER_BYTES_MAX = 4096;
const HEAD_BYTES = 7;
const TICK_MAX = 0x7fffffff;

const slot = z.int().min(0).max(SLOTS_MAX - 1);
const header = z.object({
  protocol: z.int(),
  match: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
  /** Empty where there was none. */
  room: z.string().regex(/^[A-Z0-9]{0,12}$/),
  rules: z.object({
    players: z.int().min(2).max(SLOTS_MAX),
    points: z.int().min(1).max(99),
    lives: z.int().min(1).max(99),
  }).readonly(),
  /** What chance began with; `null` where the recorder came later and was not told. */
  seed: z.int().min(-0x80000000).max(0x7fffffff).nullable(),
  /** The slot whose process recorded. */
  recordedBy: slot,
  /** By slot. */
  players: z.array(
    z.object({
      slot,
      name: z.string().max(2 * NAME_LENGTH_MAX).transform(cleanName),
      look: z.int().min(0).max(3),
      isBot: z.boolean(),
    }).readonly(),
  ).readonly(),
}).readonly().refine(({ rules, recordedBy, players }) =>
  players.length === rules.players && recordedBy < rules.players &&
  players.every((player, at) => player.slot === at)
);

/** What a recording says of its match. */
export type RecordingHeader = z.infer<typeof header>;

/** A match in chunks, in the order of their ticks; not yet verified. */
export interface Recording {
  readonly header: RecordingHeader;
  readonly chunks: readonly Chunk[];
}

/** A recording can't be played. The message is a sentence for a person. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
  /** Where in the match, if that is known. */
  readonly tick: number | undefined;

  /** `why` goes on after "Cannot play this recording: "; `tick`, if given, is named in it. */
  constructor(why: string, tick?: number) {
    super(`Cannot play this recording: ${why}.`);
    this.tick = tick;
  }
}

/** Writes a file, chunk by chunk; what is `written` is a recording at any time. */
export class RecordingWriter {
  readonly #header: RecordingHeader;
  #blocks = new SealedBlockWriter();

  /** Throws RangeError where names and codes make the header too long. */
  constructor(header: RecordingHeader) {
    this.#header = header;
    const json = new TextEncoder().encode(JSON.stringify(header));
    if (json.length > HEADER_BYTES_MAX) throw new RangeError("header too long");
    const opening = new ByteWriter(new Uint8Array(OPENING_BYTES));
    opening.bytes(MAGIC);
    opening.u8(FORMAT_VERSION);
    opening.u16(json.length);
    this.#blocks.add(opening.written);
    this.#blocks.add(json);
  }

  /** What was written so far; it doesn't grow. */
  get written(): Uint8Array {
    return this.#blocks.written;
  }

  add(chunk: Chunk): void {
    const body = new ByteWriter(new Uint8Array(BODY_BYTES_MAX));
    const kind = writeBody(body, chunk, this.#header.rules.players);
    const head = new ByteWriter(new Uint8Array(HEAD_BYTES));
    head.u8(kind);
    head.u32(chunk.tick);
    head.u16(body.written.length);
    this.#blocks.add(head.written);
    this.#blocks.add(body.written);
  }

  /** Returns a writer that goes on from here by itself. */
  fork(): RecordingWriter {
    const copy = new RecordingWriter(this.#header);
    copy.#blocks = this.#blocks.fork();
    return copy;
  }
}

/**
 * Reads a file, up to where it was cut off.
 *
 * @throws ReplayError when it is no recording, of another version, or damaged.
 */
export function decodeRecording(bytes: Uint8Array): Recording {
  if (bytes.length > RECORDING_BYTES_MAX) {
    throw new ReplayError(`it is larger than ${RECORDING_BYTES_MAX} bytes`);
  }
  const blocks = new SealedBlockReader(bytes);
  const header = readHeader(bytes, blocks);
  const chunks: Chunk[] = [];
  let ticks = 0;
  let at = header.seed === null ? undefined : 0;
  while (!blocks.isAtEnd) {
    const block = readBlock(blocks, HEAD_BYTES, at);
    if (!block) break;
    const head = new ByteReader(block);
    const kind = head.u8();
    const tick = head.u32();
    const body = readBlock(blocks, head.u16(), tick);
    if (!body) break;
    const chunk = readBody(body, { kind, tick, rules: header.rules });
    if (!chunk || !isNext(chunk, at, chunks.at(-1))) throw damaged(tick);
    if (chunk.kind !== "membership") at = endOf(chunk);
    ticks += endOf(chunk) - tick;
    if (ticks > RECORDED_TICKS_MAX) {
      throw new ReplayError("it is longer than an hour");
    }
    chunks.push(chunk);
  }
  if (at === undefined) throw new ReplayError("there is nothing in it");
  return { header, chunks };
}

function damaged(tick: number | undefined): ReplayError {
  const where = tick === undefined ? "its beginning" : `tick ${tick}`;
  return new ReplayError(`it is damaged at ${where}`, tick);
}

/** Returns the next block, `undefined` where the file was cut off in it. */
function readBlock(
  blocks: SealedBlockReader,
  length: number,
  tick: number | undefined,
): Uint8Array | undefined {
  const sealed = blocks.next(length);
  switch (sealed.kind) {
    case "block":
      return sealed.block;
    case "cut off":
      return undefined;
    case "damaged":
      throw damaged(tick);
  }
}

function readHeader(
  bytes: Uint8Array,
  blocks: SealedBlockReader,
): RecordingHeader {
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) {
    throw new ReplayError("it is no recording of a match");
  }
  const version = bytes[MAGIC.length] ?? FORMAT_VERSION;
  if (version < FORMAT_VERSION_MIN || version > FORMAT_VERSION) throw foreign();
  const opening = readBlock(blocks, OPENING_BYTES, undefined);
  const length = opening &&
    new ByteReader(opening.subarray(MAGIC.length + 1)).u16();
  const json = length && readBlock(blocks, length, undefined);
  if (!json) throw new ReplayError("it is cut off before the match begins");
  const { success, data } = header.safeParse(parseJson(json));
  if (!success) throw damaged(undefined);
  if (data.protocol !== WIRE_VERSION) throw foreign();
  return data;
}

function foreign(): ReplayError {
  return new ReplayError("it was made by another version of pong");
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // The schema refuses it.
  }
}

/** Whether a chunk may follow on what was read before, which led to state `at`. */
function isNext(
  chunk: Chunk,
  at: number | undefined,
  before: Chunk | undefined,
): boolean {
  if (before?.kind === "end" || endOf(chunk) > TICK_MAX) return false;
  switch (chunk.kind) {
    case "state":
      return at === undefined || before === undefined ||
        chunk.tick > (chunk.keptTick ?? at);
    case "membership":
      return at !== undefined && chunk.tick <= at;
    case "inputs":
    case "hashes":
    case "end":
      return chunk.tick === at;
  }
}

/** How the names of recordings end. */
export const REPLAY_ENDING = ".pong-replay";

/** Whose recording of which match. */
export interface ReplayName {
  /** Letters, digits and `-`. */
  readonly match: string;
  readonly slot: number;
}

/**
 * Returns the file's name, without a folder. The first process of a seat writes part 1; whoever
 * takes the seat again later, the next. Throws RangeError for what can't be a match's ID.
 */
export function replayFileName({ match, slot }: ReplayName, part = 1): string {
  if (!/^[A-Za-z0-9-]+$/.test(match)) throw new RangeError("no match's name");
  return `${match}-${slot}${part === 1 ? "" : `.${part}`}${REPLAY_ENDING}`;
}
