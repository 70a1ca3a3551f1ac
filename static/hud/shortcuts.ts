/**
 * Keys that do something with the page, rather than steer.
 *
 * @module
 */
import type { Preferences } from "../../net/page/message.ts";
import { codeOf } from "../steering/key_code.ts";

export type Shortcut = "mute" | "inspect" | "fullscreen" | "settings";

/** By what the key types; by place on keyboards whose letters are others, such as Greek ones. */
const BY_KEY: Readonly<Record<string, Shortcut | undefined>> = {
  m: "mute",
  i: "inspect",
  f: "fullscreen",
  ",": "settings",
};
const BY_CODE: Readonly<Record<string, Shortcut | undefined>> = {
  KeyM: "mute",
  KeyI: "inspect",
  KeyF: "fullscreen",
};

/** What counts of a key being pressed. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
}

/** Returns what a key asks for; nothing where it steers, for that is what the player chose. */
export function shortcutOf(
  press: KeyPress,
  keys: Preferences["keys"] | undefined,
): Shortcut | undefined {
  const { key, altKey, ctrlKey, metaKey, repeat } = press;
  if (altKey || ctrlKey || metaKey || repeat) return undefined;
  const code = codeOf(press);
  if (keys !== undefined && Object.values(keys).includes(code)) {
    return undefined;
  }
  const isLatin = key.charCodeAt(0) < 128;
  return isLatin ? BY_KEY[key.toLowerCase()] : BY_CODE[code];
}
