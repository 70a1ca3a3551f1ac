/**
 * Which sounds a change deserves, and from where they come.
 *
 * @module
 */
import { expect } from "@std/expect";
import { DEFAULT_RULES, UNIT } from "../../game/court.ts";
import {
  BALL_VX,
  BALL_X,
  createState,
  PHASE,
  RALLY,
  SPEED,
  type State,
} from "../../game/state.ts";
import { step } from "../../game/step.ts";
import type { PlayerView, ReplayView, View } from "../../net/page/protocol.ts";
import type { Turn } from "../../static/court/turn.ts";
import {
  createSoundEvents,
  type SoundEvent,
  soundOfView,
} from "../../static/sound/sound_events.ts";
import { VIEW } from "../support/page_client.ts";

/** The sounds of a ball that flies from the middle of a duel to the left paddle. */
function soundsOfHit(turn: Turn): readonly SoundEvent[] {
  const state = createState(DEFAULT_RULES, 7);
  state[PHASE] = RALLY;
  state[BALL_X] = 100 * UNIT;
  state[BALL_VX] = -12 * UNIT;
  state[SPEED] = 12 * UNIT;
  const events = createSoundEvents();
  const next = (at: State) => events.ofBall(at, turn);
  return Array.from({ length: 30 }, () => {
    step(state, new Int8Array(4));
    return next(state);
  }).flat();
}

function player(slot: number, score: number): PlayerView {
  return {
    slot,
    id: `p${slot}`,
    name: "Ada",
    look: slot,
    isBot: false,
    isLocalBot: false,
    score,
    state: "ok",
    rttMs: null,
    jitterMs: null,
    awaySeconds: null,
  };
}

/** A view of a duel that stands so. */
function score(left: number, right: number, rest: Partial<View> = {}): View {
  return {
    ...VIEW,
    phase: "playing",
    match: "m",
    players: [player(0, left), player(1, right)],
    ...rest,
  };
}

/** A view of a replay at that tick. */
function replayAt(tick: number, points: number, speed = 1): View {
  const replay: ReplayView = {
    firstTick: 0,
    tick,
    lastTick: 9000,
    isRunning: true,
    speed,
    marks: [],
    isIncomplete: false,
    isUnfinished: false,
  };
  return score(points, 0, { role: "replay", replay });
}

Deno.test("a hit sounds from where it is on the screen", () => {
  const [asItIs, turned, ...others] = [0, 2, 1, 3].map((turn) =>
    soundsOfHit(turn as Turn) // The list has nothing but turns.
  );

  expect(asItIs).toEqual([{ kind: "paddle", pan: expect.closeTo(-0.756, 3) }]);
  expect(turned).toEqual([{ kind: "paddle", pan: expect.closeTo(0.756, 3) }]);
  for (const shownAcross of others) {
    expect(shownAcross).toEqual([
      { kind: "paddle", pan: expect.closeTo(0, 3) },
    ]);
  }
});

Deno.test("a confirmed goal sounds from the side that concedes it", () => {
  const [before, after] = [score(3, 4), score(3, 5)];

  expect(soundOfView(before, after, 0)).toEqual({ kind: "goal", pan: -0.8 });
  expect(soundOfView(before, after, 2)).toEqual({ kind: "goal", pan: 0.8 });
  expect(soundOfView(before, after, 3)).toEqual({ kind: "goal", pan: 0 });
});

Deno.test("the end of a match sounds once, instead of its last goal", () => {
  const won = score(11, 4, { phase: "over", winner: 0 });

  expect(soundOfView(score(10, 4), won, 0)).toEqual({ kind: "win", pan: 0 });
  expect(soundOfView(won, won, 0)).toBe(undefined);
});

Deno.test("a first view and another match make no sound", () => {
  const other = score(0, 0, { match: "other" });

  expect(soundOfView(undefined, score(3, 4), 0)).toBe(undefined);
  expect(soundOfView(other, score(3, 4, { winner: 1 }), 0)).toBe(undefined);
});

Deno.test("who catches up with a match hears no old goals", () => {
  const early = score(0, 0, { phase: "syncing" });

  expect(soundOfView(early, score(3, 4), 0)).toBe(undefined);
});

Deno.test("a replay sounds where it runs, fast ones too, and not where it is wound", () => {
  const from = replayAt(1000, 2, 8);

  expect(soundOfView(from, replayAt(1120, 3, 8), 0)?.kind).toBe("goal");
  expect(soundOfView(from, replayAt(1500, 5, 8), 0)).toBe(undefined);
  expect(soundOfView(from, replayAt(900, 3, 8), 0)).toBe(undefined);
  expect(soundOfView(replayAt(1000, 2), replayAt(1120, 3), 0))
    .toBe(undefined);
});
