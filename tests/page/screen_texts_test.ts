/** What the room and the result say, and that `index.html` lacks neither words nor files. */
import { expect } from "@std/expect";
import { DEFAULT_RULES } from "../../game/court.ts";
import { loadAssets } from "../../net/page/assets.ts";
import type { RematchView, Statistics, View } from "../../net/page/protocol.ts";
import { LABELS } from "../../static/html/labels.ts";
import { factsOf, rematchText } from "../../static/screens/result_texts.ts";
import { roomDetail, roomStatus } from "../../static/screens/room_texts.ts";
import { playerView, view } from "../support/views.ts";

const INDEX = await Deno.readTextFile(
  new URL("../../static/index.html", import.meta.url),
);

Deno.test("roomStatus() and roomDetail() say what the room waits for, and how many watch", () => {
  const cases: readonly (readonly [Partial<View>, string])[] = [
    [{}, "Starts when everybody is ready."],
    [
      { players: [playerView(0)] },
      "One seat is free. Share the code, or add a bot.",
    ],
    [{ players: [] }, "2 seats are free. Share the code, or add bots."],
    [{ secondsLeft: 6.2 }, "Starts in 7 s without those who are not ready."],
  ];
  for (const [room, text] of cases) {
    expect(roomStatus(view({ phase: "lobby", ...room }))).toBe(text);
  }
  expect(roomDetail(view({ watchers: 2, notice: "It is late." })))
    .toBe("2 watching. It is late.");
  expect(roomDetail(view({}))).toBe("");
});

Deno.test("rematchText() says who wants one, and why there is none", () => {
  const cases: readonly (readonly [Partial<RematchView>, string])[] = [
    [{}, ""],
    [{ wanted: [1] }, "Mia wants a rematch."],
    [{ wanted: [1, 2] }, "Mia and Bo want a rematch."],
    [{ wanted: [0, 1] }, "Waiting for Bo."],
    [{ wanted: [0, 1, 2] }, "The rematch begins."],
    [{ wanted: [0], gone: [2] }, "No rematch: Bo has left."],
    [{ gone: [1, 2] }, "No rematch: Mia and Bo have left."],
    [{ isLobbyGone: true }, "No rematch: the lobby can't be reached."],
  ];
  const trio = view({ players: [0, 1, 2].map((slot) => playerView(slot)) });
  for (const [changes, text] of cases) {
    const rematch = { wanted: [], gone: [], isLobbyGone: false, ...changes };
    expect(rematchText(trio, rematch)).toBe(text);
  }
});

Deno.test("factsOf() tells numbers with what they mean", () => {
  const statistics = {
    ...{ longestRallyHits: 1, fastestBall: 1439.6, playedTicks: 11_640 },
    ...{ rollbacks: 214, resimulatedTicks: 601 },
  };
  const told = (changes: Partial<Statistics>, players = 2) =>
    factsOf(view({
      statistics: { ...statistics, ...changes },
      rules: { ...DEFAULT_RULES, players },
    })).map(({ name, value, detail }) => `${name}: ${value}, ${detail}`);

  expect(told({})).toEqual([
    "Longest rally: 1 hit, in 3 min 14 s of play",
    "Fastest ball: 1440 units/s, across the court in 1.1 s",
    "Rollbacks: 214, 601 ticks played again",
  ]);
  expect(told({}, 4)[1]).toMatch(/in 0\.7 s$/);
  expect(told({ playedTicks: 59 * 60 })[0]).toMatch(/in 59 s of play$/);
  expect(told({ playedTicks: 60 * 60 })[0]).toMatch(/in 1 min 0 s of play$/);
  expect(told({ fastestBall: 0 })[1]).toMatch(/, $/);
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
