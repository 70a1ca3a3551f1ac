/**
 * The ready barrier: nobody starts before all hear all, through the transport that carries the
 * game.
 *
 * Every member repeats a hello. It is *ready* when each other member has been heard, has shown that
 * it hears back in five round trips, and agrees on the terms. Once slot 0 knows that all are ready
 * it names the start; whoever knows the start repeats it in every hello, so one lost packet can't
 * let some begin and others not.
 *
 * Who serves is agreed, not decreed: each hello carries a commitment (SHA-256 of a secret), secrets
 * are revealed only by members that hold all commitments, and the seed is the hash of all secrets.
 * Whoever chose its secret chose it without knowing another's.
 *
 * Rule 1: a ready member never takes it back, and only slot 0 names a start; so once slot 0 has
 * given up, nobody can start any more, and slot 0's hellos say so to all.
 * Rule 2: a failure is final and names the member and the field; one wrong hello is none yet.
 *
 * @module
 */
import type { PeerClock } from "./clock/peer_clock.ts";
import { has, slotsOf } from "./wire/slot_set.ts";
import { type Stamp, stampDifferenceMs, stampOf } from "./wire/stamp.ts";
import type { Terms } from "./wire/terms.ts";
import type { HelloPacket, Reveal } from "./wire/wire.ts";

/** Round trips that each pair makes before it counts as ready; each is also a clock sample. */
const ROUND_TRIPS = 5;
/** When slot 0 gives up; who is not ready by then is named to all. */
const READY_TIMEOUT_MS = 20_000;
/**
 * How much longer the others wait: a start that slot 0 names in its last moment must still find
 * them here, even if they began to wait earlier.
 */
const WORD_TIMEOUT_MS = 5_000;
/** Nobody waits longer than this for a match to begin. */
export const BARRIER_MS_MAX = READY_TIMEOUT_MS + WORD_TIMEOUT_MS;
/** From the last "ready" to tick 0: so that the start, sent sixty times a second, reaches all. */
const START_DELAY_MS = 500;
/** A member that says only what can't be accepted is refused after so long. */
const DOUBT_MS = 1_000;
/** Most of a round trip that slot 0 waits for, and so how far ahead any start can lie. */
const FARTHEST_MS_MAX = 2_000;
const START_AHEAD_MS_MAX = START_DELAY_MS + FARTHEST_MS_MAX;
/** Slot 0 is silent for so long before a start counts that others pass on. */
const STARTER_SILENCE_MS = 500;
/** Slot whose clock times the start: the lowest. */
const STARTER = 0;

/** Why the match can't begin. */
export interface BarrierFailure {
  readonly reason: "not ready" | "refused";
  readonly message: string;
  /** Whom it waited for in vain; the lobby is told. */
  readonly lateSlots?: readonly number[];
}

export interface BarrierOptions {
  readonly slot: number;
  readonly players: number;
  readonly terms: Terms;
  /** 16 random bytes, used for nothing else. */
  readonly secret: Uint8Array;
  /** SHA-256; returns 32 bytes. */
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  readonly nowMs: number;
  /** False only as a negative control in simulation: then the start is said once, by slot 0. */
  readonly isStartRepeated: boolean;
}

/** One member's side of the barrier: fed with hellos, it says what the next one says. */
export class Barrier {
  /** Set once, and final. */
  failure: BarrierFailure | undefined;

  readonly #options: BarrierOptions;
  readonly #everybody: number;
  readonly #commitments: (Uint8Array | undefined)[];
  readonly #reveals: (Reveal | undefined)[];
  /** By slot: what is wrong with all that it has said lately. */
  readonly #doubts: ({ message: string; sinceMs: number } | undefined)[];
  /** Bit s: heard slot s; slot s has heard me; slot s is ready. */
  #heard: number;
  #heardBy: number;
  #ready = 0;
  #startAt: Stamp | undefined;
  /** A start that another than slot 0 says slot 0 named; when slot 0 itself was heard last. */
  #passedOn: Stamp | undefined;
  #starterMs: number;
  /** Since when slot 0 says in each hello that it has given up. */
  #gaveUpMs = Infinity;
  #isStartSaid = false;
  #seed: number | undefined;

