/**
 * A seat's token: one word that only the lobby can make, and that it need not remember.
 *
 * A token carries all that the lobby must know to go on with a match that it has forgotten: who the
 * players are, whose seat this is, and the MAC that only the lobby's key makes. Its owner may read
 * it, but nobody else: whoever knows it may take the seat. It is the seat without the names of its
 * fields, sealed (`sealed_word.ts`), which fits into a line of the lobby's protocol together with
 * all else that such a line says.
 *
 * @module
 */
import { z } from "zod";
import { SEAT_EPOCH_MAX } from "../lobby/protocol.ts";
import { createSealer } from "./sealed_word.ts";
import type { Seat, SeatTokens } from "./seat.ts";

/** Length of the lobby's key, in bytes. */
export const SEAT_KEY_BYTES = 32;

/** Keeps this MAC apart from any other that the same key may ever make. */
const PURPOSE = "pong seat 2 ";

const seatFields = z.tuple([
  z.string(),
  z.string(),
  z.int().min(0).max(3),
  z.int().min(0).max(SEAT_EPOCH_MAX),
  z.boolean(),
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
  const sealer = createSealer(key, PURPOSE);
  return {
    seal: (seat) => sealer.seal(fieldsOf(seat)),
    open: (token) => parseSeat(sealer.open(token)),
  };
}

function fieldsOf(seat: Seat): z.infer<typeof seatFields> {
  const { match, room, slot, epoch, isPublic, rules, transport, players } =
    seat;
  return [
    match,
    room,
    slot,
    epoch,
    isPublic,
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
}

/** Parses what carried a right MAC; only another version of the lobby seals what isn't a seat. */
function parseSeat(value: unknown): Seat | undefined {
  const { data } = seatFields.safeParse(value);
  if (data === undefined) return undefined;
  const [match, room, slot, epoch, isPublic, rules, transport, all] = data;
  const [players, points, lives, graceMs] = rules;
  return {
    match,
    room,
    slot,
    epoch,
    isPublic,
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
