/**
 * What the page says over and beside the court in each state of a match.
 *
 * @module
 */
import { expect } from "@std/expect";
import { DEFAULT_RULES } from "../../game/court.ts";
import type { EndReason } from "../../net/match/outcome.ts";
import type { PlayerView, View } from "../../net/page/protocol.ts";
import { concededSlots } from "../../static/court/goals.ts";
import type { Turn } from "../../static/court/turn.ts";
import { cardFor, isLost } from "../../static/screens/card.ts";
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

Deno.test("cardFor() leaves the court free during play, and the screens alone", () => {
  for (const phase of ["start", "lobby", "playing"] as const) {
    expect(cardFor(view({ phase }), "open")).toBeUndefined();
  }
});

Deno.test("cardFor() says for whom the match waits, and how long", () => {
  const cases = [
    ["syncing", [1], 13.2, "Waiting for Mia. 14 s left.", TEXTS.syncing],
    ["paused", [0, 1], null, "Waiting for Ada and Mia.", TEXTS.paused],
    ["paused", [3], 1, "Waiting for a player. 1 s left.", TEXTS.paused],
    ["syncing", [], 13.2, TEXTS.almostThere, ""],
    ["paused", [], null, TEXTS.paused, ""],
  ] as const;
  for (const [phase, waitingFor, secondsLeft, title, text] of cases) {
    const waiting = view({ phase, waitingFor, secondsLeft, notice: "Hm." });
    const seats = phase === "paused" ? [] : [0, 1].map((slot) => (
      { slot, player: playerView(slot), value: "" }
    ));

    expect(cardFor(waiting, "open")).toEqual({
      ...{ kind: phase, eyebrow: "", hero: "", title, text },
      ...{ look: -1, detail: "Hm.", roster: seats },
    });
  }
});

Deno.test("cardFor() says what is wrong before a view comes, and where the page may not join", () => {
  const titles = (["connecting", "refused", "gone"] as const)
    .map((line) => [cardFor(undefined, line)?.title, isLost(line)]);

  expect(titles).toEqual([
    [TEXTS.connecting, false],
    [TEXTS.refused, true],
    [TEXTS.gone, true],
  ]);
  expect(cardFor(view({ phase: "over" }), "refused")?.kind).toBe("problem");
  expect(isLost("open")).toBe(false);
});

Deno.test("cardFor() says who won and the score, in the winner's colour", () => {
  const players = [
    playerView(0, { score: 7 }),
    playerView(1, { score: 11, look: 3 }),
  ];
  const end = { phase: "over", winner: 1, reason: "finished" } as const;
  const over = view({ ...end, players });
  const card = { title: "Mia wins.", hero: "7 : 11", text: "", look: 3 };
  const rematch = { wanted: [], gone: [], isLobbyGone: false };

  expect(cardFor(over, "open"))
    .toMatchObject({ ...card, detail: TEXTS.again, roster: [] });
  expect(cardFor({ ...over, me: 1 }, "open")?.title).toBe("You win.");
  expect(cardFor({ ...over, winner: null }, "open")?.look).toBe(-1);
  expect(cardFor({ ...over, players: [] }, "open")?.hero).toBe("");
  for (
    const more of [{ canLeave: true }, { rematch }, { role: "replay" }] as const
  ) {
    expect(cardFor({ ...over, ...more }, "open")?.detail).toBe("");
  }
  for (const reason of ["not ready", "refused"] as const) {
    const rules = { ...DEFAULT_RULES, players: 3 };
    expect(cardFor({ ...over, reason }, "open")?.hero).toBe("");
    expect(cardFor({ ...over, reason, rules }, "open")?.roster).toEqual([]);
  }
});

