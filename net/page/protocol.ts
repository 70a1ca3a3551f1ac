/**
 * What a process shows its page, and how the two talk over one WebSocket.
 *
 * process → page, binary: states as `game/state_bytes.ts` lays them out, one after the other, each
 * a tick newer than the one before: the newest confirmed one first, the newest (predicted) one last;
 * once a tick. process → page, text: a `View` as JSON, on every change and at least four times a
 * second. page → process, text: a `PageMessage` of `message.ts` as JSON.
 *
 * @module
 */
import type { EndReason } from "../match/outcome.ts";
import type { FaultSettings, JoinSettings, Preferences } from "./message.ts";

/** Where this process is. `start`: nowhere yet, its page asks where to play. */
export type Phase =
  | "start"
  | "lobby"
  | "syncing"
  | "playing"
  | "paused"
  | "over";

/** What the person at this page does. */
export type Role = "player" | "watcher" | "replay";

/** How a player's link looks from here. */
export type PlayerState =
  | "waiting" // the seat is taken, the player is not yet ready
  | "ready" // before the match: wants to begin; later: heard through the transport of the game
  | "ok"
  | "unstable" // no news for 0.5 s
  | "suspect" // no news for 2 s
  | "away" // not in the match any more, and may come back
  | "left"; // said goodbye

export interface PlayerView {
  readonly slot: number;
  readonly id: string;
  readonly name: string;
  /** Which of the four colours and marks, 0…3; no two players of a match have the same. */
  readonly look: number;
  readonly isBot: boolean;
  /** This process has brought it along, so it can send it away. */
  readonly isLocalBot: boolean;
  /** Points (2 players) or lives left (3–4), from confirmed ticks. */
  readonly score: number;
  readonly state: PlayerState;
  /** Smoothed round-trip time: to the lobby while in its room, then to here; `null` if unknown. */
  readonly rttMs: number | null;
  /** How much the round-trip time varies; `null` until measured and for oneself. */
  readonly jitterMs: number | null;
  /** Whole seconds since the last news of somebody who is away; `null` for everybody else. */
  readonly awaySeconds: number | null;
}

/** All that the page shows beside the court. */
export interface View {
  readonly role: Role;
  readonly phase: Phase;
  /** The slot of this page's player; -1 before the lobby gave one, and for who only watches. */
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
  /**
   * Seconds until the wait is given up or, in the lobby, until the match begins without those who
   * are not ready; `null` where nothing runs out.
   */
  readonly secondsLeft: number | null;
  /** The winner's slot once every player has confirmed it, else `null`. */
  readonly winner: number | null;
  readonly reason: EndReason | null;
  /** One sentence about the link when it is down, or about why the match ended; else empty. */
  readonly notice: string;
  /** Ticks of input delay: how much later than drawn the own paddle's input counts. */
  readonly inputDelayTicks: number;
  /** How many watch. */
  readonly watchers: number;
  /** Where else this player could go; empty unless it has waited alone among strangers. */
  readonly otherRooms: readonly OtherRoomView[];
  /** Set in phase `start`. */
  readonly start: StartView | null;
  /** Set once a match is over and its players may play again. */
  readonly rematch: RematchView | null;
  /** Of the match so far or, when it is over, of all of it. */
  readonly statistics: Statistics | null;
  /** Set for a replay. */
  readonly replay: ReplayView | null;
  /** Set while a page inspects the network of a match. */
  readonly network: NetworkView | null;
  /** What a phone on this network opens (`/qr.svg` shows it as a code); empty where none can. */
  readonly phoneUrl: string;
  /** Whether `GET /replay` gives a recording of the match. */
  readonly isRecorded: boolean;
  /** Whether `leave` leads back to the start screen, rather than ending the process's part. */
  readonly canLeave: boolean;
  readonly preferences: Preferences;
}

export interface StartView {
  /** What was chosen the last time. */
  readonly settings: JoinSettings;
  /** Why the last attempt failed, in a sentence; empty if none did. */
  readonly problem: string;
  /** An attempt is under way. */
  readonly isBusy: boolean;
}

/** A room of strangers that has a free seat. */
export interface OtherRoomView {
  readonly room: string;
  readonly rules: View["rules"];
  /** How many are there. */
  readonly present: number;
}

export interface RematchView {
  /** Slots that want one. It begins when all do. */
  readonly wanted: readonly number[];
  /** Slots that have gone for good, and the lobby if it can't be reached: no rematch then. */
  readonly gone: readonly number[];
  readonly isLobbyGone: boolean;
}

/** What is worth telling of a match; the first two are the same on all hosts. */
export interface Statistics {
  /** Hits of the longest rally. */
  readonly longestRallyHits: number;
  /** Highest speed of the ball, in court units a second. */
  readonly fastestBall: number;
  readonly playedTicks: number;
  /** How often this host had guessed wrong, and the ticks that it simulated again. */
  readonly rollbacks: number;
  readonly resimulatedTicks: number;
}

export interface ReplayView {
  /** First, shown and last tick of the recording. */
  readonly firstTick: number;
  readonly tick: number;
  readonly lastTick: number;
  readonly isRunning: boolean;
  /** 1 is real time. */
  readonly speed: number;
  /** What to jump to, by tick. */
  readonly marks: readonly ReplayMark[];
  /** The match was not played to its end, or not recorded to it. */
  readonly isIncomplete: boolean;
  /** The recording breaks off: its process has died, or still plays. */
  readonly isUnfinished: boolean;
}

export interface ReplayMark {
  readonly tick: number;
  /** `slot` conceded a goal, was dropped, or came back. */
  readonly kind: "goal" | "dropped" | "returned";
  readonly slot: number;
}

/** What the inspector plots. Counts are of the whole match: the page makes rates of them. */
export interface NetworkView {
  /** On the process's monotonic clock. */
  readonly atMs: number;
  readonly newestTick: number;
  readonly confirmedTick: number;
  /** Deepest rollback since the view before, in ticks. */
  readonly rollbackTicks: number;
  readonly packetsIn: number;
  readonly packetsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly stalledMs: number;
  readonly rejected: number;
  /** What this player's own transport is made to suffer; `null` where it can't be. */
  readonly faults: FaultSettings | null;
}