  constructor(options: BarrierOptions) {
    this.#options = options;
    const { players, slot, secret, sha256 } = options;
    this.#starterMs = options.nowMs;
    this.#everybody = (1 << players) - 1;
    this.#heard = this.#heardBy = 1 << slot;
    this.#commitments = Array.from({ length: players }, () => undefined);
    this.#reveals = this.#commitments.map(() => undefined);
    this.#doubts = this.#commitments.map(() => undefined);
    this.#commitments[slot] = sha256(secret);
  }

  /** Slots that aren't known to be ready. */
  get waitingFor(): number {
    return this.#everybody & ~this.#ready;
  }

  /** The agreed seed, once all secrets are known. */
  get seed(): number | undefined {
    return this.#seed;
  }

  /** Takes in a hello of slot `from`: what it says of itself counts, and slot 0's start. */
  receive(from: number, hello: HelloPacket, atMs: number): void {
    if (this.failure) return;
    const doubt = this.#doubtIn(from, hello);
    if (doubt) {
      this.#doubts[from] ??= { message: doubt, sinceMs: atMs };
      return;
    }
    this.#doubts[from] = undefined;
    this.#commitments[from] ??= hello.commitment;
    this.#heard |= 1 << from;
    if ((hello.heard >> this.#options.slot) & 1) this.#heardBy |= 1 << from;
    this.#ready |= hello.ready & (1 << from);
    if (this.#hasAllCommitments) this.#reveals[from] ??= hello.reveal;
    if (from === STARTER) {
      this.#starterMs = atMs;
      this.#startAt ??= hello.startAt;
      if (!hello.hasGivenUp) this.#gaveUpMs = Infinity;
      else this.#gaveUpMs = Math.min(this.#gaveUpMs, atMs);
    } else this.#passedOn ??= hello.startAt;
  }

  /** Draws conclusions from what was received. `clocks` by slot. */
  update(nowMs: number, clocks: readonly PeerClock[]): void {
    const { slot, secret } = this.#options;
    if (this.failure) return;
    const lasting = this.#doubts.find((doubt) =>
      doubt && nowMs - doubt.sinceMs > DOUBT_MS && this.#seed === undefined
    );
    if (lasting) {
      this.failure = { reason: "refused", message: lasting.message };
      return;
    }
    if (nowMs - this.#gaveUpMs > DOUBT_MS) return this.#giveUp();
    // Slot 0 named it before it died, or can't be heard here; else it would say so itself.
    const isStarterGone = nowMs - this.#starterMs > STARTER_SILENCE_MS;
    if (isStarterGone && slot !== STARTER) this.#startAt ??= this.#passedOn;
    if (!(this.#ready & this.#me) && this.#hearsAll(clocks)) {
      this.#ready |= this.#me;
      this.#reveals[slot] = { secret, commitments: this.#digest() };
    }
    this.#findSeed();
    const isStarter = slot === STARTER && this.#startAt === undefined;
    if (isStarter && this.waitingFor === 0 && this.#seed !== undefined) {
      const farthestMs = Math.min(
        FARTHEST_MS_MAX,
        Math.max(...clocks.map((clock) => clock.rttMs ?? 0)),
      );
      this.#startAt = stampOf(nowMs + START_DELAY_MS + farthestMs);
    }
    const patienceMs = READY_TIMEOUT_MS +
      (slot === STARTER ? 0 : WORD_TIMEOUT_MS);
    const isLate = nowMs - this.#options.nowMs > patienceMs;
    if (isLate && this.startMs(nowMs, clocks) === undefined) this.#giveUp();
  }

  /** When tick 0 begins, on this clock; `undefined` while it can't yet. */
  startMs(nowMs: number, clocks: readonly PeerClock[]): number | undefined {
    if (this.#startAt === undefined || this.#seed === undefined) {
      return undefined;
    }
    const startersNow = this.#options.slot === STARTER
      ? stampOf(nowMs)
      : clocks[STARTER].stampOf(nowMs);
    const inMs = stampDifferenceMs(this.#startAt, startersNow);
    return nowMs + Math.min(inMs, START_AHEAD_MS_MAX);
  }

  /** Returns what the next hello says, less the parts that every packet has. */
  say(): Pick<
    HelloPacket,
    | "terms"
    | "heard"
    | "ready"
    | "commitment"
    | "reveal"
    | "startAt"
    | "hasGivenUp"
  > {
    const { slot, terms, secret, sha256, isStartRepeated } = this.#options;
    const maySayStart = isStartRepeated ||
      (slot === STARTER && !this.#isStartSaid);
    if (this.#startAt !== undefined) this.#isStartSaid = true;
    return {
      terms,
      heard: this.#heard,
      ready: this.#ready,
      commitment: this.#commitments[slot] ?? sha256(secret),
      reveal: this.#reveals[slot],
      startAt: maySayStart ? this.#startAt : undefined,
      hasGivenUp: this.failure?.reason === "not ready",
    };
  }

  get #me(): number {
    return 1 << this.#options.slot;
  }

  /**
   * Names whom nobody hears here, for the others wait for them, too; else who isn't ready, or keeps
   * its secret or the start to itself.
   */
  #giveUp(): void {
    const unheard = this.#everybody & ~this.#heard;
    const late = slotsOf(unheard || this.#everybody).filter((slot) =>
      has(this.waitingFor | unheard, slot) || !this.#reveals[slot]
    );
    const lateSlots = late.length > 0 ? late : [STARTER];
    const names = lateSlots.map((slot) => `player ${slot + 1}`);
    this.failure = {
      reason: "not ready",
      message: `${names.join(" and ")} did not become ready in time`,
      lateSlots,
    };
  }

  #hearsAll(clocks: readonly PeerClock[]): boolean {
    return this.#heard === this.#everybody &&
      this.#heardBy === this.#everybody &&
      clocks.every((clock, slot) =>
        slot === this.#options.slot || clock.roundTrips >= ROUND_TRIPS
      );
  }

  /** What is wrong with a hello: it then counts as not said. */
  #doubtIn(from: number, hello: HelloPacket): string | undefined {
    const ours = this.#options.terms;
    for (const field of Object.keys(ours) as (keyof Terms)[]) {
      if (ours[field] !== hello.terms[field]) {
        return `player ${from + 1} has ${field} ${hello.terms[field]}, ` +
          `this one ${ours[field]}; both need the same version of pong`;
      }
    }
    const known = this.#commitments[from];
    if (known && !equal(known, hello.commitment)) {
      return `player ${from + 1} changed its commitment to the serve`;
    }
    const { reveal } = hello;
    if (!reveal || this.#reveals[from] || !this.#hasAllCommitments) {
      return undefined;
    }
    if (!equal(this.#options.sha256(reveal.secret), hello.commitment)) {
      return `player ${from + 1} revealed what it had not committed to`;
    }
    return equal(reveal.commitments, this.#digest())
      ? undefined
      : `player ${from + 1} was told other commitments to the serve`;
  }

  get #hasAllCommitments(): boolean {
    return this.#commitments.every((one) => one !== undefined);
  }

  /** Derives the seed when all secrets are there; each was checked when it came. */
  #findSeed(): void {
    if (this.#seed !== undefined || !(this.#ready & this.#me)) return;
    const secrets: Uint8Array[] = [];
    for (const reveal of this.#reveals) {
      if (!reveal) return;
      secrets.push(reveal.secret);
    }
    const { buffer, byteOffset } = this.#options.sha256(concat(secrets));
    this.#seed = new DataView(buffer, byteOffset).getInt32(0);
  }

  /** Hash of all commitments, in the order of slots. */
  #digest(): Uint8Array {
    const known = this.#commitments.filter((one) => one !== undefined);
    return this.#options.sha256(concat(known));
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
