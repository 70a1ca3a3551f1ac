/**
 * A *record*: what one member says of itself. The newest of each member counts. Each packet carries
 * its sender's record and the others' newest ones, so a dead link between two members does no harm,
 * and a record needs no timer of its own.
 *
 *     record   u8 epoch, u16 beat, u24 sentAt, varint era, u8 members | hears << 4,
 *              u8 farewell | isReturning << 2 | has change << 3 | suspects << 4,
 *              varint confirmed, u8 tick − confirmed, u32 hash,
 *              and for each player u8 have + 1 − confirmed [, change] [, 64 proof]
 *     change   presences, varint n, u8 has attempt | has agreed << 1
 *              [, aim, and for each player varint high + 1]
 *              [, varint n, aim, and for each player varint cut + 1, varint at]
 *     aim      u8 drop, u8 joining slot (255: none), u8 its epoch
 *     presence for each player u8 segments, then for each u8 epoch, varint from, varint to
 *
 * The change is there while the members change, or somebody may have missed that they did. With a
 * change, or in a record that asks for one, comes the member's proof that it said this, so that
 * it counts whoever passes it on; but not in a match of two, where nobody does.
 *
 * @module
 */
import type { Presence, Segment } from "../../../game/presence.ts";
import { type ByteReader, ByteWriter } from "./bytes.ts";
import { everySlot, type SlotSet } from "./slot_set.ts";
import type { Stamp } from "./stamp.ts";

/** Why a member will send no more; "none" while it plays. */
export const FAREWELLS = ["none", "left", "desync"] as const;
export type Farewell = typeof FAREWELLS[number];

/** One life of a slot's player: a new process or a return begins another, of a higher epoch. */
export interface Incarnation {
  readonly slot: number;
  readonly epoch: number;
}

/** A change of the members that a member attempts: whom to drop, whom to take back. */
export interface Attempt {
  /** Its number within the era; a higher one takes the place of lower ones. */
  readonly n: number;
  readonly drop: SlotSet;
  readonly join: Incarnation | undefined;
  /** By slot: highest tick of known inputs when it entered the attempt; fixed for this `n`. */
  readonly high: readonly number[];
  /** As in `AgreedChange`; `undefined` until all show the same attempt. Is never sent. */
  readonly cut: readonly number[] | undefined;
}

/** What a member agreed to in attempt `n`. */
export interface AgreedChange {
  readonly n: number;
  readonly drop: SlotSet;
  readonly join: Incarnation | undefined;
  /** By slot: the last tick whose input counts of those who are dropped; -1 for the others. */
  readonly cut: readonly number[];
  /** First tick that counts of the one who comes back; 0 if none does. */
  readonly at: number;
}

/** A member's record; the top of this file says how it travels. */
export interface SlotRecord {
  readonly slot: number;
  /** Incarnation of the member: the seat's epoch << 4 | how often it came back by itself since. */
  readonly epoch: number;
  /** Number of the packet that it came in first, modulo 2^16: it orders only what is close. */
  readonly beat: number;
  readonly sentAt: Stamp;
  /** How often the members have changed so far, and who they are. */
  readonly era: number;
  readonly members: SlotSet;
  /** Slots that have spoken to it within the last 2 s. */
  readonly hears: SlotSet;
  /** Members that it would drop; nobody is dropped while half of those who'd stay wouldn't. */
  readonly suspects: SlotSet;
  readonly farewell: Farewell;
  /** It asks to be taken back, and holds nothing of the match. */
  readonly isReturning: boolean;
  /** Newest confirmed tick, and the next tick that it will simulate. */
  readonly confirmed: number;
  readonly tick: number;
  /** Hash of the state `confirmed`. */
  readonly hash: number;
  /** By slot: highest tick up to which all inputs are known. */
  readonly have: readonly number[];
  readonly change: RecordChange | undefined;
  /** The member's signature of `signedBytes`; `undefined` where none is needed. */
  readonly proof: Uint8Array | undefined;
}

/** The part of a record that matters while something changes. */
export interface RecordChange {
  /** By slot. */
  readonly presences: readonly Presence[];
  /** Highest number of an attempt that the member entered or left in this era. */
  readonly attemptNumber: number;
  readonly attempt: Attempt | undefined;
  readonly agreed: AgreedChange | undefined;
}

