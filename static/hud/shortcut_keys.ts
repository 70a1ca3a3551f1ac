/**
 * Listens to the keyboard for shortcuts.
 *
 * @module
 */
import type { Preferences } from "../../net/page/message.ts";
import { type Shortcut, shortcutOf } from "./shortcuts.ts";

export interface ShortcutOptions {
  /** The keys that steer. */
  readonly keys: () => Preferences["keys"] | undefined;
  readonly onShortcut: (shortcut: Shortcut) => void;
}

/** Listens for as long as the page lives; not while something is being typed. */
export function listenToShortcuts(
  document: Document,
  { keys, onShortcut }: ShortcutOptions,
): void {
  document.addEventListener("keydown", (event) => {
    if (isTyped(event.target)) return;
    const shortcut = shortcutOf(event, keys());
    if (shortcut === undefined) return;
    event.preventDefault();
    onShortcut(shortcut);
  });
}

function isTyped(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type !== "radio" &&
    target.type !== "checkbox" && target.type !== "range";
}
