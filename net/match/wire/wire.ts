/**
 * Packets as bytes: what the members of a match send each other.
 *
 *     hello    u8 kind, u8 epoch, u16 beat, u24 sentAt, terms, u8 heard | ready << 4,
 *              32 commitment, u8 flags [, 16 secret, 32 commitments' hash] [, u24 start],
 *              echoes
 *     play     u8 kind, record, echoes, u8 relayed records (bit s: slot s), the records,
 *              runs to the end
 *     snapshot u8 kind, record, echoes, u8 to slot, u8 to epoch, the state to the end
 *     terms    u8 protocol, u8 ticks a second, u8 window, u8 players, u8 points, u8 lives,
 *              u32 match
 *     record   as record.ts has it
 *     echoes   for each player but the sender: u16 beat, u8 hold in 1/8 ms (255: no echo)
 *     run      u8 slot << 6 | inputs − 1, i8 start − confirmed, then (u8 repeats − 1, i8 input) …
 *
 * A packet of a match of two is about 30 bytes. `decode` promises no more than values within the
 * bounds that the layout gives; whether they make sense is for the session to judge.
 *
 * @module
 */
import { SLOTS_MAX } from "../../../game/court.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import {
  type Incarnation,
  readRecord,
  type SlotRecord,
  writeRecord,
} from "./record.ts";
import { everySlot, has, sizeOf } from "./slot_set.ts";
import type { Stamp } from "./stamp.ts";
import type { Terms } from "./terms.ts";

/** Most bytes of a game's state in a snapshot. */
const STATE_BYTES_MAX = 512;

/** Bytes of a member's secret, its share of the seed, and of a SHA-256. */
export const SECRET_BYTES = 16;
const DIGEST_BYTES = 32;

/** Most inputs in one run. */
export const RUN_INPUTS_MAX = 64;

/** The addressee of a snapshot that is only for watchers. */
export const NOBODY: Incarnation = { slot: 255, epoch: 0 };

const HELLO = 0x51;
const PLAY = 0x52;
const SNAPSHOT = 0x53;
const NO_ECHO = 255;

/** "I got your packet `beat`, and held this answer for `holdMs`." */
export interface Echo {
  readonly beat: number;
  readonly holdMs: number;
}

/** What a member says until all have begun; `net/match/barrier.ts` says what it means. */
export interface HelloPacket {
  readonly kind: "hello";
  readonly epoch: number;
  readonly beat: number;
  readonly sentAt: Stamp;
  readonly terms: Terms;
  /** Bit s: the sender has heard slot s, or is s. */
  readonly heard: number;
  /** Bit s: the sender knows that slot s is ready. */
  readonly ready: number;
  /** SHA-256 of the sender's secret. */
  readonly commitment: Uint8Array;
  /** Present once the sender is ready. */
  readonly reveal: Reveal | undefined;
  /** The sender has given up: somebody did not become ready in time. */
  readonly hasGivenUp: boolean;
  /** When tick 0 begins, on the clock of slot 0; `undefined` while not agreed. */
  readonly startAt: Stamp | undefined;
  /** By slot; `undefined` for the sender and for slots that it hasn't heard lately. */
  readonly echoes: readonly (Echo | undefined)[];
}

/** A ready member's secret, and the SHA-256 of all commitments in the order of slots. */
export interface Reveal {
  readonly secret: Uint8Array;
  readonly commitments: Uint8Array;
}

/** Inputs of one slot from tick `start` on. */
export interface InputRun {
  readonly slot: number;
  readonly start: number;
  readonly inputs: readonly number[];
}

/** What a member sends every tick of a match in play. */
export interface PlayPacket {
  readonly kind: "play";
  readonly record: SlotRecord;
  readonly echoes: readonly (Echo | undefined)[];
  /** The newest records of others, passed on. */
  readonly relayed: readonly SlotRecord[];
  readonly runs: readonly InputRun[];
}

/** A confirmed state to begin with; the record has its tick and hash. */
export interface SnapshotPacket {
  readonly kind: "snapshot";
  readonly record: SlotRecord;
  readonly echoes: readonly (Echo | undefined)[];
  /** For whom it is: a player that came back, or `NOBODY`. */
  readonly to: Incarnation;
  readonly state: Int32Array;
}

export type Packet = HelloPacket | PlayPacket | SnapshotPacket;

