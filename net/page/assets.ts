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

const HTML = "text/html; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";

const FILES = [
  { path: "/", file: "index.html", type: HTML },
  { path: "/page.js", file: "page.js", type: SCRIPT },
  { path: "/style.css", file: "style.css", type: STYLE },
  { path: "/table.css", file: "table.css", type: STYLE },
  { path: "/players.css", file: "players.css", type: STYLE },
  { path: "/card.css", file: "card.css", type: STYLE },
  { path: "/start.css", file: "start.css", type: STYLE },
  { path: "/room.css", file: "room.css", type: STYLE },
  { path: "/inspector.css", file: "inspector.css", type: STYLE },
  { path: "/replay.css", file: "replay.css", type: STYLE },
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
