/**
 * What a page and `/status` show of a room and of a match, from plain data.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { PlayerView } from "../../net/page/protocol.ts";
import { EMPTY_VIEW, type StageView } from "../../net/page/stage.ts";
import { resultOf, type Status, statusOf } from "../../net/player/status.ts";
import { viewOf } from "../../net/player/view.ts";
import { playerView } from "../support/views.ts";
import {
  matchNow,
  OUTCOME,
  playNow,
  RULES,
  sessionNow,
  type ShownNow,
  shownNow,
} from "./matches.ts";

const ROOM = shownNow();
const ADA = playerView(0, { look: 2, state: "ready" });
const BOT = playerView(1, {
  ...{ name: "Bot", look: 3, isBot: true, isLocalBot: true },
  ...{ state: "waiting", rttMs: 12.3 },
});
/** Once it is measured. */
const NEAR = { rttMs: 40.3, jitterMs: 1 };
const IN_ROOM: StageView = {
  ...{ ...EMPTY_VIEW, phase: "lobby", me: 0, room: "ABCDEF", rules: RULES },
  ...{ invite: "pong play --room ABCDEF", players: [ADA, BOT], watchers: 1 },
  canLeave: true,
};
const ADA_PLAYS: PlayerView = { ...ADA, score: 3, state: "ok" };
const BOT_PLAYS: PlayerView = { ...BOT, score: 4, state: "ok", ...NEAR };
const IN_PLAY: StageView = {
  ...{ ...IN_ROOM, phase: "playing", match: "m1", transport: "relay" },
  ...{ players: [ADA_PLAYS, BOT_PLAYS], inputDelayTicks: 1 },
};
const NETWORK = {
  ...{ atMs: 10_000, newestTick: 604, confirmedTick: 600, rollbackTicks: 4 },
  ...{ packetsIn: 10, packetsOut: 20, bytesIn: 30, bytesOut: 40 },
  ...{ stalledMs: 6, rejected: 9 },
  faults: { latencyMs: 1, jitterMs: 2, lossPercent: 3, isCut: false },
};
const STATISTICS = { longestRallyHits: 8, fastestBall: 900, playedTicks: 600 };
const REMATCH = { wanted: [1], gone: [], isLobbyGone: false };
const DOWN = { up: false, detail: "No broker." };
const AWAY = { play: undefined, isReturning: true };
const withRoom = (room: Partial<ShownNow["room"]>) => ({
  ...ROOM,
  room: { ...ROOM.room, ...room },
});
const inMatch = (...match: Parameters<typeof matchNow>) => ({
  ...ROOM,
  match: matchNow(...match),
});
const inSession = (
  session: Parameters<typeof sessionNow>[0],
  match: Parameters<typeof matchNow>[0] = {},
) => inMatch({ session: sessionNow(session), ...match });

type Row = readonly [
  string,
  ShownNow,
  Partial<StageView>,
  isInspected?: boolean,
];