Deno.test("cardFor() ranks three or four players by their lives", () => {
  const ranked = (scores: readonly number[], players: number) =>
    cardFor(
      view({
        ...{ phase: "over", winner: 1, reason: "finished" },
        rules: { ...DEFAULT_RULES, players },
        players: scores.map((score, slot) => playerView(slot, { score }))
          .filter(({ score }) => score >= 0),
      }),
      "open",
    )?.roster.map(({ slot, player, value }) => [slot, player?.slot, value]);

  expect(ranked([0, 2, 0], 3))
    .toEqual([[1, 1, "2 lives"], [0, 0, ""], [2, 2, ""]]);
  // Nobody has ever had the first seat.
  expect(ranked([-1, 0, 1, 3], 4))
    .toEqual([[3, 3, "3 lives"], [2, 2, "1 life"], [1, 1, ""], [
      0,
      undefined,
      "",
    ]]);
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
  const states = (...states: readonly PlayerView["state"][]) =>
    states.map((state, slot) => playerView(slot, { state }));
  const cases: readonly (readonly [Partial<View>, string])[] = [
    [{ players: states("unstable", "suspect") }, "No news from Mia."],
    [
      { players: states("unstable", "unstable") },
      "The link to Ada and Mia is unstable.",
    ],
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
      rules: { ...DEFAULT_RULES, players: 3 },
      players: [5, 5, bo].map((score, slot) => playerView(slot, { score })),
    });

  expect(scoreText(view({}), duel)).toBe("Mia scores. 0 to 1.");
  expect(scoreText(lives(2), lives(1))).toBe("Bo has 1 life left.");
  expect(concededSlots(view({}), duel)).toEqual([0]);
  expect(concededSlots(lives(2), lives(1))).toEqual([2]);
  expect(concededSlots(undefined, duel)).toEqual([]);
  expect(concededSlots(view({ players: [] }), view({}))).toEqual([]);
  expect(concededSlots(duel, view({}))).toEqual([]);
  // What is a replay only before or after is wound nowhere.
  const replay = {
    ...{ firstTick: 0, tick: 999, lastTick: 999, isRunning: true, speed: 1 },
    ...{ marks: [], isIncomplete: false, isUnfinished: false },
  };
  expect(concededSlots(view({ replay }), duel)).toEqual([0]);
  expect(concededSlots(view({}), { ...duel, replay })).toEqual([0]);
  const other = { ...lives(1), match: "other" };
  expect(scoreText(lives(2), other)).toBe("");
  expect(concededSlots(lives(2), other)).toEqual([]);
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
  const cases:
    readonly (readonly [Partial<PlayerView>, Partial<View>, string])[] = [
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
      ...(["playing", "over", "lobby", "syncing"] as const).map((phase, at) =>
        [
          {},
          { phase, rules: { ...DEFAULT_RULES, players: 3 } },
          at < 2 ? "out" : "",
        ] as const
      ),
      [{ score: 1 }, { rules: { ...DEFAULT_RULES, players: 3 } }, ""],
    ];
  for (const [player, changes, text] of cases) {
    const badges = badgesOf(view(changes), playerView(1, player));
    expect(badges.map(({ text }) => text).join(", ")).toBe(text);
  }
});

Deno.test("hintText() names the keys for the side on which one's own is shown", () => {
  const upright = "Move with W and S, or the arrow keys. First to 11 wins.";
  const lying = "Move with A and D, or the arrow keys. First to 11 wins.";
  const cases: readonly (readonly [Partial<View>, Turn, string])[] = [
    [{}, 0, upright],
    [{ me: 1 }, 2, upright],
    [{}, 1, lying],
    [{}, 3, lying],
    [{ me: -1 }, 3, upright],
    [{ role: "watcher" }, 0, "First to 11 wins."],
    [{ role: "replay" }, 0, ""],
    [
      { role: "watcher", rules: { ...DEFAULT_RULES, players: 3 } },
      0,
      "The last one with lives left wins.",
    ],
  ];
  for (const [changes, turn, text] of cases) {
    expect(hintText(view(changes), { turn, isTouched: false, keyName })).toBe(
      text,
    );
  }
  expect(hintText(view({}), { turn: 3, isTouched: true, keyName }))
    .toBe("Drag to move. First to 11 wins.");
});

Deno.test("courtLabel() tells the score to who can't see it", () => {
  const players = [playerView(0, { score: 3 }), playerView(1, { score: 1 })];
  const rules = { ...DEFAULT_RULES, players: 3 };

  expect(courtLabel(view({ players }))).toBe("Court. Ada 3, Mia 1.");
  expect(courtLabel(view({ players, rules }))).toBe(
    "Court. Ada 3 lives, Mia 1 life.",
  );
  expect([undefined, view({ players: [] })].map(courtLabel)).toEqual([
    "Court",
    "Court",
  ]);
});
