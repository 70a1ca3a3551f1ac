/**
 * Reaches the lobby again after its connection broke: at once after a hiccup, later after each
 * failure, and for as long as somebody waits.
 *
 * @module
 */
import { backoffMs } from "../link/backoff.ts";
import { pause } from "../link/pause.ts";

/** A match goes on without the lobby, and whoever waits in a room is in no hurry. */
const BACKOFF = { firstMs: 250, maxMs: 2_000 };

/**
 * Tries until an attempt succeeds; `undefined` when `signal` aborts before.
 *
 * @throws what an attempt throws of which `isFinal` says that trying again is no use.
 */
export async function comeBack<T>(
  attempt: () => Promise<T>,
  { signal, isFinal, onTrouble }: {
    readonly signal: AbortSignal;
    readonly isFinal: (error: unknown) => boolean;
    /** An attempt has failed; another one follows. */
    readonly onTrouble: (error: Error) => void;
  },
): Promise<T | undefined> {
  for (let failures = 0;; failures++) {
    await pause(backoffMs(failures, BACKOFF), signal);
    if (signal.aborted) return undefined;
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof Error) || isFinal(error)) throw error;
      onTrouble(error);
    }
  }
}
