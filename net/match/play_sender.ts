/**
 * When a match in play sends what: every tick while it runs, more rarely while it waits, and a
 * confirmed state to each player that has come back. While somebody watches, the member of the
 * lowest slot also says a confirmed state now and then: who watches asks for nothing.
 *
 * @module
 */
import type { Outbox } from "./outbox.ts";
import type { Play } from "./play.ts";
import type { Incarnation } from "./wire/record.ts";
import { setOf } from "./wire/slot_set.ts";
import { NOBODY } from "./wire/wire.ts";

/** A stalled match sends every tick for the first, then at the second interval. */
const EAGER_STALL_MS = 200;
const STALL_INTERVAL_MS = 50;
/** How often a returned player is sent a state to begin with. */
const SNAPSHOT_INTERVAL_MS = 100;
/** The same for those who watch: how long a new one waits at most, or one that lost track. */
const WATCH_INTERVAL_MS = 1_000;

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

  /** Puts what is due after a tick of a match in which nothing was confirmed for `stalledMs`. */
  send(
    play: Play,
    nowMs: number,
    { stalledMs, watchers }: {
      readonly stalledMs: number;
      /** How many watch. */
      readonly watchers: number;
    },
  ): void {
    const intervalMs = stalledMs < EAGER_STALL_MS ? 0 : STALL_INTERVAL_MS;
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
    } else if (watchers > 0 && this.#isLowest(play)) {
      // Who watches takes the ones for returned players, too; so there is never a packet more.
      if (nowMs - this.#watchedMs < WATCH_INTERVAL_MS) return;
      this.#watchedMs = nowMs;
      this.#putSnapshot(play, nowMs, NOBODY);
    }
  }

  #isLowest({ members }: Play): boolean {
    return (members & (setOf(this.#slot) - 1)) === 0;
  }

  #putSnapshot(play: Play, nowMs: number, to: Incarnation): void {
    const said = this.#outbox.said(nowMs);
    const record = play.record(said);
    // Told while nothing changes, too: who watches must learn who counts when.
    const change = record.change ?? {
      presences: play.presences,
      attemptNumber: 0,
      attempt: undefined,
      agreed: undefined,
    };
    this.#outbox.put({
      kind: "snapshot",
      record: { ...record, change },
      echoes: said.echoes,
      to,
      state: play.confirmedState,
    });
  }
}
