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

Deno.test("each system's browser is asked in its own way, and lives on its own", () => {
  const { Command, build } = Deno;
  const asked: unknown[] = [];
  let isThere = true;
  /** Stands in for a program of the system. */
  class Program {
    constructor(program: string, { args, detached }: Deno.CommandOptions) {
      asked.push([program, ...args ?? [], detached]);
    }

    spawn() {
      if (!isThere) throw new Deno.errors.NotFound();
      return { unref: () => asked.push("unref") };
    }
  }
  try {
    for (const os of ["darwin", "windows", "linux"]) {
      Object.assign(Deno, { Command: Program, build: { ...build, os } });
      openBrowser("u");
    }
    isThere = false;
    openBrowser("v");
  } finally {
    Object.assign(Deno, { Command, build });
  }
  expect(asked).toEqual([
    ...[["open", "u", true], "unref"],
    ...[["rundll32", "url.dll,FileProtocolHandler", "u", true], "unref"],
    ...[["xdg-open", "u", true], "unref", ["xdg-open", "v", true]],
  ]);
});
