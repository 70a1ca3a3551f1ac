/**
 * What a page says to its process: a `PageMessage` as JSON, over the WebSocket of `protocol.ts`.
 *
 * The schemas are the one source: what a page says is parsed with them, and its types follow from
 * them. Nothing is trusted, for a page's address may have been given away.
 *
 * @module
 */
import { z } from "zod";
import { SKILLS } from "../../game/bot.ts";
import { NAME_LENGTH_MAX } from "../lobby/protocol.ts";

const text = (most: number) => z.string().max(most);
const from = (least: number, most: number) => z.int().min(least).max(most);
const share = (most: number) => z.number().min(0).max(most);
const key = text(32);

/** Where and how to play, as the start screen asks for it; it is remembered. */
export const joinSettings = z.object({
  /** Bounds are wider than what makes sense, so that a person is told what does. */
  name: text(4 * NAME_LENGTH_MAX),
  /** The colour and mark that one would like, 0…3. */
  look: from(0, 3),
  /** `bots`: on this machine; `quick`: with whoever comes next; `room`: with those who know a code. */
  mode: z.enum(["bots", "quick", "room"]),
  host: text(255),
  port: from(1, 65535),
  /** Empty to open a room. */
  room: text(24),
  players: from(2, 4),
  /** With how many in a quick match; 0 for any number, and remembered as that before it was asked. */
  quickPlayers: z.literal([0, 2, 3, 4]).default(0),
  points: from(1, 99),
  lives: from(1, 99),
  /** Of bots. */
  skill: z.enum(SKILLS),
}).readonly();

/** What a person wants of every page of this process; remembered by it. */
export const preferences = z.object({
  isMuted: z.boolean(),
  /** 0…100. */
  volume: share(100),
  /** The ball is drawn a little in the past near remote paddles. */
  isFilterOn: z.boolean(),
  /** Where the own side is shown. */
  ownSide: z.enum(["auto", "left", "bottom"]),
  /** `KeyboardEvent.code` of the keys that move the paddle, besides the arrow keys. */
  keys: z.object({ up: key, down: key, left: key, right: key }).readonly(),
}).readonly();

/** How bad this player's own network is made, each way. */
const faults = z.object({
  /** 0…500. */
  latencyMs: share(500),
  /** 0…200. */
  jitterMs: share(200),
  /** 0…50. */
  lossPercent: share(50),
  /** Nothing gets through. */
  isCut: z.boolean(),
}).readonly();

const pageMessage = z.discriminatedUnion("kind", [
  /** −127 (up, or left) … 127 (down, or right): the fraction of full paddle speed. */
  z.object({ kind: z.literal("input"), axis: from(-127, 127) }).readonly(),
  /** Somebody sees this page; said about three times a second for as long as that is so. */
  z.object({ kind: z.literal("alive") }).readonly(),
  /** From the start screen into a room. */
  z.object({ kind: z.literal("join"), settings: joinSettings }).readonly(),
  z.object({ kind: z.literal("ready"), isReady: z.boolean() }).readonly(),
  /** From a room where one waits alone to one of `View.otherRooms`. */
  z.object({ kind: z.literal("move"), room: text(12) }).readonly(),
  /** A bot of this process for an empty seat of the room; and away with it. */
  z.object({ kind: z.literal("addBot") }).readonly(),
  z.object({ kind: z.literal("removeBot"), slot: from(0, 3) }).readonly(),
  z.object({ kind: z.literal("rematch") }).readonly(),
  /** Out of the room or the match, back to the start screen. */
  z.object({ kind: z.literal("leave") }).readonly(),
  z.object({ kind: z.literal("preferences"), preferences }).readonly(),
  /** Whether this page shows the inspector. */
  z.object({ kind: z.literal("inspect"), isOn: z.boolean() }).readonly(),
  z.object({ kind: z.literal("faults"), faults }).readonly(),
  /** The remaining ones steer a replay. */
  z.object({ kind: z.literal("run"), isRunning: z.boolean() }).readonly(),
  z.object({ kind: z.literal("speed"), speed: z.number().min(0.1).max(4) })
    .readonly(),
  z.object({ kind: z.literal("seek"), tick: from(0, 0x7fffffff) }).readonly(),
]);

export type JoinSettings = z.infer<typeof joinSettings>;
export type Preferences = z.infer<typeof preferences>;
export type FaultSettings = z.infer<typeof faults>;
/** What a page asks of its process; what makes no sense in the present phase is ignored. */
export type PageMessage = z.infer<typeof pageMessage>;

export const DEFAULT_PREFERENCES: Preferences = {
  isMuted: false,
  volume: 60,
  isFilterOn: true,
  ownSide: "auto",
  keys: { up: "KeyW", down: "KeyS", left: "KeyA", right: "KeyD" },
};

/** Returns what a page said, `undefined` where it can't be understood. */
export function parsePageMessage(data: unknown): PageMessage | undefined {
  if (typeof data !== "string") return undefined;
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return undefined; // Not JSON: dropped and counted like any other malformed message.
  }
  return pageMessage.safeParse(json).data;
}