/** Who sends or sent, and how many play: the layout depends on it. */
export interface PacketOrigin {
  readonly slot: number;
  readonly players: number;
}

/**
 * Writes a packet into `buffer` and returns the part that it fills. Runs that don't fit are left
 * out: they are sent again anyway. Throws RangeError if the rest doesn't fit.
 */
export function encode(
  packet: Packet,
  origin: PacketOrigin,
  buffer: Uint8Array,
): Uint8Array {
  const writer = new ByteWriter(buffer);
  switch (packet.kind) {
    case "hello":
      writeHello(writer, packet, origin);
      break;
    case "play":
      writePlay(writer, packet, origin);
      break;
    case "snapshot":
      writeSnapshot(writer, packet, origin);
      break;
  }
  if (!writer.fits) throw new RangeError("Packet does not fit its buffer");
  return writer.written;
}

/**
 * Reads a packet from `origin.slot`, as the transport says; `undefined` for anything malformed. In
 * place of records that are passed on and no newer than those in `known`, by slot, it has these.
 */
export function decode(
  bytes: Uint8Array,
  origin: PacketOrigin,
  known: readonly (SlotRecord | undefined)[] = [],
): Packet | undefined {
  const reader = new ByteReader(bytes);
  const kind = reader.u8();
  const packet = kind === HELLO
    ? readHello(reader, origin)
    : kind === PLAY
    ? readPlay(reader, origin, known)
    : kind === SNAPSHOT
    ? readSnapshot(reader, origin)
    : undefined;
  return packet !== undefined && reader.fits && reader.atEnd
    ? packet
    : undefined;
}

function writeHello(
  writer: ByteWriter,
  packet: HelloPacket,
  origin: PacketOrigin,
): void {
  const { terms, reveal, startAt } = packet;
  writer.u8(HELLO);
  writer.u8(packet.epoch);
  writer.u16(packet.beat);
  writer.u24(packet.sentAt);
  writer.u8(terms.protocol);
  writer.u8(terms.ticksPerSecond);
  writer.u8(terms.window);
  writer.u8(terms.players);
  writer.u8(terms.points);
  writer.u8(terms.lives);
  writer.u32(terms.match);
  writer.u8(packet.heard | (packet.ready << 4));
  writer.bytes(packet.commitment);
  writer.u8(
    (reveal ? 1 : 0) | (startAt === undefined ? 0 : 2) |
      (packet.hasGivenUp ? 4 : 0),
  );
  if (reveal) {
    writer.bytes(reveal.secret);
    writer.bytes(reveal.commitments);
  }
  if (startAt !== undefined) writer.u24(startAt);
  writeEchoes(writer, packet.echoes, origin);
}

function readHello(
  reader: ByteReader,
  origin: PacketOrigin,
): HelloPacket | undefined {
  const epoch = reader.u8();
  const beat = reader.u16();
  const sentAt = reader.u24();
  const terms: Terms = {
    protocol: reader.u8(),
    ticksPerSecond: reader.u8(),
    window: reader.u8(),
    players: reader.u8(),
    points: reader.u8(),
    lives: reader.u8(),
    match: reader.u32(),
  };
  const masks = reader.u8();
  const commitment = reader.bytes(DIGEST_BYTES);
  const flags = reader.u8();
  const reveal = (flags & 1) === 0 ? undefined : {
    secret: reader.bytes(SECRET_BYTES),
    commitments: reader.bytes(DIGEST_BYTES),
  };
  const startAt = (flags & 2) === 0 ? undefined : reader.u24();
  return {
    kind: "hello",
    epoch,
    beat,
    sentAt,
    terms,
    heard: masks & 15,
    ready: masks >>> 4,
    commitment,
    reveal,
    startAt,
    hasGivenUp: (flags & 4) !== 0,
    echoes: readEchoes(reader, origin),
  };
}

function writePlay(
  writer: ByteWriter,
  packet: PlayPacket,
  origin: PacketOrigin,
): void {
  const { record } = packet;
  writer.u8(PLAY);
  writeRecord(writer, record, origin.players);
  writeEchoes(writer, packet.echoes, origin);
  writer.u8(packet.relayed.reduce((mask, { slot }) => mask | (1 << slot), 0));
  for (const relayed of packet.relayed) {
    writeRecord(writer, relayed, origin.players);
  }
  for (const run of packet.runs) writeRun(writer, run, record.confirmed);
}

