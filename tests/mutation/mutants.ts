/**
 * Makes mutants of a file: copies with one small mistake each, as people make them.
 *
 * A check dropped, a condition turned, a constant changed, one too far, a statement or a call left
 * out. Types, imports and logs are left alone: the compiler reads the first two, nobody's play
 * depends on the third. Texts for people are left alone too, what chooses between them isn't.
 *
 * @module
 */
import ts from "typescript";

/** A file with one mistake in it. */
export interface Mutant {
  readonly path: string;
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  /** The changed lines without their indentation, on one line: a name that outlives other edits. */
  readonly was: string;
  readonly becomes: string;
  /** The whole file. */
  readonly text: string;
}

/** What replaces the characters from `start` to `end`. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What stands where each operator should. */
const TURNED: Readonly<Record<string, string>> = Object.fromEntries([
  ..."< <=, > >=, === !==, && ||, + -, * /, << >>, & |, += -=, |= &=, ++ --"
    .split(", ").map((pair) => pair.split(" "))
    .flatMap(([one, other]) => [[one, other], [other, one]]),
  ...[["%", "*"], [">>>", "<<"], ["^", "|"]],
]);

/** Of these either side may have been forgotten. */
const TWO_SIDED: ReadonlySet<string> = new Set(["&&", "||", "??"]);

/** Calls that give something like what they were called on. */
const DROPPED_CALLS: ReadonlySet<string> = new Set(
  "filter flat padStart reverse slice sort subarray toLowerCase toReversed toSorted trim"
    .split(" "),
);

const SWAPPED_CALLS: Readonly<Record<string, string>> = {
  ceil: "floor",
  endsWith: "startsWith",
  every: "some",
  floor: "ceil",
  max: "min",
  min: "max",
  pop: "shift",
  push: "unshift",
  round: "floor",
  shift: "pop",
  some: "every",
  startsWith: "endsWith",
  unshift: "push",
};

/** Returns all mutants of a file, in its order. */
export function makeMutants(path: string, text: string): readonly Mutant[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const changes = new Map<string, Change>();
  const visit = (node: ts.Node): void => {
    if (isLeftAlone(node)) return;
    for (const change of changesOf(node)) {
      changes.set(JSON.stringify(change), change);
    }
    node.forEachChild(visit);
  };
  visit(file);
  return [...changes.values()]
    .toSorted((a, b) => a.start - b.start || a.end - b.end)
    .map((change) => mutantOf(file, change));
}

function mutantOf(file: ts.SourceFile, { start, end, text }: Change): Mutant {
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  const lineStart = start - character;
  const lineEnd = file.getLineEndOfPosition(end);
  const before = file.text.slice(lineStart, start) + text;
  return {
    path: file.fileName,
    line: line + 1,
    column: character + 1,
    was: onOneLine(file.text.slice(lineStart, lineEnd)),
    becomes: onOneLine(before + file.text.slice(end, lineEnd)),
    text: file.text.slice(0, start) + text + file.text.slice(end),
  };
}

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}

function isLeftAlone(node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isTypeAliasDeclaration(node) ||
    ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node) ||
    ts.isExpressionStatement(node) && isLog(node.expression);
}

function isLog(node: ts.Expression): boolean {
  return ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    /(^|\.)(log|logger)$/.test(node.expression.expression.getText());
}

function changesOf(node: ts.Node): readonly Change[] {
  if (ts.isBinaryExpression(node)) return binaryChanges(node);
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    return unaryChanges(node);
  }
  if (ts.isIfStatement(node)) return conditionChanges(node.expression);
  if (ts.isConditionalExpression(node)) return conditionChanges(node.condition);
  // A loop that never ends would be found by its time alone.
  if (ts.isWhileStatement(node) || ts.isDoStatement(node)) {
    return [replace(node.expression, "false")];
  }
  if (ts.isForStatement(node) && node.condition) {
    return [replace(node.condition, "false")];
  }
  if (ts.isNumericLiteral(node) && !isName(node)) return [numberChange(node)];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [replace(node, "false")];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [replace(node, "true")];
  if (ts.isCallExpression(node)) return callChanges(node);
  if (ts.isBlock(node)) return bodyChanges(node);
  return isDroppable(node) ? [replace(node, ";")] : [];
}