/** Where in a slot's history a packet or record belongs. */
export type Place = Pick<SlotRecord, "epoch" | "confirmed" | "beat">;

/**
 * Whether `a` was said after `b` by the same slot. Beats wrap after 18 minutes at the earliest, so
 * they only decide between two that have confirmed as much, and a match that confirms nothing for
 * so long is over. Without that, whoever slept for ten minutes would take all that it hears for old.
 */
export function isNewer(a: Place, b: Place): boolean {
  if (a.epoch !== b.epoch) return a.epoch > b.epoch;
  if (a.confirmed !== b.confirmed) return a.confirmed > b.confirmed;
  return ((a.beat - b.beat) << 16) > 0;
}

/** Returns a text that is the same for equal changes, whatever attempts they were agreed in. */
export function keyOf({ drop, join, cut, at }: AgreedChange): string {
  return `${drop}:${join?.slot ?? "-"}.${join?.epoch ?? "-"}:${cut}:${at}`;
}

const NO_SLOT = 255;
const SEGMENTS_MAX = 3;
/** Bytes of a proof: an Ed25519 signature. All are 0 where a member has no key. */
const PROOF_BYTES = 64;
/** Larger than any record. */
const RECORD_BYTES_MAX = 512;
const NO_PROOF = new Uint8Array(PROOF_BYTES);

/** Whether a record needs a proof to count when others pass it on. */
export function needsProof(
  { change, isReturning }: Pick<SlotRecord, "change" | "isReturning">,
  players: number,
): boolean {
  return players > 2 && (change !== undefined || isReturning);
}

/** Returns what a proof covers: all of the record but the proof. Its slot is known to who checks. */
export function signedBytes(record: SlotRecord, players: number): Uint8Array {
  const writer = new ByteWriter(new Uint8Array(RECORD_BYTES_MAX));
  writeBody(writer, record, players);
  return writer.written;
}

/** Writes a record of a match of that many players; the writer remembers if it didn't fit. */
export function writeRecord(
  writer: ByteWriter,
  record: SlotRecord,
  players: number,
): void {
  writeBody(writer, record, players);
  if (needsProof(record, players)) writer.bytes(record.proof ?? NO_PROOF);
}

function writeBody(
  writer: ByteWriter,
  record: SlotRecord,
  players: number,
): void {
  const { change } = record;
  writer.u8(record.epoch);
  writer.u16(record.beat);
  writer.u24(record.sentAt);
  writer.varint(record.era);
  writer.u8(record.members | (record.hears << 4));
  writer.u8(
    FAREWELLS.indexOf(record.farewell) | (record.isReturning ? 4 : 0) |
      (change ? 8 : 0) | (record.suspects << 4),
  );
  writer.varint(record.confirmed);
  writer.u8(record.tick - record.confirmed);
  writer.u32(record.hash);
  for (let slot = 0; slot < players; slot++) {
    // Inputs of all ticks before `confirmed` are known, so only what is beyond them is said.
    writer.u8(Math.max(0, record.have[slot] + 1 - record.confirmed));
  }
  if (change) writeChange(writer, change, players);
}

/**
 * Reads what `writeRecord` wrote; the reader remembers if it didn't fit. Returns `known`, the newest
 * record of the slot so far, for one that is no newer: most of those that are passed on aren't.
 */
