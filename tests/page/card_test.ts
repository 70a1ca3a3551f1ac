/**
 * What the page says over and beside the court in each state of a match.
 *
 * @module
 */
import { expect } from "@std/expect";
import { DEFAULT_RULES } from "../../game/court.ts";
import type { EndReason } from "../../net/match/outcome.ts";
import { concededSlots } from "../../static/court/goals.ts";
import { cardFor } from "../../static/screens/card.ts";
import {
  badgesOf,
  courtLabel,
  hintText,
  noticeText,
  playerText,
  scoreText,
} from "../../static/screens/texts.ts";
import { keyName } from "../../static/steering/key_names.ts";
import { playerView, view } from "../support/views.ts";

Deno.test("cardFor() leaves the court free during play, and the screens alone", () => {
  for (const phase of ["start", "lobby", "playing"] as const) {
    expect(cardFor(view({ phase }), "open")).toBeUndefined();
  }
});

Deno.test("cardFor() says for whom the match waits, and how long", () => {
  for (const phase of ["syncing", "paused"] as const) {
    const waiting = view({ phase, waitingFor: [1], secondsLeft: 13.2 });

    expect(cardFor(waiting, "open")?.title).toBe(
      "Waiting for Mia. 14 s left.",
    );
  }
});

Deno.test("cardFor() says who won and the score, in the winner's colour", () => {
  const players = [
    playerView(0, { score: 7 }),
    playerView(1, { score: 11, look: 3 }),
  ];
  const over = view({
    phase: "over",
    players,
    winner: 1,
    reason: "finished",
  });

  expect(cardFor(over, "open")).toMatchObject({
    title: "Mia wins.",
    hero: "7 : 11",
    text: "",
    look: 3,
  });
  expect(cardFor({ ...over, me: 1 }, "open")?.title).toBe("You win.");
});

Deno.test("cardFor() ranks three or four players by their lives", () => {
  const over = view({
    phase: "over",
    rules: { ...DEFAULT_RULES, players: 3 },
    players: [0, 2, 0].map((score, slot) => playerView(slot, { score })),
    winner: 1,
    reason: "finished",
  });

  const roster = cardFor(over, "open")?.roster ?? [];

  expect(roster.map(({ slot, value }) => [slot, value]))
    .toEqual([[1, "2 lives"], [0, ""], [2, ""]]);
});

Deno.test("cardFor() has words for each way in which a match ends early", () => {
  const reasons: readonly EndReason[] = [
    "walkover",
    "connection lost",
    "player left",
    "not ready",
    "desync",
    "refused",
  ];

  const texts = reasons.map((reason) =>
    cardFor(view({ phase: "over", reason }), "open")?.text
  );

  for (const text of texts) expect(text).toMatch(/^[A-Z].*\.$/);
  expect(new Set(texts).size).toBe(reasons.length);
});

Deno.test("cardFor() keeps the result readable after the process has ended", () => {
  const over = view({ phase: "over", winner: 0, reason: "finished" });

  expect(cardFor(over, "gone")).toMatchObject({
    title: "You win.",
    detail: "The game's process has ended. Start pong again.",
  });
  expect(cardFor(view({}), "gone")?.title).toBe(
    "The game's process has ended.",
  );
});

Deno.test("noticeText() puts the process's own words first, then who is away", () => {
  const players = [playerView(0), playerView(1, { state: "suspect" })];

  expect(noticeText(view({ players }))).toBe("No news from Mia.");
  expect(noticeText(view({ players, notice: "The lobby is away." })))
    .toBe("The lobby is away.");
  expect(noticeText(view({}))).toBe("");
});

Deno.test("a goal is told, as points or as lives, and flashes where it was conceded", () => {
  const duel = view({ players: [playerView(0), playerView(1, { score: 1 })] });
  const lives = (bo: number) =>
    view({
      rules: { ...DEFAULT_RULES, players: 3 },
      players: [5, 5, bo].map((score, slot) => playerView(slot, { score })),
    });

  expect(scoreText(view({}), duel)).toBe("Mia scores. 0 to 1.");
  expect(scoreText(lives(2), lives(1))).toBe("Bo has 1 life left.");
  expect(concededSlots(view({}), duel)).toEqual([0]);
  expect(concededSlots(lives(2), lives(1))).toEqual([2]);
  const other = { ...lives(1), match: "other" };
  expect(scoreText(lives(2), other)).toBe("");
  expect(concededSlots(lives(2), other)).toEqual([]);
});

Deno.test("playerText() tells who comes, goes and returns", () => {
  const mia = (state: "ok" | "away" | "left") =>
    view({ players: [playerView(0), playerView(1, { state })] });
  const alone = view({ players: [playerView(0)] });

  expect(playerText(alone, mia("ok"))).toBe("Mia is here.");
  expect(playerText(mia("ok"), mia("away"))).toBe("Mia is away.");
  expect(playerText(mia("away"), mia("ok"))).toBe("Mia is back.");
  expect(playerText(mia("away"), mia("left"))).toBe("Mia left.");
  expect(playerText(mia("ok"), mia("ok"))).toBe("");
});

Deno.test("badgesOf() says who one is, who is a bot, and for how long somebody is away", () => {
  const away = playerView(1, { state: "away", awaySeconds: 7, isBot: true });
  const texts = (slot: number) =>
    badgesOf(view({}), slot === 0 ? playerView(0) : away)
      .map(({ text }) => text);

  expect(texts(0)).toEqual(["you"]);
  expect(texts(1)).toEqual(["bot", "away 7 s"]);
});

Deno.test("hintText() names the keys for the side on which one's own is shown", () => {
  const hint = (me: number, turn: 0 | 3, isTouched = false) =>
    hintText(view({ me }), { turn, isTouched, keyName });

  expect(hint(0, 0)).toContain("Move with W and S");
  expect(hint(0, 3)).toContain("Move with A and D");
  expect(hint(0, 3, true)).toBe("Drag to move. First to 11 wins.");
});

Deno.test("courtLabel() tells the score to who can't see it", () => {
  const players = [playerView(0, { score: 3 }), playerView(1, { score: 2 })];

  expect(courtLabel(view({ players }))).toBe("Court. Ada 3, Mia 2.");
  expect(courtLabel(undefined)).toBe("Court");
});
