/**
 * The chunks of a recording: up to a second of inputs with a hash that proves them, and what else
 * happened.
 *
 *     state      a whole state, with which inputs begin again after a gap
 *     inputs     u8 ticks, the inputs of each player, u32 hash of the states that follow from them
 *                of a player: u8 runs, (u8 repeats, i8 input) …; or u8 0, then an i8 for each tick
 *     membership u8 dropped 0 or returned 1, u8 slot, u32 era; follows the chunk that shows it
 *     return     i32 tick or -1, then a whole state, with which inputs begin again after the recorder
 *                was out of the match; what was recorded of states after that tick is taken back
 *     hashes     u8 slot, (u32 tick, u32 hash) …: states as that slot's host has computed them,
 *                where two hosts disagreed
 *     end        i8 winner or -1, u8 reason, u32 confirmed tick, u32 hash of that state
 *
 * @module
 */
import { type Rules, SLOTS_MAX, TICKS_PER_SECOND } from "../../game/court.ts";
import { ABSENT, PLAYERS, type State, TARGET, TICK } from "../../game/state.ts";
import { decodeState, encodeState } from "../../game/state_bytes.ts";
import type { TickHash } from "../match/hash_watch.ts";
import type { EndReason, Outcome } from "../match/outcome.ts";
import { ByteReader, type ByteWriter } from "../match/wire/bytes.ts";
import { has, slotsOf } from "../match/wire/slot_set.ts";

/** Most ticks of one chunk of inputs, so that a file that is cut off loses no more. */
export const CHUNK_TICKS_MAX = TICKS_PER_SECOND;

/** Most hashes of one chunk. */
export const CHUNK_HASHES_MAX = 60;

/** Room for the longest body: a slot, and as many hashes as a chunk may have. */
export const BODY_BYTES_MAX = 512;

const STATE = 1;
const INPUTS = 2;
const MEMBERSHIP = 3;
const END = 4;
const RETURN = 5;
const HASHES = 6;

const KEPT_TICK_BYTES = 4;

const REASON_CODES: Readonly<Record<EndReason, number>> = {
  "finished": 0,
  "walkover": 1,
  "connection lost": 2,
  "player left": 3,
  "not ready": 4,
  "desync": 5,
  "refused": 6,
};

/** Who was dropped, or came back; `tick` is the first state that shows it. */
export interface MembershipChunk {
  readonly kind: "membership";
  readonly tick: number;
  readonly what: "dropped" | "returned";
  readonly slot: number;
  /** The era in which the recorder's host confirmed it. */
  readonly era: number;
}

/** How the match ended for the recorder's host. */
export type RecordedResult = Omit<Outcome, "message">;

/** What one host has computed, by its own word: hashes of confirmed states. */
export interface HashChain {
  readonly slot: number;
  /** In the order of their ticks, not of every tick. */
  readonly hashes: readonly TickHash[];
}

export type Chunk =
  | {
    readonly kind: "state";
    readonly tick: number;
    readonly state: State;
    /** If set, nothing that was recorded of later states counts; -1 for nothing at all. */
    readonly keptTick?: number;
  }
  | {
    readonly kind: "inputs";
    readonly tick: number;
    /** Four slots a tick; for who doesn't play, 0. */
    readonly inputs: Int8Array;
    /** Of all states after these inputs, as `mixHash` makes it. */
    readonly hash: number;
  }
  | MembershipChunk
  /** `tick` is that of the last recorded state; a long chain takes several chunks. */
  | HashChain & { readonly kind: "hashes"; readonly tick: number }
  | {
    readonly kind: "end";
    /** Of the last recorded state, which may be older than the result's. */
    readonly tick: number;
    readonly result: RecordedResult;
  };

/** Returns who is absent `now` and was not `before`, or the other way round; each is a bit mask. */
export function absenceChanges(
  before: number,
  now: number,
): readonly Pick<MembershipChunk, "what" | "slot">[] {
  return slotsOf(before ^ now).map((slot) => ({
    what: has(now, slot) ? "dropped" : "returned",
    slot,
  }));
}

/** Mixes the hash of the next state into that of a chunk, which begins at 0. */
export function mixHash(hash: number, stateHash: number): number {
  // An odd factor loses no difference.
  return (Math.imul(hash, 0x01000193) ^ stateHash) >>> 0;
}

/** Returns the tick of the last state that a chunk leads to. */
export function endOf(chunk: Chunk): number {
  const ticks = chunk.kind === "inputs" ? chunk.inputs.length / SLOTS_MAX : 0;
  return chunk.tick + ticks;
}

/** Writes what a chunk holds, and returns its kind's number. */
export function writeBody(
  writer: ByteWriter,
  chunk: Chunk,
  players: number,
): number {
  switch (chunk.kind) {
    case "state": {
      const isReturn = chunk.keptTick !== undefined;
      if (isReturn) writer.u32(chunk.keptTick);
      writer.bytes(encodeState(chunk.state));
      return isReturn ? RETURN : STATE;
    }
    case "inputs":
      writeInputs(writer, chunk.inputs, players);
      writer.u32(chunk.hash);
      return INPUTS;
    case "membership":
      writer.u8(chunk.what === "returned" ? 1 : 0);
      writer.u8(chunk.slot);
      writer.u32(chunk.era);
      return MEMBERSHIP;
    case "hashes":
      writer.u8(chunk.slot);
      for (const [tick, hash] of chunk.hashes) {
        writer.u32(tick);
        writer.u32(hash);
      }
      return HASHES;
    case "end": {
      const { winner, reason, confirmedTick, hash } = chunk.result;
      writer.u8(winner ?? -1);
      writer.u8(REASON_CODES[reason]);
      writer.u32(confirmedTick);
      writer.u32(hash);
      return END;
    }
  }
}

