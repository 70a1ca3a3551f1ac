/**
 * Tickets: the right to a seat in a room whose match hasn't begun.
 *
 * A ticket carries all that the lobby must know to open the room again where it has forgotten it,
 * and whose seat was which. It comes with the `welcome` to the room, and is good for that seat only:
 * who shows it again takes the place of whoever showed it before.
 *
 * @module
 */
import { z } from "zod";
import { createSealer } from "./sealed_word.ts";
import type { RoomTickets } from "./seat.ts";

/** Keeps these words apart from any others of the same key. */
const PURPOSE = "pong room 1 ";

const count = z.int().min(0);
const ticket = z.object({
  ...{ id: z.string(), room: z.string(), isPublic: z.boolean() },
  rules: z.object({
    ...{ players: count, points: count, lives: count, graceMs: count },
  }),
  ...{ slot: count, name: z.string(), look: count },
  wishes: z.object({
    players: z.array(count).min(1),
    points: z.int().optional(),
    lives: z.int().optional(),
  }).transform(({ players, points, lives }) => ({ players, points, lives })),
});

/** Returns the tickets of a lobby with this key. */
export function createRoomTickets(key: Uint8Array): RoomTickets {
  const sealer = createSealer(key, PURPOSE);
  return {
    seal: (given) => sealer.seal(given),
    open: (word) => ticket.safeParse(sealer.open(word)).data,
  };
}
