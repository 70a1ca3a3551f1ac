/**
 * The opening of a match: the barrier, and the hellos that carry it until everybody has begun.
 *
 * @module
 */
import { TICK_MS } from "../../game/court.ts";
import {
  Barrier,
  type BarrierFailure,
  type BarrierOptions,
} from "./barrier.ts";
import type { Beats } from "./clock/beats.ts";
import type { Outbox } from "./outbox.ts";
import { everySlot, setOf, type SlotSet } from "./wire/slot_set.ts";
import type { HelloPacket } from "./wire/wire.ts";

/** A hello is repeated this often, and answered at once. */
const HELLO_INTERVAL_MS = 200;

export interface OpeningOptions extends BarrierOptions {
  /** Incarnation of this member. */
  readonly epoch: number;
  readonly beats: Beats;
  readonly outbox: Outbox;
  /** The match runs already: there is nothing to open. */
  readonly isPast: boolean;
}

/** When tick 0 is due, on this host's clock, and what chance begins with. */
export interface Start {
  readonly atMs: number;
  readonly seed: number;
}

/** One member's opening: says hello when one is due, and knows when tick 0 is. */
export class Opening {
  readonly #options: OpeningOptions;
  readonly #barrier: Barrier;
  /** Slots that have shown that they began, and need no more hellos. */
  #begun: SlotSet;
  #mustAnswer = false;
  #saidMs = -Infinity;

  constructor(options: OpeningOptions) {
    const { slot, players, isPast } = options;
    this.#options = options;
    this.#barrier = new Barrier(options);
    this.#begun = isPast ? everySlot(players) : setOf(slot);
  }

  /** Slots that aren't known to be ready. */
  get waitingFor(): SlotSet {
    return this.#barrier.waitingFor;
  }

  /** Why the match can't begin. */
  get failure(): BarrierFailure | undefined {
    return this.#barrier.failure;
  }

  /** Takes in a hello; once this member has begun, it only has to be answered. */
  receive(
    slot: number,
    hello: HelloPacket,
    { atMs, hasBegun }: { readonly atMs: number; readonly hasBegun: boolean },
  ): void {
    if (!hasBegun) this.#barrier.receive(slot, hello, atMs);
    this.#mustAnswer = true;
  }

  /** The slot has sent a packet of play: it needs no more hellos. */
  noteBegun(slot: number): void {
    this.#begun |= setOf(slot);
  }

  /** Draws conclusions from what was received; returns the start once it is agreed. */
  update(nowMs: number): Start | undefined {
    const { clocks } = this.#options.beats;
    this.#barrier.update(nowMs, clocks);
    const atMs = this.#barrier.startMs(nowMs, clocks);
    const { seed } = this.#barrier;
    return atMs === undefined || seed === undefined
      ? undefined
      : { atMs, seed };
  }

  /** Sends a hello where one is due, until everybody has begun. */
  say(nowMs: number): void {
    const { epoch, outbox, players } = this.#options;
    if (this.#begun === everySlot(players)) return;
    const dueMs = this.#mustAnswer ? TICK_MS / 2 : HELLO_INTERVAL_MS;
    if (nowMs - this.#saidMs < dueMs) return;
    this.#saidMs = nowMs;
    this.#mustAnswer = false;
    outbox.put({
      kind: "hello",
      epoch,
      ...outbox.said(nowMs),
      ...this.#barrier.say(),
    });
  }
}
