/**
 * Finds code that nothing needs: exports that no other file imports, and members of exported classes
 * and interfaces whose name nobody reads.
 *
 * `deno doc` tells what files export and import. A type that the signature of another export names
 * counts as imported, for whoever uses that export gets to see it. Members are told apart by their
 * name alone, so one that shares its name with another that is read goes unnoticed.
 *
 * @module
 */
import { codeOf, readSource, ROOT } from "./source_files.ts";

/** What one file offers and uses. */
export interface Module {
  readonly path: string;
  /** Without comments. */
  readonly code: string;
  readonly exports: readonly Export[];
  /** Names that it imports from other files of the project. */
  readonly imports: readonly { readonly from: string; readonly name: string }[];
}

interface Export {
  readonly name: string;
  /** Public methods, getters and fields, where it is a class or an interface. */
  readonly members: readonly string[];
  /** Types that its own signature, fields or methods name. */
  readonly namedTypes: readonly string[];
}

/** The part of `deno doc --json` that is read here. */
interface Docs {
  readonly nodes: Readonly<Record<string, DocNode>>;
}

interface DocNode {
  readonly imports?: readonly {
    readonly src: string;
    readonly originalName: string;
  }[];
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly {
      readonly declarationKind: string;
      readonly def: {
        readonly methods?: readonly DocMember[];
        readonly properties?: readonly DocMember[];
      };
    }[];
  }[];
}

interface DocMember {
  readonly name: string;
  readonly accessibility?: string;
}

/** Returns exports that no other file imports, as `path: name`. */
export function unusedExports(modules: readonly Module[]): readonly string[] {
  const imported = new Set(
    modules.flatMap(({ imports }) => imports.map(nameIn)),
  );
  return modules.flatMap(({ path, exports }) =>
    exports
      .filter(({ name }) => !imported.has(nameIn({ from: path, name })))
      .filter(({ name }) =>
        !exports.some((other) =>
          other.name !== name && other.namedTypes.includes(name)
        )
      )
      .map(({ name }) => nameIn({ from: path, name }))
  );
}

/** Returns members whose name no code reads, as `path: Owner.member`. */
export function unusedMembers(modules: readonly Module[]): readonly string[] {
  const read = new Set(modules.flatMap(({ code }) => namesReadBy(code)));
  return modules.flatMap(({ path, exports }) =>
    exports.flatMap(({ name, members }) =>
      members
        .filter((member) => !read.has(member))
        .map((member) => `${path}: ${name}.${member}`)
    )
  );
}

/** Asks Deno once about all files. */
export function readModules(paths: readonly string[]): readonly Module[] {
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...paths],
    cwd: ROOT,
  }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  // Its shape isn't documented; a changed one finds no exports, which a test notices.
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as Docs;
  return Object.entries(nodes).map(([url, node]) => moduleOf(url, node));
}

function moduleOf(url: string, { imports = [], symbols }: DocNode): Module {
  const path = pathOf(url);
  return {
    path,
    code: codeOf(readSource(path).text),
    exports: symbols
      .filter(({ declarations }) =>
        declarations[0].declarationKind === "export"
      )
      .map(({ name, declarations }) => ({
        name,
        members: declarations.flatMap(({ def }) => membersOf(def)),
        namedTypes: namedTypesIn(JSON.stringify(declarations)),
      })),
    imports: imports.filter(({ src }) => src.startsWith(ROOT.href))
      .map(({ src, originalName: name }) => ({ from: pathOf(src), name })),
  };
}

function membersOf(
  { methods = [], properties = [] }:
    DocNode["symbols"][number]["declarations"][number]["def"],
): readonly string[] {
  return [...methods, ...properties]
    .filter(({ accessibility }) => accessibility !== "private")
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("["));
}

function namedTypesIn(json: string): readonly string[] {
  const named = /"typeName":"(\w+)|"kind":"typeQuery","value":"(\w+)/g;
  return [...json.matchAll(named)].map(([, type, value]) => type ?? value);
}

/** Names after a dot unless they are set, in quotes, and in patterns such as `{ name, other: own }`. */
function namesReadBy(code: string): readonly string[] {
  const dotted = /(?<!\.)\.(\w+)\b(?!\s*=(?!=))|"(\w+)"/g;
  const names = [...code.matchAll(dotted)]
    .map(([, dot, quote]) => dot ?? quote);
  const braces = /\{[^{};]*\}/g;
  const inPattern = /(?<=[{,]\s*)\w+(?=\s*(?:[,}=]|:\s*\w+\s*[,}=]))/g;
  let rest = code;
  // From the innermost braces outwards.
  for (let found = rest.match(braces); found; found = rest.match(braces)) {
    names.push(...found.flatMap((pattern) => pattern.match(inPattern) ?? []));
    rest = rest.replaceAll(braces, "_");
  }
  return names;
}

function nameIn({ from, name }: { from: string; name: string }): string {
  return `${from}: ${name}`;
}

function pathOf(url: string): string {
  return url.slice(ROOT.href.length);
}