/** Reads what a chunk holds; `undefined` for what no recorder writes. */
export function readBody(
  body: Uint8Array,
  { kind, tick, rules }: {
    readonly kind: number;
    readonly tick: number;
    readonly rules: Rules;
  },
): Chunk | undefined {
  const { players } = rules;
  const reader = new ByteReader(body);
  let chunk: Chunk | undefined;
  switch (kind) {
    case STATE:
      return readState(body, tick, rules);
    case RETURN: {
      const state = readState(body.subarray(KEPT_TICK_BYTES), tick, rules);
      return state && { ...state, keptTick: reader.u32() | 0 };
    }
    case INPUTS:
      chunk = readInputs(reader, tick, players);
      break;
    case MEMBERSHIP:
      chunk = readMembership(reader, tick, players);
      break;
    case HASHES:
      chunk = readHashes(reader, tick, players);
      break;
    case END:
      chunk = readEnd(reader, tick, players);
  }
  return reader.fits && reader.atEnd ? chunk : undefined;
}

function readState(
  body: Uint8Array,
  tick: number,
  rules: Rules,
): Extract<Chunk, { kind: "state" }> | undefined {
  const state = decodeState(body);
  const target = rules.players === 2 ? rules.points : rules.lives;
  const isOfMatch = state?.[PLAYERS] === rules.players &&
    state[TARGET] === target && state[ABSENT] < 1 << rules.players;
  return isOfMatch && state[TICK] === tick
    ? { kind: "state", tick, state }
    : undefined;
}

function writeInputs(
  writer: ByteWriter,
  inputs: Int8Array,
  players: number,
): void {
  const ticks = inputs.length / SLOTS_MAX;
  writer.u8(ticks);
  for (let slot = 0; slot < players; slot++) {
    const row: number[] = [];
    for (let at = slot; at < inputs.length; at += SLOTS_MAX) {
      row.push(inputs[at]);
    }
    const runs = runsOf(row);
    const isRaw = runs.length > ticks;
    writer.u8(isRaw ? 0 : runs.length / 2);
    for (const byte of isRaw ? row : runs) writer.u8(byte);
  }
}

/** Returns how often an input is repeated, then that input, and so on. */
function runsOf(row: readonly number[]): readonly number[] {
  const runs: number[] = [];
  let repeats = 0;
  for (const [at, input] of row.entries()) {
    repeats++;
    if (input === row[at + 1]) continue;
    runs.push(repeats, input);
    repeats = 0;
  }
  return runs;
}

function readInputs(
  reader: ByteReader,
  tick: number,
  players: number,
): Chunk | undefined {
  const ticks = reader.u8();
  if (ticks === 0 || ticks > CHUNK_TICKS_MAX) return undefined;
  const inputs = new Int8Array(ticks * SLOTS_MAX);
  for (let slot = 0; slot < players; slot++) {
    const runs = reader.u8();
    let at = 0;
    for (let run = 0; run < (runs || ticks); run++) {
      const repeats = runs === 0 ? 1 : reader.u8();
      const input = reader.i8();
      // Too many repeats do no harm: writing beyond the array's end does nothing.
      for (const end = at + repeats; at < end; at++) {
        inputs[at * SLOTS_MAX + slot] = input;
      }
    }
    if (at !== ticks) return undefined;
  }
  return { kind: "inputs", tick, inputs, hash: reader.u32() };
}

function readMembership(
  reader: ByteReader,
  tick: number,
  players: number,
): Chunk | undefined {
  const returned = reader.u8();
  const slot = reader.u8();
  const era = reader.u32();
  if (returned > 1 || slot >= players) return undefined;
  const what = returned === 1 ? "returned" : "dropped";
  return { kind: "membership", tick, what, slot, era };
}

function readHashes(
  reader: ByteReader,
  tick: number,
  players: number,
): Chunk | undefined {
  const slot = reader.u8();
  const hashes: TickHash[] = [];
  do hashes.push([reader.u32(), reader.u32()]); while (!reader.atEnd);
  if (slot >= players || hashes.length > CHUNK_HASHES_MAX) return undefined;
  return { kind: "hashes", tick, slot, hashes };
}

function readEnd(
  reader: ByteReader,
  tick: number,
  players: number,
): Chunk | undefined {
  const winner = reader.i8();
  const code = reader.u8();
  const confirmedTick = reader.u32();
  const hash = reader.u32();
  const reason = reasonOf(code);
  if (winner < -1 || winner >= players || reason === undefined) {
    return undefined;
  }
  return {
    kind: "end",
    tick,
    result: { reason, winner: winner < 0 ? null : winner, confirmedTick, hash },
  };
}

function reasonOf(code: number): EndReason | undefined {
  const entry = Object.entries(REASON_CODES).find(([, known]) =>
    known === code
  );
  return entry?.[0] as EndReason | undefined; // The record has no other keys.
}
