/**
 * By what a key is known: its place on the keyboard and, where a browser doesn't say that, what it
 * types. On-screen keyboards and some remote controls have no places.
 *
 * @module
 */

/** What tells of a key. */
export interface KeySource {
  readonly code: string;
  readonly key: string;
}

/** Returns a `KeyboardEvent.code`, as a keyboard with Latin letters has it; empty where nothing tells. */
export function codeOf({ code, key }: KeySource): string {
  if (code !== "" && code !== "Unidentified") return code;
  if (/^[a-z]$/i.test(key)) return `Key${key.toUpperCase()}`;
  if (/^[0-9]$/.test(key)) return `Digit${key}`;
  if (key === " ") return "Space";
  // Of all others, such as the arrows, keys and places are called alike; Shift doesn't count.
  return key === "Unidentified"
    ? ""
    : key.length === 1
    ? key.toLowerCase()
    : key;
}
