/** Which sounds a change deserves, and from where they come. */
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

Deno.test("a hit and a confirmed goal sound from where they are on the screen", () => {
  const [before, after] = [score(3, 4), score(3, 5)];
  const turns = [[0, -1], [1, 0], [2, 1], [3, 0]] as const;
  for (const [turn, side] of turns) {
    expect(soundsOfHit(turn))
      .toEqual([{ kind: "paddle", pan: expect.closeTo(0.756 * side, 3) }]);
    // From the side that concedes it.
    expect(soundOfView(before, after, turn))
      .toEqual({ kind: "goal", pan: 0.8 * side });
  }
});

Deno.test("the end of a match sounds once, and what was not played now makes no sound", () => {
  const won = score(11, 4, { phase: "over", winner: 0 });
  const silent: readonly (readonly [View | undefined, View])[] = [
    [won, won],
    [undefined, score(3, 4)],
    [score(0, 0, { match: "other" }), score(3, 4, { winner: 1 })],
    // Who catches up hears no old goals.
    [score(0, 0, { phase: "syncing" }), score(3, 4)],
  ];

  expect(soundOfView(score(10, 4), won, 0)).toEqual({ kind: "win", pan: 0 });
  for (const [before, after] of silent) {
    expect(soundOfView(before, after, 0)).toBe(undefined);
  }
});

Deno.test("a replay sounds where it runs, fast ones too, and not where it is wound", () => {
  // No further than a second's worth, and not back.
  for (const [speed, most] of [[0.5, 60], [1, 60], [8, 480]]) {
    for (const ticks of [-1, 0, most, most + 1]) {
      const from = replayAt(1000, 2);
      const to = replayAt(1000 + ticks, 3, speed);
      const isNear = ticks === 0 || ticks === most;
      const sound = soundOfView(from, to, 0)?.kind;
      expect({ speed, ticks, sound, goesOn: goesOn(from, to) }).toEqual({
        ...{ speed, ticks, goesOn: isNear },
        sound: isNear ? "goal" : undefined,
      });
    }
  }
});
