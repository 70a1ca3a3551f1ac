/**
 * Reaches the lobby again after its connection broke: at once after a hiccup, later after each
 * failure, and for as long as somebody waits.
 *
 * @module
 */
import { backoffMs } from "../link/backoff.ts";
import { pause } from "../link/pause.ts";
import { JoinError } from "./join_error.ts";
import type { EndEvent } from "./lobby_event.ts";

/** A match goes on without the lobby, and whoever waits in a room is in no hurry. */
const BACKOFF = { firstMs: 250, maxMs: 2_000 };

/** Tries until an attempt succeeds; `undefined` when `signal` aborts, or the lobby refuses for good. */
export async function comeBack<T>(
  attempt: () => Promise<T>,
  { signal, isFinal, onTrouble, onRefused }: {
    readonly signal: AbortSignal;
    /** Whether trying again is no use after a refusal with this code. */
    readonly isFinal: (code: string) => boolean;
    /** An attempt has failed; another one follows. */
    readonly onTrouble: (error: Error) => void;
    readonly onRefused: (end: EndEvent) => void;
  },
): Promise<T | undefined> {
  for (let failures = 0;; failures++) {
    await pause(backoffMs(failures, BACKOFF), signal);
    if (signal.aborted) return undefined;
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!(error instanceof Error)) throw error;
      if (error instanceof JoinError && isFinal(error.code)) {
        const { code, message } = error;
        onRefused({ kind: "refused", code, message });
        return undefined;
      }
      onTrouble(error);
    }
  }
}
