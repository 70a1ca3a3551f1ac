/**
 * What a player process and its page say to each other over one WebSocket on 127.0.0.1.
 *
 * process → page, binary: the newest (predicted) state as `game/state.ts` lays it out, once a tick,
 * `STATE_LENGTH` little-endian int32. process → page, text: a `View` as JSON, on every change and
 * at least four times a second. page → process, text: a `PageInput` as JSON, on every change.
 *
 * @module
 */

/** Where a match is. */
export type Phase = "lobby" | "syncing" | "playing" | "paused" | "over";

/** How a player's link looks from here. */
export type PlayerState =
  | "waiting" // the seat is taken, the player is not yet ready
  | "ready" // heard through the transport that carries the game
  | "ok"
  | "unstable" // no news for 0.5 s
  | "suspect" // no news for 2 s
  | "away" // not in the match any more, and may come back
  | "left"; // said goodbye

/** Why a match is over. */
export type EndReason =
  | "finished"
  | "walkover" // all others are gone
  | "connection lost"
  | "player left"
  | "not ready"
  | "desync"
  | "refused";

export interface PlayerView {
  readonly slot: number;
  readonly id: string;
  readonly name: string;
  /** Points (2 players) or lives left (3–4), from confirmed ticks. */
  readonly score: number;
  readonly state: PlayerState;
  /** Smoothed round-trip time; `null` until measured and for oneself. */
  readonly rttMs: number | null;
}

/** All that the page shows beside the court. */
export interface View {
  readonly phase: Phase;
  /** The slot of this page's player; -1 before the lobby gave one. */
  readonly me: number;
  readonly room: string;
  /** The line that a friend types to join this room. */
  readonly invite: string;
  readonly match: string;
  readonly transport: string;
  readonly rules: {
    readonly players: number;
    readonly points: number;
    readonly lives: number;
  };
  readonly players: readonly PlayerView[];
  /** Slots that the match waits for while `syncing` or `paused`. */
  readonly waitingFor: readonly number[];
  /** Seconds until the wait is given up; `null` where nothing runs out. */
  readonly secondsLeft: number | null;
  /** The winner's slot once every player has confirmed it, else `null`. */
  readonly winner: number | null;
  readonly reason: EndReason | null;
  /** One sentence about the link when it is down, or about why the match ended; else empty. */
  readonly notice: string;
  /** Ticks of input delay: how much later than drawn the own paddle's input counts. */
  readonly inputDelayTicks: number;
}

export interface PageInput {
  readonly kind: "input";
  /** −127 (up, or left) … 127 (down, or right): the fraction of full paddle speed. */
  readonly axis: number;
}
