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
}

/** Returns the function that takes the values. */
export function createThrottle<T>(
  { everyMs, send }: ThrottleOptions<T>,
): (value: T) => void {
  let sentMs = -Infinity;
  let waiting: { readonly value: T } | undefined;

  const sendWaiting = () => {
    if (waiting === undefined) return;
    const { value } = waiting;
    waiting = undefined;
    sentMs = performance.now();
    send(value);
  };
  return (value) => {
    const isScheduled = waiting !== undefined;
    waiting = { value };
    if (isScheduled) return;
    const waitMs = sentMs + everyMs - performance.now();
    if (waitMs <= 0) sendWaiting();
    else setTimeout(sendWaiting, waitMs);
  };
}
