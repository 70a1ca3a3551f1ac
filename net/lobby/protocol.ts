/**
 * What a player and the lobby say to each other: one JSON object a line, over TCP.
 *
 * A person can speak it with `nc`: type `{"type":"join","version":4,"name":"Mia"}`, then
 * `{"type":"ping"}` at least every 6 s. Both sides parse every line with the schemas here and never
 * trust what came: unknown keys are dropped, wrong values are answered with `error`.
 *
 * A *room* is where players gather and then play one match after the other; a code names it. Who
 * joins without one comes among strangers, into a public room; who chose its code and rules are
 * those who opened any other, and only whom they told the code gets to know of it. A
 * *seat* is the right to a *slot*, a player's place from 0 to 3. Whoever knows a seat's token in a
 * match may take it: a new process by `join` with `resume`, which raises the seat's *epoch* (how
 * often it was taken again) and cuts off its older processes; a process whose connection broke by
 * `return`, in the same epoch. The *era* of a match counts how often its members have changed.
 *
 * Somebody who joins with `spectate` watches a room: who gathers there, then the match, and the
 * next one when they play again.
 *
 * A relay connection goes to the same port. Its first line is not JSON but `relay <token>`, or
 * `watch <token>` for a watcher; `net/transport/relay_frames.ts` says what follows.
 *
 * @module
 */
import { z } from "zod";
import type { Rules } from "../../game/court.ts";

/** Raised whenever an older player or lobby couldn't take part any more. */
export const PROTOCOL_VERSION = 4;

/** The lobby's port unless somebody says otherwise. */
export const DEFAULT_LOBBY_PORT = 5555;

/** Longest line, in bytes without its newline: the largest honest one has about 3.5 KiB. */
export const LINE_BYTES_MAX = 4096;

/** How often a client says `ping`. */
export const PING_EVERY_MS = 2_000;

/** How long either side may hear nothing before it gives the connection up. */
export const SILENCE_MS = 6_000;

/** Longest round-trip time that a client may tell: more was measured over somebody's sleep. */
export const RTT_MS_MAX = 60_000;

/** After how long without a line from it the witness takes a player for gone. */
export const GONE_MS = 5_000;

/** Longest name, in code points. */
export const NAME_LENGTH_MAX = 24;

/** How many other rooms somebody who waits alone is shown. */
export const OTHER_ROOMS_MAX = 8;

/** How often a seat can be taken again; a process that crashes more often has to be mended. */
export const SEAT_EPOCH_MAX = 15;

/** Longest token of a seat, in characters: the longest honest one has about 1 500. */
export const SEAT_TOKEN_LENGTH_MAX = 1_600;

/** A room's code, in capitals or not. */
export const ROOM_CODE = /^[A-Z0-9]{3,12}$/i;

/** Longest public key, in characters. */
export const PUBLIC_KEY_LENGTH_MAX = 100;

/** Longest address of a broker, in characters. */
export const BROKER_URL_LENGTH_MAX = 500;

/** The topic exchange over which matches are played when the lobby was given a broker. */
export const EXCHANGE = "pong";

/** What an `error` is about. */
export type ErrorCode =
  | "already_joined"
  | "bad_message"
  | "bad_token"
  | "line_too_long"
  | "lobby_full"
  | "match_over"
  | "no_such_room"
  | "not_playing"
  | "not_ready"
  | "room_closed"
  | "room_playing"
  | "rules"
  | "seat_lost"
  | "shutting_down"
  | "silent"
  | "taken_over"
  | "too_fast"
  | "too_many_connections"
  | "too_many_rooms"
  | "too_many_watchers"
  | "too_soon"
  | "version";

const slot = z.int().min(0).max(3);
const slots = z.array(slot).max(4).readonly();
const look = z.int().min(0).max(3);
const count = z.int().min(0);
const uint32 = z.int().min(0).max(0xffffffff);
const roomCode = z.string().regex(
  ROOM_CODE,
  "A room code has 3 to 12 letters and digits.",
).transform((code) => code.toUpperCase());
const publicKey = z.string().regex(/^[A-Za-z0-9+/=_-]+$/)
  .max(PUBLIC_KEY_LENGTH_MAX);
const epoch = z.int().min(0).max(SEAT_EPOCH_MAX);
const token = z.string().regex(/^[A-Za-z0-9._-]{16,}$/)
  .max(SEAT_TOKEN_LENGTH_MAX);
const id = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const value = z.string().regex(
  /^[A-Za-z0-9.,:|/-]{0,256}$/,
  "A value has at most 256 letters, digits and . , : | / -",
);
const seats = z.array(z.tuple([slot, epoch]).readonly()).min(1).max(4)
  .readonly();
const score = z.array(z.int().min(0).max(99)).min(2).max(4).readonly();
const graceMs = z.int().min(1_000).max(600_000);

