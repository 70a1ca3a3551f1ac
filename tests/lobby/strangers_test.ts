/**
 * Strangers meet: random ones come, leave and come again, against an oracle that lists all games.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { RoomRules } from "../../net/lobby/protocol.ts";
import { createRandom } from "../support/simulation.ts";
import { TestLobby } from "./books.ts";

type Wish = Partial<Record<"players" | "points" | "lives", number | undefined>>;

/** All games that can be told apart: to points for two, for lives for more. */
const GAMES = [2, 3, 4].flatMap((players) =>
  [1, 9, undefined].map((value) => ({ players, value }))
);

/** Whether somebody would play that game; a value that nobody named is no game's opposite. */
function wouldPlay({ players, points, lives }: Wish, game: typeof GAMES[0]) {
  if (players !== undefined && players !== game.players) return false;
  const [mine, other] = game.players === 2 ? [points, lives] : [lives, points];
  if (mine === undefined) return players !== undefined || other === undefined;
  return mine === game.value;
}

/** How many could play together, fewest first, what all of them would. */
function sizesFor(wishes: readonly Wish[]): readonly number[] {
  return GAMES.filter((game) => wishes.every((wish) => wouldPlay(wish, game)))
    .map(({ players }) => players);
}

function gameOf({ players, points, lives }: RoomRules) {
  return { players, value: players === 2 ? points : lives };
}

/** Random strangers with what they wish, each behind an address of its own. */
class Strangers {
  readonly lobby = new TestLobby();
  readonly wishes = new Map<number, Wish>();
  readonly random: (bound: number) => number;
  #clients = 0;

  constructor(seed: number) {
    const random = createRandom(seed);
    this.random = (bound) => Math.floor(random() * bound);
  }

  get waiting(): readonly number[] {
    const { lobby, wishes } = this;
    return [...wishes.keys()].filter((client) =>
      !lobby.closed.includes(client) && lobby.heard(client, "start").length < 1
    );
  }

  wish(): Wish {
    const any = <T>(...values: readonly T[]) =>
      values[this.random(values.length)];
    const wish = { players: any(undefined, 2, 3, 4) };
    const value = () => any(undefined, undefined, 1, 9);
    return { ...wish, points: value(), lives: value() };
  }

  come(wish: Wish, isReady: boolean, room?: string): number {
    const client = ++this.#clients;
    this.lobby.join(client, { ...wish, isReady, room });
    if (this.lobby.types(client).includes("welcome")) {
      this.wishes.set(client, wish);
    }
    return client;
  }

  leave(client: number): void {
    this.wishes.delete(client);
    this.lobby.leave(client);
  }

  /** Nobody plays what it wouldn't, and no two rooms that aren't full could be one. */
  check(): void {
    const { lobby, wishes, waiting } = this;
    const rooms = new Map<string, { players: Set<number>; isFull: boolean }>();
    for (const [client, wish] of wishes) {
      const told = lobby.heard(client, "start").at(-1) ??
        lobby.newest(client, "roster");
      if (lobby.closed.includes(client)) continue;
      const { value, players } = gameOf(told.rules);
      const isDefault = ![1, 9].includes(value);
      const game = { players, value: isDefault ? undefined : value };
      expect([client, game, wouldPlay(wish, game)]).toEqual([
        client,
        game,
        true,
      ]);
      if (!waiting.includes(client)) continue;
      const roster = lobby.newest(client, "roster");
      const slots = roster.players.map(({ slot }) => slot);
      expect(new Set(slots).size).toBe(slots.length);
      expect(Math.max(...slots)).toBeLessThan(players);
      const room = rooms.get(roster.room) ??
        { players: new Set(), isFull: slots.length === players };
      room.players.add(client);
      rooms.set(roster.room, room);
    }
    const open = [...rooms.values()].filter(({ isFull }) => !isFull);
    for (const [i, a] of open.entries()) {
      for (const b of open.slice(i + 1)) {
        const all = [...a.players, ...b.players];
        const sizes = sizesFor(all.map((client) => wishes.get(client) ?? {}));
        expect([all, sizes.filter((size) => size >= all.length)])
          .toEqual([all, []]);
      }
    }
  }
}

Deno.test("no strangers wait side by side, and nobody plays what it wouldn't, whoever comes and goes", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const strangers = new Strangers(seed);
    const { lobby, random } = strangers;
    for (let step = 0; step < 50; step++) {
      const { waiting } = strangers;
      const client = waiting[random(waiting.length)];
      const act = client === undefined ? 0 : random(8);
      if (act < 4) strangers.come(strangers.wish(), random(4) > 0);
      else if (act === 4) strangers.leave(client);
      else if (act === 5) lobby.wait(250 * random(60));
      else if (act === 6) {
        lobby.say(client, { type: "ready", isReady: random(2) > 0 });
      } else {
        const { room } = lobby.newest(client, "roster");
        strangers.come(strangers.wish(), random(2) > 0, room);
      }
      strangers.check();
    }
  }
});

Deno.test("two, three, four strangers meet in any order whenever their wishes allow it", () => {
  const met = [0, 0, 0, 0, 0];
  for (let seed = 1; seed <= 8000; seed++) {
    const strangers = new Strangers(seed);
    const { lobby, random } = strangers;
    const group = Array.from({ length: 2 + random(3) }, () => strangers.wish());
    const fills = group.map((_, i) =>
      sizesFor(group.slice(0, i + 1))[0] === i + 1
    );
    // None begins without the rest, and all together fill a room.
    if (fills.indexOf(true) !== group.length - 1) continue;
    const clients = group.map((wish) => {
      const passerBy = strangers.come(strangers.wish(), false);
      const client = strangers.come(wish, true);
      strangers.leave(passerBy);
      strangers.check();
      return client;
    });
    const matches = clients.map((client) =>
      lobby.newest(client, "start").match
    );
    expect([seed, new Set(matches).size]).toEqual([seed, 1]);
    met[group.length]++;
  }
  expect(Math.min(...met.slice(2))).toBeGreaterThan(5);
});
