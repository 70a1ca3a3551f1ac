/**
 * A line to be typed elsewhere, with a button that copies it.
 *
 * @module
 */
import { child, element, setText } from "../html/elements.ts";
import { TEXTS } from "./texts.ts";

/** How long the button says that it has copied. */
const COPIED_MS = 2000;

/** Takes over an element with a `code` and a `button`; returns how to show a line there. */
export function createCommand(root: HTMLElement): (line: string) => void {
  const code = element(root, "code");
  const copy = element(root, "button");
  setText(copy, TEXTS.copy);
  // Browsers let only pages from this machine or over https near the clipboard.
  copy.hidden = !isSecureContext;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent ?? "");
      setText(copy, TEXTS.copied);
    } catch {
      // The browser's settings forbid it; the line can still be selected.
      setText(copy, TEXTS.copyFailed);
    }
    setTimeout(() => setText(copy, TEXTS.copy), COPIED_MS);
  });

  return (line) => {
    if (code.textContent === line) return;
    code.replaceChildren();
    // Word by word, so that a line never breaks at the hyphens of an option.
    for (const word of line.split(" ")) {
      if (code.hasChildNodes()) code.append(" ");
      child(code, "span", "").textContent = word;
    }
  };
}
