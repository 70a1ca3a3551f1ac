/**
 * What brings the page to a person: its files as they were built, and the browser that is asked.
 *
 * @module
 */
import { expect } from "@std/expect";
import { loadAssets } from "../../net/page/assets.ts";
import { openBrowser } from "../../net/page/browser.ts";

Deno.test("the page's files are served under their paths, each as what it is", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["index.html", "page.js", "style.css"]) {
      await Deno.writeTextFile(`${folder}/${name}`, name);
    }

    const assets = await loadAssets(new URL(`file://${folder}/`));

    expect(
      [...assets].map(([path, { type, body }]) => [
        ...[path, type, new TextDecoder().decode(body)],
      ]),
    ).toEqual([
      ["/", "text/html; charset=utf-8", "index.html"],
      ["/page.js", "text/javascript; charset=utf-8", "page.js"],
      ["/style.css", "text/css; charset=utf-8", "style.css"],
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadAssets() says how to make a page that is missing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const load = () => loadAssets(new URL(`file://${folder}/`));

    await expect(load).rejects.toThrow('run "deno task build" first');
  } finally {
    await Deno.remove(folder);
  }
});

Deno.test("each system's browser is asked in its own way, and its failure is told", async () => {
  const { Command, build } = Deno;
  const asked: string[][] = [];
  let success: boolean | Error = true;
  /** Stands in for a program of the system. */
  class Program {
    constructor(program: string, { args = [] }: Deno.CommandOptions) {
      asked.push([program, ...args]);
    }

    output() {
      if (success instanceof Error) throw success;
      return Promise.resolve({ success });
    }
  }
  try {
    for (const os of ["darwin", "windows", "linux"]) {
      Object.assign(Deno, { Command: Program, build: { ...build, os } });
      expect(await openBrowser("u")).toBe(true);
    }
    expect(asked).toEqual([
      ["open", "u"],
      ["rundll32", "url.dll,FileProtocolHandler", "u"],
      ["xdg-open", "u"],
    ]);
    for (success of [false, new Deno.errors.NotFound()]) {
      expect(await openBrowser("u")).toBe(false);
    }
  } finally {
    Object.assign(Deno, { Command, build });
  }
});
