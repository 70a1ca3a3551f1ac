/** How calmly the ball is drawn over networks from perfect to poor, with the filter and without. */
import { expect } from "@std/expect";
import { BALL_RADIUS, UNIT } from "../../game/court.ts";
import { type Figures, measure } from "./judder.ts";
import { recordMatch } from "./judder_match.ts";

const BALL_WIDTH = 2 * BALL_RADIUS / UNIT;
const MATCH_MS = 80_000;

interface Comparison {
  readonly filtered: Figures;
  readonly plain: Figures;
}

Deno.test("the ball is drawn calmly near a remote paddle", async (t) => {
  for (const rttMs of [0, 50, 100, 150, 200]) {
    const network = { rttMs, jitterMs: rttMs === 0 ? 0 : 20 };
    const match = recordMatch({ ...network, forMs: MATCH_MS, seed: 3 });
    for (const framesPerSecond of [60, 144]) {
      const filtered = measure(match, { isFilterOn: true, framesPerSecond });
      const plain = measure(match, { isFilterOn: false, framesPerSecond });
      const figures = figuresOf({ filtered, plain });
      const name = `${rttMs} ms, ${framesPerSecond} Hz: ${figures}`;
      await t.step(name, () => check(rttMs, { filtered, plain }));
    }
  }
});

function check(rttMs: number, { filtered, plain }: Comparison): void {
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

/** To read: without the filter → with it. */
function figuresOf({ filtered, plain }: Comparison): string {
  return (["judder", "jump", "stray"] as const)
    .map((figure) =>
      `${figure} ${plain[figure].toFixed(2)} → ${filtered[figure].toFixed(2)}`
    ).join();
}