const join = z.object({
  type: z.literal("join"),
  version: z.int(),
  name: z.string().transform(cleanName).refine(
    (name) => name.length > 0 && [...name].length <= NAME_LENGTH_MAX,
    `A name has 1 to ${NAME_LENGTH_MAX} characters.`,
  ),
  room: roomCode.optional(),
  players: z.int().min(2).max(4).optional(),
  points: z.int().min(1).max(99).optional(),
  lives: z.int().min(1).max(99).optional(),
  /** Counts for the room that this opens; in another one its own counts. */
  graceMs: graceMs.optional(),
  /** The colour that one would like; who asked first has it. */
  look: look.optional(),
  isBot: z.boolean().default(false),
  /** Ready if left out, for whoever types this line wants to play; a page asks its person first. */
  isReady: z.boolean().default(true),
  publicKey: publicKey.optional(),
  // Any text: whatever isn't a token of this lobby gets the same answer.
  resume: z.string().optional(),
  /** From the `welcome` to a room whose seat is to be taken again; any text, as for `resume`. */
  ticket: z.string().optional(),
  /** To watch and not to play: `room` or, without one, the newest match among strangers. */
  spectate: z.boolean().default(false),
}).readonly();

const comingBack = z.object({
  type: z.literal("return"),
  version: z.int(),
  token: z.string(),
}).readonly();

/** Asks the witness for an era; `net/lobby_server/witness.ts` says how it decides. */
const claim = z.object({
  type: z.literal("claim"),
  match: id,
  era: uint32,
  value,
  seats,
}).readonly();

/** Tells who is in the match from this era on: the witness counts how many say the same. */
const committed = z.object({
  type: z.literal("committed"),
  match: id,
  era: uint32,
  seats,
}).readonly();

const result = z.object({
  type: z.literal("result"),
  match: id,
  reason: z.enum(["finished", "walkover", "not ready"]),
  winner: slot.nullable(),
  score,
  confirmedTick: uint32,
  hash: uint32,
  /** Who broke off the start, as far as this player can tell. */
  lateSlots: slots.optional(),
}).readonly();

const ready = z.object({
  type: z.literal("ready"),
  isReady: z.boolean(),
}).readonly();

const ping = z.object({
  type: z.literal("ping"),
  /** The smoothed time from ping to pong, as far as it is measured. */
  rttMs: z.number().min(0).max(RTT_MS_MAX).optional(),
  /** The newest confirmed tick; −1 for who is out of the match and asks to be taken back. */
  tick: z.int().min(-1).max(0xffffffff).optional(),
}).readonly();

const again = z.object({
  type: z.literal("again"),
  /** The match that is over: who asks twice must not ask for the match after the next one, too. */
  match: id,
}).readonly();

/** Into another public room, for somebody who waits alone in one; its rules are as they are. */
const move = z.object({ type: z.literal("move"), room: roomCode }).readonly();

/** Every message of a client. */
export const clientMessage = z.discriminatedUnion("type", [
  join,
  comingBack,
  claim,
  committed,
  result,
  ready,
  move,
  ping,
  again,
  z.object({ type: z.literal("leave") }).readonly(),
]);

const rules = z.object({
  players: z.int().min(2).max(4),
  points: z.int().min(1).max(99),
  lives: z.int().min(1).max(99),
  graceMs,
}).readonly() satisfies z.ZodType<Rules>;

const start = z.object({ x: z.number(), y: z.number() }).readonly();
// Shown in terminals, so nothing in them may move the cursor or reverse the text.
const shownName = z.string().max(2 * NAME_LENGTH_MAX).transform(cleanName);
const shownText = z.string().max(1000).transform(stripInvisible);

