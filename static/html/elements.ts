/**
 * The few things that every part of the page does to its elements.
 *
 * What is shown comes from other machines in part, so everything goes in as text, never as markup.
 *
 * @module
 */

/**
 * Finds an element of `index.html`.
 *
 * @throws {TypeError} There is none.
 */
export function element<E extends HTMLElement = HTMLElement>(
  root: ParentNode,
  selector: string,
): E {
  const found = root.querySelector<E>(selector);
  if (found === null) throw new TypeError(`The page lacks "${selector}".`);
  return found;
}

/** Makes an element and appends it; an empty class is left out. */
export function child<K extends keyof HTMLElementTagNameMap>(
  parent: HTMLElement,
  tag: K,
  className: string,
): HTMLElementTagNameMap[K] {
  const made = parent.ownerDocument.createElement(tag);
  if (className !== "") made.className = className;
  parent.append(made);
  return made;
}

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

/** Unchanged text is not written again: a screen reader would read it again, a selection be lost. */
export function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export function setData(
  target: HTMLElement,
  name: string,
  value: string,
): void {
  if (target.dataset[name] !== value) target.dataset[name] = value;
}

/** One choice of several, of which exactly one holds. */
export interface Option<V extends string = string> {
  readonly value: V;
  readonly text: string;
  /** A second line, if any. */
  readonly detail?: string;
  /** The colour and mark that goes with it, if any. */
  readonly look?: number;
}

/** Fills `root` with radio buttons of that name, each in its label. */
export function showOptions(
  root: HTMLElement,
  name: string,
  options: readonly Option[],
): void {
  for (const { value, text, detail, look } of options) {
    const label = child(root, "label", "option");
    const input = child(label, "input", "unseen");
    input.type = "radio";
    input.name = name;
    input.value = value;
    input.dataset.testid = `${name}-${value.replaceAll(" ", "-")}`;
    if (look !== undefined) {
      label.dataset.look = String(look);
      child(label, "span", "mark");
    }
    child(label, "span", "option-text").textContent = text;
    if (detail !== undefined) {
      child(label, "span", "option-detail").textContent = detail;
    }
  }
}
