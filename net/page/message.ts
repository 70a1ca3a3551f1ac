/**
 * Reads what a page says. Nothing is trusted: a page's address may have been given away.
 *
 * @module
 */
import { z } from "zod";
import { SKILLS } from "../../game/bot.ts";
import { NAME_LENGTH_MAX } from "../lobby/protocol.ts";
import type {
  FaultSettings,
  JoinSettings,
  PageMessage,
  Preferences,
} from "./protocol.ts";

const text = (most: number) => z.string().max(most);
const from = (least: number, most: number) => z.int().min(least).max(most);
const share = (most: number) => z.number().min(0).max(most);
const key = text(32);

/** What the start screen asks for, and what is remembered of it. */
export const joinSettings: z.ZodType<JoinSettings> = z.object({
  name: text(2 * NAME_LENGTH_MAX),
  look: from(0, 3),
  mode: z.enum(["bots", "quick", "room"]),
  host: text(255),
  port: from(1, 65535),
  room: text(12),
  players: from(2, 4),
  points: from(1, 99),
  lives: from(1, 99),
  skill: z.enum(SKILLS),
});

export const preferences: z.ZodType<Preferences> = z.object({
  isMuted: z.boolean(),
  volume: share(100),
  isFilterOn: z.boolean(),
  ownSide: z.enum(["auto", "left", "bottom"]),
  keys: z.object({ up: key, down: key, left: key, right: key }),
});

const faults: z.ZodType<FaultSettings> = z.object({
  latencyMs: share(500),
  jitterMs: share(200),
  lossPercent: share(50),
  isCut: z.boolean(),
});

const kind = <K extends PageMessage["kind"]>(name: K) => z.literal(name);

const pageMessage: z.ZodType<PageMessage> = z.discriminatedUnion("kind", [
  z.object({ kind: kind("input"), axis: from(-127, 127) }),
  z.object({ kind: kind("join"), settings: joinSettings }),
  z.object({ kind: kind("ready"), isReady: z.boolean() }),
  z.object({ kind: kind("addBot") }),
  z.object({ kind: kind("removeBot"), slot: from(0, 3) }),
  z.object({ kind: kind("rematch") }),
  z.object({ kind: kind("leave") }),
  z.object({ kind: kind("preferences"), preferences }),
  z.object({ kind: kind("inspect"), isOn: z.boolean() }),
  z.object({ kind: kind("faults"), faults }),
  z.object({ kind: kind("run"), isRunning: z.boolean() }),
  z.object({ kind: kind("speed"), speed: z.number().min(0.1).max(4) }),
  z.object({ kind: kind("seek"), tick: from(0, 0x7fffffff) }),
]);

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
