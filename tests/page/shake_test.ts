/** The shake after a goal. */
import { expect } from "@std/expect";
import { shakeAt } from "../../static/court/shake.ts";

Deno.test("a shake moves the picture, by 4 px at most, and less and less", () => {
  const [reach, eighth] = [4 * Math.SQRT1_2, Math.PI / 8];
  const moments = [
    [0, 0, 0],
    [12.5, (15 / 16) ** 2, (15 / 16) ** 2 * Math.sin(3 * eighth)],
    [25, 0, (7 / 8) ** 2 * Math.SQRT1_2],
    [100 / 3, -((5 / 6) ** 2) * Math.sin(Math.PI / 3), 0],
    [187.5, -1 / 256, -Math.sin(3 * eighth) / 256],
  ];
  for (const [sinceMs, x, y] of moments) {
    expect(shakeAt(sinceMs))
      .toEqual({
        x: expect.closeTo(reach * x, 9),
        y: expect.closeTo(reach * y, 9),
      });
  }
});

Deno.test("a shake is over after 200 ms, and there is none before a goal", () => {
  for (const sinceMs of [-10, 200, 250, 5000, Infinity]) {
    expect(shakeAt(sinceMs)).toEqual({ x: 0, y: 0 });
  }
});
