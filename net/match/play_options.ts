/**
 * What a match in play begins with.
 *
 * @module
 */
import type { Presence } from "../../game/presence.ts";
import type { Game, Snapshot } from "../../game/rollback.ts";
import type { PeerClock } from "./clock/peer_clock.ts";
import type { PeerLiveness } from "./membership/liveness.ts";
import type { NegativeControls } from "./membership/negative_controls.ts";
import type { Timers } from "./membership/timers.ts";
import type { SlotSet } from "./wire/slot_set.ts";

/** Where a player that comes back begins: a confirmed state, and who is in the match. */
export interface Return extends Snapshot {
  readonly era: number;
  readonly members: SlotSet;
  readonly presences: readonly Presence[];
}

export interface PlayOptions {
  readonly slot: number;
  readonly players: number;
  /** Incarnation of each slot at tick 0, by slot, and the own one now. */
  readonly epochs: readonly number[];
  readonly epoch: number;
  readonly game: Game;
  /** By slot; shared with the session, which feeds them. */
  readonly clocks: readonly PeerClock[];
  readonly liveness: PeerLiveness;
  readonly timers: Timers;
  readonly controls: NegativeControls;
  /** Set for a player that comes back. */
  readonly from: Return | undefined;
  readonly nowMs: number;
}
