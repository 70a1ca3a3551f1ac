/**
 * What a process and its page say to each other over one WebSocket.
 *
 * process → page, binary: states as `game/state_bytes.ts` lays them out, one after the other, each
 * a tick newer than the one before: the newest confirmed one first, the newest (predicted) one last;
 * once a tick. process → page, text: a `View` as JSON, on every change and at least four times a
 * second. page → process, text: a `PageMessage` as JSON.
 *
 * @module
 */
import type { Skill } from "../../game/bot.ts";
import type { EndReason } from "../match/outcome.ts";

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

/** Each way. */
export interface FaultSettings {
  /** 0…500. */
  readonly latencyMs: number;
  /** 0…200. */
  readonly jitterMs: number;
  /** 0…50. */
  readonly lossPercent: number;
  /** Nothing gets through. */
  readonly isCut: boolean;
}

/** Where and how to play, as the start screen asks for it. */
export interface JoinSettings {
  readonly name: string;
  /** The colour and mark that one would like, 0…3. */
  readonly look: number;
  /** `bots`: on this machine; `quick`: with whoever comes next; `room`: with those who know a code. */
  readonly mode: "bots" | "quick" | "room";
  readonly host: string;
  readonly port: number;
  /** Empty to open a room. */
  readonly room: string;
  readonly players: number;
  readonly points: number;
  readonly lives: number;
  /** Of bots. */
  readonly skill: Skill;
}

/** What a person wants of every page of this process; remembered by it. */
export interface Preferences {
  readonly isMuted: boolean;
  /** 0…100. */
  readonly volume: number;
  /** The ball is drawn a little in the past near remote paddles. */
  readonly isFilterOn: boolean;
  /** Where the own side is shown. */
  readonly ownSide: "auto" | "left" | "bottom";
  /** `KeyboardEvent.code` of the keys that move the paddle, besides the arrow keys. */
  readonly keys: {
    readonly up: string;
    readonly down: string;
    readonly left: string;
    readonly right: string;
  };
}

export const DEFAULT_PREFERENCES: Preferences = {
  isMuted: false,
  volume: 60,
  isFilterOn: true,
  ownSide: "auto",
  keys: { up: "KeyW", down: "KeyS", left: "KeyA", right: "KeyD" },
};

/** What a page asks of its process; what makes no sense in the present phase is ignored. */
export type PageMessage =
  /** −127 (up, or left) … 127 (down, or right): the fraction of full paddle speed. */
  | { readonly kind: "input"; readonly axis: number }
  /** From the start screen into a room. */
  | { readonly kind: "join"; readonly settings: JoinSettings }
  | { readonly kind: "ready"; readonly isReady: boolean }
  /** A bot of this process for an empty seat of the room; and away with it. */
  | { readonly kind: "addBot" }
  | { readonly kind: "removeBot"; readonly slot: number }
  | { readonly kind: "rematch" }
  /** Out of the room or the match, back to the start screen. */
  | { readonly kind: "leave" }
  | { readonly kind: "preferences"; readonly preferences: Preferences }
  /** Whether this page shows the inspector. */
  | { readonly kind: "inspect"; readonly isOn: boolean }
  | { readonly kind: "faults"; readonly faults: FaultSettings }
  /** The remaining ones steer a replay. */
  | { readonly kind: "run"; readonly isRunning: boolean }
  | { readonly kind: "speed"; readonly speed: number }
  | { readonly kind: "seek"; readonly tick: number };
