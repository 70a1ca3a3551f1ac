/**
 * Finds code that nothing needs: exports that no other file imports, and members of exported classes
 * and interfaces whose name nobody reads.
 *
 * A type that the signature of another export names counts as imported, for whoever uses that export
 * gets to see it. Members are told apart by their name alone, so one that shares its name with
 * another that is read goes unnoticed.
 *
 * @module
 */
import ts from "typescript";
import type { SourceFile } from "./source_files.ts";

/** What one file offers and uses. */
export interface Module {
  readonly path: string;
  readonly exports: readonly Export[];
  /** Names that it imports from other files, as `path: name`. */
  readonly imports: readonly string[];
  /** Names of members that its code reads. */
  readonly reads: ReadonlySet<string>;
}

interface Export {
  readonly name: string;
  /** Public methods, getters and fields, where it is a class or an interface. */
  readonly members: readonly string[];
  /** Types that its own signature, fields or methods name. */
  readonly namedTypes: readonly string[];
}

/** Returns exports that no other file imports, as `path: name`. */
export function unusedExports(modules: readonly Module[]): readonly string[] {
  const imported = new Set(modules.flatMap(({ imports }) => imports));
  return modules.flatMap(({ path, exports }) =>
    exports.filter(({ name }) =>
      !exports.some((other) =>
        other.name !== name && other.namedTypes.includes(name)
      )
    )
      .map(({ name }) => `${path}: ${name}`)
      .filter((name) => !imported.has(name))
  );
}

/** Returns members whose name no code reads, as `path: Owner.member`. */
export function unusedMembers(modules: readonly Module[]): readonly string[] {
  const read = new Set(modules.flatMap(({ reads }) => [...reads]));
  return modules.flatMap(({ path, exports }) =>
    exports.flatMap(({ name, members }) =>
      members.filter((member) => !read.has(member))
        .map((member) => `${path}: ${name}.${member}`)
    )
  );
}

/** Reads a file. */
export function moduleOf({ path, text }: SourceFile): Module {
  const { Latest } = ts.ScriptTarget;
  const { statements } = ts.createSourceFile(path, text, Latest, true);
  return {
    path,
    exports: statements.filter(isExported).flatMap(exportsOf),
    imports: statements.filter(ts.isImportDeclaration)
      .flatMap((it) => importsOf(path, it)),
    reads: new Set(statements.flatMap(namesReadBy)),
  };
}

function isExported(node: ts.Statement): boolean {
  return ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? [])
      .some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function exportsOf(node: ts.Statement): readonly Export[] {
  const declared = ts.isVariableStatement(node)
    ? [...node.declarationList.declarations]
    : [node as ts.DeclarationStatement]; // Nothing else can be exported.
  const members = ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)
    ? [...node.members].flatMap(({ name }) =>
      name && ts.isIdentifier(name) ? [name.text] : []
    )
    : [];
  const namedTypes = typesNamedBy(node);
  return declared
    .map(({ name }) => ({ name: name?.getText() ?? "", members, namedTypes }));
}

/** Types outside of what functions do. */
function typesNamedBy(node: ts.Node): readonly string[] {
  const names: string[] = [];
  node.forEachChild((child) => {
    if (ts.isTypeReferenceNode(child)) names.push(child.typeName.getText());
    if (ts.isTypeQueryNode(child)) names.push(child.exprName.getText());
    if (ts.isExpressionWithTypeArguments(child)) {
      names.push(child.expression.getText());
    }
    if (!ts.isBlock(child)) names.push(...typesNamedBy(child));
  });
  return names;
}

function importsOf(
  path: string,
  { importClause, moduleSpecifier }: ts.ImportDeclaration,
): readonly string[] {
  const names = importClause?.namedBindings;
  // The parser takes nothing else for what an import names.
  const target = (moduleSpecifier as ts.StringLiteral).text;
  if (!target.startsWith(".") || !names || !ts.isNamedImports(names)) return [];
  const from = new URL(target, `file:///${path}`).pathname.slice(1);
  return names.elements
    .map(({ propertyName, name }) => `${from}: ${(propertyName ?? name).text}`);
}

/** Names after a dot unless they are set, in quotes, and in patterns such as `{ name, other: own }`. */
function namesReadBy(node: ts.Node): readonly string[] {
  const names: string[] = [];
  node.forEachChild((child) => void names.push(...namesReadBy(child)));
  if (ts.isStringLiteralLike(node)) names.push(node.text);
  if (ts.isBindingElement(node)) {
    names.push((node.propertyName ?? node.name).getText());
  }
  if (ts.isPropertyAccessExpression(node)) {
    const isSet = ts.isBinaryExpression(node.parent) &&
      node.parent.left === node &&
      node.parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    if (!isSet) names.push(node.name.text);
  }
  return names;
}
