/**
 * How strangers find each other: which public rooms suit somebody, and which are worth showing.
 *
 * A full room is about to play and takes nobody else. No two others could be one, whoever comes or
 * goes: a new one is opened only for wishes that contradict those of every other, and when somebody
 * leaves, those who stay go where they fit now. So no strangers wait side by side.
 *
 * @module
 */
import { OTHER_ROOMS_MAX, type RoomsMessage } from "../lobby/protocol.ts";
import { isFull, type Room } from "./room.ts";
import { rulesFor, type Wishes, wishesOf } from "./wishes.ts";

/** Whether a room could play with so many seats what newcomers wish, too. */
export function suits(
  room: Room,
  newcomers: readonly Wishes[],
  seats: number,
): boolean {
  const wishes = room.isPublic
    ? room.players.map((player) => player.wishes)
    : [wishesOf(room.rules)];
  return rulesFor([...wishes, ...newcomers], seats) !== undefined;
}

/** Returns the public room with the fewest free seats that suits the newcomers; the first such. */
export function roomFor(
  newcomers: readonly Wishes[],
  rooms: readonly Room[],
): Room | undefined {
  return openRooms(rooms).find((room) =>
    suits(room, newcomers, room.players.length + newcomers.length)
  );
}

/** What somebody who waits alone is shown: the other public rooms, the fullest first. */
export function otherRooms(
  own: Room,
  rooms: readonly Room[],
): RoomsMessage {
  const others = openRooms(rooms)
    .filter((room) => room !== own)
    .slice(0, OTHER_ROOMS_MAX)
    .map(({ code, rules, players }) => (
      { room: code, rules, present: players.length }
    ));
  return { type: "rooms", rooms: others };
}

/** Gives a public room the rules, and its players the seats, that follow from who is there. */
export function settle(room: Room): void {
  const { players } = room;
  const wishes = players.map((player) => player.wishes);
  const rules = rulesFor(wishes, players.length);
  room.rules = { ...room.rules, ...rules };
  if (players.every(({ slot }) => slot < room.rules.players)) return;
  room.players = players.map((player, slot) => ({ ...player, slot }));
}

/** The public ones that aren't full, the fullest first, and of equal ones the oldest. */
function openRooms(rooms: readonly Room[]): readonly Room[] {
  return rooms
    .filter((room) => room.isPublic && !isFull(room))
    .sort((a, b) => freeSeats(a) - freeSeats(b));
}

function freeSeats({ rules, players }: Room): number {
  return rules.players - players.length;
}
