/**
 * What the signs of life of a process's pages mean: whether anybody is there, and whether the hand
 * that steers still does.
 *
 * A page that somebody sees says so every 300 ms (`alive`); one that is hidden,
 * frozen, closed, or behind a network that is gone says nothing, and that comes to the same. A
 * phone that dies says no goodbye, and its paddle must not go on for as long as that takes to show.
 *
 * @module
 */

/** Without a sign of life for so long a paddle is let go: of its page's signs, three didn't come. */
const LET_GO_MS = 1_000;
/** A page may be hidden for so long: who looks something up is still there. */
const AWAY_MS = 2_000;

/** Of the pages of one process, on any monotonic clock. */
export class Attention {
  #axis = 0;
  #steeredMs = -Infinity;
  #seenMs = -Infinity;

  /** A page steers: −127…127. */
  steer(axis: number, nowMs: number): void {
    this.#axis = axis;
    this.#steeredMs = nowMs;
  }

  /** Somebody sees a page; `isSteering` is whether it is the one that steers. */
  see(isSteering: boolean, nowMs: number): void {
    this.#seenMs = nowMs;
    if (isSteering) this.#steeredMs = nowMs;
  }

  /** The input now, −127…127. */
  axisAt(nowMs: number): number {
    return nowMs - this.#steeredMs < LET_GO_MS ? this.#axis : 0;
  }

  /** Whether somebody is there now. */
  isAttendedAt(nowMs: number): boolean {
    return nowMs - this.#seenMs < AWAY_MS;
  }
}
