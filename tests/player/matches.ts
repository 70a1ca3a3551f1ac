/**
 * Matches and sessions as plain data, for tests of what becomes of them and what is shown.
 *
 * @module
 */
import { createPong } from "../../game/pong.ts";
import { SCORE } from "../../game/state.ts";
import type { StartMessage } from "../../net/lobby/protocol.ts";
import { timersFor } from "../../net/match/membership/timers.ts";
import type { Outcome } from "../../net/match/outcome.ts";
import type { statusOf } from "../../net/player/status.ts";

/** All that is looked at, and a match with what a status tells. */
export type ShownNow = Parameters<typeof statusOf>[0];
type MatchNow = NonNullable<ShownNow["match"]>;
type SessionNow = MatchNow["session"];
type PlayNow = NonNullable<SessionNow["play"]>;

export const PLAYERS = ["Ada", "Mia", "Bo"].map((name, slot) => ({
  ...{ slot, name, look: slot, id: `p${slot}` },
  ...{ isBot: false, epoch: 0, start: { x: 0, y: 0 } },
}));

export function rulesFor(players: number): StartMessage["rules"] {
  return { players, points: 1, lives: 5, graceMs: 20_000 };
}

/** A match of so many players, who are listed in another order than by slot. */
export function startOf(players: number, match: string): StartMessage {
  return {
    type: "start",
    match,
    rules: rulesFor(players),
    transport: { kind: "relay" },
    token: "0123456789abcdef0123456789abcdef",
    players: PLAYERS.slice(0, players).toReversed(),
  };
}

export const RULES = { players: 2, points: 5, lives: 3, graceMs: 20_000 };

export const OUTCOME: Outcome = {
  ...{ reason: "finished", winner: 1, confirmedTick: 600, hash: 77 },
  message: "",
};

/** A duel in play: tick 600 is confirmed, with 3 : 4, and 604 the newest. */
export function playNow(changes: Partial<PlayNow> = {}): PlayNow {
  const confirmedState = createPong(RULES, 1).initial.slice();
  confirmedState[SCORE] = 3;
  confirmedState[SCORE + 1] = 4;
  return {
    ...{ confirmedState, confirmedTick: 600, newestTick: 604, era: 2 },
    ...{ inputDelayTicks: 1, members: 0b11 },
    ...{ missing: () => [], hasLeft: () => false },
    rollbackWork: { rollbacks: 5, resimulatedTicks: 9, deepestTicks: 4 },
    sync: { leadTicks: 0.5 },
    ...changes,
  };
}

/** A session in that duel, whose members all hear each other. */
export function sessionNow(changes: Partial<SessionNow> = {}): SessionNow {
  return {
    ...{ outcome: undefined, isReturning: false, isLinkUp: true },
    ...{ unconfirmedMs: 0, timers: timersFor(20_000) },
    opening: { waitingFor: 0 },
    liveness: { stateOf: () => "ok", silentMs: () => 0 },
    play: playNow(),
    stats: {
      ...{ packetsIn: 10, packetsOut: 20, bytesIn: 30, bytesOut: 40 },
      ...{ rejected: 2, stalledMs: 5.6 },
    },
    distanceTo: (slot) =>
      slot === 0
        ? { rttMs: undefined, jitterMs: 0 }
        : { rttMs: 40.26, jitterMs: 1.04 },
    ...changes,
  };
}

/** The match of that session, of which nothing is recorded. */
export function matchNow(changes: Partial<MatchNow> = {}): MatchNow {
  return {
    ...{ id: "m1", transport: "relay", session: sessionNow() },
    ...{ link: { up: true, detail: "" }, rejectedByTransport: 7 },
    ...{ awaySinceMs: [undefined, undefined], statistics: undefined },
    faults: { latencyMs: 1, jitterMs: 2, lossPercent: 3, isCut: false },
    log: { hashes: () => [[600, 77]], takenBack: [[601, 5]] },
    ...changes,
  };
}

/** Ada at her page, with Mia, who has brought a bot of this process or is one. */
export function shownNow(changes: Partial<ShownNow> = {}): ShownNow {
  const ada = { id: "p0", name: "Ada", look: 2, isBot: false, isReady: true };
  const bot = { id: "p1", name: "Bot", look: 3, isBot: true, isReady: false };
  const players = [
    { slot: 0, rttMs: null, ...ada },
    { slot: 1, rttMs: 12.34, ...bot },
  ];
  return {
    nowMs: 10_000.4,
    room: {
      ...{ code: "ABCDEF", invite: "pong play --room ABCDEF", trouble: "" },
      ...{
        startsAtMs: null,
        watchers: 1,
        otherRooms: [],
        rematch: null,
        canLeave: true,
      },
      localBotIds: ["p1"],
    },
    seats: { me: 0, rules: RULES, players },
    match: undefined,
    ...changes,
  };
}
