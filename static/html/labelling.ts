/**
 * Puts the words of `labels.ts` into the page.
 *
 * @module
 */
import { LABELS } from "./labels.ts";

/**
 * Fills all elements that ask for a word.
 *
 * @throws {TypeError} One asks for a word that there is not.
 */
export function fillLabels(document: Document): void {
  for (const target of all(document, "[data-text]")) {
    target.textContent = word(target.dataset.text);
  }
  for (const target of all(document, "[data-placeholder]")) {
    target.setAttribute("placeholder", word(target.dataset.placeholder));
  }
  for (const target of all(document, "[data-label]")) {
    target.ariaLabel = word(target.dataset.label);
    if (target instanceof HTMLButtonElement) target.title = target.ariaLabel;
  }
}

function all(document: Document, selector: string): Iterable<HTMLElement> {
  return document.querySelectorAll<HTMLElement>(selector);
}

function word(key = ""): string {
  const found = LABELS[key];
  if (found === undefined) {
    throw new TypeError(`No word is known for "${key}".`);
  }
  return found;
}
