/**
 * What to call a key: by what is printed on it where the browser knows, else by its place.
 *
 * @module
 */

/** What is printed on keys, by `KeyboardEvent.code`. */
export type KeyLayout = ReadonlyMap<string, string>;

/** Returns a name such as `W` or `Arrow up` for a `KeyboardEvent.code`. */
export function keyName(code: string, layout?: KeyLayout): string {
  const printed = layout?.get(code);
  if (printed !== undefined && printed.trim() !== "") return capital(printed);
  const words = code
    .replace(/^(Key|Digit)(?=.$)/, "")
    .replaceAll(/(?<=[a-z])(?=[A-Z0-9])/g, " ")
    .toLowerCase();
  return capital(words);
}

/** Asks the browser what is printed on the keys; `undefined` where it doesn't say. */
export async function readKeyLayout(
  navigator: Navigator,
): Promise<KeyLayout | undefined> {
  // Not every browser has this, so TypeScript doesn't know of it.
  const { keyboard } = navigator as Navigator & {
    readonly keyboard?: { getLayoutMap?(): Promise<KeyLayout> };
  };
  try {
    return await keyboard?.getLayoutMap?.();
  } catch {
    return undefined; // Not allowed on this page: names by place do as well.
  }
}

/** Leaves alone what has no single capital, as ß. */
function capital(text: string): string {
  const first = text.charAt(0).toUpperCase();
  return first.length === 1 ? first + text.slice(1) : text;
}
