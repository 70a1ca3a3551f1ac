/** What the page says over and beside the court in each state of a match. */
import { expect } from "@std/expect";
import { DEFAULT_RULES } from "../../game/court.ts";
import type { PlayerView, View } from "../../net/page/protocol.ts";
import { concededSlots } from "../../static/court/goals.ts";
import type { Turn } from "../../static/court/turn.ts";
import { type Card, cardFor, isLost } from "../../static/screens/card.ts";
import {
  badgesOf,
  courtLabel,
  hintText,
  noticeText,
  playerText,
  scoreText,
  TEXTS,
} from "../../static/screens/texts.ts";
import { keyName } from "../../static/steering/key_names.ts";
import { playerView, view } from "../support/views.ts";

const TRIO = { ...DEFAULT_RULES, players: 3 };
/** Mia has won. */
const OVER = view({
  ...{ phase: "over", winner: 1, reason: "finished" },
  players: [playerView(0, { score: 7 }), playerView(1, { score: 11, look: 3 })],
});

Deno.test("cardFor() says for whom the match waits, and how long", () => {
  const cases = [
    ["syncing", [1], 13.2, "Waiting for Mia. 14 s left.", TEXTS.syncing],
    ["paused", [0, 1], null, "Waiting for Ada and Mia.", TEXTS.paused],
    ["paused", [3], 1, "Waiting for a player. 1 s left.", TEXTS.paused],
    ["syncing", [], 13.2, TEXTS.almostThere, ""],
    ["paused", [], null, TEXTS.paused, ""],
  ] as const;
  for (const [kind, waitingFor, secondsLeft, title, text] of cases) {
    const seats = [0, 1]
      .map((slot) => ({ slot, player: playerView(slot), value: "" }));
    const roster = kind === "paused" ? [] : seats;
    const waiting = { phase: kind, waitingFor, secondsLeft, notice: "Hm." };

    expect(cardFor(view(waiting), "open")).toEqual({
      ...{ kind, eyebrow: "", hero: "", title, text },
      ...{ look: -1, detail: "Hm.", roster },
    });
  }
});

Deno.test("cardFor() leaves the court free during play, says what is wrong, and keeps a result readable after the process has ended", () => {
  const gone = "The game's process has ended. Start pong again.";
  const cases = [
    ["connecting", undefined, { title: TEXTS.connecting }],
    ["refused", undefined, { title: TEXTS.refused }],
    ["refused", OVER, { kind: "problem" }],
    ["gone", undefined, { title: TEXTS.gone }],
    ["gone", view({}), { title: TEXTS.gone }],
    ["gone", OVER, { title: "Mia wins.", detail: gone }],
  ] as const;
  for (const phase of ["start", "lobby", "playing"] as const) {
    expect(cardFor(view({ phase }), "open")).toBeUndefined();
  }
  for (const [line, view, card] of cases) {
    expect(cardFor(view, line)).toMatchObject(card);
    expect(isLost(line)).toBe(line !== "connecting");
  }
  expect(isLost("open")).toBe(false);
});

Deno.test("cardFor() says who won and the score, in the winner's colour", () => {
  const card = { title: "Mia wins.", hero: "7 : 11", text: "", look: 3 };
  const rematch = { wanted: [], gone: [], isLobbyGone: false };
  const cases: readonly (readonly [Partial<View>, Partial<Card>])[] = [
    [{}, { ...card, detail: TEXTS.again, roster: [] }],
    [{ me: 1 }, { title: "You win." }],
    [{ winner: null }, { look: -1 }],
    [{ players: [] }, { hero: "" }],
    [{ canLeave: true }, { detail: "" }],
    [{ rematch }, { detail: "" }],
    [{ role: "replay" }, { detail: "" }],
    [{ reason: "walkover", notice: "You slept." }, { text: "You slept." }],
    ...(["not ready", "refused"] as const).flatMap((reason) => [
      [{ reason }, { hero: "" }] as const,
      [{ reason, rules: TRIO }, { roster: [] }] as const,
    ]),
  ];
  for (const [changes, wanted] of cases) {
    expect(cardFor({ ...OVER, ...changes }, "open")).toMatchObject(wanted);
  }
});

Deno.test("cardFor() ranks three or four players by their lives", () => {
  const ranked = (...scores: readonly number[]) =>
    cardFor({
      ...OVER,
      rules: { ...DEFAULT_RULES, players: scores.length },
      players: scores.map((score, slot) => playerView(slot, { score }))
        .filter(({ score }) => score >= 0),
    }, "open")?.roster
      .map(({ slot, player, value }) => `${slot} ${player?.slot} ${value}`);

  expect(ranked(0, 2, 0)).toEqual(["1 1 2 lives", "0 0 ", "2 2 "]);
  // Nobody has ever had the first seat.
  expect(ranked(-1, 0, 1, 3))
    .toEqual(["3 3 3 lives", "2 2 1 life", "1 1 ", "0 undefined "]);
});

Deno.test("cardFor() has words for each way in which a match ends early", () => {
  const reasons = [
    ...["walkover", "connection lost", "player left"] as const,
    ...["not ready", "desync", "refused"] as const,
  ];

  const texts = reasons.map((reason) =>
    cardFor({ ...OVER, reason }, "open")?.text
  );

  for (const text of texts) expect(text).toMatch(/^[A-Z].*\.$/);
  expect(new Set(texts).size).toBe(reasons.length);
});

