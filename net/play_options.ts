/**
 * What a match in play begins with.
 *
 * @module
 */
import type { Presence } from "../game/presence.ts";
import type { Game, Snapshot } from "../game/rollback.ts";
import type { Controls } from "./controls.ts";
import type { PeerLiveness } from "./liveness.ts";
import type { PeerClock } from "./peer_clock.ts";
import type { SlotSet } from "./slot_set.ts";
import type { Timers } from "./timers.ts";

/** Where a player that comes back begins: a confirmed state, and who is in the match. */
export interface Return extends Snapshot {
  readonly era: number;
  readonly view: SlotSet;
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
  readonly controls: Controls;
  /** Set for a player that comes back. */
  readonly from: Return | undefined;
  readonly nowMs: number;
}
