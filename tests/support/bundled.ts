/**
 * Parts of the page in a real browser, without the page around them.
 *
 * @module
 */
import type { Page } from "playwright-core";

const bundles = new Map<string, Promise<string>>();

/** Imports a file of `static/` in the page; what it exports is in `globalThis.part` then. */
export async function importPart(page: Page, name: string): Promise<void> {
  const code = bundles.get(name) ?? bundle(name);
  bundles.set(name, code);
  await page.evaluate(`(async (code) => {
    const blob = new Blob([code], { type: "text/javascript" });
    globalThis.part = await import(URL.createObjectURL(blob));
  })(${JSON.stringify(await code)})`);
}

async function bundle(name: string): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd: new URL("../../static/", import.meta.url),
    args: ["bundle", "--platform=browser", "--minify", name],
  }).output();
  if (stdout.length === 0) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
