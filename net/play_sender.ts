/**
 * When a match in play sends what: every tick while it runs, more rarely while it waits, and a
 * confirmed state to each player that has come back.
 *
 * @module
 */
import type { Outbox } from "./outbox.ts";
import type { Play } from "./play.ts";

/** A stalled match sends every tick for the first, then at the second interval. */
const EAGER_STALL_MS = 200;
const STALL_INTERVAL_MS = 50;
/** How often a returned player is sent a state to begin with. */
const SNAPSHOT_INTERVAL_MS = 100;

export class PlaySender {
  readonly #outbox: Outbox;
  #sentMs = -Infinity;
  #snapshotMs = -Infinity;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Puts what is due after a tick of a match in which nothing was confirmed for `stalledMs`. */
  send(play: Play, nowMs: number, stalledMs: number): void {
    const intervalMs = stalledMs < EAGER_STALL_MS ? 0 : STALL_INTERVAL_MS;
    if (nowMs - this.#sentMs >= intervalMs) {
      this.#sentMs = nowMs;
      this.#outbox.put(play.say(this.#outbox.said(nowMs)));
    }
    if (nowMs - this.#snapshotMs < SNAPSHOT_INTERVAL_MS) return;
    for (const to of play.returned()) {
      this.#snapshotMs = nowMs;
      const said = this.#outbox.said(nowMs);
      this.#outbox.put({
        kind: "snapshot",
        record: play.record(said),
        echoes: said.echoes,
        to,
        state: play.confirmedState,
      });
    }
  }
}
