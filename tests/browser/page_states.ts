/**
 * The page in each of its states, as its process would show it: for screenshots, for checks of
 * accessibility, and to look at.
 *
 * @module
 */
import { DEFAULT_RULES, TICK_MS, UNIT } from "../../game/court.ts";
import {
  BALL_VX,
  BALL_VY,
  BALL_X,
  BALL_Y,
  createState,
  HITS,
  LAST_HIT,
  PADDLE,
  PHASE,
  RALLY,
  SCORE,
  type State,
  TICK,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";
import type {
  NetworkView,
  PlayerState,
  PlayerView,
  View,
} from "../../net/page/protocol.ts";
import { VIEW } from "../support/page_client.ts";
import { playerView } from "../support/views.ts";

/** A state of the page: what the process pushes, over and over, `at` ms from the beginning. */
export interface PageState {
  readonly name: string;
  view(atMs: number): View;
  /** Confirmed one first; empty where there is no match. */
  states(atMs: number): readonly State[];
  /** A key to press once the page shows it. */
  readonly key?: string;
}

const NAMES = ["Ada", "Mia", "Bo", "Zoë"];
const DUEL = DEFAULT_RULES;
const SQUARE = { ...DEFAULT_RULES, players: 4 };

function player(slot: number, news: Partial<PlayerView> = {}): PlayerView {
  return playerView(slot, {
    name: NAMES[slot],
    rttMs: slot === 0 ? null : 8 + 17 * slot,
    jitterMs: slot === 0 ? null : 1 + slot,
    ...news,
  });
}

function duel(scores: readonly number[]): readonly PlayerView[] {
  return scores.map((score, slot) => player(slot, { score }));
}

const PLAYING: View = {
  ...VIEW,
  phase: "playing",
  match: "5c9e33a1-4",
  isRecorded: true,
  canLeave: true,
};

/** A rally with the ball on its way to the right, some ticks after a hit. */
function rally(players: 2 | 4, scores: readonly number[]): State {
  const state = createState(players === 2 ? DUEL : SQUARE, 7);
  const size = players === 2 ? [1600, 900] : [1000, 1000];
  state[TICK] = 1000;
  state[PHASE] = RALLY;
  state[BALL_X] = size[0] * 0.3 * UNIT;
  state[BALL_Y] = size[1] * 0.36 * UNIT;
  state[BALL_VX] = 11 * UNIT;
  state[BALL_VY] = 4 * UNIT;
  state[HITS] = 5;
  state[LAST_HIT] = 0;
  scores.forEach((score, slot) => state[SCORE + slot] = score);
  state[PADDLE] -= 90 * UNIT;
  state[PADDLE + 1] += 60 * UNIT;
  state[PADDLE + 2] += 120 * UNIT;
  state[PADDLE + 3] -= 40 * UNIT;
  return state;
}

/** The rally, gone on for up to 0.6 s, over and over: it never reaches the other paddle. */
function during(
  first: State,
  atMs: number,
  ticksAhead = 1,
): readonly State[] {
  const ticks = Math.floor(atMs / TICK_MS) % 36;
  const state = first.slice();
  const states: State[] = [];
  for (let tick = 0; tick <= ticks + ticksAhead; tick++) {
    if (tick >= ticks) states.push(state.slice());
    step(state, new Int8Array(4), 0);
  }
  return states;
}

function network(atMs: number): NetworkView {
  const seconds = atMs / 1000;
  const wave = Math.sin(seconds * 2);
  const tick = 1000 + Math.floor(seconds * 60);
  const ahead = Math.round(6 + 2 * wave);
  return {
    atMs,
    newestTick: tick,
    confirmedTick: tick - ahead,
    rollbackTicks: Math.max(0, Math.round(4 * wave)),
    packetsIn: Math.floor(seconds * 60),
    packetsOut: Math.floor(seconds * 60),
    bytesIn: Math.floor(seconds * 1900),
    bytesOut: Math.floor(seconds * 1800),
    stalledMs: 0,
    rejected: 0,
    faults: { latencyMs: 75, jitterMs: 20, lossPercent: 2, isCut: false },
  };
}

function waiting(state: PlayerState): Partial<PlayerView> {
  return { state, score: 5 };
}

export const PAGE_STATES: readonly PageState[] = [
  {
    name: "start",
    view: () => ({
      ...VIEW,
      phase: "start",
      me: -1,
      room: "",
      invite: "",
      transport: "",
      canLeave: false,
      start: {
        settings: {
          name: "Ada",
          look: 0,
          mode: "quick",
          host: "192.168.1.20",
          port: 5555,
          room: "",
          ...DUEL,
          skill: "normal",
        },
        problem: "",
        isBusy: false,
      },
    }),
    states: () => [],
  },
  {
    name: "room-3-of-4",
    view: () => ({
      ...VIEW,
      phase: "lobby",
      rules: SQUARE,
      canLeave: true,
      watchers: 1,
      secondsLeft: 7,
      phoneUrl: "http://192.168.1.20:40123/?token=0123456789abcdef",
      players: [
        player(0, { ...waiting("waiting"), rttMs: 3 }),
        player(1, { ...waiting("ready"), rttMs: 24 }),
        player(2, {
          ...waiting("ready"),
          ...{ isBot: true, isLocalBot: true, name: "Bot", rttMs: 1 },
        }),
      ],
    }),
    states: () => [],
  },
  {
    name: "match-of-2",
    view: () => ({ ...PLAYING, rules: DUEL, players: duel([6, 8]) }),
    states: (atMs) => during(rally(2, [6, 8]), atMs),
  },
  {
    name: "match-of-4",
    view: () => ({
      ...PLAYING,
      rules: SQUARE,
      watchers: 2,
      players: [
        player(0, { score: 4 }),
        player(1, { score: 5 }),
        player(2, { score: 2, isBot: true, name: "Bot", rttMs: 1 }),
        player(3, { score: 3 }),
      ],
    }),
    states: (atMs) => during(rally(4, [4, 5, 2, 3]), atMs),
  },
  {
    name: "pause",
    view: () => ({
      ...PLAYING,
      phase: "paused",
      rules: DUEL,
      players: [
        player(0, { score: 6 }),
        player(1, { score: 8, state: "suspect", awaySeconds: 6 }),
      ],
      waitingFor: [1],
      secondsLeft: 14,
    }),
    states: () => during(rally(2, [6, 8]), 0),
  },
  {
    name: "result",
    view: () => ({
      ...PLAYING,
      phase: "over",
      rules: DUEL,
      players: duel([11, 8]),
      winner: 0,
      reason: "finished",
      rematch: { wanted: [1], gone: [], isLobbyGone: false },
      statistics: {
        longestRallyHits: 23,
        fastestBall: 1212,
        playedTicks: 9240,
        rollbacks: 318,
        resimulatedTicks: 1402,
      },
    }),
    states: () => during(rally(2, [11, 8]), 0),
  },
  {
    name: "inspector",
    view: (atMs) => ({
      ...PLAYING,
      rules: DUEL,
      players: [
        player(0, { score: 2 }),
        player(1, {
          score: 1,
          rttMs: 150 + 20 * Math.sin(atMs / 700),
          jitterMs: 12,
        }),
      ],
      network: network(atMs),
    }),
    states: (atMs) => during(rally(2, [2, 1]), atMs, 6),
    key: "KeyI",
  },
  {
    name: "replay",
    view: (atMs) => ({
      ...PLAYING,
      role: "replay",
      me: -1,
      rules: SQUARE,
      players: [4, 5, 2, 3].map((score, slot) =>
        player(slot, { score, rttMs: null, jitterMs: null })
      ),
      canLeave: false,
      replay: {
        firstTick: 0,
        tick: 1000 + Math.floor(atMs / 1000 * 60) % 36,
        lastTick: 5400,
        isRunning: true,
        speed: 1,
        marks: [
          { tick: 700, kind: "goal", slot: 2 },
          { tick: 1900, kind: "dropped", slot: 3 },
          { tick: 2600, kind: "returned", slot: 3 },
          { tick: 3600, kind: "goal", slot: 1 },
        ],
        isIncomplete: true,
        isUnfinished: true,
      },
    }),
    states: (atMs) => during(rally(4, [4, 5, 2, 3]), atMs, 0),
  },
];
