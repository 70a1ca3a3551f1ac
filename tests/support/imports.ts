/**
 * What a file imports, read from its text.
 *
 * @module
 */
import ts from "typescript";

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

/** Returns all imports of a file: those of types, re-exports and dynamic ones too. */
export function importsIn(path: string, text: string): readonly Import[] {
  const imports: Import[] = [];
  const note = (target: ts.Node | undefined, isType: boolean) => {
    if (target === undefined || !ts.isStringLiteral(target)) return;
    const isPackage = !target.text.startsWith(".");
    const to = isPackage
      ? target.text
      : new URL(target.text, `file:///${path}`).pathname.slice(1);
    imports.push({ from: path, to, isPackage, isType });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      note(node.moduleSpecifier, node.importClause?.isTypeOnly ?? false);
    } else if (ts.isExportDeclaration(node)) {
      note(node.moduleSpecifier, node.isTypeOnly);
    } else if (
      ts.isCallExpression(node) &&
      node.expression.kind === ts.SyntaxKind.ImportKeyword
    ) note(node.arguments[0], false);
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return imports;
}
