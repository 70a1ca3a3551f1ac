/**
 * What a lie makes of a value, whatever protocol it belongs to: the ends of its range and what lies
 * beyond, another's value, the far future and the far past, and what is no number.
 *
 * @module
 */

import { createRandom } from "./simulation.ts";

const ENDS = [1, 3, 15, 127, 255, 0xffff, 0xffffff, 0x7fffffff, 0xffffffff];
const FAR = [1, 2, 30, 600, 36_000, 0x1000000];

/** So many lies about each field, and twice as many about it and another. */
const LIES_EACH = 10;
/** Of longer lists only the beginning. */
const FIELDS_MAX = 32;

/** Lies about each field of a message, and about any two; always the same ones. */
export function* liesAbout<T extends object>(message: T): Generator<T> {
  const random = createRandom(1);
  const paths = pathsIn(message);
  for (const path of paths) {
    for (let i = 0; i < 3 * LIES_EACH; i++) {
      const lied = structuredClone(message);
      lieAbout(lied, path, random);
      const other = paths[Math.floor(random() * paths.length)];
      if (i >= LIES_EACH) lieAbout(lied, other, random);
      yield lied;
    }
  }
}

function pathsIn(tree: unknown): string[][] {
  if (typeof tree !== "object" || tree === null) return [];
  return Object.entries(tree)
    .filter((_, at) => at < FIELDS_MAX)
    .flatMap(([key, value]) => [
      [key],
      ...pathsIn(value).map((path) => [key, ...path]),
    ]);
}

/** Changes one field of a message in place; nothing where it has no such field. */
export function lieAbout(
  message: object,
  path: readonly string[],
  random: () => number,
): void {
  let owner: unknown = message;
  for (const key of path.slice(0, -1)) owner = fieldOf(owner, key);
  const key = path.at(-1);
  if (key === undefined || typeof owner !== "object" || owner === null) return;
  const value = fieldOf(owner, key);
  if (value !== undefined) Reflect.set(owner, key, lieOf(value, owner, random));
}

/** Draws what is said instead of a value; `owner` holds what might be another's. */
function lieOf(
  value: unknown,
  owner: object,
  random: () => number,
): unknown {
  const pick = <T>(from: readonly T[]) =>
    from[Math.floor(random() * from.length)];
  if (typeof value === "boolean") return !value;
  if (typeof value === "string") {
    return pick(["none", "left", "desync", "", value + value, "9", "\u202e"]);
  }
  if (value === null) return pick([0, 1, -1, NaN, ""]);
  if (Array.isArray(value)) {
    return pick([
      [],
      value.toReversed(),
      value.slice(1),
      [...value, ...value.slice(-1)],
    ]);
  }
  if (value instanceof Uint8Array) return value.map(() => 0);
  if (value instanceof Int32Array) return value.map(() => 0);
  if (typeof value !== "number") return undefined;
  const others = Object.values(owner).filter((one) => typeof one === "number");
  return pick([
    () => 0,
    () => -1,
    () => pick(ENDS),
    () => pick(ENDS) + 1,
    () => pick(others),
    () => pick([0, 1, 2, 3]),
    () => value + pick(FAR),
    () => value - pick(FAR),
    () => NaN,
  ])();
}

function fieldOf(owner: unknown, key: string): unknown {
  return typeof owner === "object" && owner !== null
    ? Reflect.get(owner, key)
    : undefined;
}
