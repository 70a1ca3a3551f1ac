/**
 * Who imports what, as Deno itself resolves it: types, re-exports and dynamic imports too.
 *
 * @module
 */
import { productFiles, ROOT, testFiles } from "./source_files.ts";

/** One file's import of another file or of a package. */
export interface Import {
  /** A path from the project's folder on, as `net/match/wire/wire.ts`. */
  readonly from: string;
  /** Such a path, or a package as the import names it, as `zod` or `node:crypto`. */
  readonly to: string;
  readonly isPackage: boolean;
  /** Gone after compilation. `import { type A }` isn't: it still loads the file. */
  readonly isType: boolean;
}

/** The part of `deno info --json` that is read here. */
interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly Dependency[];
  }[];
}

interface Dependency {
  /** As written. */
  readonly specifier: string;
  /** What it resolves to; an import of nothing but types has no `code`. */
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}

/** Returns every import in the project's files. */
export function readImports(): readonly Import[] {
  const paths = [...productFiles(), ...testFiles()].map(({ path }) => path);
  return readGraph(paths).modules
    .filter(({ specifier }) => specifier.startsWith(ROOT.href))
    .flatMap(({ specifier, dependencies = [] }) =>
      dependencies.map((dependency) =>
        importOf(specifier.slice(ROOT.href.length), dependency)
      )
    );
}

/** Asks once for all files: one that imports them all is given as a `data:` URL. */
function readGraph(paths: readonly string[]): Graph {
  const all = paths.map((path) => `import "${new URL(path, ROOT)}";`).join("");
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: [
      "info",
      "--json",
      `--config=${new URL("deno.json", ROOT).pathname}`,
      `data:application/typescript,${encodeURIComponent(all)}`,
    ],
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  // Its shape is documented with the command; a changed one finds no imports, which a test notices.
  return JSON.parse(new TextDecoder().decode(stdout)) as Graph;
}

function importOf(from: string, { specifier, code, type }: Dependency): Import {
  const target = (code ?? type)?.specifier ?? specifier;
  const isPackage = !target.startsWith(ROOT.href);
  return {
    from,
    to: isPackage ? specifier : target.slice(ROOT.href.length),
    isPackage,
    isType: code === undefined,
  };
}
