/** Strangers come, leave and come again by chance, against an oracle that lists all games. */
import { expect } from "@std/expect";
import { createRandom } from "../support/simulation.ts";
import { TestLobby } from "./books.ts";

type Wish = Partial<Record<"players" | "points" | "lives", number | undefined>>;

/** All that can be told apart; the last value is any that nobody names. */
const GAMES = [2, 3, 4].flatMap((players) =>
  [1, 9, 11].map((value) => ({ players, value }))
);

/** Two play to points, more for lives; the other value counts for who names nothing else. */
function wouldPlay({ players, points, lives }: Wish, game: typeof GAMES[0]) {
  if (players !== undefined && players !== game.players) return false;
  const [mine, other] = game.players === 2 ? [points, lives] : [lives, points];
  if (mine === undefined) return players !== undefined || other === undefined;
  return mine === game.value;
}

/** How many could play what all of them would, fewest first. */
function sizesFor(wishes: readonly Wish[]): readonly number[] {
  return GAMES.filter((game) => wishes.every((wish) => wouldPlay(wish, game)))
    .map(({ players }) => players);
}

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
    return [...this.wishes.keys()].filter((client) =>
      !this.lobby.closed.includes(client) &&
      !this.lobby.types(client).includes("start")
    );
  }

  wish(): Wish {
    const any = (...values: (number | undefined)[]) =>
      values[this.random(values.length)];
    const value = () => any(undefined, undefined, 1, 9);
    return {
      players: any(undefined, 2, 3, 4),
      points: value(),
      lives: value(),
    };
  }

  come(isReady: boolean, wish = this.wish(), room?: string): number {
    const client = ++this.#clients;
    this.lobby.join(client, { ...wish, isReady, room });
    if (this.lobby.types(client)[0] === "welcome") {
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
    for (const [client, wish] of wishes) {
      const roster = lobby.newest(client, "roster");
      const start = lobby.heard(client, "start").at(-1);
      if (lobby.closed.includes(client)) continue;
      const { players, points, lives } = (start ?? roster).rules;
      const game = { players, value: players === 2 ? points : lives };
      expect([client, wish, game, wouldPlay(wish, game)])
        .toEqual([client, wish, game, true]);
      if (start) continue;
      const slots = roster.players.map(({ slot }) => slot);
      expect([0, 1, 2, 3].slice(0, players).filter((s) => slots.includes(s)))
        .toEqual(slots);
    }
    const open = Map.groupBy(waiting, (client) => {
      const { room, players, rules } = lobby.newest(client, "roster");
      return players.length < rules.players ? room : "full";
    });
    open.delete("full");
    const rooms = [...open.values()];
    for (const [i, room] of rooms.entries()) {
      for (
        const all of rooms.slice(i + 1).map((other) => [...room, ...other])
      ) {
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
      const isReady = random(3) > 0;
      if (act < 4) strangers.come(isReady);
      else if (act === 4) strangers.leave(client);
      else if (act === 5) lobby.wait(250 * random(60));
      else if (act === 6) lobby.say(client, { type: "ready", isReady });
      else {
        const { room } = lobby.newest(client, "roster");
        strangers.come(isReady, strangers.wish(), room);
      }
      strangers.check();
    }
  }
});

Deno.test("two, three, four strangers meet in any order whenever their wishes allow it", () => {
  const met = [0, 0, 0, 0, 0];
  for (let seed = 1; seed <= 8000; seed++) {
    const strangers = new Strangers(seed);
    const group = Array.from(
      { length: 2 + strangers.random(3) },
      () => strangers.wish(),
    );
    // None begins without the rest, and all together fill a room.
    const first = group.findIndex((_, i) =>
      sizesFor(group.slice(0, i + 1))[0] === i + 1
    );
    if (first !== group.length - 1) continue;
    const matches = group.map((wish) => {
      const passerBy = strangers.come(false);
      const client = strangers.come(true, wish);
      strangers.leave(passerBy);
      strangers.check();
      return client;
    }).map((client) => strangers.lobby.newest(client, "start").match);
    expect([seed, new Set(matches).size]).toEqual([seed, 1]);
    met[group.length]++;
  }
  expect(Math.min(...met.slice(2))).toBeGreaterThan(5);
});