function readPlay(
  reader: ByteReader,
  origin: PacketOrigin,
  known: readonly (SlotRecord | undefined)[],
): PlayPacket | undefined {
  const record = readRecord(reader, origin.slot, origin.players);
  const echoes = readEchoes(reader, origin);
  const slots = reader.u8();
  const relayed = new Array<SlotRecord>(sizeOf(slots & everySlot(SLOTS_MAX)));
  for (let slot = 0, count = 0; count < relayed.length; slot++) {
    if (has(slots, slot)) {
      relayed[count++] = readRecord(
        reader,
        slot,
        origin.players,
        known[slot],
      );
    }
  }
  if (slots >= 1 << origin.players || (slots >> origin.slot) & 1) {
    return undefined;
  }
  const runs: InputRun[] = [];
  while (reader.fits && !reader.atEnd) {
    const run = readRun(reader, record.confirmed);
    if (run === undefined || run.slot >= origin.players) return undefined;
    runs.push(run);
  }
  return { kind: "play", record, echoes, relayed, runs };
}

function writeSnapshot(
  writer: ByteWriter,
  packet: SnapshotPacket,
  origin: PacketOrigin,
): void {
  writer.u8(SNAPSHOT);
  writeRecord(writer, packet.record, origin.players);
  writeEchoes(writer, packet.echoes, origin);
  writer.u8(packet.to.slot);
  writer.u8(packet.to.epoch);
  for (const word of packet.state) writer.u32(word);
}

function readSnapshot(
  reader: ByteReader,
  origin: PacketOrigin,
): SnapshotPacket {
  const record = readRecord(reader, origin.slot, origin.players);
  const echoes = readEchoes(reader, origin);
  const to = { slot: reader.u8(), epoch: reader.u8() };
  const words: number[] = [];
  while (!reader.atEnd && reader.fits) {
    words.push(reader.u32());
    if (words.length * 4 > STATE_BYTES_MAX) reader.fits = false;
  }
  return {
    kind: "snapshot",
    record,
    echoes,
    to,
    state: Int32Array.from(words),
  };
}

function writeEchoes(
  writer: ByteWriter,
  echoes: readonly (Echo | undefined)[],
  origin: PacketOrigin,
): void {
  for (let slot = 0; slot < origin.players; slot++) {
    if (slot === origin.slot) continue;
    const echo = echoes[slot];
    writer.u16(echo?.beat ?? 0);
    const hold = echo ? Math.round(echo.holdMs * 8) : NO_ECHO;
    writer.u8(hold < NO_ECHO ? hold : NO_ECHO);
  }
}

function readEchoes(
  reader: ByteReader,
  origin: PacketOrigin,
): (Echo | undefined)[] {
  const echoes = new Array<Echo | undefined>(origin.players).fill(undefined);
  for (let slot = 0; slot < origin.players; slot++) {
    if (slot === origin.slot) continue;
    const beat = reader.u16();
    const hold = reader.u8();
    if (hold !== NO_ECHO) echoes[slot] = { beat, holdMs: hold / 8 };
  }
  return echoes;
}

/** Upper bound of a run's bytes: its head, and two for each change of input. */
function runBytes(run: InputRun): number {
  return 2 + 2 * run.inputs.length;
}

function writeRun(
  writer: ByteWriter,
  run: InputRun,
  confirmed: number,
): void {
  const { slot, start, inputs } = run;
  const offset = start - confirmed;
  if (offset < -128 || offset > 127 || runBytes(run) > writer.room) return;
  writer.u8((slot << 6) | (inputs.length - 1));
  writer.u8(offset);
  for (let i = 0; i < inputs.length;) {
    let repeats = 1;
    while (inputs[i + repeats] === inputs[i]) repeats++;
    writer.u8(repeats - 1);
    writer.u8(inputs[i]);
    i += repeats;
  }
}

function readRun(
  reader: ByteReader,
  confirmed: number,
): InputRun | undefined {
  const head = reader.u8();
  const length = (head & 63) + 1;
  const start = confirmed + reader.i8();
  const inputs = new Array<number>(length);
  for (let at = 0; at < length;) {
    const until = at + reader.u8() + 1;
    const input = reader.i8();
    if (!reader.fits || until > length) return undefined;
    while (at < until) inputs[at++] = input;
  }
  return start < 0 ? undefined : { slot: head >>> 6, start, inputs };
}
