/**
 * Notices a dead connection by what the broker leaves unconfirmed.
 *
 * A broker confirms each message within milliseconds. When the oldest unconfirmed one is overdue,
 * the broker is frozen or the network is cut, and a new connection helps sooner than patience:
 * heartbeats would need four seconds to notice.
 *
 * Pure: the time is an argument, in milliseconds on any monotonic clock.
 *
 * @module
 */

/**
 * How long a confirm may take on any link. Shorter would take a busy broker for dead; longer would
 * hold up the game, which waits after 250 ms without news.
 */
const OVERDUE_MS_MIN = 400;

/** How many times the usual delay a confirm may take, for links slower than that. */
const OVERDUE_FACTOR = 4;

/** Weight of the newest delay in the average; as TCP's round-trip estimate has it. */
const SMOOTHING = 1 / 8;

/**
 * Longest gap between two calls of `isOverdue` during which this process was awake. After a longer
 * one, confirms may have come and wait unread, so that call says no and leaves it to the next.
 */
const LOOK_GAP_MS_MAX = 200;

/** Watches the confirms of one connection, which come in the order of sending. */
export interface ConfirmWatch {
  /** How many messages are unconfirmed. */
  readonly pending: number;
  /** A message was sent. */
  sent(nowMs: number): void;
  /** The oldest unconfirmed message was confirmed. */
  confirmed(nowMs: number): void;
  /** Whether the connection is dead; ask at least every 200 ms. */
  isOverdue(nowMs: number): boolean;
  /** Counts all waits from now on: for a broker that has said why it doesn't confirm. */
  forgive(nowMs: number): void;
}

/** Starts to watch; `nowMs` is the time of the connection. */
export function watchConfirms(nowMs: number): ConfirmWatch {
  let sentAtMs: number[] = [];
  let smoothedMs = 0;
  let lookedAtMs = nowMs;
  return {
    get pending() {
      return sentAtMs.length;
    },
    sent(nowMs) {
      sentAtMs.push(nowMs);
    },
    confirmed(nowMs) {
      const startMs = sentAtMs.shift();
      if (startMs === undefined) return;
      smoothedMs += (nowMs - startMs - smoothedMs) * SMOOTHING;
    },
    isOverdue(nowMs) {
      const slept = nowMs - lookedAtMs > LOOK_GAP_MS_MAX;
      lookedAtMs = nowMs;
      if (slept || sentAtMs.length === 0) return false;
      const limitMs = Math.max(OVERDUE_MS_MIN, OVERDUE_FACTOR * smoothedMs);
      return nowMs - sentAtMs[0] > limitMs;
    },
    forgive(nowMs) {
      sentAtMs = sentAtMs.map(() => nowMs);
    },
  };
}