Deno.test("noticeText() puts the process's own words first, then who is away", () => {
  const states = (...states: readonly PlayerView["state"][]) =>
    states.map((state, slot) => playerView(slot, { state }));
  const unstable = "The link to Ada and Mia is unstable.";
  const cases: readonly (readonly [Partial<View>, string])[] = [
    [{ players: states("unstable", "suspect") }, "No news from Mia."],
    [{ players: states("unstable", "unstable") }, unstable],
    [{ players: states("ok", "suspect"), notice: "No lobby." }, "No lobby."],
    [{ players: states("ok", "suspect"), phase: "paused" }, ""],
    [{}, ""],
  ];
  for (const [changes, text] of cases) {
    expect(noticeText(view(changes))).toBe(text);
  }
});

Deno.test("a goal is told, as points or as lives, and flashes where it was conceded", () => {
  const duel = view({ players: [playerView(0), playerView(1, { score: 1 })] });
  const lives = (bo: number) =>
    view({
      rules: TRIO,
      players: [5, 5, bo].map((score, slot) => playerView(slot, { score })),
    });
  // What is a replay only before or after is wound nowhere.
  const replay = {
    ...{ firstTick: 0, tick: 999, lastTick: 999, isRunning: true, speed: 1 },
    ...{ marks: [], isIncomplete: false, isUnfinished: false },
  };
  const other = { ...lives(1), match: "other" };

  expect(scoreText(view({}), duel)).toBe("Mia scores. 0 to 1.");
  expect(scoreText(lives(2), lives(1))).toBe("Bo has 1 life left.");
  expect(scoreText(lives(2), other)).toBe("");
  const changes: readonly (readonly [View | undefined, View, number[]])[] = [
    [view({}), duel, [0]],
    [lives(2), lives(1), [2]],
    [lives(2), other, []],
    [undefined, duel, []],
    [view({ players: [] }), view({}), []],
    [duel, view({}), []],
    [view({ replay }), duel, [0]],
    [view({}), { ...duel, replay }, [0]],
  ];
  for (const [before, after, slots] of changes) {
    expect(concededSlots(before, after)).toEqual(slots);
  }
});

Deno.test("playerText() tells who comes, goes and returns", () => {
  const mia = (state: PlayerView["state"], phase: View["phase"] = "playing") =>
    view({ phase, players: [playerView(0), playerView(1, { state })] });
  const alone = view({ players: [playerView(0)] });
  const changes = [
    [alone, mia("ok"), "Mia is here."],
    [mia("ok"), mia("away"), "Mia is away."],
    [mia("away"), mia("ok"), "Mia is back."],
    [mia("away"), mia("left"), "Mia left."],
    [mia("ok"), mia("ok"), ""],
    [mia("ok"), mia("suspect"), ""],
    [mia("waiting"), mia("ready"), ""],
    [mia("waiting", "lobby"), mia("ready", "lobby"), "Mia is ready."],
    [mia("ready", "lobby"), mia("waiting", "lobby"), ""],
  ] as const;
  for (const [before, after, text] of changes) {
    expect(playerText(before, after)).toBe(text);
  }
});

Deno.test("badgesOf() says who one is, who is a bot, and for how long somebody is away", () => {
  type Case = readonly [Partial<PlayerView>, Partial<View>, string];
  const cases: readonly Case[] = [
    [{}, { me: 1 }, "you"],
    [{ state: "away", awaySeconds: 7, isBot: true }, {}, "bot, away 7 s"],
    [{ state: "away" }, {}, "away"],
    [{ state: "waiting" }, {}, "waiting"],
    [{ state: "waiting" }, { phase: "lobby" }, "not ready"],
    [{ state: "ready" }, {}, ""],
    [{ state: "ready" }, { phase: "lobby" }, "ready"],
    [{ state: "unstable" }, {}, "unstable"],
    [{ state: "suspect" }, {}, "silent"],
    [{ state: "left" }, {}, "left"],
    [{}, { phase: "playing", rules: TRIO }, "out"],
    [{}, { phase: "over", rules: TRIO }, "out"],
    [{}, { phase: "lobby", rules: TRIO }, ""],
    [{}, { phase: "syncing", rules: TRIO }, ""],
    [{ score: 1 }, { rules: TRIO }, ""],
  ];
  for (const [player, changes, text] of cases) {
    const badges = badgesOf(view(changes), playerView(1, player));
    expect(badges.map(({ text }) => text).join(", ")).toBe(text);
  }
});

Deno.test("hintText() names the keys for the side on which one's own is shown", () => {
  const upright = "Move with W and S, or the arrow keys. First to 11 wins.";
  const lying = "Move with A and D, or the arrow keys. First to 11 wins.";
  const trio = "The last one with lives left wins.";
  const cases: readonly (readonly [Partial<View>, Turn, string])[] = [
    [{}, 0, upright],
    [{ me: 1 }, 2, upright],
    [{}, 1, lying],
    [{}, 3, lying],
    [{ me: -1 }, 3, upright],
    [{ role: "watcher" }, 0, "First to 11 wins."],
    [{ role: "replay" }, 0, ""],
    [{ role: "watcher", rules: TRIO }, 0, trio],
  ];
  for (const [changes, turn, text] of cases) {
    const how = { turn, isTouched: false, keyName };
    expect(hintText(view(changes), how)).toBe(text);
  }
  expect(hintText(view({}), { turn: 3, isTouched: true, keyName }))
    .toBe("Drag to move. First to 11 wins.");
});

Deno.test("courtLabel() tells the score to who can't see it", () => {
  const players = [playerView(0, { score: 3 }), playerView(1, { score: 1 })];
  const cases = [
    [undefined, "Court"],
    [view({ players: [] }), "Court"],
    [view({ players }), "Court. Ada 3, Mia 1."],
    [view({ players, rules: TRIO }), "Court. Ada 3 lives, Mia 1 life."],
  ] as const;
  for (const [view, label] of cases) expect(courtLabel(view)).toBe(label);
});
