/**
 * The project's files as the house's tests see them: found in every folder, however deep.
 *
 * @module
 */
import { type Import, importsIn } from "../support/imports.ts";

/** The project's folder. */
export const ROOT = new URL("../../", import.meta.url);

/** A file and where it is, from the project's folder on, as `net/match/wire/wire.ts`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Made by a build, not written. */
const BUILT = "static/dist/";

/**
 * Returns the paths of all files below a folder that end so, sorted; `folder` ends with a slash.
 * `root` may be another checkout of the project.
 */
export function pathsIn(
  folder: string,
  ending: string,
  root = ROOT,
): readonly string[] {
  const paths: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, root))) {
    const path = folder + name;
    if (isDirectory && `${path}/` !== BUILT) {
      paths.push(...pathsIn(`${path}/`, ending, root));
    } else if (name.endsWith(ending)) paths.push(path);
  }
  return paths.toSorted();
}

/** Reads one file; throws where there is none. */
export function readSource(path: string): SourceFile {
  return { path, text: Deno.readTextFileSync(new URL(path, ROOT)) };
}

/** All that the program is made of, its page included. */
export function productFiles(): readonly SourceFile[] {
  return [
    ...["game/", "net/", "static/"].flatMap((folder) => pathsIn(folder, ".ts")),
    ...["lobby.ts", "main.ts"],
  ].map(readSource);
}

/** All that checks, simulates and measures it. */
export function testFiles(): readonly SourceFile[] {
  return pathsIn("tests/", ".ts").map(readSource);
}

/** Every import in the project's files. */
export function allImports(): readonly Import[] {
  return [...productFiles(), ...testFiles()]
    .flatMap(({ path, text }) => importsIn(path, text));
}

/** Blanks comments and keeps the lines. A `//` within a word, as in an address, begins none. */
export function codeOf(text: string): string {
  return text
    .replaceAll(/\/\*[^]*?\*\//g, (comment) => comment.replaceAll(/.+/g, ""))
    .replaceAll(/(^|\s)\/\/.*$/gm, "");
}