// deno-fmt-ignore
const SHOWN: readonly Row[] = [
  ["a room, also to an inspector", ROOM, IN_ROOM, true],
  ["the seconds until a full room begins",
    withRoom({ startsAtMs: 12_000.5 }), { ...IN_ROOM, secondsLeft: 3 }],
  ["no seconds below zero", withRoom({ startsAtMs: 9_000 }), { ...IN_ROOM, secondsLeft: 0 }],
  ["the lives with which three begin",
    { ...ROOM, seats: { ...ROOM.seats, rules: { ...RULES, players: 3 } } },
    { players: [{ ...ADA, score: 3 }, { ...BOT, score: 3 }] }],
  ["a match in play", inMatch(), IN_PLAY],
  ["its network to who inspects it", inMatch(), { ...IN_PLAY, network: NETWORK }, true],
  ["a match before its first tick, also to an inspector",
    inSession({ play: undefined, opening: { waitingFor: 0b01 } }),
    { ...IN_PLAY, phase: "syncing", waitingFor: [0], inputDelayTicks: 0,
      players: [{ ...ADA, state: "waiting" }, { ...BOT, state: "ready", ...NEAR }] }, true],
  ["how long the one who is missing has been away",
    inSession({ unconfirmedMs: 2900, play: playNow({ missing: () => [1] }) },
      { awaySinceMs: [undefined, 7_100] }),
    { ...IN_PLAY, phase: "paused", waitingFor: [1], secondsLeft: 18,
      players: [ADA_PLAYS, { ...BOT_PLAYS, awaySeconds: 2 }] }],
  ["that this player is taken back", inSession(AWAY),
    { phase: "paused", notice: "You were away, and the others went on. Taking you back.",
      players: [{ ...ADA, state: "away" }, { ...BOT, state: "ok", ...NEAR }] }],
  ["what is wrong with the link before all else in play",
    inSession({ isReturning: true }, { link: DOWN }), { notice: "No broker." }],
  ["why the match ended before all else",
    inSession({ outcome: { ...OUTCOME, message: "You left." } }, { link: DOWN }),
    { notice: "You left." }],
  ["what was recorded, and what it cost", inMatch({ statistics: STATISTICS }),
    { ...IN_PLAY, isRecorded: true,
      statistics: { ...STATISTICS, rollbacks: 5, resimulatedTicks: 9 } }],
  ["what was recorded while this player is away", inSession(AWAY, { statistics: STATISTICS }),
    { statistics: { ...STATISTICS, rollbacks: 0, resimulatedTicks: 0 } }],
  ["the result, and who wants to play again",
    { ...inSession({ outcome: OUTCOME }), room: withRoom({ rematch: REMATCH }).room },
    { ...IN_PLAY, phase: "over", winner: 1, reason: "finished", rematch: REMATCH }],
  ["no wish to play again while the match runs",
    { ...withRoom({ rematch: REMATCH }), match: matchNow() }, IN_PLAY],
];

for (const [what, shown, view, isInspected = false] of SHOWN) {
  Deno.test(`a view shows ${what}`, () => {
    expect(viewOf(shown, isInspected)).toMatchObject(view);
  });
}

const IN_ROOM_STATUS: Status = {
  ...{ phase: "lobby", room: "ABCDEF", match: "", slot: 0, era: 0 },
  ...{ transport: "", tick: 0, confirmedTick: 0, hashes: [], takenBack: [] },
  winner: null,
  ...{ players: [ADA, BOT], reason: null, watchers: 1 },
  stats: {
    ...{ packetsIn: 0, packetsOut: 0, bytesIn: 0, bytesOut: 0, rejected: 0 },
    ...{ stalledMs: 0, rejectedByTransport: 0, rollbacks: 0 },
    ...{ resimulatedTicks: 0, leadTicks: 0 },
  },
};

Deno.test("a status tells of a room, and all counts of a match", () => {
  const session = sessionNow({ outcome: OUTCOME });

  expect(statusOf(ROOM)).toEqual(IN_ROOM_STATUS);
  expect(statusOf(inMatch({ session }))).toEqual({
    ...{ ...IN_ROOM_STATUS, phase: "over", match: "m1", transport: "relay" },
    ...{ era: 2, tick: 604, confirmedTick: 600, hashes: [[600, 77]] },
    takenBack: [[601, 5]],
    ...{ players: IN_PLAY.players, winner: 1, reason: "finished" },
    stats: {
      ...{ ...session.stats, rejected: 9, rejectedByTransport: 7 },
      ...{ rollbacks: 5, resimulatedTicks: 9, leadTicks: 0.5 },
    },
  });
});

Deno.test("a result tells the confirmed score, by slot", () => {
  expect(resultOf(inMatch(), OUTCOME)).toEqual({
    ...{ match: "m1", winner: 1, score: [3, 4], confirmedTick: 600, hash: 77 },
    reason: "finished",
  });
});
