/// <reference lib="deno.ns" />
/**
 * Bundles the page into `static/dist`: `deno task build`.
 *
 * Says one line when all went well, and everything the bundler said when not. (Of pixi.js it says
 * that imports without effects are left out, which is right: nothing of ours needs them.)
 *
 * @module
 */

const source = new URL("./", import.meta.url);
const target = new URL("./dist/", import.meta.url);
/** Of `style/`, in the order in which they are joined: of two equally strong rules the later wins. */
const STYLE_SHEETS = [
  "base",
  "table",
  "players",
  "card",
  "start",
  "room",
  "inspector",
  "replay",
];

if (import.meta.main) {
  const { bytes, compressedBytes } = await buildPage();
  const kilobytes = (count: number) => `${Math.round(count / 1024)} KB`;
  const line = `Bundled the page: ${kilobytes(bytes)}, ` +
    `${kilobytes(compressedBytes)} compressed.\n`;
  await Deno.stdout.write(new TextEncoder().encode(line));
}

/** Writes the bundle and returns its size. */
async function buildPage(): Promise<
  { readonly bytes: number; readonly compressedBytes: number }
> {
  await Deno.mkdir(target, { recursive: true });
  const bundle = new URL("page.js", target);
  const { success, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    cwd: source,
    args: [
      "bundle",
      "--platform=browser",
      "--minify",
      "--output=dist/page.js",
      "page.ts",
    ],
  }).output();
  if (!success) {
    const said = [stdout, stderr].map((part) => new TextDecoder().decode(part));
    throw new Error(`Cannot bundle the page:\n${said.join("")}`);
  }
  const sheets = await Promise.all(
    STYLE_SHEETS.map((name) =>
      Deno.readTextFile(new URL(`style/${name}.css`, source))
    ),
  );
  await Deno.writeTextFile(new URL("style.css", target), sheets.join(""));
  await Deno.copyFile(
    new URL("index.html", source),
    new URL("index.html", target),
  );
  const code = await Deno.readFile(bundle);
  return { bytes: code.length, compressedBytes: await gzipSize(code) };
}

async function gzipSize(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const zipped = new Blob([bytes]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(zipped).arrayBuffer()).byteLength;
}
