/**
 * The words of the settings that depend on something, and their choices.
 *
 * @module
 */
import type { Preferences } from "../../net/page/message.ts";
import type { Option } from "../html/elements.ts";
import type { Direction } from "../steering/directions.ts";

export const DIRECTION_NAMES: Readonly<Record<Direction, string>> = {
  up: "Up",
  down: "Down",
  left: "Left",
  right: "Right",
};

export const SETTINGS_TEXTS = {
  pressKey: "Press a key",
  cancel: "Esc keeps the key that you had.",
  arrows: "The arrow keys always move you. Press another key.",
} as const;

export const OWN_SIDES:
  readonly (Option & { readonly value: Preferences["ownSide"] })[] = [
    { value: "auto", text: "Automatic" },
    { value: "left", text: "Left" },
    { value: "bottom", text: "Bottom" },
  ];
