/**
 * What a session must know before it begins.
 *
 * @module
 */
import type { Rules } from "../../game/court.ts";
import type { Game } from "../../game/rollback.ts";
import type { NegativeControls } from "./membership/negative_controls.ts";
import type { Timers } from "./membership/timers.ts";

export interface SessionOptions {
  readonly slot: number;
  readonly rules: Rules;
  /** The match's ID. */
  readonly match: string;
  /** Epoch of each seat as the lobby gave it, 0 to 15, by slot. */
  readonly epochs: readonly number[];
  /** The match runs already; this process has taken its seat again. */
  readonly isResumed?: boolean;
  /** 16 fresh random bytes. */
  readonly secret: Uint8Array;
  /** SHA-256; returns 32 bytes. */
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  readonly nowMs: number;
  readonly timers?: Timers;
  /** Makes the game from the agreed seed; Pong unless a test says otherwise. */
  readonly createGame?: (rules: Rules, seed: number) => Game;
  readonly controls?: NegativeControls;
}