/** Every message of a lobby. */
export const lobbyMessage = z.discriminatedUnion("type", [
  // Once more, with another room and slot, for a player who was brought to other strangers.
  z.object({
    type: z.literal("welcome"),
    id,
    slot,
    start,
    room: roomCode,
    rules,
    epoch,
    /** The receiver's own: whoever knows it can take that seat in the room again. */
    ticket: token.optional(),
  }).readonly(),
  z.object({
    type: z.literal("roster"),
    room: roomCode,
    rules,
    players: z.array(
      z.object({
        id,
        slot,
        name: shownName,
        look,
        isBot: z.boolean(),
        isReady: z.boolean(),
        /** Round-trip time to the lobby; `null` until the player has told it. */
        rttMs: count.nullable(),
      }).readonly(),
    ).max(4).readonly(),
    watchers: count,
    /** How long until the match begins without those who aren't ready; `null` if it doesn't. */
    startsInMs: count.nullable(),
  }).readonly(),
  z.object({ type: z.literal("watching"), room: roomCode, rules }).readonly(),
  // Public rooms with free seats, for somebody who waits alone in one; again when they change.
  z.object({
    type: z.literal("rooms"),
    rooms: z.array(
      z.object({ room: roomCode, rules, present: count }).readonly(),
    ).max(OTHER_ROOMS_MAX).readonly(),
  }).readonly(),
  z.object({
    type: z.literal("start"),
    match: id,
    rules,
    transport: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("relay") }).readonly(),
      z.object({
        kind: z.literal("amqp"),
        url: z.string().max(BROKER_URL_LENGTH_MAX).regex(/^amqps?:\/\//),
        exchange: z.literal(EXCHANGE),
      }).readonly(),
    ]),
    /** The receiver's own: whoever knows it can take that seat, or listen as that watcher. */
    token,
    players: z.array(
      z.object({
        id,
        slot,
        epoch,
        name: shownName,
        look,
        isBot: z.boolean(),
        start,
        publicKey: publicKey.optional(),
      }).readonly(),
    ).min(2).max(4).readonly(),
  }).readonly(),
  z.object({ type: z.literal("pong") }).readonly(),
  z.object({ type: z.literal("watchers"), count }).readonly(),
  // Who wants to play again and who has gone, by slot; sent once anybody wants to.
  z.object({ type: z.literal("again"), wanted: slots, gone: slots }).readonly(),
  z.object({ type: z.literal("relay"), slot, epoch }).readonly(),
  z.object({ type: z.literal("watch") }).readonly(),
  z.object({
    type: z.literal("granted"),
    match: id,
    era: uint32,
    value,
    seats,
  }).readonly(),
  // With the value and seats of the era that counts; without them, it says why none does yet.
  z.object({
    type: z.literal("refused"),
    match: id,
    era: uint32,
    value: value.optional(),
    seats: seats.optional(),
    why: shownText.optional(),
  }).readonly(),
  // How the match ended; what is only one player's word binds nobody who saw no end.
  z.object({
    type: z.literal("over"),
    match: id,
    reason: z.enum(["finished", "walkover", "connection lost", "not ready"]),
    winner: slot.nullable(),
    isAgreed: z.boolean(),
    message: shownText,
    /** As the winner or a majority told it; nobody may have been there to tell. */
    told: z.object({ score, hash: uint32 }).readonly().optional(),
  }).readonly(),
  z.object({
    type: z.literal("error"),
    code: z.string().regex(/^[a-z_]{1,32}$/),
    message: shownText,
  }).readonly(),
]);

/** What a client says, once it is parsed. */
export type ClientMessage = z.infer<typeof clientMessage>;
/** What a client says, as it writes it: what it leaves out, the lobby fills in. */
export type ClientLine = z.input<typeof clientMessage>;
export type JoinMessage = z.infer<typeof join>;
export type ReturnMessage = z.infer<typeof comingBack>;
export type ClaimMessage = z.infer<typeof claim>;
export type CommittedMessage = z.infer<typeof committed>;
export type ResultMessage = z.infer<typeof result>;
export type AgainMessage = z.infer<typeof again>;

/** What a room plays, and for how long its matches wait for half of their players. */
export type RoomRules = z.infer<typeof rules>;

export type LobbyMessage = z.infer<typeof lobbyMessage>;
export type WelcomeMessage = Extract<LobbyMessage, { type: "welcome" }>;
export type RosterMessage = Extract<LobbyMessage, { type: "roster" }>;
/** The public rooms into which somebody who waits alone may `move`. */
export type RoomsMessage = Extract<LobbyMessage, { type: "rooms" }>;
export type WatchingMessage = Extract<LobbyMessage, { type: "watching" }>;
export type StartMessage = Extract<LobbyMessage, { type: "start" }>;
export type ClaimAnswerMessage = Extract<
  LobbyMessage,
  { type: "granted" | "refused" }
>;
export type OverMessage = Extract<LobbyMessage, { type: "over" }>;
export type RematchMessage = Extract<LobbyMessage, { type: "again" }>;
/** What carries the packets of a match. */
export type StartTransport = StartMessage["transport"];
/** An `error` of this version; a later lobby may send codes that aren't known here. */
export type ErrorMessage =
  & Extract<LobbyMessage, { type: "error" }>
  & { readonly code: ErrorCode };

type RosterPlayer = RosterMessage["players"][number];

/** A player as the lobby introduces it to the others; `isReady` and `rttMs` only in a room. */
export type SeatedPlayer =
  & Omit<RosterPlayer, "isReady" | "rttMs">
  & Partial<RosterPlayer>;

/** Builds an `error`; `message` is a sentence for a person. */
export function errorMessage(code: ErrorCode, message: string): ErrorMessage {
  return { type: "error", code, message };
}

/** Drops what is invisible or reverses text, and makes every run of blanks one space. */
export function cleanName(name: string): string {
  return stripInvisible(name.replaceAll(/\s/g, " "))
    .replaceAll(/ +/g, " ").trim().normalize("NFC");
}

/** Control, bidirectional, lone-surrogate and private characters, and those that show nothing. */
function stripInvisible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu,
    "",
  );
}
