/** How the page divides a window between the court and what stands around it. */
import { expect } from "@std/expect";
import { chooseLayout } from "../../static/hud/layout.ts";

/** Window, players and turn; then where the panels stand, and the court's size. */
const CASES = [
  [1280, 720, 2, 0, "stack", 981, 552],
  [1280, 720, 2, 3, "side", 355, 632],
  [1280, 720, 4, 0, "side", 632, 632],
  [390, 844, 2, 0, "stack", 373, 210],
  [390, 844, 2, 1, "stack", 348, 620],
  [390, 844, 4, 1, "stack", 374, 374],
  [844, 390, 2, 2, "side", 572, 322],
  [3440, 1440, 2, 0, "side", 2403, 1352],
  // The smallest that is no phone's, and the largest of one.
  [520, 900, 4, 0, "stack", 488, 488],
  [519, 900, 4, 0, "stack", 503, 503],
  [900, 520, 4, 0, "side", 432, 432],
  [900, 519, 4, 0, "side", 451, 451],
  [600, 900, 4, 0, "stack", 568, 568],
] as const;

for (const [width, height, players, turn, kind, w, h] of CASES) {
  const name = `${width} × ${height}, ${players} players, turn ${turn}`;
  Deno.test(`chooseLayout() fits the court into the window (${name})`, () => {
    const layout = chooseLayout({ width, height, players, turn });

    const isSmall = Math.min(width, height) < 520;
    const [gap, row, tools] = isSmall ? [8, 48, 44] : [16, 64, 40];
    const shape = w === h ? "square" : w > h ? "wide" : "tall";
    const foot = isSmall && kind === "stack" ? tools + 44 : tools;
    expect(layout)
      .toEqual({ kind, shape, isSmall, width: w, height: h, gap, row, foot });
    const [rows, panels] = kind === "side" ? [0, 2] : [w > h ? 1 : 2, 0];
    const across = panels * ((isSmall ? 112 : 176) + gap);
    expect(w).toBeLessThanOrEqual(width - 2 * gap - across);
    expect(h)
      .toBeLessThanOrEqual(height - foot - 3 * gap - rows * (row + gap));
  });
}

Deno.test("chooseLayout() has a court even where there is no room", () => {
  const layout = chooseLayout({ width: 40, height: 20, players: 4, turn: 0 });

  expect(layout.width).toBeGreaterThan(0);
});
