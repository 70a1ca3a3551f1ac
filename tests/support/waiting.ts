/**
 * How tests wait: for something to hold or to come, never for time.
 *
 * There is one deadline for everything, far beyond what a busy machine needs, for it only ends what
 * will never happen; what can be known at once, such as a process that has ended, must be thrown by
 * what is waited for. Whoever waits says what it expected of whom, and what was seen last.
 *
 * @module
 */

/** Longest that a test waits for something, in milliseconds. */
export const PATIENCE_MS = 120_000;

/** What was waited for, or a function that says what it is like instead. */
export type Complaint = string | (() => string | Promise<string>);

/** Asks every so many milliseconds until something holds. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  complaint: Complaint,
  everyMs = 5,
): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  // The look itself may hang, at a process that is stopped for example.
  while (!await soon(Promise.resolve(isSo()), complaint)) {
    if (performance.now() > endMs) throw await inVain(complaint);
    await last(everyMs);
  }
}

/** Waits for `promise`, but not for ever. */
export async function soon<T>(
  promise: Promise<T>,
  complaint: Complaint,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    async () => reject(await inVain(complaint)),
    PATIENCE_MS,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets a fault last for so long: its own duration, never a wait for something to happen. */
export function last(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

async function inVain(complaint: Complaint): Promise<Error> {
  const text = typeof complaint === "string"
    ? `${complaint} did not happen`
    : await complaint();
  return new Error(`After ${PATIENCE_MS / 1000} s: ${text}`);
}
