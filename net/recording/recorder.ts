/**
 * Records a match as its host confirms it: every input that counted, from which all else follows.
 *
 * What is recorded is kept as the bytes of the file, in which a second follows the other, and only
 * ever grows; the newest second stays open until it is over. So the file can be written while the
 * match runs, whatever was written is a recording, and the end of a match has nothing left to do.
 *
 * @module
 */
import { SLOTS_MAX } from "../../game/court.ts";
import { ABSENT, hashState, type State, TICK } from "../../game/state.ts";
import {
  type MatchStatistics,
  StatisticsCounter,
} from "../../game/statistics.ts";
import type { ConfirmedReader } from "../match/confirmed_log.ts";
import {
  absenceChanges,
  CHUNK_HASHES_MAX,
  CHUNK_TICKS_MAX,
  type HashChain,
  type MembershipChunk,
  mixHash,
  type RecordedResult,
} from "./chunk.ts";
import {
  RECORDED_TICKS_MAX,
  RECORDING_BYTES_MAX,
  type RecordingHeader,
  RecordingWriter,
} from "./recording.ts";

/** The rest is for the last second, for the hashes of hosts that disagree, and for the end. */
const TICKS_BYTES_MAX = RECORDING_BYTES_MAX * 3 / 4;

/** The recording of one match, as it grows. A log tells it what was confirmed. */
export class Recorder implements ConfirmedReader {
  /** Whether a limit is reached (an hour): then nothing more is recorded, and it is incomplete. */
  isFull = false;

  readonly #hasSeed: boolean;
  readonly #writer: RecordingWriter;
  #open = openSecond();
  readonly #statistics = new StatisticsCounter();
  /** From which tick on who was absent, as a bit mask; the newest last. */
  #absences: { readonly tick: number; readonly absent: number }[] = [];
  #tick = -1;
  /** Those that were taken back count, too. */
  #recordedTicks = 0;
  #isOver = false;

  /** A header without a seed is for a match that is under way: the first state is recorded, too. */
  constructor(header: RecordingHeader) {
    this.#hasSeed = header.seed !== null;
    this.#writer = new RecordingWriter(header);
  }

  /** Tick of the newest recorded state; -1 before the first. */
  get tick(): number {
    return this.#tick;
  }

  /** Those of the match as far as it was recorded; a copy. */
  get statistics(): MatchStatistics {
    return { ...this.#statistics };
  }

  /** The file up to the newest second, which it lacks until that is over; it only ever grows. */
  get sealed(): Uint8Array {
    return this.#writer.written;
  }

  begin(state: State, era: number, keptTick: number): void {
    if (this.#isDone) return;
    this.#seal();
    const tick = state[TICK];
    const isReturn = keptTick < this.#tick;
    if (isReturn) this.#takeBack(keptTick);
    // State 0 follows from the header.
    if (tick > 0 || !this.#hasSeed) {
      const kept = isReturn ? { keptTick } : {};
      this.#writer.add({ kind: "state", tick, state, ...kept });
    }
    this.#absences[0] ??= { tick, absent: state[ABSENT] };
    this.#enter(state, era);
    this.#seal();
  }

  follow(state: State, era: number, inputs: Int8Array): void {
    if (this.#isDone) return;
    const open = this.#open;
    if (open.ticks === 0) open.tick = this.#tick;
    open.inputs.set(inputs, open.ticks * SLOTS_MAX);
    open.ticks++;
    open.hash = mixHash(open.hash, hashState(state));
    this.#recordedTicks++;
    this.#enter(state, era);
    // Ending with whole seconds, so that chunks of two hosts can be compared.
    const isWhole = this.#tick % CHUNK_TICKS_MAX === 0;
    if (isWhole || this.#recordedTicks === RECORDED_TICKS_MAX) this.#seal();
  }

  /** Ends the recording; `chains` are what hosts that disagree have computed. */
  finish(
    { reason, winner, confirmedTick, hash }: RecordedResult,
    chains: readonly HashChain[] = [],
  ): void {
    if (this.#isOver) return;
    this.#seal();
    const tick = this.#tick;
    writeChains(this.#writer, tick, chains);
    const result = { reason, winner, confirmedTick, hash };
    this.#writer.add({ kind: "end", tick, result });
    this.#isOver = true;
  }

  /** Returns the file as it is by now, the newest second included; `chains` as for `finish`. */
  bytes(chains: readonly HashChain[] = []): Uint8Array {
    const writer = this.#writer.fork();
    writeSecond(writer, this.#open);
    writeChains(writer, this.#tick, chains);
    return writer.written;
  }

  get #isDone(): boolean {
    return this.#isOver || this.isFull;
  }

  /** Goes on to the next recorded state. */
  #enter(state: State, era: number): void {
    const tick = state[TICK];
    const before = this.#absences[this.#absences.length - 1].absent;
    const absent = state[ABSENT];
    for (const change of absenceChanges(before, absent)) {
      this.#open.changes.push({ kind: "membership", tick, ...change, era });
    }
    if (absent !== before) this.#absences.push({ tick, absent });
    this.#statistics.take(state);
    this.#tick = tick;
  }

  /** Forgets what was gathered from states after a tick. */
  #takeBack(keptTick: number): void {
    this.#absences = this.#absences.filter(({ tick }) => tick <= keptTick);
    this.#statistics.takeBack(keptTick);
  }

  #seal(): void {
    writeSecond(this.#writer, this.#open);
    this.#open = openSecond();
    this.isFull = this.#recordedTicks >= RECORDED_TICKS_MAX ||
      this.sealed.length >= TICKS_BYTES_MAX;
  }
}

/** What was confirmed since the last whole second, or the last gap. */
interface OpenSecond {
  /** Of its first input. */
  tick: number;
  /** Four slots a tick; filled as far as `ticks` says. */
  readonly inputs: Int8Array;
  ticks: number;
  /** Of all its states. */
  hash: number;
  readonly changes: MembershipChunk[];
}

function openSecond(): OpenSecond {
  const inputs = new Int8Array(CHUNK_TICKS_MAX * SLOTS_MAX);
  return { tick: 0, inputs, ticks: 0, hash: 0, changes: [] };
}

function writeSecond(
  writer: RecordingWriter,
  { tick, inputs, ticks, hash, changes }: OpenSecond,
): void {
  if (ticks > 0) {
    const filled = inputs.subarray(0, ticks * SLOTS_MAX);
    writer.add({ kind: "inputs", tick, inputs: filled, hash });
  }
  for (const change of changes) writer.add(change);
}

function writeChains(
  writer: RecordingWriter,
  tick: number,
  chains: readonly HashChain[],
): void {
  for (const { slot, hashes } of chains) {
    const recorded = hashes.filter(([of]) => of <= tick);
    for (let at = 0; at < recorded.length; at += CHUNK_HASHES_MAX) {
      const part = recorded.slice(at, at + CHUNK_HASHES_MAX);
      writer.add({ kind: "hashes", tick, slot, hashes: part });
    }
  }
}
