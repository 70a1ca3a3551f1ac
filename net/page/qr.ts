/**
 * An address as a picture that a phone reads.
 *
 * @module
 */
import { renderSVG } from "uqr";
import type { Asset } from "./assets.ts";

/** Draws a QR code of `text`, dark on light as every reader expects, with its quiet zone. */
export function qrCodeOf(text: string): Asset {
  const svg = renderSVG(text, { border: 4, ecc: "M" });
  return { type: "image/svg+xml", body: new TextEncoder().encode(svg) };
}
