/**
 * What Ctrl-C asks for: first an end with a goodbye to the others, the second time one at once.
 *
 * @module
 */

/**
 * Signals so near to each other are one press: `npx` passes on what the terminal has already given
 * to all of its programs. Nobody presses again so soon.
 */
const ONE_PRESS_MS = 200;

/** The wish to end, as signals tell it. */
export interface Stop {
  /** Aborts at the first press. */
  readonly signal: AbortSignal;
  /** To be called for each signal, with the time on any monotonic clock. */
  press(nowMs: number): void;
}

/** Begins without a press; `endAtOnce` is called at the second. */
export function createStop(endAtOnce: () => void): Stop {
  const stop = new AbortController();
  let pressedMs = -Infinity;
  return {
    signal: stop.signal,
    press(nowMs) {
      const isNew = nowMs - pressedMs >= ONE_PRESS_MS;
      pressedMs = nowMs;
      if (!stop.signal.aborted) stop.abort();
      else if (isNew) endAtOnce();
    },
  };
}