function isName(node: ts.NumericLiteral): boolean {
  const { parent } = node;
  return ts.isPropertyAssignment(parent) && parent.name === node;
}

/** One more where that matters, twice as much where it hardly would. */
function numberChange(node: ts.NumericLiteral): Change {
  const value = Number(node.text);
  return replace(node, String(value < 16 ? value + 1 : 2 * value));
}

function binaryChanges(
  { left, operatorToken, right }: ts.BinaryExpression,
): readonly Change[] {
  const operator = operatorToken.getText();
  const changes: Change[] = [];
  const isText = [left, right].some((side) => isTextual(side));
  if (Object.hasOwn(TURNED, operator) && !isText) {
    changes.push(replace(operatorToken, TURNED[operator]));
  }
  if (TWO_SIDED.has(operator)) {
    const { start } = rangeOf(left);
    const { end } = rangeOf(right);
    changes.push({ start, end, text: left.getText() });
    // Of `a && b && c` the first is left out where it stands, in `a && b`.
    const isChain = ts.isBinaryExpression(left) &&
      left.operatorToken.kind === operatorToken.kind;
    if (!isChain) changes.push({ start, end, text: right.getText() });
  }
  return changes;
}

/** Texts are only put together: `-` would make no sense. A comparison with one may be turned. */
function isTextual(node: ts.Expression): boolean {
  return ts.isTemplateExpression(node) ||
    ts.isStringLiteralLike(node) && ts.isBinaryExpression(node.parent) &&
      node.parent.operatorToken.kind === ts.SyntaxKind.PlusToken;
}

function unaryChanges(
  node: ts.PrefixUnaryExpression | ts.PostfixUnaryExpression,
): readonly Change[] {
  const operator = ts.tokenToString(node.operator) ?? "";
  const operand = node.operand.getText();
  if (operator === "++" || operator === "--") {
    const turned = TURNED[operator];
    const isPrefix = ts.isPrefixUnaryExpression(node);
    return [replace(node, isPrefix ? turned + operand : operand + turned)];
  }
  return [replace(node, operand)];
}

function conditionChanges(condition: ts.Expression): readonly Change[] {
  return [replace(condition, "true"), replace(condition, "false")];
}

function callChanges(
  { expression: callee, arguments: given, end }: ts.CallExpression,
): readonly Change[] {
  if (!ts.isPropertyAccessExpression(callee)) return [];
  const name = callee.name.text;
  if (DROPPED_CALLS.has(name)) {
    return [{ start: callee.expression.end, end, text: "" }];
  }
  if (Object.hasOwn(SWAPPED_CALLS, name)) {
    return [replace(callee.name, SWAPPED_CALLS[name])];
  }
  if (callee.getText() !== "Math.abs") return [];
  return [{ start: callee.getStart(), end, text: `(${given[0].getText()})` }];
}

/** A function of more than one statement that gives nothing back may return at once. */
function bodyChanges(block: ts.Block): readonly Change[] {
  const { parent, statements } = block;
  const isBody = ts.isFunctionDeclaration(parent) ||
    ts.isArrowFunction(parent) ||
    ts.isMethodDeclaration(parent);
  if (!isBody || statements.length < 2 || givesBack(block)) return [];
  const start = block.getStart() + 1;
  return [{ start, end: start, text: " return;" }];
}

/** Whether a value is returned or yielded from here, functions within aside. */
function givesBack(node: ts.Node): boolean {
  if (ts.isReturnStatement(node)) return node.expression !== undefined;
  if (ts.isYieldExpression(node)) return true;
  if (ts.isFunctionLike(node)) return false;
  return node.forEachChild((child) => givesBack(child) || undefined) ?? false;
}

function isDroppable(node: ts.Node): boolean {
  if (ts.isReturnStatement(node)) return node.expression === undefined;
  if (ts.isExpressionStatement(node)) {
    const { expression } = node;
    return !ts.isCallExpression(expression) ||
      expression.expression.kind !== ts.SyntaxKind.SuperKeyword;
  }
  return ts.isBreakStatement(node) || ts.isContinueStatement(node) ||
    ts.isThrowStatement(node);
}

function replace(node: ts.Node, text: string): Change {
  return { ...rangeOf(node), text };
}

function rangeOf(node: ts.Node): { start: number; end: number } {
  return { start: node.getStart(), end: node.end };
}