export function readRecord(
  reader: ByteReader,
  slot: number,
  players: number,
  known?: SlotRecord,
): SlotRecord {
  const epoch = reader.u8();
  const beat = reader.u16();
  const sentAt = reader.u24();
  const era = reader.varint();
  const masks = reader.u8();
  const flags = reader.u8();
  const farewell = FAREWELLS[flags & 3];
  const isReturning = (flags & 4) !== 0;
  const suspects = flags >>> 4;
  if (farewell === undefined) reader.fits = false;
  if ((masks & 15 | masks >>> 4 | suspects) > everySlot(players)) {
    reader.fits = false;
  }
  const confirmed = reader.varint();
  const hasChange = (flags & 8) !== 0;
  if (known && !hasChange && !isNewer({ epoch, confirmed, beat }, known)) {
    const isProved = needsProof({ change: undefined, isReturning }, players);
    reader.skip(1 + 4 + players + (isProved ? PROOF_BYTES : 0));
    return known;
  }
  const tick = confirmed + reader.u8();
  const hash = reader.u32();
  // Of its length at once: an array that grows takes room for seventeen.
  const have = new Array<number>(players);
  for (let s = 0; s < players; s++) have[s] = confirmed - 1 + reader.u8();
  const change = hasChange ? readChange(reader, players) : undefined;
  const isProved = needsProof({ change, isReturning }, players);
  return {
    slot,
    epoch,
    beat,
    sentAt,
    era,
    members: masks & 15,
    hears: masks >>> 4,
    suspects,
    farewell: farewell ?? "none",
    isReturning,
    confirmed,
    tick,
    hash,
    have,
    change,
    proof: isProved ? reader.bytes(PROOF_BYTES) : undefined,
  };
}

function writeChange(
  writer: ByteWriter,
  { presences, attemptNumber, attempt, agreed }: RecordChange,
  players: number,
): void {
  for (let slot = 0; slot < players; slot++) {
    writer.u8(presences[slot].length);
    for (const { epoch, from, to } of presences[slot]) {
      writer.u8(epoch);
      writer.varint(from);
      writer.varint(to + 1 > 0x7fffffff ? 0x7fffffff : to + 1);
    }
  }
  writer.varint(attemptNumber);
  writer.u8((attempt ? 1 : 0) | (agreed ? 2 : 0));
  if (attempt) {
    writeAim(writer, attempt);
    writeTicks(writer, attempt.high, players);
  }
  if (agreed) {
    writer.varint(agreed.n);
    writeAim(writer, agreed);
    writeTicks(writer, agreed.cut, players);
    writer.varint(agreed.at);
  }
}

function readChange(reader: ByteReader, players: number): RecordChange {
  const presences: Presence[] = [];
  for (let slot = 0; slot < players; slot++) {
    const count = reader.u8();
    if (count === 0 || count > SEGMENTS_MAX) reader.fits = false;
    const segments: Segment[] = [];
    for (let i = 0; i < count && reader.fits; i++) {
      const epoch = reader.u8();
      const from = reader.varint();
      const end = reader.varint();
      segments.push({ epoch, from, to: end === 0x7fffffff ? end : end - 1 });
    }
    presences.push(segments);
  }
  const attemptNumber = reader.varint();
  const flags = reader.u8();
  if (flags > 3) reader.fits = false;
  const attempt = (flags & 1) === 0 ? undefined : {
    n: attemptNumber,
    ...readAim(reader, players),
    high: readTicks(reader, players),
    cut: undefined,
  };
  const agreed = (flags & 2) === 0 ? undefined : {
    n: reader.varint(),
    ...readAim(reader, players),
    cut: readTicks(reader, players),
    at: reader.varint(),
  };
  return { presences, attemptNumber, attempt, agreed };
}

function writeAim(
  writer: ByteWriter,
  { drop, join }: Pick<Attempt, "drop" | "join">,
): void {
  writer.u8(drop);
  writer.u8(join?.slot ?? NO_SLOT);
  writer.u8(join?.epoch ?? 0);
}

function readAim(
  reader: ByteReader,
  players: number,
): Pick<Attempt, "drop" | "join"> {
  const drop = reader.u8();
  const slot = reader.u8();
  const epoch = reader.u8();
  const hasSlot = slot < players || slot === NO_SLOT;
  if (drop > everySlot(players) || !hasSlot) reader.fits = false;
  return { drop, join: slot === NO_SLOT ? undefined : { slot, epoch } };
}

function writeTicks(
  writer: ByteWriter,
  ticks: readonly number[],
  players: number,
): void {
  for (let slot = 0; slot < players; slot++) {
    writer.varint(ticks[slot] + 1);
  }
}

function readTicks(reader: ByteReader, players: number): number[] {
  return Array.from({ length: players }, () => reader.varint() - 1);
}
