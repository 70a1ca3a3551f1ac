/**
 * Which sounds a change deserves, and from where they come.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { View } from "../../net/page/protocol.ts";
import { goesOn } from "../../static/court/goals.ts";
import type { Turn } from "../../static/court/turn.ts";
import {
  createSoundEvents,
  type SoundEvent,
  soundOfView,
} from "../../static/sound/sound_events.ts";
import { playerView, view } from "../support/views.ts";
import { flight, rally } from "./moving.ts";

/** The sounds of a ball that flies from the middle of a duel to the left paddle. */
function soundsOfHit(turn: Turn): readonly SoundEvent[] {
  const events = createSoundEvents();
  return flight(rally({ x: 100, vx: -12 }), 30)
    .flatMap((state) => events.ofBall(state, turn));
}

/** A view of a duel that stands so. */
function score(left: number, right: number, rest: Partial<View> = {}): View {
  const players = [left, right].map((score, slot) =>
    playerView(slot, { score })
  );
  return view({ players, ...rest });
}

/** A view of a replay at that tick. */
function replayAt(tick: number, points: number, speed = 1): View {
  const replay = {
    ...{ firstTick: 0, tick, lastTick: 9000, isRunning: true, speed },
    ...{ marks: [], isIncomplete: false, isUnfinished: false },
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
  for (const turn of [1, 3] as const) {
    expect(soundOfView(before, after, turn)).toEqual({ kind: "goal", pan: 0 });
  }
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
  // No further than a second's worth, and not back.
  for (const [speed, most] of [[0.5, 60], [1, 60], [8, 480]]) {
    for (const ticks of [-1, 0, most, most + 1]) {
      const [from, to] = [
        replayAt(1000, 2, 1),
        replayAt(1000 + ticks, 3, speed),
      ];
      const sound = soundOfView(from, to, 0)?.kind;
      expect(goesOn(from, to)).toBe(sound === "goal");
      expect({ speed, ticks, sound }).toEqual({
        ...{ speed, ticks },
        sound: ticks === 0 || ticks === most ? "goal" : undefined,
      });
    }
  }
});
