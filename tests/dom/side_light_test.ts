/** Where a side of the court lies, and the light that is painted for it. */
import { expect } from "@std/expect";
import {
  paintLight,
  placeLight,
  sideRect,
} from "../../static/court/side_light.ts";

Deno.test("a side's strip and its light lie within the court along that side", () => {
  const court = { width: 1600, height: 900 };
  const places = [
    { strip: [0, 0, 20, 900], x: 0, y: 0, length: 900, rotation: 0 },
    { strip: [1580, 0, 20, 900], x: 1600, y: 900, length: 900, rotation: 2 },
    { strip: [0, 0, 1600, 20], x: 1600, y: 0, length: 1600, rotation: 1 },
    { strip: [0, 880, 1600, 20], x: 0, y: 900, length: 1600, rotation: -1 },
  ];
  for (const [slot, { strip, x, y, length, rotation }] of places.entries()) {
    expect(sideRect(slot, court, 20)).toEqual(strip);
    expect(placeLight(slot, court)).toEqual({
      at: { x, y },
      rotation: rotation * Math.PI / 2,
      width: 244,
      height: length,
    });
  }
});

Deno.test("a light of a colour fades to the right, with noise of one step of the screen", () => {
  const { random } = Math;
  using _real = { [Symbol.dispose]: () => Object.assign(Math, { random }) };
  const length = 256 * 256 * 4;
  const painted: number[] = [];
  const context = {
    createImageData: () => ({ data: new Uint8ClampedArray(length) }),
    putImageData: ({ data }: { readonly data: Uint8ClampedArray }) =>
      // The second row's first pixel, one half way, the last one.
      painted.push(
        ...[256, 384, 511].flatMap((at) => [...data.slice(4 * at, 4 * at + 4)]),
      ),
  };
  const createElement = () => ({ getContext: () => context });
  Object.assign(globalThis, { document: { createElement } });

  for (const value of [0.5, 0, 1]) {
    Math.random = () => value;
    paintLight(0x12a4f6);
  }

  const alphas = [[255, 63, 0], [249, 57, 0], [255, 69, 6]].flat();
  expect(painted)
    .toEqual(alphas.flatMap((alpha) => [0x12, 0xa4, 0xf6, alpha]));
});
