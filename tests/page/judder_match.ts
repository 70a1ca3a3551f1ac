/**
 * What a page gets to see of a match: two real sessions play over a simulated network in virtual
 * time, and everything that a process would send its page is taken down.
 *
 * Both players are restless hands that seldom miss but change their mind every few ticks: the
 * hardest to predict, right where it is seen.
 */
import {
  BALL_RADIUS,
  courtSize,
  PADDLE_PLANE,
  PADDLE_SPEED,
  type Rules,
} from "../../game/court.ts";
import { createPong } from "../../game/pong.ts";
import {
  BALL_VX,
  BALL_X,
  BALL_Y,
  PADDLE,
  paddleHalf,
  PHASE,
  RALLY,
  type State,
  TICK,
} from "../../game/state.ts";
import { moveBall, WHOLE_TICK } from "../../game/step.ts";
import type { Play } from "../../net/match/play.ts";
import { VirtualMatch } from "../../net/simulation/virtual_match.ts";
import { NO_FAULTS } from "../../net/transport/link_faults.ts";
import type { Motion } from "../../static/motion/motion.ts";
import { createRandom, SYSTEM } from "../support/simulation.ts";

const RULES: Rules = { players: 2, points: 99, lives: 5 };
/** Whose page it is, and who is far away. */
const OWN = 0;
export const REMOTE = 1;
/** How often a process looks for packets between ticks. */
const LOOK_EVERY_MS = 4;
/** From a process to its page. */
const TO_PAGE_MS_MAX = 2;

interface Conditions {
  /** Half of it each way. */
  readonly rttMs: number;
  /** Uniform from 0 to this, added to each way. */
  readonly jitterMs: number;
  readonly forMs: number;
  readonly seed: number;
}

/** What a page gets to know at a time. */
export interface PageEvent {
  readonly atMs: number;
  readonly show: (motion: Motion) => void;
}

export interface Recording {
  readonly events: readonly PageEvent[];
  /** The confirmed state of each tick. */
  readonly exact: readonly State[];
}

/** Plays a match and returns what the page of slot 0 gets. */
export function recordMatch(conditions: Conditions): Recording {
  const { rttMs, jitterMs, forMs, seed } = conditions;
  const random = createRandom(seed);
  const faults = { ...NO_FAULTS, delayMs: rttMs / 2, jitterMs };
  const hands = [OWN, REMOTE].map((slot) => createRestlessHand(slot, random));
  const axes = hands.map(() => 0);
  const events: PageEvent[] = [];
  const exact: State[] = [];
  let shownAxis = 0;
  let shownMs = 0;
  const match: VirtualMatch = new VirtualMatch({
    ...SYSTEM,
    ...{ rules: RULES, random, lookEveryMs: LOOK_EVERY_MS },
    network: { faults: () => faults },
    hooks: {
      input({ slot, session: { play, nextTickMs }, clockMs }) {
        if (play && clockMs >= nextTickMs) axes[slot] = hands[slot](play.state);
        return axes[slot];
      },
      onEvent({ slot }, event) {
        if (slot !== OWN || event.kind !== "started") return;
        exact.push(createPong(RULES, event.seed).initial);
      },
      onTurn({ slot, session: { play } }) {
        if (slot !== OWN || play === undefined) return;
        takeConfirmed(exact, play);
        const atMs = match.nowMs;
        const axis = axes[OWN];
        const { inputDelayTicks } = play;
        if (axis !== shownAxis) {
          events.push({ atMs, show: (motion) => motion.steer(axis, atMs) });
        }
        shownAxis = axis;
        // Messages to a page don't overtake each other.
        const laterMs = Math.max(shownMs, atMs + random() * TO_PAGE_MS_MAX);
        shownMs = laterMs;
        const states = statesOf(play);
        events.push(
          { atMs, show: (motion) => motion.setOwn(OWN, inputDelayTicks) },
          { atMs: laterMs, show: (motion) => motion.receive(states, laterMs) },
        );
      },
    },
  });
  match.play(forMs);
  return { events: events.sort((a, b) => a.atMs - b.atMs), exact };
}

function takeConfirmed(exact: State[], play: Play): void {
  const { step } = createPong(RULES, 0);
  while (exact.length <= play.confirmedTick) {
    const tick = exact.length - 1;
    const state = exact[tick].slice();
    const inputs = [0, 1, 2, 3].map((slot) => play.inputAt(slot, tick));
    step(state, Int8Array.from(inputs), 0);
    exact.push(state);
  }
}

function statesOf(play: Play): State[] {
  const { confirmedTick, newestTick } = play;
  return Array.from(
    { length: newestTick - confirmedTick + 1 },
    (_, i) => play.stateAt(confirmedTick + i).slice(),
  );
}

/** A hand that goes where the ball will come, each time with another part of the paddle in mind. */
function createRestlessHand(
  slot: number,
  random: () => number,
): (state: State) => number {
  let untilTick = 0;
  let offset = 0;
  return (state) => {
    if (state[TICK] >= untilTick) {
      untilTick = state[TICK] + 4 + random() * 8;
      offset = (random() * 2 - 1) * 0.7 * (paddleHalf(state) + BALL_RADIUS);
    }
    const away = crossing(state, slot) + offset - state[PADDLE + slot];
    return Math.abs(away) < 127 * PADDLE_SPEED ? 0 : Math.sign(away) * 127;
  };
}

/** Where the ball will cross a side's plane; where it is when it flies the other way. */
function crossing(state: State, slot: number): number {
  const ahead = state.slice();
  const isComing = slot === 0 ? state[BALL_VX] < 0 : state[BALL_VX] > 0;
  for (let tick = 0; isComing && tick < 200; tick++) {
    const { width } = courtSize(2);
    const gap = slot === 0 ? ahead[BALL_X] : width - ahead[BALL_X];
    if (gap <= PADDLE_PLANE + BALL_RADIUS) break;
    moveBall(ahead, WHOLE_TICK);
    if (ahead[PHASE] !== RALLY) return state[BALL_Y];
  }
  return ahead[BALL_Y];
}
