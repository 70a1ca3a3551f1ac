/**
 * The pixi.js renderer that suits this computer.
 *
 * pixi.js makes functions from text unless `unsafe-eval` (which does the opposite of its name) is
 * imported first; the page's Content-Security-Policy forbids that.
 *
 * @module
 */
import { autoDetectRenderer, type Renderer, WebGLRenderer } from "pixi.js";
import "pixi.js/unsafe-eval";

/** What every renderer is asked for. */
const COMMON = { autoDensity: true, backgroundAlpha: 0 } as const;

export interface CourtRenderer {
  readonly renderer: Renderer;
  /** How many pixels it draws for one of CSS, each way. */
  readonly resolution: () => number;
}

/**
 * Makes a renderer with a canvas of its own.
 *
 * Where WebGL is only software on the processor, smooth edges cost half of the pictures a second,
 * all pixels of a fine screen most of them, and each WebGL context a quarter of a second to make.
 * There it does without smooth edges, draws one pixel for each of CSS, and makes a single context.
 *
 * @throws {Error} The browser can draw neither with WebGL nor without.
 */
export async function createRenderer(): Promise<CourtRenderer> {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("webgl2", {
    antialias: false,
    stencil: true,
  });
  if (context !== null && isSoftware(context)) {
    const renderer = new WebGLRenderer();
    await renderer.init({ ...COMMON, canvas, context });
    return { renderer, resolution: () => 1 };
  }
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  const renderer = await autoDetectRenderer({
    ...COMMON,
    preference: ["webgl", "canvas"],
    antialias: true,
    resolution: devicePixelRatio,
  });
  return { renderer, resolution: () => devicePixelRatio };
}

function isSoftware(context: WebGL2RenderingContext): boolean {
  const info = context.getExtension("WEBGL_debug_renderer_info");
  if (info === null) return false;
  const name = String(context.getParameter(info.UNMASKED_RENDERER_WEBGL));
  return /swiftshader|llvmpipe|software|basic render/i.test(name);
}
