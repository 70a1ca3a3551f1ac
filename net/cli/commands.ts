/**
 * What the program can be told to do.
 *
 * @module
 */
import type { Skill } from "../../game/bot.ts";
import type { LobbyLimits } from "../lobby_server/limits.ts";
import type { TransportFaults } from "../transport/faulty.ts";

export const LOG_LEVELS = ["debug", "info", "warning", "error"] as const;
export const LOG_FORMATS = ["pretty", "json"] as const;

export interface LogOptions {
  readonly logFormat: typeof LOG_FORMATS[number];
  readonly logLevel: typeof LOG_LEVELS[number];
}

export interface LobbyCommand extends LogOptions {
  readonly kind: "lobby";
  /** Address to listen on. */
  readonly host: string;
  readonly port: number;
  readonly broker?: string;
  /** Where the lobby's key is kept; undefined for where the system wants it. */
  readonly stateFolder?: string;
  readonly limits: Partial<LobbyLimits>;
}

export interface PlayCommand extends LogOptions {
  readonly kind: "play";
  /** The lobby's machine; asked for on the page if not given. */
  readonly host?: string;
  readonly port: number;
  readonly name?: string;
  readonly room?: string;
  readonly players?: number;
  readonly points?: number;
  readonly lives?: number;
  readonly bot?: Skill;
  readonly pagePort: number;
  /** Whether other machines may open the page. */
  readonly lan: boolean;
  readonly record: boolean;
  /** Seconds. */
  readonly grace: number;
  /** Where the seat is kept while the match runs; undefined for where the system wants it. */
  readonly stateFolder?: string;
  readonly faults?: TransportFaults;
  readonly open: boolean;
  readonly once: boolean;
}

/** Comes back into a match that this computer has dropped out of, as whoever played there. */
export interface ResumeCommand extends LogOptions {
  readonly kind: "resume";
  /** The seat's file; the newest in the state folder if not given. */
  readonly file?: string;
  readonly stateFolder?: string;
  readonly pagePort: number;
  readonly lan: boolean;
  readonly record: boolean;
  /** Seconds. */
  readonly grace: number;
  readonly faults?: TransportFaults;
  readonly open: boolean;
  readonly once: boolean;
}

export interface DemoCommand extends LogOptions {
  readonly kind: "demo";
  readonly players: number;
  readonly humans: number;
  readonly points: number;
  readonly lives: number;
  readonly skill: Skill;
  readonly stateFolder?: string;
  readonly open: boolean;
  readonly once: boolean;
}

export interface WatchCommand extends LogOptions {
  readonly kind: "watch";
  readonly host: string;
  readonly port: number;
  /** The match that began last if not given. */
  readonly room?: string;
  readonly pagePort: number;
  readonly lan: boolean;
  readonly open: boolean;
  readonly once: boolean;
}

export interface ReplayCommand extends LogOptions {
  readonly kind: "replay";
  readonly file: string;
  /** Only check the file. */
  readonly check: boolean;
  readonly pagePort: number;
  readonly lan: boolean;
  readonly open: boolean;
}

export type Command =
  | LobbyCommand
  | PlayCommand
  | ResumeCommand
  | DemoCommand
  | WatchCommand
  | ReplayCommand;
