/**
 * How calmly the ball is drawn over networks from perfect to poor, with the filter and without.
 *
 * The figures are in the names of the steps.
 *
 * @module
 */
import { expect } from "@std/expect";
import { BALL_RADIUS, UNIT } from "../../game/court.ts";
import { type Figures, measure } from "./judder.ts";
import { recordMatch } from "./judder_match.ts";

const BALL_WIDTH = 2 * BALL_RADIUS / UNIT;
const MATCH_MS = 80_000;

interface Network {
  readonly rttMs: number;
  readonly jitterMs: number;
}

interface Comparison extends Network {
  readonly framesPerSecond: number;
  readonly filtered: Figures;
  readonly plain: Figures;
}

Deno.test("the ball is drawn calmly near a remote paddle", async (t) => {
  for (const rttMs of [0, 50, 100, 150, 200]) {
    const network = { rttMs, jitterMs: rttMs === 0 ? 0 : 20 };
    for (const comparison of compare(network)) {
      await t.step(nameOf(comparison), () => check(comparison));
    }
  }
});

function compare(network: Network): Comparison[] {
  const recording = recordMatch({ ...network, forMs: MATCH_MS, seed: 3 });
  const drawn = (isFilterOn: boolean, framesPerSecond: number) =>
    measure(recording, { isFilterOn, framesPerSecond });
  return [60, 144].map((framesPerSecond) => ({
    ...network,
    framesPerSecond,
    filtered: drawn(true, framesPerSecond),
    plain: drawn(false, framesPerSecond),
  }));
}

function check({ rttMs, filtered, plain }: Comparison): void {
  // Few hits would prove little.
  expect(filtered.remoteHits).toBeGreaterThan(15);
  expect(filtered.jump).toBeLessThan(BALL_WIDTH);
  expect(filtered.stray).toBeLessThan(BALL_WIDTH);
  if (rttMs >= 100) {
    expect(filtered.judder).toBeLessThan(plain.judder);
    expect(filtered.jump).toBeLessThan(plain.jump);
    expect(filtered.stray).toBeLessThan(plain.stray);
  }
  if (rttMs === 0) {
    expect(Math.abs(filtered.judder - plain.judder)).toBeLessThan(0.05);
    expect(Math.abs(filtered.stray - plain.stray)).toBeLessThan(5);
  }
}

function nameOf(
  { rttMs, jitterMs, framesPerSecond, filtered, plain }: Comparison,
): string {
  const pair = (figure: keyof Figures) =>
    `${figure} ${plain[figure].toFixed(2)} → ${filtered[figure].toFixed(2)}`;
  return `${rttMs} ms ± ${jitterMs}, ${framesPerSecond} Hz, without → with filter: ` +
    [pair("judder"), pair("jump"), pair("stray"), pair("remoteMiss")].join();
}
