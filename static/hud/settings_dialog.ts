/**
 * The dialog of settings: sound, how the court is shown, and which keys steer.
 *
 * @module
 */
import type { Preferences } from "../../net/page/message.ts";
import { prepareDialog } from "../html/dialogs.ts";
import {
  child,
  element,
  type Option,
  setText,
  showOptions,
} from "../html/elements.ts";
import type { OwnPreferences } from "../line/preferences.ts";
import { type Direction, DIRECTIONS, withKey } from "../steering/directions.ts";
import { codeOf } from "../steering/key_code.ts";

export interface SettingsDialogOptions {
  readonly preferences: OwnPreferences;
  /** What to call a key. */
  readonly keyName: (code: string) => string;
  /** Something was changed here. */
  readonly onChange: () => void;
}

export interface SettingsDialog {
  open(): void;
  /** Shows what is preferred now. */
  show(): void;
}

const DIRECTION_NAMES: Readonly<Record<Direction, string>> = {
  up: "Up",
  down: "Down",
  left: "Left",
  right: "Right",
};

const SETTINGS_TEXTS = {
  pressKey: "Press a key",
  cancel: "Esc keeps the key that you had.",
  arrows: "The arrow keys always move you. Press another key.",
} as const;

const OWN_SIDES: readonly Option<Preferences["ownSide"]>[] = [
  { value: "auto", text: "Automatic" },
  { value: "left", text: "Left" },
  { value: "bottom", text: "Bottom" },
];

/** Takes over `#settings`. */
export function createSettingsDialog(
  document: Document,
  { preferences, keyName, onChange }: SettingsDialogOptions,
): SettingsDialog {
  const dialog = element<HTMLDialogElement>(document, "#settings");
  const field = (name: string) =>
    element<HTMLInputElement>(dialog, `[data-testid="${name}"]`);
  const volume = field("volume");
  const muted = field("muted");
  const filter = field("filter");
  const sides = element(dialog, '[data-of="ownSide"]');
  showOptions(sides, "ownSide", OWN_SIDES);
  const change = (changes: Partial<Preferences>) => {
    preferences.change(changes);
    show();
    onChange();
  };
  const keys = createKeyChoice(dialog, {
    keyName,
    onKey(direction, code) {
      const now = preferences.now();
      if (now !== undefined) {
        change({ keys: withKey(now.keys, direction, code) });
      }
    },
  });

  volume.addEventListener(
    "input",
    () => change({ volume: volume.valueAsNumber }),
  );
  muted.addEventListener("change", () => change({ isMuted: muted.checked }));
  filter.addEventListener(
    "change",
    () => change({ isFilterOn: filter.checked }),
  );
  sides.addEventListener("change", (event) => {
    const { value } = event.target as HTMLInputElement; // Nothing else in there changes.
    const chosen = OWN_SIDES.find((side) => side.value === value);
    if (chosen !== undefined) change({ ownSide: chosen.value });
  });
  prepareDialog(dialog);
  dialog.addEventListener("close", keys.cancel);

  const show = () => {
    const now = preferences.now();
    if (now === undefined) return;
    volume.value = String(now.volume);
    muted.checked = now.isMuted;
    filter.checked = now.isFilterOn;
    for (const input of sides.querySelectorAll("input")) {
      input.checked = input.value === now.ownSide;
    }
    keys.show(now.keys);
  };
  return {
    show,
    open() {
      show();
      if (!dialog.open) dialog.showModal();
    },
  };
}

interface KeyChoice {
  show(keys: Preferences["keys"]): void;
  /** Keeps the key that is about to be changed. */
  cancel(): void;
}

interface KeyChoiceOptions {
  readonly keyName: (code: string) => string;
  readonly onKey: (direction: Direction, code: string) => void;
}

/** One button for each direction; once pressed, the next key becomes the direction's. */
function createKeyChoice(
  dialog: HTMLDialogElement,
  { keyName, onKey }: KeyChoiceOptions,
): KeyChoice {
  const root = element(dialog, ".keys");
  const advice = element(dialog, ".keys + .detail");
  let shown: Preferences["keys"] | undefined;
  let asked: Direction | undefined;

  const buttons = DIRECTIONS.map((direction) => {
    const button = child(root, "button", "key");
    button.type = "button";
    button.dataset.testid = `key-${direction}`;
    child(button, "span", "option-detail").textContent =
      DIRECTION_NAMES[direction];
    const name = child(button, "kbd", "");
    button.addEventListener("click", () => ask(direction));
    return { direction, button, name };
  });
  const showAll = () => {
    for (const { direction, button, name } of buttons) {
      const isAsked = direction === asked;
      button.toggleAttribute("data-asked", isAsked);
      const code = shown?.[direction] ?? "";
      setText(name, isAsked ? SETTINGS_TEXTS.pressKey : keyName(code));
    }
  };
  const ask = (direction: Direction | undefined, text?: string) => {
    asked = direction;
    setText(
      advice,
      text ?? (direction === undefined ? "" : SETTINGS_TEXTS.cancel),
    );
    showAll();
  };
  dialog.addEventListener("keydown", (event) => {
    const direction = asked;
    if (direction === undefined) return;
    const code = codeOf(event);
    // Tab goes on to the next button, as everywhere.
    if (code === "Tab") return ask(undefined);
    // Esc shall not close the dialog, nor Enter press the button again.
    event.preventDefault();
    if (code === "Escape") return ask(undefined);
    if (code.startsWith("Arrow")) {
      return ask(direction, SETTINGS_TEXTS.arrows);
    }
    // Keys of which nothing is told, as those of some remote controls, are all alike.
    if (code === "") return;
    ask(undefined);
    onKey(direction, code);
  });
  return {
    show(keys) {
      shown = keys;
      showAll();
    },
    cancel: () => ask(undefined),
  };
}
