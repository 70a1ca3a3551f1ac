/** What brings the page to a person: its files as they were built, and the browser that is asked. */
import { expect } from "@std/expect";
import { loadAssets } from "../../net/page/assets.ts";
import { openBrowser } from "../../net/page/browser.ts";
import { temporaryFolder } from "../support/lobby.ts";

Deno.test("the page's files are served under their paths, each as what it is, if they were built", async () => {
  await using folder = await temporaryFolder();
  const load = () => loadAssets(new URL(`file://${folder.path}/`));
  await expect(load()).rejects.toThrow('run "deno task build" first');
  for (const name of ["index.html", "page.js", "style.css"]) {
    await Deno.writeTextFile(`${folder.path}/${name}`, name);
  }

  const told = [...await load()].map((
    [path, { type, body }],
  ) => [path, type, new TextDecoder().decode(body)]);

  expect(told).toEqual([
    ["/", "text/html; charset=utf-8", "index.html"],
    ["/page.js", "text/javascript; charset=utf-8", "page.js"],
    ["/style.css", "text/css; charset=utf-8", "style.css"],
  ]);
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
