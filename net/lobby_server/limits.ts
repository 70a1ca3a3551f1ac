/**
 * What one lobby takes upon itself, so that nobody can make it work, or remember, without end.
 *
 * @module
 */
import type { Rate } from "../link/token_bucket.ts";
import { GONE_MS, LINE_BYTES_MAX, SILENCE_MS } from "../lobby/protocol.ts";

/**
 * Some of the first five depend on how many are to play: whoever runs a lobby sets them by options.
 * The others follow from what an honest player sends; only tests give other ones.
 */
export interface LobbyLimits {
  /** Connections in all and from one address; a player has two, and eight may share an address. */
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** How often one address may connect, whatever becomes of it. */
  readonly attempts: Rate;
  /** How many who are turned away are told why at a time; others are closed without a word. */
  readonly refusals: number;
  /** Open rooms and running matches together. */
  readonly rooms: number;
  /** Open rooms that were opened from one address, whoever waits there by now. */
  readonly roomsPerAddress: number;
  /** Of one room, while it fills and while it plays. */
  readonly watchersPerMatch: number;
  /** Control messages from one connection, and from one address, which may have many in turn. */
  readonly messages: Rate;
  readonly messagesPerAddress: Rate;
  readonly lineBytes: number;
  /** How long a new connection may take to say its first line. */
  readonly firstLineMs: number;
  /** How long a control connection may be silent. */
  readonly silenceMs: number;
  /** After how long without a line the witness takes a player for gone, whatever its socket says. */
  readonly goneMs: number;
  /**
   * Frames from one seat, however many connections it has in turn, and from one watcher; a large
   * one counts several times. A player sends 60 a second, whoever lives two.
   */
  readonly relayFrames: Rate;
  readonly watcherFrames: Rate;
  /** How long a relay connection may be silent. */
  readonly relaySilenceMs: number;
  /** How long the seats of a match stay valid when nobody is connected any more. */
  readonly matchLingerMs: number;
}

export const DEFAULT_LIMITS: LobbyLimits = {
  connections: 512,
  connectionsPerAddress: 32,
  attempts: { perSecond: 100, burst: 300 },
  refusals: 32,
  rooms: 128,
  roomsPerAddress: 8,
  watchersPerMatch: 16,
  messages: { perSecond: 20, burst: 40 },
  messagesPerAddress: { perSecond: 320, burst: 640 },
  lineBytes: LINE_BYTES_MAX,
  firstLineMs: 10_000,
  silenceMs: SILENCE_MS,
  goneMs: GONE_MS,
  relayFrames: { perSecond: 300, burst: 600 },
  watcherFrames: { perSecond: 8, burst: 16 },
  relaySilenceMs: 10_000,
  matchLingerMs: 60_000,
};
