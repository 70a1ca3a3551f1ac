/**
 * How the page divides a window between the court and what stands around it.
 *
 * @module
 */
import { expect } from "@std/expect";
import type { Turn } from "../../static/court/turn.ts";
import { chooseLayout } from "../../static/hud/layout.ts";

const CASES: readonly {
  readonly size: readonly [width: number, height: number];
  readonly players: number;
  readonly turn: Turn;
  readonly kind: "side" | "stack";
  readonly ratio: number;
}[] = [
  { size: [1280, 720], players: 2, turn: 0, kind: "stack", ratio: 16 / 9 },
  { size: [1280, 720], players: 2, turn: 3, kind: "side", ratio: 9 / 16 },
  { size: [1280, 720], players: 4, turn: 0, kind: "side", ratio: 1 },
  { size: [390, 844], players: 2, turn: 0, kind: "stack", ratio: 16 / 9 },
  { size: [390, 844], players: 2, turn: 1, kind: "stack", ratio: 9 / 16 },
  { size: [390, 844], players: 4, turn: 1, kind: "stack", ratio: 1 },
  { size: [844, 390], players: 2, turn: 2, kind: "side", ratio: 16 / 9 },
  { size: [3440, 1440], players: 2, turn: 0, kind: "side", ratio: 16 / 9 },
];

for (const { size: [width, height], players, turn, kind, ratio } of CASES) {
  const name = `${width} × ${height}, ${players} players, turn ${turn}`;
  Deno.test(`chooseLayout() fits the court into the window (${name})`, () => {
    const layout = chooseLayout({ width, height, players, turn });

    expect(layout.kind).toBe(kind);
    expect(layout.width / layout.height).toBeCloseTo(ratio, 1);
    const { gap, row, foot } = layout;
    const rows = kind === "side" ? 0 : ratio > 1 ? 1 : 2;
    expect(layout.width).toBeLessThanOrEqual(width - 2 * gap);
    expect(layout.height)
      .toBeLessThanOrEqual(height - foot - 3 * gap - rows * (row + gap));
  });
}

Deno.test("chooseLayout() gives a turned duel nearly all of a phone held upright", () => {
  const layout = chooseLayout({ width: 390, height: 844, players: 2, turn: 3 });

  expect(layout.width * layout.height).toBeGreaterThan(0.6 * 390 * 844);
  expect(layout.shape).toBe("tall");
});

Deno.test("chooseLayout() has a court even where there is no room", () => {
  const layout = chooseLayout({ width: 40, height: 20, players: 4, turn: 0 });

  expect(layout.width).toBeGreaterThan(0);
});
