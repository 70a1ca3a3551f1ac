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
import {
  BALL_VX,
  BALL_X,
  BALL_Y,
  createState,
  PADDLE,
  paddleHalf,
  PHASE,
  RALLY,
  type State,
  TICK,
} from "../../game/state.ts";
import { moveBall, WHOLE_TICK } from "../../game/step.ts";
import { ConfirmedLog } from "../../net/match/confirmed_log.ts";
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

/** What a page gets to know of a match, in the order of time. */
export interface Recording {
  readonly events: readonly {
    readonly atMs: number;
    readonly show: (motion: Motion) => void;
  }[];
  /** The confirmed state of each tick. */
  readonly exact: readonly State[];
}

/** Plays a match and returns what the page of slot 0 gets; half of the round trip is each way. */
export function recordMatch(
  { rttMs, jitterMs, forMs, seed }: Readonly<
    Record<"rttMs" | "jitterMs" | "forMs" | "seed", number>
  >,
): Recording {
  const random = createRandom(seed);
  const faults = { ...NO_FAULTS, delayMs: rttMs / 2, jitterMs };
  const hands = [OWN, REMOTE].map((slot) => createRestlessHand(slot, random));
  const axes = [0, 0];
  const events: Recording["events"][number][] = [];
  const exact: State[] = [];
  let log: ConfirmedLog | undefined;
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
        const take = (state: State) => void exact.push(state.slice());
        const initial = createState(RULES, event.seed);
        log = new ConfirmedLog({
          initial,
          reader: { begin: take, follow: take },
        });
      },
      onTurn({ slot, session: { play } }) {
        if (slot !== OWN || play === undefined) return;
        log?.take(play);
        const atMs = match.nowMs;
        const [axis] = axes;
        if (axis !== shownAxis) {
          events.push({ atMs, show: (motion) => motion.steer(axis, atMs) });
        }
        shownAxis = axis;
        const { inputDelayTicks, confirmedTick, newestTick } = play;
        // Messages to a page don't overtake each other.
        const laterMs = Math.max(shownMs, atMs + random() * TO_PAGE_MS_MAX);
        shownMs = laterMs;
        const states = Array.from(
          { length: newestTick - confirmedTick + 1 },
          (_, i) => play.stateAt(confirmedTick + i).slice(),
        );
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
