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
  let isWaiting = false;
  let newest: T;

  const sendNewest = () => {
    isWaiting = false;
    sentMs = performance.now();
    send(newest);
  };
  return (value) => {
    newest = value;
    if (isWaiting) return;
    const waitMs = sentMs + everyMs - performance.now();
    if (waitMs <= 0) return sendNewest();
    isWaiting = true;
    setTimeout(sendNewest, waitMs);
  };
}
