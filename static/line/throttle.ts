/**
 * Sends the newest of many values, not more often than agreed.
 *
 * A dragged slider makes a value with each picture. The first goes out at once, then the newest
 * one at each interval; the last one is never lost.
 *
 * @module
 */

export interface ThrottleOptions<T> {
  readonly everyMs: number;
  readonly send: (value: T) => void;
  /** A clock that never goes back; the page's own unless another is given. */
  readonly nowMs?: () => number;
  /** Calls back once after that time. */
  readonly later?: (callback: () => void, delayMs: number) => void;
}

/** Returns the function that takes the values. */
export function createThrottle<T>(
  options: ThrottleOptions<T>,
): (value: T) => void {
  const { everyMs, send, nowMs = () => performance.now(), later = setTimeout } =
    options;
  let sentMs = -Infinity;
  let waiting: { readonly value: T } | undefined;

  const sendWaiting = () => {
    if (waiting === undefined) return;
    const { value } = waiting;
    waiting = undefined;
    sentMs = nowMs();
    send(value);
  };
  return (value) => {
    const isScheduled = waiting !== undefined;
    waiting = { value };
    if (isScheduled) return;
    const waitMs = sentMs + everyMs - nowMs();
    if (waitMs <= 0) sendWaiting();
    else later(sendWaiting, waitMs);
  };
}
