/**
 * What a page has drawn, pixel by pixel.
 *
 * @module
 */
import type { Page } from "playwright-core";

/** A place and, for `isNear`, the colour that it should have. */
export type Place = readonly [x: number, y: number];
export type Color = readonly number[];

/** Returns the colours (red, green, blue) of places in `#court`, whose own size is `width` × `height`. */
export async function colorsAt(
  page: Page,
  { width, height, places }: {
    readonly width: number;
    readonly height: number;
    readonly places: readonly Place[];
  },
): Promise<readonly Color[]> {
  const picture = await page.locator("#court").screenshot();
  const base64 = picture.toString("base64");
  const shares = places.map(([x, y]) => [x / width, y / height]);
  // The browser, which made the picture, also decodes it.
  return await page.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob("${base64}"), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return ${JSON.stringify(shares)}.map(([x, y]) => [
      ...context.getImageData(x * image.width, y * image.height, 1, 1).data,
    ].slice(0, 3));
  })()`);
}

export function isNear(color: Color, wanted: Color): boolean {
  return color.every((value, i) => Math.abs(value - wanted[i]) < 24);
}
