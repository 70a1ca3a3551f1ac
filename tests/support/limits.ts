/**
 * Limits of messages: a value that is just taken, and the first one that isn't.
 *
 * @module
 */
import { expect } from "@std/expect";

/** By the path of a field: values that it may have, and values that it may not. */
export type Limits = Readonly<
  Record<
    string,
    readonly [taken: readonly unknown[], refused: readonly unknown[]]
  >
>;

/** A text of that length, and a list. */
export const TEXT = (length: number): string => "x".repeat(length);
export const LIST = (length: number, item: unknown): readonly unknown[] =>
  new Array(length).fill(item);

/** Checks a message that is taken as it is, but not without any one of its fields. */
export function expectLimits(
  message: Readonly<Record<string, unknown>>,
  limits: Limits,
  isTaken: (line: string) => boolean,
): void {
  const check = (line: string, expected: boolean) =>
    expect([line, isTaken(line)]).toEqual([line, expected]);
  check(JSON.stringify(message), true);
  for (const [path, [taken, refused]] of Object.entries(limits)) {
    for (const value of taken) check(changed(message, path, value), true);
    for (const value of refused) check(changed(message, path, value), false);
  }
  for (const name of Object.keys(message)) {
    check(JSON.stringify({ ...message, [name]: undefined }), false);
  }
}

/** Returns the message as a line, with another value at that path. */
export function changed(
  message: Readonly<Record<string, unknown>>,
  path: string,
  value: unknown,
): string {
  const copy = structuredClone(message);
  const names = path.split(".");
  const last = names.pop() ?? "";
  // deno-lint-ignore no-explicit-any -- the paths are those of the messages in tests.
  const parent = names.reduce((at: any, name) => at[name], copy);
  parent[last] = value;
  return JSON.stringify(copy);
}
