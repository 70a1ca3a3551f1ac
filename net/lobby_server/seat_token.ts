/**
 * A seat's token: one word that only the lobby can make, and that it need not remember.
 *
 * A token carries all that the lobby must know to go on with a match that it has forgotten: who the
 * players are, whose seat this is, and the MAC that only the lobby's key makes. Its owner may read
 * it, but nobody else: whoever knows it may take the seat. It fits into a line of the lobby's
 * protocol together with all else that such a line says.
 *
 * ```text
 * base64url(JSON of a Seat, without the names of its fields) . base64url(HMAC-SHA256)
 * ```
 *
 * @module
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { SEAT_EPOCH_MAX, SEAT_TOKEN_LENGTH_MAX } from "../lobby/protocol.ts";
import type { Seat, SeatTokens } from "./seat.ts";

/** Length of the lobby's key, in bytes. */
export const SEAT_KEY_BYTES = 32;

/** Keeps this MAC apart from any other that the same key may ever make. */
const PURPOSE = "pong seat 1 ";

const encoder = new TextEncoder();

const seatFields = z.tuple([
  z.string(),
  z.string(),
  z.int().min(0).max(3),
  z.int().min(0).max(SEAT_EPOCH_MAX),
  z.tuple([z.int(), z.int(), z.int(), z.int()]),
  z.enum(["relay", "amqp"]),
  z.array(z.tuple([
    z.string(),
    z.int().min(0).max(3),
    z.string(),
    z.int().min(0).max(3),
    z.boolean(),
    z.string().nullable(),
  ])).min(2).max(4),
]);

/** Returns the tokens of a lobby with this key. */
export function createSeatTokens(key: Uint8Array): SeatTokens {
  return {
    seal: (seat) => sealSeat(key, seat),
    open: (token) => openSeat(key, token),
  };
}

function sealSeat(key: Uint8Array, seat: Seat): string {
  const { match, room, slot, epoch, rules, transport, players } = seat;
  const fields: z.infer<typeof seatFields> = [
    match,
    room,
    slot,
    epoch,
    [rules.players, rules.points, rules.lives, rules.graceMs],
    transport,
    players.map(({ id, slot, name, look, isBot, publicKey }) => [
      id,
      slot,
      name,
      look,
      isBot,
      publicKey ?? null,
    ]),
  ];
  const text = encoder.encode(JSON.stringify(fields)).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
  return `${text}.${macOf(key, text)}`;
}

function openSeat(key: Uint8Array, token: string): Seat | undefined {
  if (token.length > SEAT_TOKEN_LENGTH_MAX) return undefined;
  const end = token.lastIndexOf(".");
  const text = token.slice(0, Math.max(end, 0));
  // Compare text, not bytes: base64 has unused bits, so several texts decode to the same bytes.
  const given = encoder.encode(token.slice(end + 1));
  const right = encoder.encode(macOf(key, text));
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    return undefined;
  }
  const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
  return parseSeat(new TextDecoder().decode(bytes));
}

function macOf(key: Uint8Array, text: string): string {
  return createHmac("sha256", key).update(PURPOSE + text).digest("base64url");
}

/** Parses what carried a right MAC; only another version of the lobby seals what isn't a seat. */
function parseSeat(json: string): Seat | undefined {
  const { data } = seatFields.safeParse(JSON.parse(json));
  if (data === undefined) return undefined;
  const [match, room, slot, epoch, rules, transport, all] = data;
  const [players, points, lives, graceMs] = rules;
  return {
    match,
    room,
    slot,
    epoch,
    rules: { players, points, lives, graceMs },
    transport,
    players: all.map(([id, slot, name, look, isBot, publicKey]) => ({
      id,
      slot,
      name,
      look,
      isBot,
      publicKey: publicKey ?? undefined,
    })),
  };
}
