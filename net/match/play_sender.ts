/**
 * When a match in play sends what: a packet every tick while it runs, fewer while it waits, and a
 * confirmed state to each player that has come back. While somebody watches, the members also send
 * a confirmed state each second, in turn: watchers can't ask for one, and need more than one's word.
 *
 * @module
 */
import { TICKS_PER_SECOND } from "../../game/court.ts";
import type { Outbox } from "./outbox.ts";
import type { Play } from "./play.ts";
import type { Incarnation } from "./wire/record.ts";
import { slotsOf } from "./wire/slot_set.ts";
import { NOBODY } from "./wire/wire.ts";

/** A stalled match sends every tick for so long, and then at this interval. */
const EAGER_STALL_MS = 200;
const STALL_INTERVAL_MS = 50;
/** How often a returned player is sent a state to begin with. */
const SNAPSHOT_INTERVAL_MS = 100;
/** The same for watchers: how long a new one, or one that lost track, waits at most. */
const WATCH_INTERVAL_MS = 1_000;

/** Puts into an outbox what a match in play has to say, and knows when it did so last. */
export class PlaySender {
  readonly #slot: number;
  readonly #outbox: Outbox;
  #sentMs = -Infinity;
  #snapshotMs = -Infinity;
  #watchedMs = -Infinity;

  constructor(slot: number, outbox: Outbox) {
    this.#slot = slot;
    this.#outbox = outbox;
  }

  /** Puts what is due after a tick of a match in which nothing was confirmed for `unconfirmedMs`. */
  send(
    play: Play,
    nowMs: number,
    { unconfirmedMs, watchers }: {
      readonly unconfirmedMs: number;
      /** How many watch. */
      readonly watchers: number;
    },
  ): void {
    const intervalMs = unconfirmedMs < EAGER_STALL_MS ? 0 : STALL_INTERVAL_MS;
    if (nowMs - this.#sentMs >= intervalMs) {
      this.#sentMs = nowMs;
      this.#outbox.put(play.say(this.#outbox.said(nowMs)));
    }
    if (watchers === 0) this.#watchedMs = -Infinity;
    const returned = play.returned();
    if (returned.length > 0) {
      if (nowMs - this.#snapshotMs < SNAPSHOT_INTERVAL_MS) return;
      this.#snapshotMs = nowMs;
      for (const to of returned) this.#putSnapshot(play, nowMs, to);
    } else if (watchers > 0 && this.#isTurn(play)) {
      // Only where no player has returned: watchers take the snapshots for those, too.
      if (nowMs - this.#watchedMs < WATCH_INTERVAL_MS) return;
      this.#watchedMs = nowMs;
      this.#putSnapshot(play, nowMs, NOBODY);
    }
  }

  #isTurn({ members, confirmedTick }: Play): boolean {
    const slots = slotsOf(members);
    const turn = Math.floor(confirmedTick / TICKS_PER_SECOND) % slots.length;
    return slots[turn] === this.#slot;
  }

  #putSnapshot(play: Play, nowMs: number, to: Incarnation): void {
    this.#outbox.put(play.snapshot(this.#outbox.said(nowMs), to));
  }
}
