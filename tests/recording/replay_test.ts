import { expect } from "@std/expect";
import { TICK_MS } from "../../game/court.ts";
import { BALL_X, hashState, TICK } from "../../game/state.ts";
import { ReplayError } from "../../net/recording/recording.ts";
import { openReplay } from "../../net/recording/replay.ts";
import { createRandom } from "../support/simulation.ts";
import { hashesOf, playThroughCut } from "./recorded_match.ts";

const [witness, , , lost] = playThroughCut();
const LAST_TICK = openReplay(witness.bytes).view.lastTick;

/** A replay in virtual time, which passes in ticks from the replay's first call on. */
function createPlayer(bytes = witness.bytes) {
  const replay = openReplay(bytes);
  let nowMs = 5000;
  replay.advance(nowMs);
  const pass = (ticks: number) => {
    for (let i = 0; i < ticks; i++) replay.advance(nowMs += TICK_MS);
  };
  return { replay, pass };
}

Deno.test("a replay rests until it is run, and then plays a tick a tick", () => {
  const { replay, pass } = createPlayer();
  pass(10);
  expect(replay.view).toMatchObject({ tick: 0, isRunning: false, speed: 1 });

  replay.run(true);
  for (let tick = 1; tick <= 600; tick++) {
    pass(1);
    expect(replay.tick).toBe(tick);
  }
  replay.run(false);
  pass(10);

  expect(replay.view).toMatchObject({ tick: 600, isRunning: false });
});

for (
  const [asked, speed] of [
    ...[[4, 4], [2, 2], [0.5, 0.5], [0.1, 0.1]],
    ...[[0, 0.1], [-3, 0.1], [100, 4]],
  ]
) {
  Deno.test(`a replay at speed ${asked} plays ${120 * speed} ticks in two seconds`, () => {
    const { replay, pass } = createPlayer();
    replay.setSpeed(asked);
    replay.run(true);

    pass(120);

    expect(replay.view)
      .toMatchObject({ tick: 120 * speed, speed, isRunning: true });
  });
}

Deno.test("a replay stops at its end, and runs from its beginning again", () => {
  const { replay, pass } = createPlayer();
  replay.seek(LAST_TICK - 9);
  replay.setSpeed(4);
  replay.run(true);
  pass(100);
  expect(replay.view).toMatchObject({ tick: LAST_TICK, isRunning: false });
  expect(hashState(replay.state)).toBe(witness.session.outcome?.hash);

  replay.run(true);
  pass(5);

  expect(replay.view).toMatchObject({ tick: 20, isRunning: true });
});

Deno.test("a replay that nobody called for a while goes on from where it was", () => {
  const replay = openReplay(witness.bytes);
  replay.advance(0);
  replay.run(true);
  replay.advance(100);
  expect(replay.tick).toBe(6);

  replay.advance(60_000);
  replay.advance(60_100);

  expect(replay.tick).toBe(12);
});

Deno.test("a replay shows the same state however it came to its tick", () => {
  const expected = hashesOf(witness);
  const random = createRandom(5);
  const replay = openReplay(witness.bytes);
  for (let i = 0; i < 200; i++) {
    const tick = Math.floor(random() * (LAST_TICK + 1));
    replay.seek(tick);
    expect([replay.tick, hashState(replay.state)])
      .toEqual([tick, expected[tick]]);
    replay.step(i % 2 === 0 ? 1 : -1);
    expect(hashState(replay.state)).toBe(expected[replay.tick]);
  }

  const { keyframes } = replay.match;
  expect(keyframes.map((state) => state[TICK]))
    .toEqual(keyframes.map((_, i) => 300 * i));
  expect(keyframes.length).toBe(1 + Math.floor(LAST_TICK / 300));

  replay.run(true);
  replay.step(1);
  expect(replay.view.isRunning).toBe(false);
  replay.seek(-5);
  expect(replay.tick).toBe(0);
  replay.step(-1);
  expect(replay.tick).toBe(0);
  replay.seek(LAST_TICK + 5);
  expect(replay.tick).toBe(LAST_TICK);
  expect(() => replay.seek(1.5)).toThrow(RangeError);
  expect(() => replay.setSpeed(NaN)).toThrow(RangeError);
});

Deno.test("a replay goes over a gap in both directions", () => {
  const { replay, pass } = createPlayer(lost.bytes);
  const [{ lastTick }, { firstTick }] = replay.match.segments;
  expect(firstTick - lastTick).toBeGreaterThan(60);
  replay.seek(lastTick - 1);
  replay.run(true);

  pass(2);
  expect(replay.tick).toBe(firstTick);
  pass(60);
  expect(replay.tick).toBe(firstTick + 60);

  const moves: readonly (readonly [() => void, number])[] = [
    [() => replay.seek(firstTick), firstTick],
    [() => replay.step(-1), lastTick],
    [() => replay.step(1), firstTick],
    [() => replay.seek(firstTick - 10), lastTick],
    [() => replay.seek(lastTick + 10), firstTick],
  ];
  for (const [move, tick] of moves) {
    move();
    expect(replay.tick).toBe(tick);
  }
});

Deno.test("a replay notices within a second that somebody changed its state", () => {
  const { replay, pass } = createPlayer();
  replay.run(true);
  pass(200);
  replay.state[BALL_X] += 1;

  expect(() => pass(60)).toThrow(ReplayError);

  replay.seek(200);
  replay.run(true);
  pass(60);
  expect(replay.tick).toBe(260);
});
