/**
 * Buttons that are not in `index.html`.
 *
 * @module
 */
import { child } from "./elements.ts";

export interface ButtonOptions {
  readonly text: string;
  /** What tests find it by. */
  readonly testId: string;
  readonly onClick: () => void;
}

/** Appends a button that submits nothing. */
export function addButton(
  parent: HTMLElement,
  { text, testId, onClick }: ButtonOptions,
): HTMLButtonElement {
  const button = child(parent, "button", "");
  button.type = "button";
  button.textContent = text;
  button.dataset.testid = testId;
  button.addEventListener("click", onClick);
  return button;
}
