/**
 * What the page says over the court in each state of a match.
 *
 * @module
 */
import { expect } from "@std/expect";
import { DEFAULT_RULES } from "../game/court.ts";
import type { EndReason, PlayerView, View } from "../net/page_protocol.ts";
import { cardFor } from "../static/card.ts";
import { concededSlots } from "../static/goals.ts";
import { chooseLayout } from "../static/layout.ts";
import { noticeText, scoreText } from "../static/texts.ts";

function player(slot: number, changes: Partial<PlayerView> = {}): PlayerView {
  const name = ["Ada", "Mia", "Bo", "Zoë"][slot];
  return {
    slot,
    id: name,
    name,
    score: 0,
    state: "ok",
    rttMs: null,
    ...changes,
  };
}

function view(changes: Partial<View>): View {
  return {
    phase: "playing",
    me: 0,
    room: "KMPQRA",
    invite: "pong play --host 192.168.1.20 --room KMPQRA",
    match: "m",
    transport: "relay",
    rules: DEFAULT_RULES,
    players: [player(0), player(1)],
    waitingFor: [],
    secondsLeft: null,
    winner: null,
    reason: null,
    notice: "",
    inputDelayTicks: 0,
    ...changes,
  };
}

Deno.test("cardFor() leaves the court free during play", () => {
  expect(cardFor(view({}), "open")).toBeUndefined();
});

Deno.test("cardFor() makes the room the hero of the lobby and shows free seats", () => {
  const lobby = view({ phase: "lobby", players: [player(0)] });

  const card = cardFor(lobby, "open");

  expect(card?.hero).toBe("KMPQRA");
  expect(card?.command).toContain("--room KMPQRA");
  expect(card?.roster.map((line) => line.player?.name)).toEqual([
    "Ada",
    undefined,
  ]);
});

Deno.test("cardFor() says for whom the match waits, and how long", () => {
  for (const phase of ["syncing", "paused"] as const) {
    const waiting = view({ phase, waitingFor: [1], secondsLeft: 13.2 });

    expect(cardFor(waiting, "open")?.title).toBe(
      "Waiting for Mia. 14 s left.",
    );
  }
});

Deno.test("cardFor() says who won and the score", () => {
  const players = [player(0, { score: 7 }), player(1, { score: 11 })];
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
  });
  expect(cardFor({ ...over, me: 1 }, "open")?.title).toBe("You win.");
});

Deno.test("cardFor() has words for each way in which a match ends early", () => {
  const reasons: readonly EndReason[] = [
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
    detail: "The game's process has ended. Start pong play again.",
  });
  expect(cardFor(view({}), "gone")?.title).toBe(
    "The game's process has ended.",
  );
});

Deno.test("noticeText() puts the process's own words first, then who is away", () => {
  const players = [player(0), player(1, { state: "suspect" })];

  expect(noticeText(view({ players }))).toBe("No news from Mia.");
  expect(noticeText(view({ players, notice: "The lobby is away." })))
    .toBe("The lobby is away.");
  expect(noticeText(view({}))).toBe("");
});

Deno.test("a goal is told and flashes on the side that conceded it", () => {
  const before = view({});
  const duel = view({ players: [player(0), player(1, { score: 1 })] });
  const rules = { ...DEFAULT_RULES, players: 3 };
  const lives = (bo: number) =>
    view({
      rules,
      players: [5, 5, bo].map((score, slot) => player(slot, { score })),
    });

  expect(scoreText(before, duel)).toBe("Mia scores. 0 to 1.");
  expect(concededSlots(before, duel)).toEqual([0]);
  expect(scoreText(lives(2), lives(1))).toBe("Bo has 1 life left.");
  expect(concededSlots(lives(2), lives(1))).toEqual([2]);
  expect(concededSlots(lives(2), { ...lives(1), match: "other" })).toEqual([]);
});

Deno.test("chooseLayout() fits the court into the window, as large as it can", () => {
  for (
    const [innerWidth, innerHeight, players, kind] of [
      [1280, 720, 2, "stack"],
      [1280, 720, 4, "side"],
      [390, 844, 2, "stack"],
      [390, 844, 4, "stack"],
      [844, 390, 2, "side"],
      [3440, 1440, 2, "side"],
    ] as const
  ) {
    const layout = chooseLayout({ innerWidth, innerHeight }, players);

    expect(layout.kind).toBe(kind);
    expect(layout.width).toBeLessThanOrEqual(innerWidth - 32);
    expect(layout.height).toBeLessThanOrEqual(innerHeight - 72);
    expect(layout.width / layout.height)
      .toBeCloseTo(players === 2 ? 16 / 9 : 1, 1);
  }
});
