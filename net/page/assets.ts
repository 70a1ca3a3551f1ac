/**
 * The page's files, as `static/build.ts` leaves them in `static/dist`.
 *
 * They are found relative to this module, not to the working directory, so that a compiled
 * executable which includes `static/dist` finds its own copy.
 *
 * @module
 */

/** One file of the page. */
export interface Asset {
  /** Its media type, as HTTP says it. */
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Set for what a browser is to save, under this name, rather than show. */
  readonly name?: string;
}

/** The page's files by the path under which they are served. */
export type Assets = ReadonlyMap<string, Asset>;

const FILES = [
  { path: "/", file: "index.html", type: "text/html; charset=utf-8" },
  { path: "/page.js", file: "page.js", type: "text/javascript; charset=utf-8" },
  { path: "/style.css", file: "style.css", type: "text/css; charset=utf-8" },
] as const;

/**
 * Reads all files of the page.
 *
 * @throws {Error} The page was not built, or can't be read.
 */
export async function loadAssets(
  folder: URL = new URL("../../static/dist/", import.meta.url),
): Promise<Assets> {
  const assets = new Map<string, Asset>();
  for (const { path, file, type } of FILES) {
    assets.set(path, { type, body: await readFile(new URL(file, folder)) });
  }
  return assets;
}

async function readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(url);
  } catch (cause) {
    throw new Error(
      `Cannot read the page's file "${url.pathname}": run "deno task build" first.`,
      { cause },
    );
  }
}
