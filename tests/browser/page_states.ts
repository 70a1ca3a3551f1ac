/**
 * The page in each of its states, as its process would show it: for screenshots, for checks of
 * accessibility, and to look at.
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
import type { NetworkView, PlayerView, View } from "../../net/page/protocol.ts";
import { VIEW } from "../support/page_client.ts";
import { playerView, view } from "../support/views.ts";

/** A state of the page: what the process pushes, over and over, `at` ms from the beginning. */
export interface PageState {
  readonly name: string;
  view(atMs: number): View;
  /** Confirmed one first; empty where there is no match. */
  states(atMs: number): readonly State[];
  /** A key to press once the page shows it. */
  readonly key?: string;
}

const DUEL = DEFAULT_RULES;
const SQUARE = { ...DEFAULT_RULES, players: 4 };

function player(slot: number, news: Partial<PlayerView> = {}): PlayerView {
  const link = { rttMs: 8 + 17 * slot, jitterMs: 1 + slot };
  return playerView(slot, { ...(slot === 0 ? {} : link), ...news });
}

/** A match that stands so, and what is special about it. */
function match(scores: readonly number[], news: Partial<View> = {}): View {
  return view({
    ...{ match: "5c9e33a1-4", isRecorded: true, canLeave: true },
    rules: scores.length === 2 ? DUEL : SQUARE,
    players: scores.map((score, slot) => player(slot, { score })),
    ...news,
  });
}

/** A rally with the ball on its way to the right, some ticks after a hit. */
function rally(scores: readonly number[]): State {
  const state = createState(scores.length === 2 ? DUEL : SQUARE, 7);
  const [width, height] = scores.length === 2 ? [1600, 900] : [1000, 1000];
  Object.assign(state, {
    ...{ [TICK]: 1000, [PHASE]: RALLY, [HITS]: 5, [LAST_HIT]: 0 },
    ...{ [BALL_X]: width * 0.3 * UNIT, [BALL_Y]: height * 0.36 * UNIT },
    ...{ [BALL_VX]: 11 * UNIT, [BALL_VY]: 4 * UNIT },
  });
  state.set(scores, SCORE);
  [-90, 60, 120, -40].forEach((away, slot) =>
    state[PADDLE + slot] += away * UNIT
  );
  return state;
}

/** The rally, gone on for up to 0.6 s, over and over: it never reaches the other paddle. */
function during(
  scores: readonly number[],
  atMs: number,
  ticksAhead = 1,
): readonly State[] {
  const ticks = Math.floor(atMs / TICK_MS) % 36;
  const state = rally(scores);
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
  const packets = Math.floor(seconds * 60);
  const newestTick = 1000 + packets;
  return {
    ...{ atMs, newestTick, stalledMs: 0, rejected: 0 },
    confirmedTick: newestTick - Math.round(6 + 2 * wave),
    rollbackTicks: Math.max(0, Math.round(4 * wave)),
    ...{ packetsIn: packets, packetsOut: packets },
    bytesIn: Math.floor(seconds * 1900),
    bytesOut: Math.floor(seconds * 1800),
    faults: { latencyMs: 75, jitterMs: 20, lossPercent: 2, isCut: false },
  };
}

export const PAGE_STATES: readonly PageState[] = [
  {
    name: "start",
    view: () => ({
      ...{ ...VIEW, phase: "start", me: -1, room: "", invite: "" },
      transport: "",
      start: {
        settings: {
          ...{ name: "Ada", look: 0, mode: "quick", skill: "normal" },
          ...{ host: "192.168.1.20", port: 5555, room: "", ...DUEL },
          quickPlayers: 0,
        },
        ...{ problem: "", isBusy: false },
      },
    }),
    states: () => [],
  },
  {
    name: "room-3-of-4",
    view: () => ({
      ...{ ...VIEW, phase: "lobby", rules: SQUARE, canLeave: true },
      ...{ watchers: 1, secondsLeft: 7 },
      phoneUrl: "http://192.168.1.20:40123/?token=0123456789abcdef",
      players: [
        player(0, { state: "waiting", score: 5, rttMs: 3 }),
        player(1, { state: "ready", score: 5, rttMs: 24 }),
        player(2, {
          ...{ state: "ready", score: 5, rttMs: 1 },
          ...{ isBot: true, isLocalBot: true, name: "Bot" },
        }),
      ],
    }),
    states: () => [],
  },
  {
    name: "room-alone",
    view: () => ({
      ...{ ...VIEW, phase: "lobby", canLeave: true },
      players: [player(0, { state: "waiting" })],
      otherRooms: [2, 3, 4, 2, 3, 4, 4, 4].map((players, i) => ({
        ...{ room: `ROOM${i}`, present: 1 + i % (players - 1) },
        rules: { ...DEFAULT_RULES, players, lives: 99 - i },
      })),
    }),
    states: () => [],
  },
  {
    name: "match-of-2",
    view: () => match([6, 8]),
    states: (atMs) => during([6, 8], atMs),
  },
  {
    name: "match-of-4",
    view() {
      const shown = match([4, 5, 2, 3], { watchers: 2 });
      const bot = { score: 2, isBot: true, name: "Bot", rttMs: 1 };
      return { ...shown, players: shown.players.with(2, player(2, bot)) };
    },
    states: (atMs) => during([4, 5, 2, 3], atMs),
  },
  {
    name: "pause",
    view: () =>
      match([6, 8], {
        ...{ phase: "paused", waitingFor: [1], secondsLeft: 14 },
        players: [
          player(0, { score: 6 }),
          player(1, { score: 8, state: "suspect", awaySeconds: 6 }),
        ],
      }),
    states: () => during([6, 8], 0),
  },
  {
    name: "result",
    view: () =>
      match([11, 8], {
        ...{ phase: "over", winner: 0, reason: "finished" },
        rematch: { wanted: [1], gone: [], isLobbyGone: false },
        statistics: {
          ...{ longestRallyHits: 23, fastestBall: 1212, playedTicks: 9240 },
          ...{ rollbacks: 318, resimulatedTicks: 1402 },
        },
      }),
    states: () => during([11, 8], 0),
  },
  {
    name: "inspector",
    view(atMs) {
      const rttMs = 150 + 20 * Math.sin(atMs / 700);
      const mia = player(1, { score: 1, rttMs, jitterMs: 12 });
      const players = [player(0, { score: 2 }), mia];
      return match([2, 1], { players, network: network(atMs) });
    },
    states: (atMs) => during([2, 1], atMs, 6),
    key: "KeyI",
  },
  {
    name: "replay",
    view: (atMs) =>
      match([4, 5, 2, 3], {
        ...{ role: "replay", me: -1, canLeave: false },
        players: [4, 5, 2, 3].map((score, slot) => playerView(slot, { score })),
        replay: {
          ...{ firstTick: 0, lastTick: 5400, isRunning: true, speed: 1 },
          tick: 1000 + Math.floor(atMs / 1000 * 60) % 36,
          marks: [
            { tick: 700, kind: "goal", slot: 2 },
            { tick: 1900, kind: "dropped", slot: 3 },
            { tick: 2600, kind: "returned", slot: 3 },
            { tick: 3600, kind: "goal", slot: 1 },
          ],
          ...{ isIncomplete: true, isUnfinished: true },
        },
      }),
    states: (atMs) => during([4, 5, 2, 3], atMs, 0),
  },
];
