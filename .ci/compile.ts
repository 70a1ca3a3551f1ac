/**
 * `deno task compile`: the page and the program as one executable, `dist/pong`.
 *
 * Compiling with the project's own configuration would put every package of its import map into
 * the file, those that only tests or the page's bundle need included: 100 MB more. So it is compiled
 * with a configuration made here, of the packages that the program imports, at the same versions.
 * `DENO_COMPILE` may name another Deno to compile with.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

/** What `main.ts` and all that it imports take from elsewhere. */
const RUNTIME_PACKAGES = [
  "@commander-js/extra-typings",
  "@logtape/logtape",
  "amqplib",
  "commander",
  "uqr",
  "zod",
] as const;

const root = new URL("../", import.meta.url);
const settings = new URL("dist/compile.json", root);
const imports = Object.fromEntries(
  RUNTIME_PACKAGES.map((name) => [name, config.imports[name]]),
);

await Deno.mkdir(new URL("./", settings), { recursive: true });
await Deno.writeTextFile(settings, JSON.stringify({ imports }));
const { success, stderr } = await new Deno.Command(
  Deno.env.get("DENO_COMPILE") ?? Deno.execPath(),
  {
    args: [
      ...["compile", "--allow-all", "--quiet", "--no-lock"],
      ...["--config", "dist/compile.json", "--include", "static/dist"],
      ...Deno.args,
      ...["--output", "dist/pong", "main.ts"],
    ],
    cwd: root,
    stdin: "null",
    stderr: "piped",
  },
).output();
await Deno.remove(settings);
if (!success) {
  await Deno.stderr.write(stderr);
  throw new Error("Cannot compile: deno says why above");
}
const file = await Deno.stat(new URL("dist/pong", root)).catch(() =>
  Deno.stat(new URL("dist/pong.exe", root))
);
const megabytes = Math.round(file.size / 1e6);
await Deno.stdout.write(
  new TextEncoder().encode(`Compiled dist/pong, ${megabytes} MB.\n`),
);
