/**
 * What the room and the result say, and that `index.html` lacks neither words nor files.
 *
 * @module
 */
import { expect } from "@std/expect";
import { DEFAULT_RULES } from "../../game/court.ts";
import { loadAssets } from "../../net/page/assets.ts";
import type { RematchView, Statistics } from "../../net/page/protocol.ts";
import { LABELS } from "../../static/html/labels.ts";
import { factsOf, rematchText } from "../../static/screens/result_texts.ts";
import { roomDetail, roomStatus } from "../../static/screens/room_texts.ts";
import { playerView, view } from "../support/views.ts";

const INDEX = await Deno.readTextFile(
  new URL("../../static/index.html", import.meta.url),
);

Deno.test("roomStatus() says what the room waits for", () => {
  const room = view({ phase: "lobby" });
  const alone = { ...room, players: [playerView(0)] };

  expect(roomStatus(room)).toBe("Starts when everybody is ready.");
  expect(roomStatus(alone)).toBe(
    "One seat is free. Share the code, or add a bot.",
  );
  expect(roomStatus({ ...room, players: [] })).toBe(
    "2 seats are free. Share the code, or add bots.",
  );
  expect(roomStatus({ ...room, secondsLeft: 6.2 })).toBe(
    "Starts in 7 s without those who are not ready.",
  );
});

Deno.test("roomDetail() tells how many watch, and what the process says", () => {
  const room = view({ phase: "lobby", watchers: 2, notice: "It is late." });

  expect(roomDetail(room)).toBe("2 watching. It is late.");
  expect(roomDetail(view({ phase: "lobby" }))).toBe("");
});

const REMATCHES: readonly (readonly [Partial<RematchView>, string])[] = [
  [{}, ""],
  [{ wanted: [1] }, "Mia wants a rematch."],
  [{ wanted: [1, 2] }, "Mia and Bo want a rematch."],
  [{ wanted: [0, 1] }, "Waiting for Bo."],
  [{ wanted: [0, 1, 2] }, "The rematch begins."],
  [{ wanted: [0], gone: [2] }, "No rematch: Bo has left."],
  [{ gone: [1, 2] }, "No rematch: Mia and Bo have left."],
  [{ isLobbyGone: true }, "No rematch: the lobby can't be reached."],
];

for (const [changes, text] of REMATCHES) {
  Deno.test(`rematchText() says "${text}" of ${JSON.stringify(changes)}`, () => {
    const players = [0, 1, 2].map((slot) => playerView(slot));
    const rematch = { wanted: [], gone: [], isLobbyGone: false, ...changes };

    expect(rematchText(view({ players }), rematch)).toBe(text);
  });
}

Deno.test("factsOf() tells numbers with what they mean", () => {
  const statistics = {
    longestRallyHits: 1,
    fastestBall: 1439.6,
    playedTicks: 11_640,
    rollbacks: 214,
    resimulatedTicks: 601,
  };
  const square = { ...DEFAULT_RULES, players: 4 };

  expect(factsOf(view({ statistics }))).toEqual([
    {
      name: "Longest rally",
      value: "1 hit",
      detail: "in 3 min 14 s of play",
    },
    {
      name: "Fastest ball",
      value: "1440 units/s",
      detail: "across the court in 1.1 s",
    },
    {
      name: "Rollbacks",
      value: "214",
      detail: "601 ticks played again",
    },
  ]);
  expect(factsOf(view({ statistics, rules: square }))[1].detail)
    .toBe("across the court in 0.7 s");
  const told = (changes: Partial<Statistics>) =>
    factsOf(view({ statistics: { ...statistics, ...changes } }))
      .map(({ detail }) => detail);
  expect(told({ playedTicks: 59 * 60, fastestBall: 0 }).slice(0, 2))
    .toEqual(["in 59 s of play", ""]);
  expect(told({ playedTicks: 60 * 60 })[0]).toBe("in 1 min 0 s of play");
  expect(told({ playedTicks: 0 })).toEqual([]);
  expect(factsOf(view({}))).toEqual([]);
});

Deno.test("index.html and labels.ts know the same words", () => {
  const used = INDEX.matchAll(/data-(?:text|label|placeholder)="(.*?)"/g);

  expect(new Set([...used].map(([, key]) => key)))
    .toEqual(new Set(Object.keys(LABELS)));
});

Deno.test("every file that index.html asks for is served", async () => {
  const assets = await loadAssets();
  const asked = INDEX.matchAll(/(?:href|src)="([a-z_]+\.(?:css|js))"/g);

  const paths = [...asked].map(([, file]) => `/${file}`);

  expect(paths.length).toBeGreaterThan(1);
  expect(paths.filter((path) => !assets.has(path))).toEqual([]);
});
